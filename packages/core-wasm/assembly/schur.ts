/** The product with S = D − B'D₀⁻¹B, the Gram matrix of the rest effects net of the base effects: one pass over the rows. */
import { Plan, codesOf } from './absorb-plan';

const zero = f64x2.splat(0);

// @ts-ignore: decorator
@inline
function schurTwo(plan: Plan, nv: i32, v: usize, out: usize): void {
  const bytes = <usize>plan.stride << 3;
  const codes = codesOf(plan, 1);
  const starts = plan.starts;
  const weights = plan.w;
  const base = plan.base;
  for (let i = 0; i < base; i++) {
    const from = <usize>load<i32>(starts + (<usize>i << 2));
    const to = <usize>load<i32>(starts + (<usize>i << 2), 4);
    let s0 = zero;
    let s1 = zero;
    let s2 = zero;
    let s3 = zero;
    for (let row = from; row < to; row++) {
      const w = v128.load64_splat(weights + (row << 3));
      const p = v + <usize>load<i32>(codes + (row << 2)) * bytes;
      s0 = f64x2.add(s0, f64x2.mul(w, v128.load(p)));
      if (nv > 1) s1 = f64x2.add(s1, f64x2.mul(w, v128.load(p, 16)));
      if (nv > 2) s2 = f64x2.add(s2, f64x2.mul(w, v128.load(p, 32)));
      if (nv > 3) s3 = f64x2.add(s3, f64x2.mul(w, v128.load(p, 48)));
    }
    const inverse = v128.load64_splat(plan.baseInverse + (<usize>i << 3));
    s0 = f64x2.mul(s0, inverse);
    if (nv > 1) s1 = f64x2.mul(s1, inverse);
    if (nv > 2) s2 = f64x2.mul(s2, inverse);
    if (nv > 3) s3 = f64x2.mul(s3, inverse);
    for (let row = from; row < to; row++) {
      const w = v128.load64_splat(weights + (row << 3));
      const p = out + <usize>load<i32>(codes + (row << 2)) * bytes;
      v128.store(p, f64x2.sub(v128.load(p), f64x2.mul(w, s0)));
      if (nv > 1) v128.store(p, f64x2.sub(v128.load(p, 16), f64x2.mul(w, s1)), 16);
      if (nv > 2) v128.store(p, f64x2.sub(v128.load(p, 32), f64x2.mul(w, s2)), 32);
      if (nv > 3) v128.store(p, f64x2.sub(v128.load(p, 48), f64x2.mul(w, s3)), 48);
    }
  }
}

// @ts-ignore: decorator
@inline
function schurThree(plan: Plan, nv: i32, bytes: usize, v: usize, out: usize): void {
  const codesA = codesOf(plan, 1);
  const codesB = codesOf(plan, 2);
  const starts = plan.starts;
  const weights = plan.w;
  const base = plan.base;
  for (let i = 0; i < base; i++) {
    const from = <usize>load<i32>(starts + (<usize>i << 2));
    const to = <usize>load<i32>(starts + (<usize>i << 2), 4);
    let s0 = zero;
    let s1 = zero;
    let s2 = zero;
    let s3 = zero;
    for (let row = from; row < to; row++) {
      const w = v128.load64_splat(weights + (row << 3));
      const p = v + <usize>load<i32>(codesA + (row << 2)) * bytes;
      const t = v + <usize>load<i32>(codesB + (row << 2)) * bytes;
      s0 = f64x2.add(s0, f64x2.mul(w, f64x2.add(v128.load(p), v128.load(t))));
      if (nv > 1) s1 = f64x2.add(s1, f64x2.mul(w, f64x2.add(v128.load(p, 16), v128.load(t, 16))));
      if (nv > 2) s2 = f64x2.add(s2, f64x2.mul(w, f64x2.add(v128.load(p, 32), v128.load(t, 32))));
      if (nv > 3) s3 = f64x2.add(s3, f64x2.mul(w, f64x2.add(v128.load(p, 48), v128.load(t, 48))));
    }
    const inverse = v128.load64_splat(plan.baseInverse + (<usize>i << 3));
    s0 = f64x2.mul(s0, inverse);
    if (nv > 1) s1 = f64x2.mul(s1, inverse);
    if (nv > 2) s2 = f64x2.mul(s2, inverse);
    if (nv > 3) s3 = f64x2.mul(s3, inverse);
    for (let row = from; row < to; row++) {
      const w = v128.load64_splat(weights + (row << 3));
      const a = <usize>load<i32>(codesA + (row << 2)) * bytes;
      const b = <usize>load<i32>(codesB + (row << 2)) * bytes;
      const p = v + a;
      const t = v + b;
      const o = out + a;
      const u = out + b;
      let e = f64x2.mul(w, f64x2.sub(f64x2.add(v128.load(p), v128.load(t)), s0));
      v128.store(o, f64x2.add(v128.load(o), e));
      v128.store(u, f64x2.add(v128.load(u), e));
      if (nv > 1) {
        e = f64x2.mul(w, f64x2.sub(f64x2.add(v128.load(p, 16), v128.load(t, 16)), s1));
        v128.store(o, f64x2.add(v128.load(o, 16), e), 16);
        v128.store(u, f64x2.add(v128.load(u, 16), e), 16);
      }
      if (nv > 2) {
        e = f64x2.mul(w, f64x2.sub(f64x2.add(v128.load(p, 32), v128.load(t, 32)), s2));
        v128.store(o, f64x2.add(v128.load(o, 32), e), 32);
        v128.store(u, f64x2.add(v128.load(u, 32), e), 32);
      }
      if (nv > 3) {
        e = f64x2.mul(w, f64x2.sub(f64x2.add(v128.load(p, 48), v128.load(t, 48)), s3));
        v128.store(o, f64x2.add(v128.load(o, 48), e), 48);
        v128.store(u, f64x2.add(v128.load(u, 48), e), 48);
      }
    }
  }
}

