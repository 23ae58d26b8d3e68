/**
 * Bundles the program from the sources of the workspace packages: main.cjs finds the command, and each command is one file
 * with what it needs and nothing else, so that `fit` starts fast. Then V8's compiled code is left beside each of them.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const path = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));

/** commander loads child_process, and with it net and dgram, for subcommands that are programs; there are none here. */
const withoutChildProcess = {
  name: 'child-process-on-demand',
  setup(build) {
    build.onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      importer.includes('commander') ? { path: 'child_process', namespace: 'on-demand' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'on-demand' }, () => ({
      contents: "exports.spawn = (...args) => require('child_process').spawn(...args);",
    }));
  },
};

const common = {
  bundle: true,
  plugins: [withoutChildProcess],
  // CommonJS: its loader is synchronous and takes V8's code cache.
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  conditions: ['gravpanel-source'],
  mainFields: ['module', 'main'],
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
  // linkedom asks for canvas only to draw on one; resvg and DuckDB are native; the formats of tables are loaded where they are asked for.
  external: [
    'canvas',
    '@resvg/resvg-js',
    '@duckdb/node-api',
    './formats.cjs',
    './docx.cjs',
    './data-formats.cjs',
    './fit-resampled.cjs',
  ],
};

function printSizes(name, { outputs }) {
  const sizes = new Map();
  for (const { inputs, bytes } of Object.values(outputs)) {
    console.log(`${name}: ${Math.round(bytes / 1024)} kB`);
    for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
      const owner = /\.pnpm\/([^/]+)/.exec(file)?.[1] ?? file.replace(/^.*packages\//, '');
      sizes.set(owner, (sizes.get(owner) ?? 0) + bytesInOutput);
    }
  }
  const largest = [...sizes].sort((a, b) => b[1] - a[1]).filter(([, bytes]) => bytes > 1000);
  for (const [owner, bytes] of largest.slice(0, 25)) console.log(`  ${owner} ${bytes}`);
}

/** A small panel that takes `fit` through its usual code. */
function samplePanel() {
  const rows = ['id,year,y,x'];
  for (let id = 1; id <= 40; id++)
    for (let t = 0; t < 4; t++) {
      const x = Math.sin(3 * id + 5 * t);
      rows.push(
        `${id},${2000 + t},${Math.round(Math.exp(0.5 + x / 2) * ((id * 7919 + t * 104729) % 13))},${x.toFixed(4)}`,
      );
    }
  return `${rows.join('\n')}\n`;
}

function warm() {
  const dir = mkdtempSync(join(tmpdir(), 'gravpanel-build-'));
  try {
    const data = join(dir, 'panel.csv');
    writeFileSync(data, samplePanel());
    const args = [path('scripts/warm.mjs'), path('dist'), data, ...COMMANDS];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', cwd: dir });
    if (status !== 0) throw new Error(`the first run of the commands failed: ${stderr.slice(-600)}`);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

rmSync(path('dist'), { recursive: true, force: true });
const COMMANDS = [
  'fit',
  'run',
  'boot',
  'multiverse',
  'test',
  'check',
  'patents',
  'table',
  'plot',
  'describe',
  'init',
  'schema',
  'doctor',
  'completion',
  'audit',
  'replicate',
  'verify',
  'export',
  'serve',
];
for (const name of ['main', ...COMMANDS, 'formats', 'docx', 'data-formats', 'fit-resampled', 'worker']) {
  const { metafile } = await build({
    ...common,
    entryPoints: [path(`src/${name}.ts`)],
    outfile: path(`dist/${name}.cjs`),
    metafile: true,
  });
  if (process.argv.includes('--sizes')) printSizes(name, metafile);
}
copyFileSync(createRequire(import.meta.url).resolve('world-atlas/countries-50m.json'), path('dist/countries-50m.json'));
cpSync(path('../panel/dist/fonts'), path('dist/fonts'), { recursive: true });
warm();
