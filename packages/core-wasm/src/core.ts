/** Typed calls of one instance of the core: numbers in, copies out. */
import type {
  KernelFit,
  KernelModel,
  KernelOptions,
  Kernels,
  Problem,
  RankResult,
  SpecialFunction,
  SymEigen,
} from './abi.ts';
import { Status } from './abi.ts';
import type { AbsorbKernels } from './abi-absorb.ts';
import type { ResampleKernels } from './abi-resample.ts';
import { absorbKernels } from './absorb.ts';
import { frontierScale } from './frontier-scale.ts';
import type { CoreExports, CoreModule } from './instantiate.ts';
import { auxiliariesOf, isFrontier, isOfUnits, modelCode, putShape, scoresByGroup, unitsOf } from './models.ts';
import { resampleKernels } from './resample.ts';

/** Order = codes of `special` in assembly/index.ts. */
const SPECIALS: readonly SpecialFunction[] = [
  'exp',
  'log',
  'log1p',
  'lgamma',
  'digamma',
  'trigamma',
  'normalW',
  'normalK',
  'normalC',
];

/** Default tolerance of {@link Kernels.rank}: relative length of what a column adds to those before it. */
export const RANK_TOLERANCE = 1e-9;

/** All calls of a compiled module and one instance of it. */
export const kernelsOf = (module: CoreModule, exports: CoreExports): Kernels => ({
  ...new Core(exports).kernels(),
  ...absorbKernels(exports),
  ...resampleKernels(module, exports),
});

/** Thrown inside this file only, where linear memory cannot grow; calls that return a status turn it into outOfMemory. */
class OutOfMemory extends Error {}

class Core {
  private readonly core: CoreExports;

  constructor(core: CoreExports) {
    this.core = core;
  }

  kernels(): Omit<Kernels, keyof AbsorbKernels | keyof ResampleKernels> {
    return {
      fit: (model, problem, options) => this.fit(model, problem, options ?? {}),
      evaluate: (model, problem, theta) => this.evaluate(model, problem, theta),
      efficiency: (model, problem, theta, level) => this.efficiency(model, problem, theta, level),
      rank: (n, k, x, weights, tol) => this.rank(n, k, x, weights, tol ?? RANK_TOLERANCE),
      crossprod: (n, k, x, weights) => this.crossprod(n, k, x, weights),
      inverse: (k, a) => this.inverse(k, a),
      symEigen: (k, a) => this.symEigen(k, a),
      special: (name, x) => this.special(name, x),
      gammaDifference: (order, x, y) => this.gammaDifference(order, x, y),
    };
  }

  /** Runs `body` and frees all it allocated in linear memory. */
  private scoped<T>(body: () => T): T {
    const top = this.core.mark();
    try {
      return body();
    } finally {
      this.core.reset(top);
    }
  }

  /** Bytes in linear memory. Views are made after every allocation, since growing detaches older ones. */
  private alloc(bytes: number): number {
    const at = this.core.alloc(bytes) >>> 0;
    if (at === 0) throw new OutOfMemory(`${bytes} bytes`);
    return at;
  }

  private put(values: Float64Array | undefined): number {
    if (!values) return 0;
    const at = this.alloc(values.length * 8);
    new Float64Array(this.core.memory.buffer, at, values.length).set(values);
    return at;
  }

  /** x at the end of n × stride(k) room, where the core spreads it to aligned rows in place. */
  private putMatrix(n: number, k: number, x: Float64Array): number {
    const room = n * this.core.stride(k);
    const at = this.alloc(room * 8);
    new Float64Array(this.core.memory.buffer, at + (room - n * k) * 8, n * k).set(x.subarray(0, n * k));
    return at;
  }

  private take(at: number, length: number): Float64Array {
    return new Float64Array(this.core.memory.buffer, at, length).slice();
  }

