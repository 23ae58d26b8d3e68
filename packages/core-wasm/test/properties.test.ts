/**
 * Properties on random panels. Numeric derivatives are five-point central differences: of the log-likelihood (rounding
 * 1e-15·|ℓ|/h at h = 1e-3: 1e-7 of the larger of |g| and |ℓ|), and of the score for the Hessian (1e-8). Invariances compare
 * sums in another order: 1e-12.
 */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type KernelModel, type Kernels, loadKernels, type Problem, Status } from '../src/index.ts';
import { normals, type PanelShape, randomPanel, uniforms } from './random.ts';

const MODELS: KernelModel[] = ['poisson', 'nb1', 'nb2', 'nb-fe', 'nb-re', 'poisson-re'];
const AUXILIARIES: Record<string, number> = { nb1: 1, nb2: 1, 'nb-re': 2, 'poisson-re': 1 };

let kernels: Kernels;
beforeAll(async () => {
  kernels = await loadKernels();
});

const shapes: fc.Arbitrary<PanelShape> = fc.record({
  seed: fc.integer({ min: 1, max: 1e9 }),
  groups: fc.integer({ min: 4, max: 30 }),
  constant: fc.boolean(),
  offset: fc.boolean(),
  level: fc.constantFrom(0.5, 3, 20, 400, 3e5),
});

function randomTheta(model: KernelModel, problem: Problem, shape: PanelShape, scale: number): Float64Array {
  const normal = normals(uniforms(shape.seed + 1));
  const theta = Float64Array.from({ length: problem.k + (AUXILIARIES[model] ?? 0) }, () => scale * normal());
  if (shape.constant) theta[0] += Math.log(shape.level);
  return theta;
}

/** Five-point derivative of f along coordinate j. */
function slope(f: (theta: Float64Array) => number, theta: Float64Array, j: number, h: number): number {
  const at = (shift: number) => f(theta.with(j, theta[j] + shift));
  return (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
}

const close = (a: number, b: number, tolerance: number, size: number) =>
  expect(Math.abs(a - b)).toBeLessThanOrEqual(tolerance * size);

describe.each(MODELS)('%s', (model) => {
  it('has the score as gradient of the log-likelihood', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const problem = randomPanel(shape);
        const theta = randomTheta(model, problem, shape, 0.5);
        const at = kernels.evaluate(model, problem, theta);
        expect(at.status).toBe(Status.ok);
        theta.forEach((_, j) => {
          const numeric = slope((b) => kernels.evaluate(model, problem, b).loglik, theta, j, 1e-3);
          close(at.gradient[j], numeric, 1e-7, Math.abs(at.gradient[j]) + Math.abs(at.loglik) + 1);
        });
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  it('has the Hessian as Jacobian of the score, and it is symmetric', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const problem = randomPanel(shape);
        const theta = randomTheta(model, problem, shape, 0.5);
        const p = theta.length;
        const { hessian, gradient } = kernels.evaluate(model, problem, theta);
        const size = hessian.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
        const noise = gradient.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
        for (let i = 0; i < p; i++)
          for (let j = 0; j < p; j++) {
            const numeric = slope((b) => kernels.evaluate(model, problem, b).gradient[i], theta, j, 1e-3);
            close(hessian[i * p + j], numeric, 1e-8, size + noise);
            close(hessian[i * p + j], hessian[j * p + i], 1e-14, size);
          }
      }),
      { seed: 2, numRuns: 60 },
    );
  });

  it('counts a weight of 2 as the row (the group) twice', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const problem = randomPanel(shape);
        const theta = randomTheta(model, problem, shape, 0.3);
        const order = Array.from({ length: problem.groupStart.length - 1 }, (_, g) => g);
        const even = (g: number) => g % 2 === 0;
        const copied = takeGroups(problem, [...order, ...order.filter(even)]);
        const weights = new Float64Array(problem.n).fill(1);
        for (const g of order.filter(even)) weights.fill(2, problem.groupStart[g], problem.groupStart[g + 1]);
        const a = kernels.evaluate(model, { ...problem, weights }, theta);
        const b = kernels.evaluate(model, copied, theta);
        expectSame(a, b);
      }),
      { seed: 3, numRuns: 60 },
    );
  });
});

/** The problem with the given groups, in the given order. */
function takeGroups(problem: Problem & { groupStart: Int32Array }, groups: number[]): typeof problem {
  const rows = groups.flatMap((g) =>
    Array.from({ length: problem.groupStart[g + 1] - problem.groupStart[g] }, (_, t) => problem.groupStart[g] + t),
  );
  const starts = [0];
  for (const g of groups) starts.push(starts[starts.length - 1] + problem.groupStart[g + 1] - problem.groupStart[g]);
  return takeRows(problem, rows, Int32Array.from(starts));
}

