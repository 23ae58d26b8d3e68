/** Replicates with new data: outcomes drawn from the fitted model, or one regressor permuted. */
import { exp, type Kernels, type Problem, Status } from '@gravpanel/core-wasm';
import type { Draws, OpenJob } from './resample-draws.ts';
import type { ResampleJob } from './resample-job.ts';
import { logGammaVariate, multinomial, normal, poisson, type Source, sourceOf } from './resample-random.ts';
import { hasEstimate, refitOnce } from './resample-refit.ts';

type Outcome = (source: Source) => Float64Array;

const gammaPoisson = (source: Source, shape: number, logScale: number) =>
  poisson(source, exp(logGammaVariate(source, shape) + logScale));

function groupsWith(groupStart: Int32Array, n: number, draw: (from: number, to: number, y: Float64Array) => void) {
  const y = new Float64Array(n);
  for (let g = 0; g + 1 < groupStart.length; g++) draw(groupStart[g], groupStart[g + 1], y);
  return y;
}

/** Residual standard deviation √(RSS/(n − p)) of least squares; 1 where the covariance has it. */
function residualSpread(job: ResampleJob, y: Float64Array, eta: Float64Array): number {
  if (job.kernel !== 'ols' || job.random) return 1;
  const { n, weights } = job.problem;
  const rss = y.reduce((sum, value, i) => sum + (weights ? weights[i] : 1) * (value - eta[i]) ** 2, 0);
  const levels = job.factors.reduce((sum, codes) => sum + new Set(codes).size - 1, job.factors.length > 0 ? 1 : 0);
  return Math.sqrt(rss / Math.max(1, n - job.coef.length - levels));
}

function randomEffectsOutcome(
  { eta, problem }: ResampleJob,
  { sigmaU, sigmaE }: { sigmaU: number; sigmaE: number },
): Outcome {
  return (source) =>
    groupsWith(problem.groupStart!, problem.n, (from, to, out) => {
      const u = sigmaU * normal(source);
      for (let i = from; i < to; i++) out[i] = eta[i] + u + sigmaE * normal(source);
    });
}

/**
 * The law of the outcomes at the estimates. ols: normal with √(RSS/(n − p)); ols-re: normal units and rows; poisson: Poisson(λ); nb1, nb2: gamma mixtures;
 * nb-fe: given the unit's sum, multinomial with gamma(λᵢₜ) weights, which is the conditional law of HHG (1984); nb-re: beta(r, s)
 * units, poisson-re: gamma units.
 */
function outcomeOf(job: ResampleJob): Outcome {
  const { eta, coef, problem } = job;
  const { n, k, y, groupStart } = problem;
  const auxiliary = (j: number) => exp(coef[k + j]);
  switch (job.kernel) {
    case 'ols': {
      if (job.random) return randomEffectsOutcome(job, job.random);
      const spread = residualSpread(job, y, eta);
      return (source) => eta.map((mean) => mean + spread * normal(source));
    }
    case 'poisson':
      return (source) => eta.map((one) => poisson(source, exp(one)));
    case 'nb1': {
      const [delta, lnDelta] = [auxiliary(0), coef[k]];
      return (source) => eta.map((one) => gammaPoisson(source, exp(one) / delta, lnDelta));
    }
    case 'nb2': {
      const [alpha, lnAlpha] = [auxiliary(0), coef[k]];
      return (source) => eta.map((one) => gammaPoisson(source, 1 / alpha, lnAlpha + one));
    }
    case 'nb-fe':
      return (source) =>
        groupsWith(groupStart!, n, (from, to, out) => {
          let total = 0;
          for (let i = from; i < to; i++) total += y[i];
          const logs = eta.slice(from, to).map((one) => logGammaVariate(source, exp(one)));
          out.set(multinomial(source, total, logs), from);
        });
    case 'nb-re':
      return (source) =>
        groupsWith(groupStart!, n, (from, to, out) => {
          const lnA = logGammaVariate(source, auxiliary(0));
          const lnB = logGammaVariate(source, auxiliary(1));
          // δ/(1) = (1 − z)/z with z ~ beta(r, s): ln δ⁻¹ is what the gamma's scale takes.
          for (let i = from; i < to; i++) out[i] = gammaPoisson(source, exp(eta[i]), lnB - lnA);
        });
    case 'frontier':
    case 'poisson-frontier':
    case 'nb-frontier':
      throw new Error(`${job.kernel} has no parametric replicates`);
    case 'poisson-re': {
      const [alpha, lnAlpha] = [auxiliary(0), coef[k]];
      return (source) =>
        groupsWith(groupStart!, n, (from, to, out) => {
          const lnEffect = logGammaVariate(source, 1 / alpha) + lnAlpha;
          for (let i = from; i < to; i++) out[i] = poisson(source, exp(eta[i] + lnEffect));
        });
    }
  }
}

