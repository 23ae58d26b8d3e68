/**
 * Replicates against refits made another way: copied rows, left-out clusters, least squares by hand, every sign vector.
 * Two optima of the same likelihood agree to the tolerance of the search: 1e-8 relative.
 */
import { loadKernels, type Problem } from '@gravpanel/core-wasm';
import { describe, expect, it } from 'vitest';
import { failureAt, fitDesign, startFit } from '../src/fit.ts';
import { type Draws, drawAll } from '../src/resample-draws.ts';
import type { ResampleJob } from '../src/resample-job.ts';
import { differenceDraws, differenceJobs } from '../src/resample-joint.ts';
import { openRefitter } from '../src/resample-refit.ts';
import { blockWeights, pairsWeights, twoWayWeights } from '../src/resample-weights.ts';
import type { Design, Fit, ModelKey, ResampleSpec } from '../src/types.ts';
import { designOf } from './design-of.ts';

const kernels = await loadKernels();
const CLOSE = 1e-8;

/** synth45 with what the data layer would add. */
function design(
  model: ModelKey,
  spec: Omit<ResampleSpec, 'type'> & { type?: 'jackknife' },
  clusters = ['pair'],
): Design {
  const found = designOf('synth45', model, { vcov: { type: 'bootstrap', ...spec }, clusters });
  return { ...found, unit: 'pair', times: Float64Array.from(found.rows, (row) => row % 10) };
}
const jobOf = (d: Design): ResampleJob => startFit(d, kernels).runs!.main;
const rowOf = ({ estimates }: Draws, { reported }: ResampleJob, r: number) =>
  Array.from(estimates.subarray(r * reported.length, (r + 1) * reported.length));

/** The design with row i copied weights[i] times, groups that are drawn twice as two groups. */
function copied(d: Design, weights: ArrayLike<number>, grouped: boolean): Design {
  const rows: number[] = [];
  const starts: number[] = [];
  for (let g = 0; g + 1 < d.groupStart!.length; g++) {
    const own = Array.from({ length: d.groupStart![g + 1] - d.groupStart![g] }, (_, i) => d.groupStart![g] + i);
    const times = grouped ? weights[own[0]] : 1;
    for (let m = 0; m < times; m++) {
      starts.push(rows.length);
      for (const i of own) for (let c = 0; c < (grouped ? 1 : weights[i]); c++) rows.push(i);
    }
  }
  const x = Float64Array.from(rows.flatMap((i) => Array.from(d.x.subarray(i * d.k, (i + 1) * d.k))));
  const take = (values: Float64Array) => Float64Array.from(rows, (i) => values[i]);
  return {
    ...d,
    spec: { ...d.spec, vcov: { type: 'iid' } },
    n: rows.length,
    y: take(d.y),
    x,
    groupStart: Int32Array.from([...starts, rows.length]),
    groups: undefined,
    rows: Int32Array.from(rows),
  };
}

const estimatesOf = (result: ReturnType<typeof fitDesign>) =>
  (result as Fit).coefficients.map(({ estimate }) => estimate);

function expectClose(a: number[], b: number[]): void {
  expect(a.length).toBe(b.length);
  a.forEach((one, j) => {
    expect(Math.abs(one - b[j])).toBeLessThanOrEqual(CLOSE * Math.max(1, Math.abs(b[j])));
  });
}

