/** Whether the page works without a network, and whether a newer build waits: said in the top bar, taken only when asked for. */

let online = $state(navigator.onLine);
let ready = $state(false);
let waiting = $state.raw<ServiceWorker>();
let asked = false;

addEventListener('online', () => {
  online = true;
});
addEventListener('offline', () => {
  online = false;
});

export const offline = {
  get online() {
    return online;
  },
  /** Everything is on this device. */
  get ready() {
    return ready;
  },
  /** A newer build is on this device and not yet in use. */
  get update() {
    return waiting !== undefined;
  },
};

function follow(worker: ServiceWorker | null): void {
  if (!worker) return;
  const look = () => {
    if (worker.state === 'installed' && navigator.serviceWorker.controller) waiting = worker;
    if (worker.state === 'activated') ready = true;
  };
  look();
  worker.addEventListener('statechange', look);
}

/** Puts the page on this device; called when the page is at rest. Without https there is no such thing, and nothing is said. */
export async function keepOffline(): Promise<void> {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  try {
    const registration = await navigator.serviceWorker.register('./sw.js');
    if (registration.active) ready = true;
    for (const worker of [registration.installing, registration.waiting]) follow(worker);
    registration.addEventListener('updatefound', () => follow(registration.installing));
  } catch {
    // A browser may refuse (private windows): the page works all the same while there is a network.
  }
}

/** The newer build in place of this one; the page is loaded again with it. */
export function takeUpdate(): void {
  if (!waiting || asked) return;
  asked = true;
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload());
  waiting.postMessage('take-over');
}
