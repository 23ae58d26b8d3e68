import type { Kernels } from '@gravpanel/core-wasm';
import { loadKernels } from '@gravpanel/core-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import type { PanelError } from '../src/errors.ts';
import { fitSpec } from '../src/fit.ts';
import { setPanel } from '../src/frame.ts';
import { checkOptions, modelOf, models } from '../src/models/index.ts';
import { readTable } from '../src/table-read.ts';
import type { Fit, FitSpec, Frame, ModelKey } from '../src/types.ts';

let kernels: Kernels;
let frame: Frame;
/** 12 units × 8 years of overdispersed counts from a fixed linear congruential generator; w, e: weights and an exposure. */
function panelText(): string {
  let state = 12345;
  const draw = () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state / 2 ** 32;
  };
  const lines = ['id,country,year,y,x,z,w,e,late'];
  for (let id = 1; id <= 12; id++) {
    const effect = draw();
    for (let year = 2000; year < 2008; year++) {
      const x = draw() * 2 - 1;
      const mean = Math.exp(1 + effect + 0.5 * x) * (draw() < 0.3 ? 2.5 : 0.6);
      const y = Math.round(mean * (0.3 + 1.4 * draw()));
      lines.push(
        [
          id,
          id % 4,
          year,
          y,
          x.toFixed(6),
          draw().toFixed(6),
          1 + (id % 3),
          (1 + draw()).toFixed(4),
          +(year > 2003),
        ].join(),
      );
    }
  }
  return `${lines.join('\n')}\n`;
}
beforeAll(async () => {
  kernels = await loadKernels();
  frame = setPanel(readTable(panelText(), { name: 'small.csv' }), ['id'], 'year');
});

const KEYS = Object.keys(models) as ModelKey[];
const base = (model: ModelKey): FitSpec => ({ id: 'fit', model, formula: 'y ~ x + z', vcov: { type: 'iid' } });

/** Every option of a spec, with a value that must change the result (or be refused). */
const OPTIONS: Record<string, Partial<FitSpec>> = {
  offset: { offset: 'z' },
  exposure: { exposure: 'e' },
  weights: { weights: 'w' },
  effects: { formula: 'y ~ x + z | year' },
  'two effects': { formula: 'y ~ x + z | year + country' },
  'combined effects': { formula: 'y ~ x + z | country^late' },
  lag: { lag: 1 },
  where: { where: 'year > 2001' },
  split: { split: { by: 'late' } },
  hc0: { vcov: { type: 'hc0' } },
  hc1: { vcov: { type: 'hc1' } },
  hc2: { vcov: { type: 'hc2' } },
  hc3: { vcov: { type: 'hc3' } },
  cluster: { vcov: { type: 'cluster', by: [['id']] } },
  'two-way cluster': { vcov: { type: 'cluster', by: [['id'], ['country']] } },
  level: { level: 0.5 },
  'like stata': { vcov: { type: 'cluster', by: [['id']] }, like: 'stata' },
  'like fixest': { vcov: { type: 'cluster', by: [['id']] }, like: 'fixest' },
  'like sandwich': { vcov: { type: 'cluster', by: [['id']] }, like: 'sandwich' },
};

/** What a reader sees of a fit. */
const shown = (results: ReturnType<typeof fitSpec>) =>
  JSON.stringify(
    results.map((r) => ('failed' in r ? r.error : { c: r.coefficients, n: r.nobs, f: r.vcovInfo.factorRule })),
  );

