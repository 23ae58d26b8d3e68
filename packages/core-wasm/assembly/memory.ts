/** Bump arena above the static data: raw byte offsets, 64-byte aligned, no garbage collector. */

let top: usize = 0;

/** Current top of the arena; give it to {@link reset} to free everything allocated since. */
export function mark(): usize {
  if (top == 0) top = (__heap_base + 63) & ~63;
  return top;
}

/** Frees everything allocated after `to` was marked. */
export function reset(to: usize): void {
  top = to;
}

/**
 * `bytes` (an f64, so that a request beyond 4 GiB is seen and not wrapped) of uninitialised memory.
 * Returns 0 where linear memory cannot grow that far.
 */
export function alloc(bytes: f64): usize {
  const at = mark();
  const end = <f64>at + Math.ceil(bytes / 64) * 64;
  if (!(end < 4294901760)) return 0;
  const have = <f64>(<u64>memory.size() << 16);
  if (end > have) {
    if (memory.grow(<i32>Math.ceil((end - have) / 65536)) < 0) return 0;
  }
  top = <usize>end;
  return at;
}

/** `count` doubles set to zero; 0 where memory cannot grow. */
export function allocZeros(count: f64): usize {
  const at = alloc(count * 8);
  if (at) memory.fill(at, 0, <usize>(count * 8));
  return at;
}
