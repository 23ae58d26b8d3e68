/**
 * What is said of Stata's output against what holds: factors from their closed forms (Stata's manual, [P] _robust: G/(G−1), n/(n−1),
 * for regress (n−1)/(n−k)), which vcov.test.ts proves of `like: stata`; groups counted by hand.
 */
import { type Kernels, loadKernels } from '@gravpanel/core-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildDesigns } from '../src/design.ts';
import { fitDesign, fitSpec } from '../src/fit.ts';
import { setPanel } from '../src/frame.ts';
import { withoutSeparated } from '../src/separated.ts';
import { stataDifferences } from '../src/stata-differences.ts';
import { readTable } from '../src/table-read.ts';
import type { Design, Fit, FitResult, FitSpec, Like, ModelKey, VcovSpec } from '../src/types.ts';
import { type DesignOptions, designOf } from './design-of.ts';

let kernels: Kernels;
beforeAll(async () => {
  kernels = await loadKernels();
});
const asFit = (result: FitResult): Fit => {
  if ('failed' in result) throw new Error(result.error.message);
  return result;
};
const on = (model: ModelKey, vcov: VcovSpec, o: DesignOptions = {}) =>
  asFit(
    fitDesign(designOf('synth45', model, { vcov, clusters: vcov.type === 'cluster' ? ['pair'] : [], ...o }), kernels),
  );
const pair: VcovSpec = { type: 'cluster', by: [['pair']] };
const words = (fit: Fit) => stataDifferences(fit).join('\n');

describe('factors of standard errors', () => {
  // synth45: 450 rows, 45 clusters, 7 coefficients; nb1 and nb2 have one parameter more.
  it.each([
    ['poisson', pair, 'G/(G−1)', 45 / 44],
    ['nb2', pair, 'G/(G−1)', 45 / 44],
    ['nb1', { type: 'hc0' }, 'n/(n−1)', 450 / 449],
    ['poisson', { type: 'hc1' }, 'n/(n−1)', 450 / 449 / (450 / 443)],
    ['nb2', { type: 'hc1' }, 'n/(n−1)', 450 / 449 / (450 / 442)],
    ['ols', { type: 'hc0' }, 'n/(n−k)', 450 / 443],
  ] as [ModelKey, VcovSpec, string, number][])('%s %o: Stata multiplies by %s', (model, vcov, rule, ratio) => {
    const plain = on(model, vcov);
    const said = words(plain);
    expect(said).toContain(`Stata multiplies the covariance by ${rule}, gravpanel by `);
    expect(said).toContain(
      `are ${Math.sqrt(ratio).toFixed(4)} times these. ${vcov.type === 'hc0' ? 'hc1' : 'vcov'} with like: stata gives them.`,
    );
    // And the preset does give them: each standard error is that many times as large. hc0 has no preset: Stata's robust is hc1's.
    const asked: VcovSpec = vcov.type === 'hc0' ? { type: 'hc1' } : vcov;
    const like = on(model, asked, { like: 'stata' });
    like.coefficients.forEach((c, j) => {
      expect(c.se / plain.coefficients[j].se).toBeCloseTo(Math.sqrt(ratio), 12);
    });
    expect(words(like)).toContain(`Standard errors are those of Stata (covariance × ${rule}).`);
  });

  it.each([
    ['poisson', { type: 'iid' }, 'Standard errors are those of Stata.'],
    ['nb-fe', { type: 'iid' }, 'Standard errors are those of Stata.'],
    ['ols', { type: 'iid' }, 'Standard errors are those of Stata.'],
    ['ols', { type: 'hc3' }, 'Standard errors are those of Stata.'],
    ['ols', { type: 'hc1' }, 'Standard errors are those of Stata (covariance × n/(n−k)).'],
    ['ols', pair, 'Standard errors are those of Stata (covariance × G/(G−1)·(n−1)/(n−k)).'],
    ['nb-fe', pair, 'xtnbreg has no robust or clustered standard errors'],
  ] as [ModelKey, VcovSpec, string][])('%s %o: %s', (model, vcov, sentence) => {
    expect(words(on(model, vcov))).toContain(sentence);
  });

  it('says by how much errors as in fixest differ', () => {
    // fixest: (n−1)/(n−k) for iid of a Poisson model; Stata: nothing.
    expect(words(on('poisson', { type: 'iid' }, { like: 'fixest' as Like }))).toContain(
      `Stata multiplies the covariance by nothing, gravpanel by (n−1)/(n−K): Stata's standard errors are ${Math.sqrt(443 / 449).toFixed(4)} times these.`,
    );
  });

  it('names the command with effects, and what counts as a parameter there', () => {
    const said = words(on('ols', pair, { fixef: ['pair'], intercept: false }));
    expect(said).toContain('The same estimator is areg, absorb(pair).');
    // areg counts the 45 levels and 6 slopes, as gravpanel does: no difference.
    expect(said).toContain('Standard errors are those of Stata (covariance × G/(G−1)·(n−1)/(n−k)).');
    expect(said).toContain('xtreg, fe and reghdfe do not count effects');
    expect(words(on('poisson', { type: 'iid' }, { fixef: ['year'], intercept: false }))).toContain(
      'The same estimator is poisson with i.year, or ppmlhdfe.',
    );
  });
});

