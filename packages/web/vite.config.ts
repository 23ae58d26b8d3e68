import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { generated } from './scripts/generate.ts';
import { offline } from './scripts/offline.ts';

/** Vite's own client writes style elements while a page is developed; the built page needs no such permission. */
const looserWhileServing = {
  name: 'gravpanel:policy',
  apply: 'serve' as const,
  transformIndexHtml: (html: string) =>
    html
      .replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
      .replace("connect-src 'self'", "connect-src 'self' ws:"),
};

/** Built from the sources of the workspace packages, so that the page never shows an older core than the checkout. */
export default defineConfig({
  base: './',
  plugins: [generated(), svelte(), looserWhileServing, offline()],
  resolve: { conditions: ['gravpanel-source', 'module', 'browser', 'import', 'default'] },
  build: { target: 'es2023', modulePreload: { polyfill: false }, assetsInlineLimit: 0, chunkSizeWarningLimit: 1500 },
  worker: { format: 'es' },
  server: { fs: { allow: ['../..'] } },
});