/** One full fit of each replicate's own problem, from the optimum. */
function openRefits(job: ResampleJob, kernels: Kernels, problemOf: (replicate: number) => Problem): OpenJob {
  const { reported, coef, kernel, absorb, random, factors, seed, maxIter } = job;
  const r = reported.length;
  const p = coef.length;
  const spec = {
    kernel,
    absorb,
    random,
    problem: job.problem,
    factors,
    coef,
    codes: job.clusters[0].codes,
    count: 1,
    seed,
    method: 'exact' as const,
    maxIter,
  };
  return {
    run(first, count) {
      const out: Draws = {
        count,
        estimates: new Float64Array(count * r).fill(Number.NaN),
        status: new Uint8Array(count).fill(Status.noConvergence),
        fallback: new Uint8Array(count),
        ...(job.studentise && { extra: new Float64Array(count * r).fill(Number.NaN) }),
      };
      for (let i = 0; i < count; i++) {
        const problem = problemOf(first + i);
        const fit = refitOnce(spec, problem, kernels);
        out.status[i] = fit.status;
        if (!hasEstimate(fit.status)) continue;
        const spread = out.extra ? residualSpread(job, problem.y, fit.eta) : 1;
        reported.forEach((at, j) => {
          out.estimates[i * r + j] = fit.coef[at];
          const centre = job.scheme === 'permutation' ? 0 : coef[at];
          if (out.extra) out.extra[i * r + j] = (fit.coef[at] - centre) / (spread * Math.sqrt(fit.vcov[at * p + at]));
        });
      }
      return out;
    },
    free: () => {},
  };
}

/** Parametric bootstrap: refits of outcomes drawn from the fitted model. */
export function openParametric(job: ResampleJob, kernels: Kernels): OpenJob {
  const outcome = outcomeOf(job);
  return openRefits(job, kernels, (replicate) => ({
    ...job.problem,
    y: outcome(sourceOf(kernels, job.seed, replicate)),
  }));
}

/**
 * Permutation of one regressor within strata (Fisher–Yates): refits under no association given the others. Extra: t of each
 * replicate, which keeps the level where variances differ (DiCiccio & Romano 2017).
 */
export function openPermutation(job: ResampleJob, kernels: Kernels): OpenJob {
  const { n, k, x } = job.problem;
  const { column, strata, count } = job.permuted!;
  const members: number[][] = Array.from({ length: count }, () => []);
  strata.forEach((code, i) => {
    members[code].push(i);
  });
  return openRefits(job, kernels, (replicate) => {
    const { uniform } = sourceOf(kernels, job.seed, replicate);
    const moved = x.slice();
    for (const rows of members)
      for (let i = rows.length - 1; i > 0; i--) {
        const other = Math.floor(uniform() * (i + 1));
        const [a, b] = [rows[i] * k + column, rows[other] * k + column];
        [moved[a], moved[b]] = [moved[b], moved[a]];
      }
    return { ...job.problem, x: moved, n };
  });
}
