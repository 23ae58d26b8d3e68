/** Level codes without gaps, and the connected components of two factors. */
import { alloc, mark, reset } from './memory';

/** Codes up to here get a table of their own size. */
const MOST: i32 = 1 << 28;

/**
 * Numbers the levels of n codes from 0 in place, in the order of the codes. Returns the number of levels, negated where the
 * codes had no gaps and stay as they are; 0 for a negative code, one beyond 2²⁸, or lack of memory.
 */
export function denseCodes(codes: usize, n: i32): i32 {
  let most = -1;
  let all = 0;
  for (let i = 0; i < n; i++) {
    const code = load<i32>(codes + (<usize>i << 2));
    all |= code;
    most = max(most, code);
  }
  if (all < 0 || most >= MOST) return 0;
  const top = mark();
  const number = alloc((<f64>most + 1) * 4);
  if (!number) return 0;
  memory.fill(number, 0, (<usize>most + 1) << 2);
  for (let i = 0; i < n; i++) store<i32>(number + (<usize>load<i32>(codes + (<usize>i << 2)) << 2), 1);
  let levels = 0;
  for (let l = 0; l <= most; l++) {
    const at = number + (<usize>l << 2);
    if (load<i32>(at)) store<i32>(at, levels++);
  }
  const gaps = levels <= most;
  if (gaps)
    for (let i = 0; i < n; i++) {
      const at = codes + (<usize>i << 2);
      store<i32>(at, load<i32>(number + (<usize>load<i32>(at) << 2)));
    }
  reset(top);
  return gaps ? levels : -levels;
}

function find(parent: usize, v: i32): i32 {
  let at = v;
  let up = load<i32>(parent + (<usize>at << 2));
  while (up != at) {
    const over = load<i32>(parent + (<usize>up << 2));
    store<i32>(parent + (<usize>at << 2), over);
    at = over;
    up = load<i32>(parent + (<usize>at << 2));
  }
  return at;
}

/**
 * Component of each level of factor a in the graph whose edges are the n rows (a, b), as the smallest level of a in it.
 * parent: room for levelsA + levelsB integers; the answer is its first levelsA.
 */
export function components(n: i32, a: usize, levelsA: i32, b: usize, levelsB: i32, parent: usize): void {
  for (let v = 0; v < levelsA + levelsB; v++) store<i32>(parent + (<usize>v << 2), v);
  for (let i = 0; i < n; i++) {
    const v = load<i32>(a + (<usize>i << 2));
    const w = levelsA + load<i32>(b + (<usize>i << 2));
    const s = load<i32>(parent + (<usize>v << 2));
    if (s == load<i32>(parent + (<usize>w << 2))) continue;
    const x = find(parent, v);
    const y = find(parent, w);
    if (x != y) store<i32>(parent + (<usize>max(x, y) << 2), min(x, y));
  }
  for (let v = 0; v < levelsA; v++) store<i32>(parent + (<usize>v << 2), find(parent, v));
}