  /** The problem in the core's memory, and for a frontier in the core's own units. */
  private prepare(name: KernelModel, problem: Problem): Status {
    const { n, k, y, x, offset, weights } = problem;
    const groupStart = unitsOf(name, problem);
    if (n < 1 || k < 1 || y.length < n || x.length < n * k) return Status.badInput;
    if (scoresByGroup(name) && !validGroups(groupStart, n)) return Status.badInput;
    const yAt = this.put(y.subarray(0, n));
    const xAt = this.putMatrix(n, k, x);
    const offsetAt = this.put(offset);
    const weightsAt = this.put(weights);
    let groupAt = 0;
    if (groupStart) {
      groupAt = this.alloc(groupStart.length * 4);
      new Int32Array(this.core.memory.buffer, groupAt, groupStart.length).set(groupStart);
    }
    if (isFrontier(name) && !putShape(this.core, name, problem, (values) => this.put(values))) return Status.badInput;
    const groups = groupStart ? groupStart.length - 1 : 0;
    return this.core.prepare(modelCode(name), n, k, groups, yAt, xAt, offsetAt, weightsAt, groupAt);
  }

  private fit(name: KernelModel, given: Problem, options: KernelOptions): KernelFit {
    const scale = frontierScale(name, given);
    const problem = scale?.problem ?? given;
    const rows = unitsOf(name, problem) ? unitsOf(name, problem)!.length - 1 : problem.n;
    const byGroup = scoresByGroup(name) && !(isFrontier(name) && !isOfUnits(problem));
    const wantScores = options.scores ?? true;
    const p = problem.k + auxiliariesOf(name, problem);
    try {
      return this.scoped(() => {
        const prepared = this.prepare(name, problem);
        if (prepared !== Status.ok) return failedFit(prepared, p, byGroup);
        if (options.start && !validStart(options.start, p)) return failedFit(Status.badInput, p, byGroup);
        const start = this.put(options.start && scale ? scale.toCore(options.start) : options.start);
        const coef = this.alloc(p * 8);
        const vcov = this.alloc(p * p * 8);
        const scores = wantScores ? this.alloc(rows * p * 8) : 0;
        const eta = this.alloc(problem.n * 8);
        const scalars = this.alloc(32);
        const tol = options.tol ?? 1e-10;
        const status = this.core.fit(start, tol, options.maxIter ?? 100, coef, vcov, scores, eta, scalars);
        const [loglik, iterations, scaledGradient, hessianCondition] = this.take(scalars, 4);
        const fit: KernelFit = {
          status,
          iterations,
          coef: this.take(coef, p),
          loglik,
          vcov: this.take(vcov, p * p),
          scores: wantScores ? this.take(scores, rows * p) : new Float64Array(0),
          scoreBy: byGroup ? 'group' : 'row',
          eta: this.take(eta, problem.n),
          scaledGradient,
          hessianCondition,
        };
        return scale ? scale.fitToUser(fit) : fit;
      });
    } catch (error) {
      if (error instanceof OutOfMemory) return failedFit(Status.outOfMemory, p, byGroup);
      throw error;
    }
  }

  private evaluate(name: KernelModel, given: Problem, theta: Float64Array): ReturnType<Kernels['evaluate']> {
    const scale = frontierScale(name, given);
    const problem = scale?.problem ?? given;
    const p = problem.k + auxiliariesOf(name, problem);
    const failed = (status: Status) => ({
      status,
      loglik: -Infinity,
      gradient: new Float64Array(p),
      hessian: new Float64Array(p * p),
    });
    if (name === 'ols' || !validStart(theta, p)) return failed(Status.badInput);
    try {
      return this.scoped(() => {
        const prepared = this.prepare(name, problem);
        if (prepared !== Status.ok) return failed(prepared);
        const at = this.put(scale ? scale.toCore(theta) : theta);
        const [gradient, hessian] = [this.alloc(p * 8), this.alloc(p * p * 8)];
        const scalars = this.alloc(8);
        const status = this.core.evaluate(at, gradient, hessian, scalars);
        if (status !== Status.ok) return failed(status);
        const found = {
          status,
          loglik: this.take(scalars, 1)[0],
          gradient: this.take(gradient, p),
          hessian: this.take(hessian, p * p),
        };
        return scale ? scale.derivativesToUser(found) : found;
      });
    } catch (error) {
      if (error instanceof OutOfMemory) return failed(Status.outOfMemory);
      throw error;
    }
  }

