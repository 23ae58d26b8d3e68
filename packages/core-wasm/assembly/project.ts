/** Preconditioned conjugate gradients for the rest effects: S v = r, all columns at once, one step length per column. */
import { Plan } from './absorb-plan';
import { diagonal } from './demean';
import { schur } from './schur';
import { laplaceBuild, laplaceSolve } from './laplace';

/** A factor whose last solve took more steps than this is made anew for the present weights. */
const STALE = 6;

/** z = M⁻¹ r: the approximate Laplacian solve for the second factor where it is on, else the diagonal. Returns nothing. */
function precondition(plan: Plan): void {
  const bytes = <usize>plan.stride << 3;
  let from = 0;
  if (plan.laplace) {
    laplaceSolve(plan);
    from = plan.second;
  }
  for (let l = from; l < plan.rest; l++) {
    const d = v128.load64_splat(plan.diagonalInverse + (<usize>l << 3));
    const at = <usize>l * bytes;
    for (let j: usize = 0; j < bytes; j += 16) v128.store(plan.z + at + j, f64x2.mul(d, v128.load(plan.r + at + j)));
  }
}

/** out[column] = Σ a·b over the rest levels. */
function dot(plan: Plan, a: usize, b: usize, out: usize): void {
  const bytes = <usize>plan.stride << 3;
  memory.fill(out, 0, bytes);
  for (let l = 0; l < plan.rest; l++) {
    const at = <usize>l * bytes;
    for (let j: usize = 0; j < bytes; j += 16)
      v128.store(out + j, f64x2.add(v128.load(out + j), f64x2.mul(v128.load(a + at + j), v128.load(b + at + j))));
  }
}

/** a ← a + scale·b by column. */
function axpy(plan: Plan, a: usize, scale: usize, b: usize): void {
  const bytes = <usize>plan.stride << 3;
  for (let l = 0; l < plan.rest; l++) {
    const at = <usize>l * bytes;
    for (let j: usize = 0; j < bytes; j += 16)
      v128.store(a + at + j, f64x2.add(v128.load(a + at + j), f64x2.mul(v128.load(scale + j), v128.load(b + at + j))));
  }
}

/** Largest over columns of √(rz / norm) / tol: ≤ 1 once every column is done, or at rounding error (floor). */
function excess(plan: Plan, rz: usize, tol: usize, floor: usize): f64 {
  let worst: f64 = 0;
  for (let c = 0; c < plan.stride; c++) {
    const at = <usize>c << 3;
    const norm = load<f64>(plan.norm + at);
    const t = load<f64>(tol + at);
    const least = max(norm * t * t, 1e-30 * load<f64>(floor + at));
    if (least > 0 && t > 0) worst = max(worst, Math.sqrt(max(load<f64>(rz + at), 0) / least));
  }
  return worst;
}

/**
 * Solves S v = r to √(r'M⁻¹r) ≤ tol·√(Σ w x²) in each column (tol: stride values; 0 leaves the column free). The norm of each
 * column goes down with the energy that is taken out, so the tolerance is relative to the within-transformed column. After
 * `patience` steps whose rate promises more than as many again, the Laplacian preconditioner is built. Returns the number of
 * steps, negative where maxSteps was not enough.
 */
export function project(plan: Plan, tol: usize, maxSteps: i32, patience: i32): i32 {
  const bytes = <usize>plan.stride << 3;
  memory.fill(plan.v, 0, <usize>plan.rest * bytes);
  if (plan.factors < 2) return 0;
  const rz = plan.scalars;
  const pq = rz + bytes;
  const alpha = pq + bytes;
  const rzNew = alpha + bytes;
  const negative = rzNew + bytes;
  const floor = negative + bytes;
  memory.copy(floor, plan.norm, bytes);
  diagonal(plan);
  if (plan.laplace && plan.lastSteps > STALE) laplaceBuild(plan);
  plan.lastSteps = 0;
  let steps = 0;
  let since = 0;
  precondition(plan);
  memory.copy(plan.p, plan.z, <usize>plan.rest * bytes);
  dot(plan, plan.r, plan.z, rz);
  const start = excess(plan, rz, tol, floor);
  let now = start;
  while (now > 1) {
    if (steps >= maxSteps) return -steps;
    plan.lastSteps = steps + 1;
    schur(plan, plan.p, plan.q);
    dot(plan, plan.p, plan.q, pq);
    for (let c = 0; c < plan.stride; c++) {
      const at = <usize>c << 3;
      const top = load<f64>(rz + at);
      const bottom = load<f64>(pq + at);
      const a: f64 = bottom > 0 && top > 0 ? top / bottom : 0;
      store<f64>(alpha + at, a);
      store<f64>(negative + at, -a);
      store<f64>(plan.norm + at, max(load<f64>(plan.norm + at) - a * top, 1e-30 * load<f64>(plan.norm + at)));
    }
    axpy(plan, plan.v, alpha, plan.p);
    axpy(plan, plan.r, negative, plan.q);
    steps++;
    since++;
    precondition(plan);
    dot(plan, plan.r, plan.z, rzNew);
    for (let c = 0; c < plan.stride; c++) {
      const at = <usize>c << 3;
      const old = load<f64>(rz + at);
      store<f64>(alpha + at, old > 0 ? load<f64>(rzNew + at) / old : 0);
    }
    memory.copy(rz, rzNew, bytes);
    now = excess(plan, rz, tol, floor);
    if (now <= 1) break;
    if (!plan.laplace && since >= patience && start > now) {
      const rate = Math.log(start / now) / <f64>since;
      if (Math.log(now) / rate > <f64>patience && laplaceBuild(plan)) {
        precondition(plan);
        dot(plan, plan.r, plan.z, rz);
        memory.fill(alpha, 0, bytes);
        now = excess(plan, rz, tol, floor);
      }
    }
    // p = z + beta p
    for (let l = 0; l < plan.rest; l++) {
      const at = <usize>l * bytes;
      for (let j: usize = 0; j < bytes; j += 16)
        v128.store(plan.p + at + j, f64x2.add(v128.load(plan.z + at + j), f64x2.mul(v128.load(alpha + j), v128.load(plan.p + at + j))));
    }
  }
  return steps;
}