describe('a replicate is the fit of the copied rows', () => {
  it.each(['ols', 'poisson', 'nb2', 'nb-fe', 'nb-re', 'ols-re'] as const)('pairs, %s', (model) => {
    const d = design(model, { reps: 4 });
    const job = jobOf(d);
    const draws = drawAll(job, kernels);
    const { codes, count } = job.clusters[0];
    const refitter = openRefitter({ ...job, codes, count, kernel: job.kernel }, kernels);
    for (const r of [0, 3]) {
      const drawn = refitter.drawWeights(r);
      expect(drawn.reduce((a, b) => a + b)).toBe(count);
      const k = d.k;
      expectClose(
        rowOf(draws, job, r).slice(0, k),
        estimatesOf(
          fitDesign(
            copied(
              d,
              codes.map((c) => drawn[c]),
              job.problem.groupStart !== undefined,
            ),
            kernels,
          ),
        ),
      );
    }
  });

  it('blocks of periods', () => {
    const d = design('poisson', { reps: 3, kind: 'block', block: 3 });
    const job = jobOf(d);
    const draws = drawAll(job, kernels);
    const weightsOf = blockWeights(job, kernels);
    for (const r of [0, 2]) {
      const weights = weightsOf(r);
      expect(weights.reduce((a, b) => a + b)).toBe(10);
      expectClose(
        rowOf(draws, job, r),
        estimatesOf(
          fitDesign(
            copied(
              d,
              job.periods!.codes.map((t) => weights[t]),
              false,
            ),
            kernels,
          ),
        ),
      );
    }
  });

  it('two factors at once', () => {
    const d = design('ols', { reps: 3, kind: 'two-way' }, ['pair', 'year']);
    const job = jobOf(d);
    const draws = drawAll(job, kernels);
    const { cells, weightsOf } = twoWayWeights(job, kernels);
    const weights = weightsOf(1);
    expectClose(
      rowOf(draws, job, 1),
      estimatesOf(
        fitDesign(
          copied(
            d,
            cells.codes.map((c) => weights[c]),
            false,
          ),
          kernels,
        ),
      ),
    );
  });

  it('absorbed effects, where a level that was not drawn or has no count leaves', () => {
    const d = {
      ...designOf('synth45', 'poisson', { fixef: ['pair'], clusters: ['pair'], vcov: { type: 'bootstrap', reps: 5 } }),
      unit: 'pair',
    };
    const job = jobOf(d);
    const { codes, count } = job.clusters[0];
    const draws = drawAll(job, kernels);
    const drawn = openRefitter({ ...job, codes, count }, kernels).drawWeights(4);
    const weights = codes.map((c) => drawn[c]);
    const again = copied(d, weights, true);
    const ids = again.rows;
    const factor = { ...d.fixef[0], codes: Int32Array.from(ids, (i) => d.fixef[0].codes[i]) };
    expectClose(rowOf(draws, job, 4), estimatesOf(fitDesign({ ...again, fixef: [factor] }, kernels)));
  });
});

describe('jackknife', () => {
  it('leaves each cluster out once; (G − 1)/G Σ(b − mean)²', () => {
    const d = design('poisson', { type: 'jackknife' });
    const fit = fitDesign(d, kernels) as Fit;
    const { codes, count } = d.clusters[0];
    const left = Array.from({ length: count }, (_, c) =>
      estimatesOf(
        fitDesign(
          copied(
            d,
            codes.map((code) => (code === c ? 0 : 1)),
            false,
          ),
          kernels,
        ),
      ),
    );
    fit.coefficients.forEach(({ se }, j) => {
      const mean = left.reduce((sum, b) => sum + b[j], 0) / count;
      const square = left.reduce((sum, b) => sum + (b[j] - mean) ** 2, 0);
      expect(se / Math.sqrt((square * (count - 1)) / count)).toBeCloseTo(1, 7);
    });
    expect(fit.resampling).toMatchObject({ kind: 'jackknife', reps: count, failed: 0, intervals: {} });
  });
});

