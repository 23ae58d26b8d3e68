/** Typed calls of the WebAssembly core. The bytes are part of the module, so one import works in Node, workers and browsers. */
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
import { type CoreExports, type CoreModule, decodeBase64, instantiate } from './instantiate.ts';
import { resampleKernels } from './resample.ts';
import { wasmBase64 } from './wasm.generated.ts';

export * from './abi.ts';
export * from './abi-absorb.ts';
export * from './abi-resample.ts';
export { exp, log, log1p, pow } from './elementary.ts';

/** Order = model codes of assembly/task.ts. */
const MODELS: readonly KernelModel[] = ['ols', 'poisson', 'nb1', 'nb2', 'nb-fe', 'nb-re', 'poisson-re'];
const AUXILIARIES: readonly number[] = [0, 0, 1, 1, 0, 2, 1];
/** Order = codes of `special` in assembly/index.ts. */
const SPECIALS: readonly SpecialFunction[] = ['exp', 'log', 'log1p', 'lgamma', 'digamma', 'trigamma'];

/** ln α (nb2, poisson-re) or ln δ (nb1) that a fit with {@link Status.poissonBoundary} carries as its last coefficient (α = 4e-18). */
export const LN_BOUNDARY = -40;

/** Default tolerance of {@link Kernels.rank}: relative length of what a column adds to those before it. */
export const RANK_TOLERANCE = 1e-9;

let compiled: Promise<CoreModule> | undefined;

/**
 * Compiles the core (once per thread) and gives a fresh instance with its own linear memory.
 * Needs WebAssembly with SIMD (Node ≥ 20, any browser since 2023); rejects with a CompileError elsewhere.
 */
export async function loadKernels(): Promise<Kernels> {
  const { module, exports } = await instantiate(compiled ? await compiled : decodeBase64(wasmBase64));
  compiled ??= Promise.resolve(module);
  return { ...new Core(exports).kernels(), ...absorbKernels(exports), ...resampleKernels(module, exports) };
}

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

  private prepare(model: number, problem: Problem): Status {
    const { n, k, y, x, offset, weights, groupStart } = problem;
    const needsGroups = model >= 4;
    if (n < 1 || k < 1 || y.length < n || x.length < n * k) return Status.badInput;
    if (needsGroups && !validGroups(groupStart, n)) return Status.badInput;
    const groups = groupStart && needsGroups ? groupStart.length - 1 : 0;
    const yAt = this.put(y.subarray(0, n));
    const xAt = this.putMatrix(n, k, x);
    const offsetAt = this.put(offset);
    const weightsAt = this.put(weights);
    let groupAt = 0;
    if (groupStart && needsGroups) {
      groupAt = this.alloc(groupStart.length * 4);
      new Int32Array(this.core.memory.buffer, groupAt, groupStart.length).set(groupStart);
    }
    return this.core.prepare(model, n, k, groups, yAt, xAt, offsetAt, weightsAt, groupAt);
  }

  private fit(name: KernelModel, problem: Problem, options: KernelOptions): KernelFit {
    const model = MODELS.indexOf(name);
    const byGroup = model >= 4;
    const rows = byGroup ? (problem.groupStart?.length ?? 1) - 1 : problem.n;
    const wantScores = options.scores ?? true;
    try {
      return this.scoped(() => {
        const p = problem.k + AUXILIARIES[model];
        const prepared = this.prepare(model, problem);
        if (prepared !== Status.ok) return failedFit(prepared, p, byGroup);
        if (options.start && !validStart(options.start, p)) return failedFit(Status.badInput, p, byGroup);
        const start = this.put(options.start);
        const coef = this.alloc(p * 8);
        const vcov = this.alloc(p * p * 8);
        const scores = wantScores ? this.alloc(rows * p * 8) : 0;
        const eta = this.alloc(problem.n * 8);
        const scalars = this.alloc(32);
        const tol = options.tol ?? 1e-10;
        const status = this.core.fit(start, tol, options.maxIter ?? 100, coef, vcov, scores, eta, scalars);
        const [loglik, iterations, scaledGradient, hessianCondition] = this.take(scalars, 4);
        return {
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
      });
    } catch (error) {
      if (error instanceof OutOfMemory) return failedFit(Status.outOfMemory, problem.k + AUXILIARIES[model], byGroup);
      throw error;
    }
  }

  private evaluate(name: KernelModel, problem: Problem, theta: Float64Array): ReturnType<Kernels['evaluate']> {
    const model = MODELS.indexOf(name);
    const p = problem.k + AUXILIARIES[model];
    const failed = (status: Status) => ({
      status,
      loglik: -Infinity,
      gradient: new Float64Array(p),
      hessian: new Float64Array(p * p),
    });
    if (name === 'ols' || !validStart(theta, p)) return failed(Status.badInput);
    try {
      return this.scoped(() => {
        const prepared = this.prepare(model, problem);
        if (prepared !== Status.ok) return failed(prepared);
        const [at, gradient, hessian] = [this.put(theta), this.alloc(p * 8), this.alloc(p * p * 8)];
        const scalars = this.alloc(8);
        const status = this.core.evaluate(at, gradient, hessian, scalars);
        if (status !== Status.ok) return failed(status);
        return {
          status,
          loglik: this.take(scalars, 1)[0],
          gradient: this.take(gradient, p),
          hessian: this.take(hessian, p * p),
        };
      });
    } catch (error) {
      if (error instanceof OutOfMemory) return failed(Status.outOfMemory);
      throw error;
    }
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
