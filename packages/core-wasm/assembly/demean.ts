/**
 * Row passes of the weighted within transform: x is n × stride row-major, rows sorted by the base factor. Without factors the
 * plan has one base level that holds all rows and whose mean is not taken off.
 */
import { Plan, codesOf } from './absorb-plan';

/**
 * Takes the base factor's weighted means off every column and gathers, for the other factors, r = Σ w x per level (rest × stride);
 * sets the weight sums, and norm = Σ w x² per column after centring.
 * The means of the first two columns are kept for apply().
 */
export function centre(plan: Plan, x: usize): void {
  const bytes = <usize>plan.stride << 3;
  const mean = plan.scalars;
  const norm = plan.norm;
  const factors = plan.factors;
  const r = plan.r;
  memory.fill(norm, 0, bytes);
  memory.fill(r, 0, <usize>plan.rest * bytes);
  memory.fill(plan.restWeight, 0, <usize>plan.rest << 3);
  for (let i = 0; i < plan.base; i++) {
    const from = load<i32>(plan.starts + (<usize>i << 2));
    const to = load<i32>(plan.starts + (<usize>i << 2), 4);
    memory.fill(mean, 0, bytes);
    let total: f64 = 0;
    for (let row = from; row < to; row++) {
      const w = plan.w + (<usize>row << 3);
      const wide = v128.load64_splat(w);
      total += load<f64>(w);
      const at = x + <usize>row * bytes;
      for (let j: usize = 0; j < bytes; j += 16)
        v128.store(mean + j, f64x2.add(v128.load(mean + j), f64x2.mul(wide, v128.load(at + j))));
    }
    const inverse: f64 = total > 0 && factors > 0 ? 1 / total : 0;
    store<f64>(plan.baseInverse + (<usize>i << 3), inverse);
    const wideInverse = f64x2.splat(inverse);
    for (let j: usize = 0; j < bytes; j += 16) v128.store(mean + j, f64x2.mul(v128.load(mean + j), wideInverse));
    v128.store(plan.baseMean + (<usize>i << 4), v128.load(mean));
    for (let row = from; row < to; row++) {
      const w = v128.load64_splat(plan.w + (<usize>row << 3));
      const at = x + <usize>row * bytes;
      for (let j: usize = 0; j < bytes; j += 16) {
        const value = f64x2.sub(v128.load(at + j), v128.load(mean + j));
        v128.store(at + j, value);
        v128.store(norm + j, f64x2.add(v128.load(norm + j), f64x2.mul(w, f64x2.mul(value, value))));
      }
      for (let q = 1; q < factors; q++) {
        const level = <usize>load<i32>(codesOf(plan, q) + (<usize>row << 2));
        const into = r + level * bytes;
        const sum = plan.restWeight + (level << 3);
        store<f64>(sum, load<f64>(sum) + f64x2.extract_lane(w, 0));
        for (let j: usize = 0; j < bytes; j += 16)
          v128.store(into + j, f64x2.add(v128.load(into + j), f64x2.mul(w, v128.load(at + j))));
      }
    }
  }
}

/** diagonalInverse = 1 / diag(S), S = D − B'D₀⁻¹B the weighted Gram matrix of the rest effects net of the base effects. */
export function diagonal(plan: Plan): void {
  const out = plan.diagonalInverse;
  memory.copy(out, plan.restWeight, <usize>plan.rest << 3);
  for (let i = 0; i < plan.base; i++) {
    const from = load<i32>(plan.starts + (<usize>i << 2));
    const to = load<i32>(plan.starts + (<usize>i << 2), 4);
    const inverse = load<f64>(plan.baseInverse + (<usize>i << 3));
    for (let q = 1; q < plan.factors; q++) {
      const codes = codesOf(plan, q);
      let row = from;
      while (row < to) {
        const level = load<i32>(codes + (<usize>row << 2));
        let cell: f64 = 0;
        while (row < to && load<i32>(codes + (<usize>row << 2)) == level) {
          cell += load<f64>(plan.w + (<usize>row << 3));
          row++;
        }
        const at = out + (<usize>level << 3);
        store<f64>(at, load<f64>(at) - cell * cell * inverse);
      }
    }
  }
  for (let l = 0; l < plan.rest; l++) {
    const d = load<f64>(out + (<usize>l << 3));
    const whole = load<f64>(plan.restWeight + (<usize>l << 3));
    store<f64>(out + (<usize>l << 3), d > 1e-12 * whole ? 1 / d : 0);
  }
}

/**
 * x ← x − (rest effects v − their base means), the second half of the transform, and gram += x'Wx over the first `columns`
 * columns (columns × stride, upper part). The first `keep` (0–2) columns are afterwards overwritten by what centre() and this
 * pass took off them.
 */