/** Least squares with a cluster-robust variance, by elimination: nothing of the package. */
function leastSquares(n: number, k: number, x: Float64Array, y: ArrayLike<number>, codes: Int32Array, g: number) {
  const a = Array.from({ length: k }, (_, r) => [
    ...Array.from({ length: k }, (_, c) => {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += x[i * k + r] * x[i * k + c];
      return sum;
    }),
    ...Array.from({ length: k }, (_, c) => (c === r ? 1 : 0)),
  ]);
  for (let p = 0; p < k; p++) {
    const pivot = a[p][p];
    a[p] = a[p].map((v) => v / pivot);
    for (let r = 0; r < k; r++) if (r !== p) a[r] = a[r].map((v, c) => v - a[r][p] * a[p][c]) as number[];
  }
  const q = a.map((row) => row.slice(k));
  const xy = Array.from({ length: k }, (_, j) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += x[i * k + j] * y[i];
    return sum;
  });
  const b = q.map((row) => row.reduce((sum, v, j) => sum + v * xy[j], 0));
  const residual = Array.from({ length: n }, (_, i) => y[i] - b.reduce((sum, v, j) => sum + v * x[i * k + j], 0));
  const variance = b.map((_, j) => {
    const by = new Float64Array(g);
    for (let i = 0; i < n; i++) by[codes[i]] += residual[i] * q[j].reduce((sum, v, m) => sum + v * x[i * k + m], 0);
    return by.reduce((sum, v) => sum + v * v, 0);
  });
  return { b, residual, variance };
}

describe('wild cluster bootstrap', () => {
  const g = 6;
  const whole = design('ols', { kind: 'wild', reps: 999 });
  const d: Design = {
    ...whole,
    clusters: [{ name: 'six', codes: whole.clusters[0].codes.map((c) => c % g), count: g }],
  };
  const { n, k, x, y } = d;
  const { codes } = d.clusters[0];
  const j = 2;

  /** All 64 sign vectors on the residuals of least squares without column j: t* of column j, and the unrestricted estimate. */
  function byHand() {
    const rest = Float64Array.from(x).filter((_, at) => at % k !== j);
    const held = leastSquares(n, k - 1, rest, y, codes, g);
    const free = leastSquares(n, k, x, y, codes, g);
    return Array.from({ length: 2 ** g }, (_, r) => {
      const v = Array.from(codes, (c) => ((r >> c) & 1 ? -1 : 1));
      const under = leastSquares(
        n,
        k,
        x,
        Array.from(y, (one, i) => one - held.residual[i] + v[i] * held.residual[i]),
        codes,
        g,
      );
      const plain = leastSquares(
        n,
        k,
        x,
        Array.from(y, (one, i) => one - free.residual[i] + v[i] * free.residual[i]),
        codes,
        g,
      );
      return { t: under.b[j] / Math.sqrt(under.variance[j]), estimate: plain.b[j] };
    });
  }

  it('enumerates all sign vectors of six clusters, as least squares by hand does', () => {
    const hand = byHand();
    const free = leastSquares(n, k, x, y, codes, g);
    const fit = fitDesign(d, kernels) as Fit;
    expect(fit.resampling).toMatchObject({ reps: 64, pRule: 'wild t, null imposed' });
    const draws = drawAll(jobOf(d), kernels);
    hand.forEach(({ estimate }, r) => {
      expect(draws.estimates[r * k + j]).toBeCloseTo(estimate, 8);
    });
    const t = free.b[j] / Math.sqrt(free.variance[j]);
    const reached = hand.filter((one) => Math.abs(one.t) >= Math.abs(t) * (1 - 1e-9)).length;
    expect(fit.resampling!.p![j]).toBe(reached / 64);
    expect(fit.resampling!.monteCarlo.p![j]).toBe(0);
  });

  it('rejects at the ends of the inverted interval and not inside', () => {
    const twelve: Design = {
      ...whole,
      clusters: [{ name: 'twelve', codes: whole.clusters[0].codes.map((c) => c % 12), count: 12 }],
    };
    const fit = fitDesign(
      { ...twelve, spec: { ...twelve.spec, vcov: { type: 'bootstrap', kind: 'wild', reps: 399, points: 'webb' } } },
      kernels,
    ) as Fit;
    const [low, high] = fit.resampling!.intervals.inverted![j];
    /** p of the hypothesis that coefficient j is `value`: shift the outcome and test zero. */
    const pAt = (value: number) => {
      const shifted = { ...twelve, y: twelve.y.map((one, i) => one - value * x[i * k + j]) };
      const vcov = { type: 'bootstrap', kind: 'wild', reps: 399, points: 'webb' } as const;
      return (fitDesign({ ...shifted, spec: { ...shifted.spec, vcov } }, kernels) as Fit).resampling!.p![j];
    };
    const step = 1e-3 * (high - low);
    expect(pAt(low + step)).toBeGreaterThan(0.05);
    expect(pAt(high - step)).toBeGreaterThan(0.05);
    expect(pAt(low - step)).toBeLessThanOrEqual(0.05);
    expect(pAt(high + step)).toBeLessThanOrEqual(0.05);
  });
});