/** Any number of factors, two columns at a time. */
function schurMany(plan: Plan, v: usize, out: usize): void {
  const bytes = <usize>plan.stride << 3;
  const factors = plan.factors;
  for (let i = 0; i < plan.base; i++) {
    const from = <usize>load<i32>(plan.starts + (<usize>i << 2));
    const to = <usize>load<i32>(plan.starts + (<usize>i << 2), 4);
    let s = zero;
    for (let row = from; row < to; row++) {
      let u = zero;
      for (let q = 1; q < factors; q++)
        u = f64x2.add(u, v128.load(v + <usize>load<i32>(codesOf(plan, q) + (row << 2)) * bytes));
      s = f64x2.add(s, f64x2.mul(v128.load64_splat(plan.w + (row << 3)), u));
    }
    s = f64x2.mul(s, v128.load64_splat(plan.baseInverse + (<usize>i << 3)));
    for (let row = from; row < to; row++) {
      let u = zero;
      for (let q = 1; q < factors; q++)
        u = f64x2.add(u, v128.load(v + <usize>load<i32>(codesOf(plan, q) + (row << 2)) * bytes));
      const e = f64x2.mul(v128.load64_splat(plan.w + (row << 3)), f64x2.sub(u, s));
      for (let q = 1; q < factors; q++) {
        const o = out + <usize>load<i32>(codesOf(plan, q) + (row << 2)) * bytes;
        v128.store(o, f64x2.add(v128.load(o), e));
      }
    }
  }
}

function two1(plan: Plan, v: usize, out: usize): void {
  schurTwo(plan, 1, v, out);
}
function two2(plan: Plan, v: usize, out: usize): void {
  schurTwo(plan, 2, v, out);
}
function two3(plan: Plan, v: usize, out: usize): void {
  schurTwo(plan, 3, v, out);
}
function two4(plan: Plan, v: usize, out: usize): void {
  schurTwo(plan, 4, v, out);
}
function three1(plan: Plan, v: usize, out: usize): void {
  schurThree(plan, 1, <usize>plan.stride << 3, v, out);
}
function three2(plan: Plan, v: usize, out: usize): void {
  schurThree(plan, 2, <usize>plan.stride << 3, v, out);
}
function three3(plan: Plan, v: usize, out: usize): void {
  schurThree(plan, 3, <usize>plan.stride << 3, v, out);
}
function three4(plan: Plan, v: usize, out: usize): void {
  schurThree(plan, 4, <usize>plan.stride << 3, v, out);
}

/** Eight columns in all: a rest row is 64 bytes. */
function threeEight(plan: Plan, v: usize, out: usize): void {
  schurThree(plan, 4, 64, v, out);
}

/** out = S v for all columns, S as in {@link diagonal}; up to 8 columns share one pass over the rows. */
export function schur(plan: Plan, v: usize, out: usize): void {
  const bytes = <usize>plan.stride << 3;
  if (plan.factors == 2) {
    for (let l = 0; l < plan.rest; l++) {
      const d = v128.load64_splat(plan.restWeight + (<usize>l << 3));
      const at = <usize>l * bytes;
      for (let j: usize = 0; j < bytes; j += 16) v128.store(out + at + j, f64x2.mul(d, v128.load(v + at + j)));
    }
  } else memory.fill(out, 0, <usize>plan.rest * bytes);
  const vectors = plan.stride >> 1;
  for (let j = 0; j < vectors; j += 4) {
    const nv = min(4, vectors - j);
    const a = v + (<usize>j << 4);
    const b = out + (<usize>j << 4);
    if (plan.factors == 2) {
      if (nv == 1) two1(plan, a, b);
      else if (nv == 2) two2(plan, a, b);
      else if (nv == 3) two3(plan, a, b);
      else two4(plan, a, b);
    } else if (plan.factors == 3) {
      if (nv == 1) three1(plan, a, b);
      else if (nv == 2) three2(plan, a, b);
      else if (nv == 3) three3(plan, a, b);
      else if (bytes == 64) threeEight(plan, a, b);
      else three4(plan, a, b);
    } else for (let c = 0; c < nv; c++) schurMany(plan, a + (<usize>c << 4), b + (<usize>c << 4));
  }
}