  /** In the user's units: e⁻ᵘ depends on them. */
  private efficiency(
    name: KernelModel,
    problem: Problem,
    theta: Float64Array,
    level: number,
  ): Float64Array | undefined {
    return this.scoped(() => {
      if (this.prepare(name, problem) !== Status.ok) return undefined;
      const at = this.put(theta);
      const width = problem.frontier?.random ? 5 : 4;
      const out = this.alloc(problem.n * width * 8);
      return this.core.efficiency(at, level, out) === Status.ok ? this.take(out, problem.n * width) : undefined;
    });
  }

  private rank(n: number, k: number, x: Float64Array, weights: Float64Array | undefined, tol: number): RankResult {
    return this.scoped(() => {
      const xAt = this.putMatrix(n, k, x);
      const weightsAt = this.put(weights);
      const keep = this.alloc(k);
      const rank = this.core.rankColumns(n, k, xAt, weightsAt, tol, keep);
      if (rank < 0) throw new RangeError(`no memory for the rank of ${n} × ${k}`);
      return { rank, keep: new Uint8Array(this.core.memory.buffer, keep, k).slice() };
    });
  }

  private crossprod(n: number, k: number, x: Float64Array, weights?: Float64Array): Float64Array {
    return this.scoped(() => {
      const xAt = this.putMatrix(n, k, x);
      const weightsAt = this.put(weights);
      const out = this.alloc(k * k * 8);
      const status = this.core.crossprod(n, k, xAt, weightsAt, out);
      if (status !== Status.ok) throw new RangeError(`no memory for the crossprod of ${n} × ${k}`);
      return this.take(out, k * k);
    });
  }

  private inverse(k: number, a: Float64Array): Float64Array | undefined {
    return this.scoped(() => {
      const at = this.put(a);
      const out = this.alloc(k * k * 8);
      return this.core.inverse(k, at, out) ? this.take(out, k * k) : undefined;
    });
  }

  private symEigen(k: number, a: Float64Array): SymEigen {
    return this.scoped(() => {
      const at = this.put(a);
      const values = this.alloc(k * 8);
      const vectors = this.alloc(k * k * 8);
      this.core.symEigen(k, at, values, vectors);
      return { values: this.take(values, k), vectors: this.take(vectors, k * k) };
    });
  }

  private special(name: SpecialFunction, x: Float64Array): Float64Array {
    return this.scoped(() => {
      const at = this.put(x);
      this.core.special(SPECIALS.indexOf(name), x.length, at, at);
      return this.take(at, x.length);
    });
  }

  private gammaDifference(order: 0 | 1 | 2, x: Float64Array, y: Float64Array): Float64Array {
    return this.scoped(() => {
      const at = this.put(x);
      const yAt = this.put(y);
      this.core.gammaDifference(order, x.length, at, yAt, at);
      return this.take(at, x.length);
    });
  }
}

/** Boundaries from 0 to n that never fall. */
function validGroups(groupStart: Int32Array | undefined, n: number): boolean {
  if (!groupStart || groupStart.length < 2 || groupStart[0] !== 0 || groupStart[groupStart.length - 1] !== n)
    return false;
  for (let i = 1; i < groupStart.length; i++) if (groupStart[i] < groupStart[i - 1]) return false;
  return true;
}

function validStart(start: Float64Array, p: number): boolean {
  return start.length === p && start.every(Number.isFinite);
}

/** The shape of a fit that never started: zeros, and −Infinity for the log-likelihood. */
function failedFit(status: Status, p: number, byGroup: boolean): KernelFit {
  return {
    status,
    iterations: 0,
    coef: new Float64Array(p),
    loglik: -Infinity,
    vcov: new Float64Array(p * p),
    scores: new Float64Array(0),
    scoreBy: byGroup ? 'group' : 'row',
    eta: new Float64Array(0),
    scaledGradient: Infinity,
    hessianCondition: Infinity,
  };
}
