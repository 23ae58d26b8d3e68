import { type Kernels, loadKernels } from '@gravpanel/core-wasm';
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