export function apply(plan: Plan, x: usize, gram: usize, columns: i32, keep: i32): void {
  const bytes = <usize>plan.stride << 3;
  const factors = plan.factors;
  const mean = plan.scalars;
  const v = plan.v;
  const first = codesOf(plan, 1);
  for (let i = 0; i < plan.base; i++) {
    const from = load<i32>(plan.starts + (<usize>i << 2));
    const to = load<i32>(plan.starts + (<usize>i << 2), 4);
    memory.fill(mean, 0, bytes);
    if (factors > 1) {
      for (let row = from; row < to; row++) {
        const w = v128.load64_splat(plan.w + (<usize>row << 3));
        for (let q = 1; q < factors; q++) {
          const p = v + <usize>load<i32>((q == 1 ? first : codesOf(plan, q)) + (<usize>row << 2)) * bytes;
          for (let j: usize = 0; j < bytes; j += 16)
            v128.store(mean + j, f64x2.add(v128.load(mean + j), f64x2.mul(w, v128.load(p + j))));
        }
      }
      const inverse = v128.load64_splat(plan.baseInverse + (<usize>i << 3));
      for (let j: usize = 0; j < bytes; j += 16) v128.store(mean + j, f64x2.mul(v128.load(mean + j), inverse));
    }
    const kept = v128.load(plan.baseMean + (<usize>i << 4));
    for (let row = from; row < to; row++) {
      const at = x + <usize>row * bytes;
      let removed = kept;
      if (factors > 1) {
        for (let j: usize = 0; j < bytes; j += 16) {
          let u = f64x2.sub(v128.load(v + <usize>load<i32>(first + (<usize>row << 2)) * bytes + j), v128.load(mean + j));
          for (let q = 2; q < factors; q++)
            u = f64x2.add(u, v128.load(v + <usize>load<i32>(codesOf(plan, q) + (<usize>row << 2)) * bytes + j));
          if (j == 0) removed = f64x2.add(removed, u);
          v128.store(at + j, f64x2.sub(v128.load(at + j), u));
        }
      }
      const w = v128.load64_splat(plan.w + (<usize>row << 3));
      for (let c = 0; c < columns; c++) {
        const a = f64x2.mul(w, v128.load64_splat(at + (<usize>c << 3)));
        const g = gram + <usize>c * bytes;
        for (let j = (<usize>c >> 1) << 4; j < bytes; j += 16)
          v128.store(g + j, f64x2.add(v128.load(g + j), f64x2.mul(a, v128.load(at + j))));
      }
      if (keep == 1) store<f64>(at, f64x2.extract_lane(removed, 0));
      else if (keep == 2) v128.store(at, removed);
    }
  }
}

/**
 * What is left of the group means: out[c] = Σ over factors and levels of (Σ w x)² / Σ w, and out[stride + c] = Σ w x²; their
 * ratio's root is the certificate of a within transform.
 */
export function remaining(plan: Plan, x: usize, out: usize): void {
  const bytes = <usize>plan.stride << 3;
  const total = out + bytes;
  const sum = plan.scalars;
  memory.fill(out, 0, bytes << 1);
  memory.fill(plan.r, 0, <usize>plan.rest * bytes);
  for (let i = 0; i < plan.base; i++) {
    const to = load<i32>(plan.starts + (<usize>i << 2), 4);
    memory.fill(sum, 0, bytes);
    for (let row = load<i32>(plan.starts + (<usize>i << 2)); row < to; row++) {
      const at = x + <usize>row * bytes;
      const w = v128.load64_splat(plan.w + (<usize>row << 3));
      for (let j: usize = 0; j < bytes; j += 16) {
        const value = v128.load(at + j);
        const weighted = f64x2.mul(w, value);
        v128.store(sum + j, f64x2.add(v128.load(sum + j), weighted));
        v128.store(total + j, f64x2.add(v128.load(total + j), f64x2.mul(weighted, value)));
        for (let q = 1; q < plan.factors; q++) {
          const into = plan.r + <usize>load<i32>(codesOf(plan, q) + (<usize>row << 2)) * bytes + j;
          v128.store(into, f64x2.add(v128.load(into), weighted));
        }
      }
    }
    addSquares(out, sum, v128.load64_splat(plan.baseInverse + (<usize>i << 3)), bytes);
  }
  for (let l = 0; l < plan.rest; l++) {
    const w = load<f64>(plan.restWeight + (<usize>l << 3));
    if (w > 0) addSquares(out, plan.r + <usize>l * bytes, f64x2.splat(1 / w), bytes);
  }
}

function addSquares(out: usize, sum: usize, inverse: v128, bytes: usize): void {
  for (let j: usize = 0; j < bytes; j += 16) {
    const s = v128.load(sum + j);
    v128.store(out + j, f64x2.add(v128.load(out + j), f64x2.mul(inverse, f64x2.mul(s, s))));
  }
}