function takeRows(problem: Problem, rows: number[], groupStart: Int32Array): Problem & { groupStart: Int32Array } {
  const { k, x, y, offset } = problem;
  const taken = {
    n: rows.length,
    k,
    y: Float64Array.from(rows, (i) => y[i]),
    x: Float64Array.from(rows.flatMap((i) => [...x.subarray(i * k, i * k + k)])),
    groupStart,
  };
  return offset ? { ...taken, offset: Float64Array.from(rows, (i) => offset[i]) } : taken;
}

function expectSame(a: ReturnType<Kernels['evaluate']>, b: ReturnType<Kernels['evaluate']>): void {
  expect(a.status).toBe(Status.ok);
  expect(b.status).toBe(Status.ok);
  const size = (v: Float64Array) => v.reduce((most, x) => Math.max(most, Math.abs(x)), 1);
  close(a.loglik, b.loglik, 1e-12, Math.abs(b.loglik));
  a.gradient.forEach((g, i) => {
    close(g, b.gradient[i], 1e-12, size(b.gradient) + size(b.hessian));
  });
  a.hessian.forEach((h, i) => {
    close(h, b.hessian[i], 1e-12, size(b.hessian));
  });
}

describe.each(['nb-fe', 'nb-re', 'poisson-re'] as const)('%s', (model) => {
  it('does not depend on the order of rows in a group, nor on the order of groups', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const problem = randomPanel(shape);
        const theta = randomTheta(model, problem, shape, 0.3);
        const starts = problem.groupStart;
        const mirrored: number[] = [];
        for (let g = 0; g + 1 < starts.length; g++)
          for (let i = starts[g + 1] - 1; i >= starts[g]; i--) mirrored.push(i);
        const groups = Array.from({ length: starts.length - 1 }, (_, g) => starts.length - 2 - g);
        const here = kernels.evaluate(model, problem, theta);
        expectSame(here, kernels.evaluate(model, takeRows(problem, mirrored, starts), theta));
        expectSame(here, kernels.evaluate(model, takeGroups(problem, groups), theta));
      }),
      { seed: 4, numRuns: 60 },
    );
  });
});

describe('nb-fe', () => {
  it('does not see all-zero groups and groups of one row', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const problem = randomPanel({ ...shape, groups: shape.groups + 6 });
        const theta = randomTheta('nb-fe', problem, shape, 0.3);
        const starts = problem.groupStart;
        const live = (g: number) =>
          starts[g + 1] - starts[g] > 1 && problem.y.subarray(starts[g], starts[g + 1]).some((v) => v > 0);
        const kept = takeGroups(problem, Array.from({ length: starts.length - 1 }, (_, g) => g).filter(live));
        const zeroed = { ...problem, y: problem.y.slice() };
        zeroed.y.fill(0, starts[0], starts[3]);
        expectSame(kernels.evaluate('nb-fe', problem, theta), kernels.evaluate('nb-fe', kept, theta));
        const rest = takeGroups(
          problem,
          Array.from({ length: starts.length - 4 }, (_, g) => g + 3),
        );
        expectSame(kernels.evaluate('nb-fe', zeroed, theta), kernels.evaluate('nb-fe', rest, theta));
      }),
      { seed: 5, numRuns: 60 },
    );
  });

  it('gives a zero score to a group that contributes nothing', () => {
    const problem = randomPanel({ seed: 12, groups: 12, constant: true, offset: false, level: 4 });
    problem.y.fill(0, problem.groupStart[2], problem.groupStart[3]);
    const fit = kernels.fit('nb-fe', problem);
    expect(fit.scores.length).toBe(12 * 3);
    expect([...fit.scores.subarray(6, 9)]).toEqual([0, 0, 0]);
  });
});

describe('scores', () => {
  const cases = MODELS.flatMap((model) => [true, false].map((constant) => ({ model, constant })));
  it.each(cases)('$model, constant $constant: they sum to 0 at the optimum', ({ model, constant }) => {
    const problem = randomPanel({ seed: 77, groups: 60, constant, offset: true, level: 6 });
    const fit = kernels.fit(model, problem);
    expect(Status[fit.status]).toBe('ok');
    const p = fit.coef.length;
    for (let j = 0; j < p; j++) {
      let sum = 0;
      let size = 0;
      for (let i = j; i < fit.scores.length; i += p) {
        sum += fit.scores[i];
        size += Math.abs(fit.scores[i]);
      }
      expect(Math.abs(sum)).toBeLessThan(1e-12 * (1 + size));
    }
  });
});
