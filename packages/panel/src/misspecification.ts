/** Tests that add terms to a specification: RESET and a change of the coefficients at a period. */
import type { Kernels } from '@gravpanel/core-wasm';
import { augmented, columnAt, listed } from './augment.ts';
import { type Estimation, fitDesign } from './fit.ts';
import { wald } from './hypothesis.ts';
import type { Design, Fit, TestResult } from './types.ts';

const INTERCEPT = '(Intercept)';

/** The Wald test of columns added to a design, by the fit's own kind of standard errors. */
function addedTest(
  base: TestResult,
  design: Design,
  columns: { name: string; values: Float64Array }[],
  kernels: Kernels,
  nothing: string,
): TestResult {
  const { design: wide, added, spanned } = augmented(design, columns, kernels);
  if (added.length === 0) return { ...base, reason: nothing };
  const fit = fitDesign(wide, kernels);
  if ('failed' in fit) return { ...base, reason: `The model with the added terms failed: ${fit.error.message}` };
  const { kind: _, title: __, ...test } = wald(fit, added);
  const left =
    spanned.length === 0
      ? []
      : [{ code: 'spanned-terms', message: `Other terms span ${listed(spanned)}, which are left out.` }];
  return {
    ...base,
    ...test,
    steps: stepsOf(fit, added),
    notes: [
      ...base.notes,
      { code: 'standard-errors', message: `Standard errors: ${fit.vcov}.` },
      ...left,
      ...test.notes,
    ],
  };
}

const stepsOf = (fit: Fit, terms: string[]) =>
  terms.map((term) => ({ name: term, value: fit.coefficients.find((c) => c.term === term)!.estimate }));

/**
 * RESET (Ramsey 1969; Pregibon 1980 for exp(xβ)): powers of the estimated xβ, effects included and offset aside, join the
 * model, and a Wald test asks whether they matter: F for least squares, χ² else. xβ is centred and scaled first, which
 * changes neither the test nor what the columns span.
 * @param powers whole numbers from 2; default 2 and 3.
 */
export function reset({ design, eta }: Estimation, kernels: Kernels, powers: number[] = [2, 3]): TestResult {
  const { n, offset } = design;
  const base: TestResult = {
    kind: 'reset',
    title: `RESET, power${powers.length === 1 ? '' : 's'} ${powers.join(', ')} of xβ`,
    distribution: 'chi2',
    notes: [],
  };
  const index = eta.map((v, i) => v - (offset?.[i] ?? 0));
  const mean = index.reduce((sum, v) => sum + v, 0) / n;
  const sd = Math.sqrt(index.reduce((sum, v) => sum + (v - mean) ** 2, 0) / n);
  if (!(sd > 1e-12 * Math.max(1, Math.abs(mean)))) return { ...base, reason: 'The linear predictor does not vary.' };
  const power = (p: number) =>
    index.map((v) => {
      let value = 1;
      for (let m = 0; m < p; m++) value *= (v - mean) / sd;
      return value;
    });
  const columns = powers.map((p) => ({ name: `(xβ)^${p}`, values: power(p) }));
  return addedTest(base, design, columns, kernels, 'The regressors span every power of the linear predictor already.');
}

/**
 * Change of the coefficients at a period: in the pooled model every slope gets an interaction with 1(t ≥ at), beside that
 * indicator itself, and a Wald test asks whether the interactions are all zero, by the fit's own kind of standard errors.
 * With iid least squares it is Chow's (1960) test of the slopes.
 * @param times period of each row of the design. @param by name of the time column.
 */
export function periodChange(
  design: Design,
  times: ArrayLike<number>,
  at: number,
  by: string,
  kernels: Kernels,
): TestResult {
  const late = Float64Array.from({ length: design.n }, (_, i) => (times[i] >= at ? 1 : 0));
  const after = late.reduce((sum, v) => sum + v, 0);
  const base: TestResult = {
    kind: 'period',
    title: `Change of the slopes at ${by} ${at}`,
    distribution: 'chi2',
    notes: [],
  };
  if (after === 0 || after === design.n)
    return {
      ...base,
      reason: `All ${design.n} rows are ${after === 0 ? 'before' : 'from'} ${at}${after === 0 ? '' : ' on'}.`,
    };
  const counts = [
    { name: `rows before ${at}`, value: design.n - after },
    { name: `rows from ${at}`, value: after },
  ];
  const shifted = augmented(design, [{ name: `${by} ≥ ${at}`, values: late }], kernels).design;
  const slopes = design.terms.flatMap(({ name }, j) =>
    name === INTERCEPT
      ? []
      : [{ name: `${name}:${by} ≥ ${at}`, values: columnAt(design, j).map((v, i) => v * late[i]) }],
  );
  const test = addedTest(base, shifted, slopes, kernels, 'No slope can differ between the two periods.');
  return { ...test, steps: [...counts, ...(test.steps ?? [])] };
}
