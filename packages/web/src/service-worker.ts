/**
 * The page without a network: on the first visit every file of the build goes to a cache of its own, from which the page is
 * served until the reader asks for the next build. Nothing is fetched from anywhere else, and nothing is kept of what the reader opens.
 */
declare const self: ServiceWorkerGlobalScope;
/** Put in when the page is built: paths from this file, and a hash of their contents. */
declare const BUILD: { version: string; files: string[] };

// Caches are shared by all that an origin serves: the scope keeps this page's from those of a neighbour folder.
const PREFIX = `gravpanel ${self.registration.scope} `;
const CACHE = PREFIX + BUILD.version;

async function install(): Promise<void> {
  const cache = await caches.open(CACHE);
  const fresh = (path: string) => (path.startsWith('./assets/') ? 'default' : 'no-cache');
  await cache.addAll(BUILD.files.map((path) => new Request(path, { cache: fresh(path) })));
}

async function forgetOlder(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(
    names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name)),
  );
}

async function answer(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const page = request.mode === 'navigate' ? await cache.match('./') : undefined;
  return page ?? (await cache.match(request, { ignoreSearch: true })) ?? fetch(request);
}

self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => event.waitUntil(forgetOlder().then(() => self.clients.claim())));
self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method === 'GET' && request.url.startsWith(self.registration.scope)) event.respondWith(answer(request));
});
self.addEventListener('message', (event) => {
  if (event.data === 'take-over') event.waitUntil(self.skipWaiting());
});

export {};
