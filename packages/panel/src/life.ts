/** Calls to something that may end before it answers. */
export interface Life {
  /** Fails the calls that wait, and all later ones. The first reason counts. */
  end(reason: Error): void;
  /** The value of a call, or the reason of the end where that comes first. */
  during<C extends Promise<unknown>>(call: C): Promise<Awaited<C>>;
}

/** A race of each call with one promise of the end would hold the answers of all calls for as long as that promise lives. */
export function life(): Life {
  let over: Error | undefined;
  const waiting = new Set<(reason: Error) => void>();
  return {
    end(reason) {
      over ??= reason;
      for (const fail of waiting) fail(over);
      waiting.clear();
    },
    during: <C extends Promise<unknown>>(call: C) =>
      new Promise<Awaited<C>>((resolve, reject) => {
        if (over) reject(over);
        else waiting.add(reject);
        (call as Promise<Awaited<C>>).then(resolve, reject).finally(() => waiting.delete(reject));
      }),
  };
}