describe('score bootstrap', () => {
  it('has the statistic of the restricted Poisson scores, by hand', () => {
    const d = design('poisson', { kind: 'score', reps: 199 });
    const j = 3;
    const { n, k, x, y } = d;
    const rest: Problem = { n, k: k - 1, y, x: Float64Array.from(x).filter((_, at) => at % k !== j) };
    const held = kernels.fit('poisson', rest);
    const mu = held.eta.map((one) => Math.exp(one));
    const bread = kernels.inverse(k, kernels.crossprod(n, k, x, mu))!;
    const { codes, count } = d.clusters[0];
    const a = new Float64Array(count);
    for (let i = 0; i < n; i++)
      for (let m = 0; m < k; m++) a[codes[i]] += bread[j * k + m] * x[i * k + m] * (y[i] - mu[i]);
    const sum = a.reduce((s, v) => s + v, 0);
    const t = sum / Math.sqrt(a.reduce((s, v) => s + (v - sum / count) ** 2, 0));
    const job = jobOf(d);
    const { extra } = drawAll(job, kernels);
    const reached = Array.from({ length: 199 }, (_, r) => Math.abs(extra![r * k + j])).filter(
      (one) => one >= Math.abs(t),
    ).length;
    expect((fitDesign(d, kernels) as Fit).resampling!.p![j]).toBeCloseTo((1 + reached) / 200, 12);
  });

  it('spreads as the cluster-robust sandwich: Σ v s has its variance', () => {
    const d = design('nb2', { kind: 'score', reps: 4000 });
    const robust = fitDesign({ ...d, spec: { ...d.spec, vcov: { type: 'cluster', by: [['pair']] } } }, kernels) as Fit;
    // Monte Carlo error of a spread over 4,000 draws: 1/√8000, four of them.
    (fitDesign(d, kernels) as Fit).coefficients.forEach(({ se }, c) => {
      expect(Math.abs(se / robust.coefficients[c].se - 1)).toBeLessThan(4 / Math.sqrt(8000));
    });
  });
});

describe('approximations', () => {
  it('say how far they are from exact refits, which they are compared with', () => {
    const exact = fitDesign(design('nb-fe', { reps: 300 }), kernels) as Fit;
    const errors = (['one-step', 'second-order'] as const).map((method) => {
      const fit = fitDesign(design('nb-fe', { reps: 300, method }), kernels) as Fit;
      expect(fit.resampling!.method).toBe(method);
      expect(fit.vcovInfo.resampled).toContain(`${method} approximation`);
      const { replicates, medianError, maxError, seRatio } = fit.resampling!.approximation!;
      expect(replicates).toBe(200);
      expect(maxError).toBeGreaterThan(medianError);
      expect(seRatio).toHaveLength(fit.coefficients.length);
      expect(Math.abs(fit.coefficients[1].se / exact.coefficients[1].se - seRatio[1])).toBeLessThan(0.05);
      return medianError;
    });
    expect(errors[1]).toBeLessThan(errors[0]);
    expect(errors[1]).toBeGreaterThan(0);
  });
});

