/**
 * Separation (Correia, Guimarães & Zylkin 2019, arXiv:1903.01633): rows with y = 0 for which some z = Xγ + Dα has z = 0 on all
 * y > 0 rows, z ≥ 0 on all y = 0 rows, and z > 0 on them; the likelihood rises without bound along −z and its limit has μ = 0
 * there. A fit proposes candidates (their μ has all but gone), the iterative rectifier on the candidates decides: project
 * u = 1 on the z that vanish elsewhere, replace negative parts by 0, repeat. A row is flagged only with a certificate z.
 */

import { doubles, gramBlock, takeVector, transform, type Workspace } from './absorb-workspace.ts';
import { type Factor, factorise, solve } from './dense.ts';

/** Weight of the rows where z must vanish; multipliers take what the weight leaves (Hestenes 1969). */
const HEAVY = 1e5;
const TOLERANCE = 1e-10;
/** z counts as 0 below this share of its largest value. */
const ZERO = 1e-8;
const ROUNDS = 256;

interface Rectifier {
  ws: Workspace;
  /** Sorted rows: 1 where z is free, 0 where it must vanish, 2 where it does not matter. */
  role: Uint8Array;
  factor: Factor;
  multiplier: Float64Array;
}

/**
 * Flags (n, problem order) of rows certified as separated, among y = 0 rows whose μ (now in the plan's weights) is below `share`
 * of the mean of y; undefined where there are none. Overwrites weights and working columns; the regressors keep their span.
 */
export function findSeparated(ws: Workspace, share: number): Uint8Array | undefined {
  const { core, n } = ws;
  const y = doubles(core, ws.y, n);
  const mu = doubles(core, core.planWeights(ws.plan), n);
  const prior = ws.prior ? doubles(core, ws.prior, n) : undefined;
  let total = 0;
  let weights = 0;
  for (let i = 0; i < n; i++) {
    total += (prior?.[i] ?? 1) * y[i];
    weights += prior?.[i] ?? 1;
  }
  const limit = share * (total / weights);
  let candidates = 0;
  const role = new Uint8Array(n);
  for (let i = 0; i < n; i++)
    if (y[i] === 0 && mu[i] < limit && prior?.[i] !== 0) {
      role[i] = 1;
      candidates++;
    }
  return candidates > 0 ? rectify(ws, role) : undefined;
}

/** The rectifier on the rows with role 1 (overwritten), again until it finds no more. */
export function rectify(ws: Workspace, role: Uint8Array): Uint8Array | undefined {
  const { core, n } = ws;
  const prior = ws.prior ? doubles(core, ws.prior, n).slice() : undefined;
  for (let i = 0; i < n; i++) if (prior?.[i] === 0) role[i] = 2;
  const found = new Uint8Array(n);
  for (let rows = certified(ws, role); rows; rows = certified(ws, role))
    for (const i of rows) {
      role[i] = 2;
      found[i] = 1;
    }
  if (!found.includes(1)) return undefined;
  doubles(core, core.planWeights(ws.plan), n).set(found);
  return Uint8Array.from(takeVector(ws, core.planWeights(ws.plan)));
}

/** Transforms the regressors at the weights of the roles. */
function prepare(ws: Workspace, role: Uint8Array): Rectifier {
  const { core, n, stride, first } = ws;
  const w = doubles(core, core.planWeights(ws.plan), n);
  for (let i = 0; i < n; i++) w[i] = role[i] === 0 ? HEAVY : role[i] === 1 ? 1 : 0;
  const x = doubles(core, ws.x, n * stride);
  for (let i = 0; i < n; i++) for (let c = 0; c < first; c++) x[i * stride + c] = 0;
  transform(ws, TOLERANCE, 0);
  return { ws, role, factor: factorise(ws.k, gramBlock(ws, first)), multiplier: new Float64Array(n) };
}

/** Projects u (read where role = 1) on the z that vanish where role = 0; z into `out`. Returns the largest |z| there. */
function constrain(r: Rectifier, u: Float64Array, out: Float64Array): number {
  const { ws, role, multiplier } = r;
  const { core, n, stride, first, k } = ws;
  let off = 0;
  for (let pass = 0; pass < 8; pass++) {
    let x = doubles(core, ws.x, n * stride);
    for (let i = 0; i < n; i++) {
      x[i * stride] = role[i] === 1 ? u[i] : role[i] === 0 ? -multiplier[i] : 0;
      for (let c = 1; c < first; c++) x[i * stride + c] = 0;
    }
    transform(ws, TOLERANCE, first);
    const gram = doubles(core, ws.gram, stride * stride);
    const delta = solve(r.factor, gram.subarray(first, first + k));
    x = doubles(core, ws.x, n * stride);
    off = 0;
    for (let i = 0; i < n; i++) {
      let z = x[i * stride];
      for (let j = 0; j < k; j++) z += x[i * stride + first + j] * delta[j];
      out[i] = z;
      if (role[i] === 0) {
        multiplier[i] += z;
        off = Math.max(off, Math.abs(z));
      }
    }
    if (off <= ZERO * 1e-2) break;
  }
  return off;
}

/** Least and largest z where role = 1. */
function range(role: Uint8Array, z: Float64Array): [number, number] {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < z.length; i++)
    if (role[i] === 1) {
      least = Math.min(least, z[i]);
      most = Math.max(most, z[i]);
    }
  return [least, most];
}

/** Rows with a certificate, or undefined: the rectifier's rounds, with an attempt at a certificate after 1, 2, 4, 8 … rounds. */
function certified(ws: Workspace, role: Uint8Array): number[] | undefined {
  const { n } = ws;
  let r = prepare(ws, role);
  const u = new Float64Array(n).fill(1);
  const z = new Float64Array(n);
  for (let round = 1; round <= ROUNDS; round++) {
    const off = constrain(r, u, z);
    const [least, most] = range(role, z);
    if (!(most > ZERO * 10)) return undefined;
    if (least > ZERO * most && off < ZERO * most) return rowsAbove(role, z, 0);
    if ((round & (round - 1)) === 0) {
      const rows = certify(ws, role, z, most);
      if (rows) return rows;
      const { multiplier } = r;
      r = prepare(ws, role);
      r.multiplier = multiplier;
    }
    for (let i = 0; i < n; i++) u[i] = role[i] === 1 ? Math.max(z[i], 0) : 0;
  }
  return undefined;
}

function rowsAbove(role: Uint8Array, z: Float64Array, level: number): number[] {
  const rows: number[] = [];
  for (let i = 0; i < z.length; i++) if (role[i] === 1 && z[i] > level) rows.push(i);
  return rows;
}

/** Whether the rows with clearly positive z carry a z of their own that vanishes on all other candidates too. */
function certify(ws: Workspace, role: Uint8Array, z: Float64Array, most: number): number[] | undefined {
  for (const share of [1e-6, 1e-3, 1e-1]) {
    const rows = rowsAbove(role, z, share * most);
    const narrow = role.map((value) => (value === 1 ? 0 : value));
    for (const i of rows) narrow[i] = 1;
    const own = new Float64Array(z.length);
    const off = constrain(prepare(ws, narrow), z, own);
    const [least, largest] = range(narrow, own);
    if (least > ZERO * 10 * largest && off < ZERO * largest) return rows;
  }
  return undefined;
}