describe('no option is ignored', () => {
  for (const key of KEYS)
    for (const [name, option] of Object.entries(OPTIONS))
      it(`${key} × ${name}`, () => {
        const spec = { ...base(key), ...option };
        const { needs } = modelOf(key);
        const type = spec.vcov.type;
        const can =
          (!spec.weights || needs.weights) &&
          (!spec.offset || needs.offset) &&
          (!spec.exposure || needs.exposure) &&
          needs.vcov.includes(type) &&
          (!spec.like || needs.like.includes(spec.like));
        if (!can) {
          expect(() => fitSpec(frame, spec, kernels)).toThrow(
            expect.objectContaining({ code: 'model/option-not-supported' }),
          );
          return;
        }
        const plain = fitSpec(frame, { ...base(key), ...(spec.like && { vcov: spec.vcov }) }, kernels);
        const results = fitSpec(frame, spec, kernels);
        for (const result of results) expect(result).not.toHaveProperty('error');
        // For OLS with clusters all three presets are the default rule; without effects fixest's is too.
        if (spec.like && key === 'ols') expect(shown(results).replaceAll('K)', 'k)')).toBe(shown(plain));
        else expect(shown(results)).not.toBe(shown(plain));
      });
  it('weights mean the same as repeated rows, for every model that takes them', () => {
    const columns = frame.columns;
    const times = (columns.w as { values: Float64Array }).values;
    const names = Object.keys(columns);
    const lines = [names.join()];
    for (let i = 0; i < frame.rows; i++)
      for (let t = 0; t < times[i]; t++) lines.push(names.map((n) => String(columns[n].values[i])).join());
    const repeated = readTable(`${lines.join('\n')}\n`, { name: 'repeated.csv' });
    for (const key of KEYS.filter((k) => models[k].needs.weights)) {
      const [a] = fitSpec(frame, { ...base(key), weights: 'w' }, kernels) as Fit[];
      const [b] = fitSpec(repeated, base(key), kernels) as Fit[];
      a.coefficients.forEach((c, j) => {
        expect(c.estimate).toBeCloseTo(b.coefficients[j].estimate, 9);
      });
      if (key !== 'ols') expect(a.loglik).toBeCloseTo(b.loglik, 8);
    }
  });
});

/** Fits of a spec, or the code of what it is refused for. */
function outcome(spec: FitSpec, of = frame): Fit[] | string {
  try {
    return fitSpec(of, spec, kernels).map((r) => {
      if ('failed' in r) throw new Error(`${r.error.code}: ${r.error.message}`);
      return r;
    });
  } catch (error) {
    if ((error as PanelError).code !== 'model/option-not-supported') throw error;
    return (error as PanelError).code;
  }
}

/** Slopes and their errors agree to 8 digits: sums of a different order, dummies against absorbed effects. */
function same(a: Fit[], b: Fit[], shift: Record<string, number> = {}): void {
  expect(a).toHaveLength(b.length);
  a.forEach((fit, j) => {
    for (const c of fit.coefficients.filter(({ term }) => term === 'x' || term === 'z')) {
      const other = b[j].coefficients.find(({ term }) => term === c.term || term === `l(${c.term}, 1)`)!;
      expect(Math.abs(c.estimate + (shift[c.term] ?? 0) - other.estimate), `${fit.model} ${c.term}`).toBeLessThan(1e-7);
      expect(Math.abs(c.se / other.se - 1), `${fit.model} se ${c.term}`).toBeLessThan(1e-6);
    }
  });
}

/** The rows of the panel that pass, as a table of their own. */
function subset(pass: (id: number, year: number) => boolean): Frame {
  const [head, ...lines] = panelText().trim().split('\n');
  const kept = lines.filter((line) => {
    const [id, , year] = line.split(',').map(Number);
    return pass(id, year);
  });
  return setPanel(readTable([head, ...kept].join('\n'), { name: 'subset.csv' }), ['id'], 'year');
}

