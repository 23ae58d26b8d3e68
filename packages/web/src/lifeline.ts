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

/** Beside a worker that holds its line under `name`: calls `then` when it is gone. */
export function whenGone(name: string, then: () => void): void {
  navigator.locks?.request(name, then).catch(() => {});
}