describe('two estimators under the same draws', () => {
  it('the draws are the core’s own, rejected words too', () => {
    // 2³² mod 49,938 is 49,606: a word is rejected in about every second replicate.
    for (const count of [2, 45, 49_938]) {
      const codes = Int32Array.from({ length: count }, (_, i) => i);
      const problem = { n: count, k: 1, y: new Float64Array(count).fill(1), x: new Float64Array(count).fill(1) };
      const coef = new Float64Array(1).fill(1);
      const refitter = openRefitter(
        { kernel: 'ols', problem, factors: [], coef, codes, count, seed: 2 ** 40 + 7, method: 'exact' },
        kernels,
      );
      for (let r = 0; r < 6; r++) {
        const core = refitter.drawWeights(r);
        expect(pairsWeights(kernels, 2 ** 40 + 7, r, count).every((times, c) => times === core[c])).toBe(true);
      }
    }
  });

  it('difference of nb-fe and nb-re: the second keeps the units without counts, and both get the same clusters', () => {
    const [fe, re] = (['nb-fe', 'nb-re'] as const).map((model) =>
      startFit(design(model, { reps: 60, seed: 5 }), kernels),
    );
    expect(fe.design.groups!.length).toBeLessThan(re.design.groups!.length);
    const drawn = (reps: number) => {
      const [a, b] = [fe, { ...re, runs: { main: { ...re.runs!.main, reps } } }];
      const jobs = differenceJobs(a, b);
      return differenceDraws(jobs, drawAll(jobs.a, kernels), drawAll(jobs.b, kernels));
    };
    const { terms, covariance, failed } = drawn(60);
    expect([terms.length, failed]).toEqual([6, 0]);
    const drawer = openRefitter({ ...re.runs!.main, ...re.runs!.main.clusters[0] }, kernels);
    const rows = [0, 1, 2].map((r) => {
      const drawn = drawer.drawWeights(r);
      const label = (d: Design) =>
        d.clusters[0].codes.map((_, i) => drawn[re.design.clusters[0].codes[re.design.rows.indexOf(d.rows[i])]]);
      const [a, b] = [fe.design, re.design].map((d) =>
        estimatesOf(fitDesign(copied(d, label(d), true), kernels)).slice(1),
      );
      return a.map((one, j) => one - b[j]);
    });
    // The first three of the sixty, put together by hand, against the same three from the function.
    const three = drawn(3).covariance;
    const mean = (j: number) => rows.reduce((sum, row) => sum + row[j], 0) / 3;
    for (let j = 0; j < 6; j++) {
      const variance = rows.reduce((sum, row) => sum + (row[j] - mean(j)) ** 2, 0) / 2;
      expect(three[j * 7] / variance).toBeCloseTo(1, 5);
    }
    expect(covariance[0]).toBeGreaterThan(0);
  });
});

describe('a failed replicate', () => {
  it('is listed by its number, and too many are an error', () => {
    const d = design('poisson', { reps: 200 });
    // A dummy of one pair with counts: replicates without that pair, and those with it, differ in rank.
    const x = new Float64Array(d.n * (d.k + 1));
    const pair = d.clusters[0].codes;
    const rare = (code: number, many: number) => code < many;
    const withDummy = (many: number): Design => {
      for (let i = 0; i < d.n; i++) {
        x.set(d.x.subarray(i * d.k, (i + 1) * d.k), i * (d.k + 1));
        x[i * (d.k + 1) + d.k] = rare(pair[i], many) ? 1 : 0;
      }
      return {
        ...d,
        k: d.k + 1,
        x: x.slice(),
        terms: [...d.terms, { name: 'rare', variables: ['rare'], within: false }],
      };
    };
    const fit = fitDesign(withDummy(2), kernels) as Fit;
    // (1 − 2/45)^45 = 0.129 of the draws lack both pairs.
    expect(fit.resampling!.failed).toBeGreaterThan(10);
    expect(fit.resampling!.failed).toBeLessThan(45);
    expect(fit.resampling!.failures).toHaveLength(fit.resampling!.failed);
    expect(fit.notes.map(({ code }) => code)).toContain('failed-replicates');
    const job = jobOf(withDummy(2));
    const refitter = openRefitter({ ...job, codes: pair, count: 45 }, kernels);
    const lacking = Array.from({ length: 200 }, (_, r) => r).filter((r) => {
      const drawn = refitter.drawWeights(r);
      return drawn[0] + drawn[1] === 0;
    });
    expect(fit.resampling!.failures.map(({ replicate }) => replicate)).toEqual(lacking);
  });

  it('refuses clusters and kinds that mean nothing', () => {
    const codeOf = (d: Design) => {
      try {
        return fitDesign(d, kernels);
      } catch (error) {
        return failureAt(d, error);
      }
    };
    const error = (d: Design) => (codeOf(d) as { error: { code: string } }).error.code;
    expect(error(design('poisson', { kind: 'wild' }))).toBe('resample/not-defined');
    expect(error(design('ols', { kind: 'score' }))).toBe('resample/not-defined');
    expect(error(design('nb-fe', { kind: 'block' }))).toBe('vcov/split-unit');
    expect(error(design('nb-fe', {}, ['year']))).toBe('vcov/split-unit');
    expect(error(design('ols', { kind: 'two-way' }))).toBe('resample/dimensions');
    expect(error(design('ols', { kind: 'permutation', permute: 'nothing' }))).toBe('resample/unknown-term');
  });
});

