/**
 * Budgets. W and κ against mpmath: 2e-14 relative (W: of max(|W|, 1)), W″ 1e-13, what Cody's fractions and one cancellation of a digit leave.
 * Count likelihoods against mpmath's own quadrature of the defining integral at 30 digits: 1e-10, as the docs promise. Derivatives
 * against central differences with step 1e-5: 1e-6 relative. At σ_u = e⁻⁴⁰ the count frontiers are poisson and nb2: 1e-8 is promised,
 * rounding is what is left.
 */
import { fixtureJson } from '@gravpanel/test-fixtures';
import { beforeAll, describe, expect, it } from 'vitest';
import { drawsOf } from '../../../test-fixtures/panels.mjs';
import type { FrontierShape, KernelModel, Kernels, Problem } from '../src/abi.ts';
import { Status } from '../src/abi.ts';
import { exp, loadKernels, log } from '../src/index.ts';
import { byRows, normals, poisson, uniforms } from './random.ts';

interface CountCase {
  model: 'poisson-frontier' | 'nb-frontier';
  law: FrontierShape['law'];
  sigma_u: number;
  sigma_v?: number;
  alpha: number | null;
  units: string;
  loglik: number[];
}
const certified = fixtureJson<{ cases: CountCase[]; data: Record<string, [number[], number[]][]> }>(
  'certified',
  'frontier.json',
);
const tails = fixtureJson<{ rows: [number, number, number, number][] }>('certified', 'normal.json').rows;

let kernels: Kernels;
beforeAll(async () => {
  kernels = await loadKernels();
});

describe('normal tails', () => {
  it.each([
    ['normalW', 1],
    ['normalK', 2],
    ['normalC', 3],
  ] as const)('%s keeps its digits far into both tails', (name, at) => {
    const values = kernels.special(
      name,
      Float64Array.from(tails, ([z]) => z),
    );
    tails.forEach((row, i) => {
      const scale = at === 1 ? Math.max(1, Math.abs(row[1])) : Math.abs(row[at]);
      expect(Math.abs(values[i] - row[at]) / scale, `at ${row[0]}`).toBeLessThan(at === 3 ? 1e-13 : 2e-14);
    });
  });
});

describe('count frontiers against brute force', () => {
  it.each(
    certified.cases.map(
      (one) => [`${one.model} ${one.law} σᵤ ${one.sigma_u} α ${one.alpha} ${one.units}`, one] as const,
    ),
  )('%s', (_name, { model, law, sigma_u, sigma_v, alpha, units, loglik }) => {
    const logs = [alpha, sigma_v ?? null, sigma_u].filter((value) => value !== null).map(log);
    certified.data[units].forEach(([y, eta], i) => {
      const n = y.length;
      const problem: Problem = {
        n,
        k: 1,
        y: Float64Array.from(y),
        x: new Float64Array(n).fill(1),
        offset: Float64Array.from(eta),
        groupStart: Int32Array.of(0, n),
        frontier: { law, units: true, noise: sigma_v !== undefined, nodes: 128 },
      };
      const found = kernels.evaluate(model, problem, Float64Array.of(0, ...logs));
      expect(found.status).toBe(Status.ok);
      expect(Math.abs(found.loglik - loglik[i]), `y ${y}`).toBeLessThan(1e-10);
    });
  });
});

/** 60 rows in 12 units: a continuous outcome, a count, regressors of μ, distances in time. */
function sample(seed: number) {
  const u = uniforms(seed);
  const z = normals(u);
  const n = 60;
  const one = () => z();
  const columns = [
    new Float64Array(n).fill(1),
    Float64Array.from({ length: n }, one),
    Float64Array.from({ length: n }, one),
  ];
  const { x } = byRows(columns);
  const mean = (i: number) => 1 + 0.5 * columns[1][i] + 0.4 * columns[2][i] - Math.abs(0.8 * z());
  return {
    n,
    k: 3,
    x,
    line: Float64Array.from({ length: n }, (_, i) => mean(i) + 0.4 * z()),
    count: Float64Array.from({ length: n }, (_, i) => poisson(exp(mean(i)), u)),
    ones: columns[0],
    z: byRows([columns[0], columns[2]]).x,
    groupStart: Int32Array.from({ length: 13 }, (_, g) => 5 * g),
    decay: Float64Array.from({ length: n }, (_, i) => (i % 5) - 4),
  };
}

