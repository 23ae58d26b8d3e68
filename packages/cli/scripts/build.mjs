/**
 * Bundles the program from the sources of the workspace packages: main.js finds the command, and each command is one file
 * with what it needs and nothing else, so that `fit` starts fast.
 */
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const path = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));

const common = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  conditions: ['gravpanel-source'],
  mainFields: ['module', 'main'],
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
  // linkedom asks for it only to draw on a canvas.
  external: ['canvas'],
  // CommonJS dependencies ask for Node's own modules with require.
  banner: {
    js: "import{createRequire as gravpanelRequire}from'node:module';const require=gravpanelRequire(import.meta.url);",
  },
};

await rm(path('dist'), { recursive: true, force: true });
for (const name of ['main', 'fit', 'run', 'check'])
  await build({
    ...common,
    entryPoints: [path(`src/${name}.ts`)],
    outfile: path(`dist/${name}.js`),
    metafile: process.argv.includes('--sizes'),
  }).then(({ metafile }) => metafile && printSizes(name, metafile));

function printSizes(name, { outputs }) {
  const sizes = new Map();
  for (const { inputs, bytes } of Object.values(outputs)) {
    console.log(`${name}: ${Math.round(bytes / 1024)} kB`);
    for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
      const owner = /\.pnpm\/([^/]+)/.exec(file)?.[1] ?? file.replace(/^.*packages\//, '');
      sizes.set(owner, (sizes.get(owner) ?? 0) + bytesInOutput);
    }
  }
  for (const [owner, bytes] of [...sizes].sort((a, b) => b[1] - a[1]).slice(0, 25))
    if (bytes > 1000) console.log(`  ${owner} ${bytes}`);
}
