/** How a worker that is gone is noticed, whatever took it: it holds a lock for as long as it lives, and who waits for it gets the lock. */

/** A name that no other worker of this origin has. */
export const lineName = (): string => `gravpanel ${crypto.getRandomValues(new Uint32Array(4)).join('-')}`;

/** In a worker: settles when its lock is held. Without locks (a page that is neither https nor of this machine) at once. */
export const holdLine = (): Promise<void> =>
  new Promise((held) => {
    if (!navigator.locks || !self.name) return held();
    navigator.locks
      .request(self.name, () => {
        held();
        return new Promise(() => {});
      })
      .catch(() => held());
  });

/** A worker that does not hold its lock after this long will not, ms: it is loading, or went before it began. */
const PATIENCE = 30_000;
const PAUSE = 100;

/** Beside a worker that holds its line under `name`, or will: calls `then` when it is gone, or has not come within `patience` ms. */
export async function whenGone(name: string, then: () => void, patience = PATIENCE): Promise<void> {
  const { locks } = navigator;
  if (!locks) return;
  try {
    const holds = async () => (await locks.query()).held?.some((lock) => lock.name === name);
    for (let waited = 0; waited < patience && !(await holds()); waited += PAUSE)
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    await locks.request(name, then);
  } catch {
    // Locks that are forbidden to the page: it is not told then.
  }
}