/** Largest relative differences between the analytic derivatives and central differences. */
function derivativeErrors(model: KernelModel, problem: Problem, theta: Float64Array): [number, number] {
  const at = kernels.evaluate(model, problem, theta);
  expect(at.status).toBe(Status.ok);
  const p = theta.length;
  let [worst, second] = [0, 0];
  for (let j = 0; j < p; j++) {
    const h = 1e-5 * (1 + Math.abs(theta[j]));
    const [up, down] = [1, -1].map((side) =>
      kernels.evaluate(
        model,
        problem,
        theta.map((value, i) => (i === j ? value + side * h : value)),
      ),
    );
    const slope = (up.loglik - down.loglik) / (2 * h);
    worst = Math.max(worst, Math.abs(slope - at.gradient[j]) / (1 + Math.abs(slope)));
    for (let i = 0; i < p; i++) {
      const bend = (up.gradient[i] - down.gradient[i]) / (2 * h);
      second = Math.max(second, Math.abs(bend - at.hessian[i * p + j]) / (1 + Math.abs(bend)));
    }
  }
  return [worst, second];
}

const LAWS = ['half-normal', 'exponential'] as const;

describe('score and Hessian', () => {
  const { line, count, ones, z, decay, ...shape } = sample(3);
  const gauss: [string, FrontierShape, number[]][] = [
    ...LAWS.map((law): [string, FrontierShape, number[]] => [law, { law }, [1, 0.4, 0.3, -0.9, -0.3]]),
    ...LAWS.map((law): [string, FrontierShape, number[]] => [
      `${law} decay`,
      { law, units: true, decay },
      [1, 0.4, 0.3, -0.9, -0.3, 0.1],
    ]),
    ['effects', { law: 'truncated-normal', z, m: 2 }, [1, 0.4, 0.3, -0.9, -0.3, 0.2, 0.3]],
    ['decay', { law: 'truncated-normal', units: true, z: ones, m: 1, decay }, [1, 0.4, 0.3, -0.9, -0.3, 0.2, 0.1]],
  ];
  it.each(gauss)('frontier, %s: are those of the log-likelihood', (_name, frontier, theta) => {
    const errors = derivativeErrors('frontier', { ...shape, y: line, frontier }, Float64Array.from(theta));
    expect(Math.max(...errors)).toBeLessThan(1e-6);
  });

  const counts = (['poisson-frontier', 'nb-frontier'] as const).flatMap((model) =>
    LAWS.flatMap((law) =>
      [false, true].flatMap((units) => [false, true].map((noise) => ({ model, law, units, noise }))),
    ),
  );
  it.each(counts)('$model $law, units $units, noise $noise', ({ model, law, units, noise }) => {
    const problem = { ...shape, y: count, frontier: { law, units, noise, nodes: noise ? 128 : 64 } };
    const theta = [0.5, 0.4, 0.3, ...(model === 'nb-frontier' ? [-1] : []), ...(noise ? [-1] : []), -0.3];
    expect(Math.max(...derivativeErrors(model, problem, Float64Array.from(theta)))).toBeLessThan(1e-6);
  });

  it('without inefficiency the count frontiers are poisson and nb2', () => {
    for (const law of LAWS)
      for (const units of [false, true]) {
        const problem: Problem = { ...shape, y: count, frontier: { law, units } };
        const beta = [0.5, 0.4, 0.3];
        const of = (model: KernelModel, aux: number[]) =>
          kernels.evaluate(model, problem, Float64Array.from([...beta, ...aux])).loglik;
        expect(Math.abs(of('poisson-frontier', [-40]) - of('poisson', []))).toBeLessThan(1e-8);
        expect(Math.abs(of('nb-frontier', [-1, -40]) - of('nb2', [-1]))).toBeLessThan(1e-8);
      }
  });
});

