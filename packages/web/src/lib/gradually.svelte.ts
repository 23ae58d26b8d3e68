/** Long lists built part by part, so that no task of the page is long: the first part at once, each other one when the page is at rest. */
import { untrack } from 'svelte';

/** A page that never rests goes on after this long, ms. */
const PATIENCE = 200;

const later = (then: () => void): (() => void) => {
  if (!globalThis.requestIdleCallback) {
    const ticket = setTimeout(then, 50);
    return () => clearTimeout(ticket);
  }
  const ticket = requestIdleCallback(then, { timeout: PATIENCE });
  return () => cancelIdleCallback(ticket);
};

/**
 * The list as far as it is built; parts of an earlier one stay until their turn comes. Another one in place of the first is shown at once;
 * a newer form of the same too while it is `live`, else it has time. Used while a component starts.
 */
export function gradually<T extends { id: string }>(list: () => readonly T[], live = () => true) {
  let shown = $state.raw<readonly T[]>(untrack(() => list().slice(0, 1)));
  $effect(() => {
    const next = list();
    const at = next.findIndex((part, i) => shown[i] !== part);
    const put = () => {
      const own = new Set(next.slice(0, at + 1).map(({ id }) => id));
      const old = shown.slice(at + 1, next.length).filter(({ id }) => !own.has(id));
      shown = [...next.slice(0, at + 1), ...old];
    };
    if (at > 0 || (at === 0 && next[0].id === shown[0]?.id && !untrack(live))) return later(put);
    if (at === 0) put();
    else if (shown.length > next.length) shown = next;
    return undefined;
  });
  return {
    get shown() {
      return shown;
    },
    /** Whether all of it is there. */
    get whole() {
      return shown.length === list().length;
    },
    /** The rest of it at once. */
    all() {
      shown = list();
    },
  };
}

/** How many of so many rows are built: some at once, as many more each time the page is at rest. Used while a component starts. */
export function growing(total: () => number, step: () => number) {
  let count = $state(untrack(step));
  $effect(() => {
    if (count >= total()) return undefined;
    return later(() => {
      count += step();
    });
  });
  return {
    get count() {
      return count;
    },
  };
}
