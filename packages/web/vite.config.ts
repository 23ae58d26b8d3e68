import { defineConfig } from 'vite';

/** Built from the sources of the workspace packages, so that the page never shows an older core than the checkout. */
export default defineConfig({
  base: './',
  resolve: { conditions: ['gravpanel-source', 'module', 'browser', 'import', 'default'] },
  build: { target: 'es2023', modulePreload: { polyfill: false }, assetsInlineLimit: 0, chunkSizeWarningLimit: 1500 },
  worker: { format: 'es' },
  server: { fs: { allow: ['../..'] } },
});