describe('fits', () => {
  const { line, count, ones: _ones, z: _z, decay: _decay, ...shape } = sample(5);

  it('a unit of measure moves the estimates and nothing else', () => {
    const one = kernels.fit('frontier', { ...shape, y: line, frontier: { law: 'half-normal' } });
    const large = kernels.fit('frontier', { ...shape, y: line.map((y) => 1e6 * y), frontier: { law: 'half-normal' } });
    expect([one.status, large.status]).toEqual([Status.ok, Status.ok]);
    large.coef.slice(0, 3).forEach((value, j) => {
      expect(value / 1e6).toBeCloseTo(one.coef[j], 9);
    });
    expect(large.coef[4] - log(1e6)).toBeCloseTo(one.coef[4], 9);
    expect(large.loglik + shape.n * log(1e6)).toBeCloseTo(one.loglik, 8);
    expect(Math.sqrt(large.vcov[0]) / 1e6).toBeCloseTo(Math.sqrt(one.vcov[0]), 9);
  });

  it('residuals skewed to the right, and underdispersed counts, end at no inefficiency', () => {
    const mirrored = kernels.fit('frontier', { ...shape, y: line.map((y) => -y), frontier: { law: 'half-normal' } });
    const ols = kernels.fit('ols', { ...shape, y: line.map((y) => -y) });
    expect(mirrored.status).toBe(Status.poissonBoundary);
    expect(mirrored.coef[4]).toBe(-40);
    expect(mirrored.loglik).toBeCloseTo(ols.loglik, 9);
    [0, 1, 2].forEach((j) => {
      expect(mirrored.coef[j]).toBeCloseTo(ols.coef[j], 9);
    });
    const even = Float64Array.from({ length: shape.n }, (_, i) => 5 + (i % 2));
    const flat = kernels.fit('poisson-frontier', { ...shape, y: even, frontier: { law: 'half-normal' } });
    expect(flat.status).toBe(Status.poissonBoundary);
    expect(flat.loglik).toBeCloseTo(kernels.fit('poisson', { ...shape, y: even }).loglik, 9);
  });

  it('beside overdispersion no maximum below nb2 is taken, and each certificate is of the estimate', () => {
    // Samples of which the search from the default start alone ends up to 0.4 below nb2: 30, 35 and 42.
    for (const seed of [30, 35, 42, 51]) {
      const d = drawsOf(seed);
      const n = 450;
      const x = new Float64Array(3 * n);
      const y = new Float64Array(n);
      for (let i = 0; i < n; i++) {
        x.set([1, d.normal(), d.normal()], 3 * i);
        const u = (seed % 2 ? 0 : 0.3) * Math.abs(d.normal());
        y[i] = d.poisson(Math.exp(1.5 + 0.5 * x[3 * i + 1] - 0.3 * x[3 * i + 2] - u) * 0.5 * d.gamma(2));
      }
      const problem: Problem = { n, k: 3, x, y };
      const fit = kernels.fit('nb-frontier', { ...problem, frontier: { law: 'half-normal' } });
      expect([Status.ok, Status.poissonBoundary]).toContain(fit.status);
      expect(fit.loglik).toBeGreaterThanOrEqual(kernels.fit('nb2', problem).loglik - 1e-8);
      expect(fit.scaledGradient).toBeLessThan(1e-8);
    }
  });

  it.each([false, true])('base only, with noise, is the Poisson-lognormal maximum; one u a unit %s', (units) => {
    const frontier = { law: 'half-normal', noise: true, units, nodes: 256 } as const;
    const d = drawsOf(4);
    const shared = Array.from({ length: shape.n }, () => 0.7 * d.normal());
    const y = Float64Array.from(shared, (v, i) => d.poisson(Math.exp(1 + (units ? shared[i - (i % 5)] : v))));
    const problem: Problem = { ...shape, y, frontier: { ...frontier, baseOnly: true } };
    const fit = kernels.fit('poisson-frontier', problem);
    expect(fit.status).toBe(Status.poissonBoundary);
    // The trapezoidal rule over ±10 σ, which has all digits for an integrand that dies away at both ends.
    const groups = units ? shape.groupStart : Int32Array.from({ length: shape.n + 1 }, (_, i) => i);
    const lnFactorial = (y: number) => Array.from({ length: y }, (_, j) => Math.log(j + 1)).reduce((a, b) => a + b, 0);
    const marginal = ([b0, b1, b2, lnV]: number[]) => {
      let total = 0;
      for (let g = 0; g + 1 < groups.length; g++) {
        let mass = 0;
        for (let s = -10; s <= 10; s += 0.05) {
          let joint = -0.5 * s * s - 0.5 * Math.log(2 * Math.PI);
          for (let i = groups[g]; i < groups[g + 1]; i++) {
            const eta = b0 + b1 * shape.x[3 * i + 1] + b2 * shape.x[3 * i + 2] + Math.exp(lnV) * s;
            joint += y[i] * eta - Math.exp(eta) - lnFactorial(y[i]);
          }
          mass += 0.05 * Math.exp(joint);
        }
        total += Math.log(mass);
      }
      return total;
    };
    const theta = Array.from(fit.coef.subarray(0, 4));
    const top = marginal(theta);
    expect(Math.abs(fit.loglik - top)).toBeLessThan(1e-9);
    theta.forEach((_, j) => {
      const moved = (by: number) => marginal(theta.map((value, i) => (i === j ? value + by : value)));
      expect(Math.abs(moved(1e-4) - moved(-1e-4)) / 2e-4).toBeLessThan(1e-5);
    });
  });

  it('a search stopped above the model without inefficiency is not taken for it', () => {
    const d = drawsOf(2);
    const n = 200;
    const x = new Float64Array(n).fill(1);
    const y = Float64Array.from({ length: n }, () =>
      d.poisson(Math.exp(1.5 + 0.4 * d.normal() - Math.abs(0.9 * d.normal()))),
    );
    const problem: Problem = { n, k: 1, x, y, frontier: { law: 'half-normal', noise: true } };
    const base = kernels.fit('poisson-frontier', { ...problem, frontier: { ...problem.frontier!, baseOnly: true } });
    for (const maxIter of [2, 4]) {
      const fit = kernels.fit('poisson-frontier', problem, { maxIter });
      if (fit.status !== Status.poissonBoundary) continue;
      expect(fit.loglik, `${maxIter} iterations`).toBeGreaterThanOrEqual(base.loglik - 1e-8);
    }
    expect(kernels.fit('poisson-frontier', problem, { maxIter: 1 }).status).toBe(Status.noConvergence);
  });

  it('replicates are refits with their weights', () => {
    const problem: Problem = { ...shape, y: count, frontier: { law: 'half-normal' } };
    const clusters = { codes: Int32Array.from({ length: shape.n }, (_, i) => Math.floor(i / 5)), count: 12 };
    const { coef } = kernels.fit('poisson-frontier', problem);
    const resampler = kernels.resampler({ model: 'poisson-frontier', problem, coef, clusters, seed: 1 });
    if ('status' in resampler) throw new Error(`status ${resampler.status}`);
    const batch = resampler.pairs(0, 10);
    for (let r = 0; r < 10; r++) {
      const drawn = resampler.drawWeights(r);
      const weights = Float64Array.from(clusters.codes, (code) => drawn[code]);
      const cold = kernels.fit('poisson-frontier', { ...problem, weights }, { tol: 1e-11 });
      expect(batch.status[r]).toBe(cold.status);
      cold.coef.forEach((value, j) => {
        expect(batch.coef[r * coef.length + j]).toBeCloseTo(value, 8);
      });
    }
  });
});