describe('rows and units', () => {
  /** 5 units: a and b whole (6 rows each), c without any count (6), d of one row, e with a gap: 2001, 2003. */
  const CSV = `id,year,y,x
${['a', 'b', 'c'].flatMap((id, u) => [1, 2, 3, 4, 5, 6].map((t) => `${id},200${t},${u === 2 ? 0 : [0, 9, 1, 20, 0, 4][(t + u) % 6]},${((t * 7 + u * 3) % 11) / 10}`)).join('\n')}
d,2001,3,0.5
e,2001,2,0.1
e,2003,1,0.7
`;
  const fitted = (spec: Partial<FitSpec>) =>
    asFit(
      fitSpec(
        setPanel(readTable(CSV, { name: 'small' }), ['id'], 'year'),
        { id: 'fit', model: 'nb-fe', formula: 'y ~ x', vcov: { type: 'iid' }, ...spec },
        kernels,
      )[0],
    );

  it('counts the units that xtnbreg leaves out too', () => {
    const said = stataDifferences(fitted({}));
    expect(said[0]).toBe('The same estimator is xtnbreg, fe.');
    expect(said).toContainEqual(
      expect.stringMatching(/^1 unit, 1 row: a unit of one row .* Stata leaves them out as well/),
    );
    expect(said).toContainEqual(expect.stringMatching(/^1 unit, 6 rows: a unit without any count/));
    expect(said).toContain('Stata prints the coefficients marked ‡ without a mark.');
  });

  it('tells a lag by key from the row before', () => {
    // The first row of a, b, c, d, e, and e's 2003, whose 2002 is missing.
    const said = words(fitted({ model: 'poisson', lag: 1 }));
    expect(said).toContain("6 rows have no lag. Stata's L. operator leaves the same rows out; x[_n-1] does not");
  });

  it('says what becomes of a fixed effect without any count', () => {
    const said = words(fitted({ model: 'poisson', formula: 'y ~ x | id' }));
    expect(said).toMatch(/^1 level, 6 rows of a fixed effect without any count are left out/m);
    expect(said).toContain('ppmlhdfe leaves them out too');
    expect(said).not.toContain('‡');
  });

  it('says what becomes of separated rows', () => {
    // A dummy of two rows of c, which has no count at all.
    const said = words(fitted({ model: 'poisson', formula: "y ~ x + I(if(id == 'c' and year > 2004, 1, 0))" }));
    expect(said).toContain('2 rows are separated and left out: ppmlhdfe does so too');
  });

  it('keeps the reason of every row of the table, separated ones included', () => {
    const frame = setPanel(readTable(CSV, { name: 'small' }), ['id'], 'year');
    const formula = "y ~ x + I(if(id == 'c' and year > 2004, 1, 0))";
    const spec: FitSpec = { id: 'fit', model: 'poisson', formula, lag: 1, vcov: { type: 'iid' } };
    const [given] = buildDesigns(frame, spec, kernels) as Design[];
    const design = withoutSeparated(given, kernels)!;
    for (const { lost, rows, sample } of [given, design]) {
      const { codes, reasons } = lost!;
      const left = [...codes.keys()].filter((row) => codes[row] === 0);
      expect(left).toEqual([...rows].sort((a, b) => a - b));
      for (const { reason, rows: gone } of sample.dropped)
        expect([reason, codes.filter((code) => code === reasons.indexOf(reason) + 1).length]).toEqual([reason, gone]);
    }
    expect(design.lost!.reasons.at(-1)).toBe('separated');
  });

  it('names the option that has the same variance components', () => {
    expect(words(fitted({ model: 'ols-re' }))).toContain('xtreg, re sa has these');
  });
});

describe('what Stata does not have', () => {
  it('says that replicates differ by chance', () => {
    const fit = on('poisson', { type: 'iid' });
    const resampled = { ...fit, vcov: 'bootstrap', resampling: {} as NonNullable<Fit['resampling']> };
    expect(words(resampled)).toContain('differ by chance');
    expect(words(resampled)).not.toContain('times these');
  });

  it('names no command for a count frontier, and the frontier commands for what they can do', () => {
    const fit = on('poisson', { type: 'iid' });
    expect(stataDifferences({ ...fit, model: 'poisson-frontier' })).toEqual([
      'Stata has no command for this estimator.',
    ]);
    const as = (
      distribution: 'half-normal' | 'exponential' | 'truncated-normal',
      inefficiency: 'rows' | 'units' | 'decay',
    ) => stataDifferences({ ...fit, model: 'frontier', frontier: { distribution, inefficiency, efficiencies: [] } })[0];
    expect(as('half-normal', 'rows')).toBe('The same estimator is frontier, distribution(hnormal).');
    expect(as('truncated-normal', 'decay')).toBe('The same estimator is xtfrontier, tvd.');
    expect(as('half-normal', 'units')).toContain('xtfrontier, ti with the constraint [mu]_cons = 0');
    expect(as('exponential', 'units')).toBe('Stata has no command for this estimator.');
  });
});