describe('ols-re', () => {
  it('of an unbalanced panel: studentised draws are those of the copied panel with each copy a cluster', () => {
    const whole = design('ols-re', { reps: 4, studentise: true });
    const keep = Array.from({ length: whole.n }, (_, i) => i).filter((i) => (i * 7) % 11 > 2);
    const starts = [0];
    for (let g = 0; g < 45; g++) starts.push(keep.filter((i) => i < whole.groupStart![g + 1]).length);
    const take = (values: Float64Array) => Float64Array.from(keep, (i) => values[i]);
    const d: Design = {
      ...whole,
      n: keep.length,
      y: take(whole.y),
      x: Float64Array.from(keep.flatMap((i) => Array.from(whole.x.subarray(i * whole.k, (i + 1) * whole.k)))),
      groupStart: Int32Array.from(starts),
      rows: Int32Array.from(keep),
      clusters: [{ ...whole.clusters[0], codes: Int32Array.from(keep, (i) => whole.clusters[0].codes[i]) }],
    };
    const job = jobOf(d);
    const draws = drawAll(job, kernels);
    for (const r of [1, 2]) {
      const drawn = pairsWeights(kernels, 1, r, 45);
      const again = copied(
        d,
        d.clusters[0].codes.map((c) => drawn[c]),
        true,
      );
      const codes = new Int32Array(again.n);
      const g = again.groupStart!.length - 1;
      for (let c = 0; c < g; c++) codes.fill(c, again.groupStart![c], again.groupStart![c + 1]);
      const vcov = { type: 'cluster' as const, by: [['pair']] };
      const fit = fitDesign(
        { ...again, clusters: [{ name: 'pair', codes, count: g }], spec: { ...again.spec, vcov } },
        kernels,
      ) as Fit;
      expectClose(rowOf(draws, job, r), estimatesOf(fit));
      // The factor of cluster standard errors, which replicates leave out, is in vcovInfo.
      const root = Math.sqrt(fit.vcovInfo.factor);
      fit.coefficients.forEach(({ estimate, se }, j) => {
        expect(draws.extra![r * d.k + j]).toBeCloseTo((estimate - job.coef[j]) / (se / root), 7);
      });
    }
  });
  it('refuses what would keep the variances of the full sample', () => {
    const error = (spec: Omit<ResampleSpec, 'type'>) =>
      (fitDesign(design('ols-re', spec), kernels) as unknown as { error: { code: string; message: string } }).error;
    expect(error({ kind: 'wild' }).code).toBe('resample/not-defined');
    expect(error({ kind: 'score' }).code).toBe('resample/not-defined');
    expect(error({ method: 'one-step' }).message).toBe(
      'one-step is not defined for ols-re: one-step would keep the variances of the full sample.',
    );
  });
});
