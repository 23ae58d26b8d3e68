/** From a fresh clone to a built one: dependencies, then `turbo run build` (which skips what has not changed). */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { pnpm, root, say, step } from './shell.mjs';

const stampFile = `${root}/node_modules/.gravpanel-installed`;

function manifests() {
  const packages = readdirSync(`${root}/packages`).map((name) => `packages/${name}/package.json`);
  return ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', 'test-fixtures/package.json', ...packages].filter(
    (name) => existsSync(`${root}/${name}`),
  );
}

function stamp() {
  const hash = createHash('sha256').update(process.versions.node.split('.')[0]);
  for (const name of manifests()) hash.update(name).update(readFileSync(`${root}/${name}`));
  return hash.digest('hex');
}

const isInstalled = () => existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp();

export const turbo = (...args) => [
  ...pnpm,
  'exec',
  'turbo',
  'run',
  ...args,
  '--ui=stream',
  '--output-logs=errors-only',
];

/** @returns whether everything is ready. */
export async function prepare() {
  if (!isInstalled()) {
    say(`Dependencies come through ${pnpm.join(' ')}; the first time this takes a minute.`);
    if (!(await step('Installing dependencies', [...pnpm, 'install', '--frozen-lockfile', '--prefer-offline'])))
      return false;
    writeFileSync(stampFile, stamp());
  }
  return step('Building', turbo('build'));
}
