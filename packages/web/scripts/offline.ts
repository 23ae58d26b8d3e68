/** The service worker of the build: knows every file of it, and changes when one of them does. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Plugin, transformWithOxc } from 'vite';

const source = fileURLToPath(new URL('../src/service-worker.ts', import.meta.url));
const publicDir = fileURLToPath(new URL('../public', import.meta.url));

export const offline = (): Plugin => ({
  name: 'gravpanel:offline',
  apply: 'build',
  enforce: 'post',
  generateBundle: {
    order: 'post',
    async handler(_, bundle) {
      const built = Object.values(bundle).map((file) => ({
        name: file.fileName,
        content: file.type === 'chunk' ? file.code : file.source,
      }));
      const fixed = readdirSync(publicDir).map((name) => ({ name, content: readFileSync(`${publicDir}/${name}`) }));
      const all = [...built, ...fixed].sort((a, b) => (a.name < b.name ? -1 : 1));
      const hash = createHash('sha256');
      for (const { name, content } of all) hash.update(`${name}\0`).update(content).update('\0');
      // The page goes by its folder: a static host may answer "index.html" with a redirect, which no cache may keep.
      const files = all.map(({ name }) => (name === 'index.html' ? './' : `./${name}`));
      const build = { version: hash.digest('hex').slice(0, 16), files };
      const { code } = await transformWithOxc(readFileSync(source, 'utf8'), source, { sourcemap: false });
      this.emitFile({
        type: 'asset',
        fileName: 'sw.js',
        source: `const BUILD = ${JSON.stringify(build)};\n${code.replace(/^export \{\};?$/m, '')}`,
      });
    },
  },
});