describe.each(KEYS)('every option of %s means what it says, or is refused', (key) => {
  const plain = () => outcome(base(key)) as Fit[];
  it('offset: a regressor in the offset loses 1 of its coefficient', () => {
    same(outcome({ ...base(key), offset: 'z' }) as Fit[], plain(), { z: 1 });
    same(outcome({ ...base(key), formula: 'y ~ x + z + offset(z)' }) as Fit[], plain(), { z: 1 });
  });
  it('exposure: the offset of its logarithm', () => {
    const exposed = outcome({ ...base(key), exposure: 'e' });
    if (modelOf(key).needs.exposure) same(exposed as Fit[], outcome({ ...base(key), offset: 'log(e)' }) as Fit[]);
    else expect(exposed).toBe('model/option-not-supported');
  });
  it('weights: refused where the likelihood is one of units, and equal weights change no coefficient', () => {
    const weighted = outcome({ ...base(key), weights: 'I(2 + 0 * x)' });
    if (!modelOf(key).needs.weights) expect(weighted).toBe('model/option-not-supported');
    else
      (weighted as Fit[])[0].coefficients.forEach((c, j) => {
        expect(Math.abs(c.estimate - plain()[0].coefficients[j].estimate)).toBeLessThan(1e-8);
        // The information doubles; least squares estimate σ² as well.
        const factor = key === 'ols' ? 1 : Math.SQRT1_2;
        if (key !== 'nb1' && key !== 'nb2') expect(c.se / plain()[0].coefficients[j].se).toBeCloseTo(factor, 7);
      });
  });
  it('| a + b and | a^b: the dummies', () => {
    const absorbed = outcome({ ...base(key), formula: 'y ~ x + z | year + country' }) as Fit[];
    same(absorbed, outcome({ ...base(key), formula: 'y ~ x + z + i(year) + i(country)' }) as Fit[]);
    const crossed = outcome({ ...base(key), formula: 'y ~ x + z | country^late' }) as Fit[];
    same(crossed, outcome({ ...base(key), formula: 'y ~ x + z + i(country, i.late)' }) as Fit[]);
    expect(crossed[0].fixef).toEqual([{ name: 'country^late', levels: 8 }]);
  });
  it('| unit: refused by the models of units, the dummies else', () => {
    if (modelOf(key).grouped) {
      expect(() => fitSpec(frame, { ...base(key), formula: 'y ~ x + z | id' }, kernels)).toThrow(
        expect.objectContaining({ code: 'model/effects-of-units' }),
      );
      return;
    }
    const absorbed = outcome({ ...base(key), formula: 'y ~ x + z | id' }) as Fit[];
    same(absorbed, outcome({ ...base(key), formula: 'y ~ x + z + i(id)' }) as Fit[]);
  });
  it('where, split and lag: the rows and the terms written out', () => {
    same(
      outcome({ ...base(key), where: 'year > 2001' }) as Fit[],
      outcome(
        base(key),
        subset((_, t) => t > 2001),
      ) as Fit[],
    );
    const parts = outcome({ ...base(key), split: { by: 'late' } }) as Fit[];
    same(parts, [
      ...(outcome({ ...base(key), where: 'late == 0' }) as Fit[]),
      ...(outcome({ ...base(key), where: 'late == 1' }) as Fit[]),
    ]);
    same(outcome({ ...base(key), lag: 1 }) as Fit[], outcome({ ...base(key), formula: 'y ~ l(x) + l(z)' }) as Fit[]);
  });
  it('level: the limits are estimate ± quantile × SE', () => {
    const [fit] = outcome({ ...base(key), level: 0.5 }) as Fit[];
    // Quartiles of the normal law and of t(93): qt(0.75, 93) of R.
    const half = fit.distribution === 'z' ? 0.6744897501960817 : 0.6771;
    for (const c of fit.coefficients)
      expect((c.upper - c.estimate) / c.se).toBeCloseTo(half, fit.distribution === 'z' ? 12 : 3);
  });
  it('two-way clusters: V_A + V_B − V_AB, or a unit that lies in two clusters is named', () => {
    const by = (...dimensions: string[][]) =>
      fitSpec(frame, { ...base(key), vcov: { type: 'cluster', by: dimensions } }, kernels)[0];
    const both = by(['id'], ['year']);
    if (modelOf(key).grouped) {
      expect(both).toMatchObject({ failed: true, error: { code: 'vcov/split-unit' } });
      return;
    }
    const [a, b, ab] = [by(['id']), by(['year']), by(['id', 'year'])] as Fit[];
    const { covariance, vcovInfo } = both as Fit;
    if (vcovInfo.repaired) return;
    covariance.forEach((v, j) => {
      const plainSum = [a, b].reduce((sum, f) => sum + f.covariance[j] / f.vcovInfo.factor, 0);
      const want = vcovInfo.factor * (plainSum - ab.covariance[j] / ab.vcovInfo.factor);
      expect(Math.abs(v - want)).toBeLessThan(1e-12 + 1e-9 * Math.abs(want));
    });
  });
});

describe('the registry', () => {
  it('has an entry of its own name for every key', () => {
    for (const key of KEYS) expect(models[key].key).toBe(key);
  });
  it('suggests the nearest key', () => {
    expect(() => modelOf('nbfe')).toThrow(
      expect.objectContaining({ code: 'model/unknown', hint: expect.stringContaining('nb-fe') }),
    );
  });
  it('says what to use instead of a refused option', () => {
    const refuse = (o: Partial<FitSpec>, model: ModelKey = 'nb-fe') => {
      try {
        checkOptions({ ...base(model), ...o });
      } catch (error) {
        return error as PanelError;
      }
      throw new Error('accepted');
    };
    expect(refuse({ vcov: { type: 'hc1' } }).hint).toContain('--vcov cluster:id');
    expect(refuse({ weights: 'w' }).hint).toBe('Models with weights: ols, poisson, nb1, nb2.');
    expect(refuse({ vcov: { type: 'hc3' } }, 'poisson').message).toContain('hat values exist for least squares only');
  });
});
