import { afterEach, expect, test, vi } from 'vitest';
import { whenGone } from '../src/lifeline.ts';

/** Locks of one page: who asks for one that is held waits for it. */
function someLocks() {
  const held = new Map<string, Promise<unknown>>();
  const locks = {
    query: async () => ({ held: [...held.keys()].map((name) => ({ name })) }),
    request: async (name: string, then: () => unknown) => {
      await held.get(name);
      const over = Promise.resolve(then());
      held.set(name, over);
      await over;
      held.delete(name);
    },
  };
  vi.stubGlobal('navigator', { locks });
  return locks;
}
afterEach(() => vi.unstubAllGlobals());

test('a worker that ends before it began is gone when patience ends', async () => {
  someLocks();
  const then = vi.fn();
  const watched = whenGone('a worker', then, 150);
  await new Promise((resolve) => setTimeout(resolve, 120));
  expect(then).not.toHaveBeenCalled();
  await watched;
  expect(then).toHaveBeenCalledTimes(1);
});

test('a worker that began late is gone when it ends, not when patience would have', async () => {
  const locks = someLocks();
  const then = vi.fn();
  const watched = whenGone('a worker', then, 300);
  let end = () => {};
  await new Promise((resolve) => setTimeout(resolve, 120));
  const life = locks.request('a worker', () => new Promise<void>((over) => (end = over)));
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(then).not.toHaveBeenCalled();
  end();
  await Promise.all([life, watched]);
  expect(then).toHaveBeenCalledTimes(1);
});

test('where there are no locks, nothing is said', async () => {
  vi.stubGlobal('navigator', {});
  const then = vi.fn();
  await whenGone('a worker', then, 1);
  expect(then).not.toHaveBeenCalled();
});
