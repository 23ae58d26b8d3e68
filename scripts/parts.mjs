/** Optional parts of a machine: which are here, and which of this version's tests use them. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** @type {{ name: string, commands: string[], use: string, used: boolean }[]} */
const PARTS = [
  {
    name: 'chromium',
    commands: ['chromium', 'chromium-browser', 'google-chrome'],
    use: 'the page, and the same bits in a browser',
    used: true,
  },
  { name: 'Rscript', commands: ['Rscript'], use: 'R as a peer', used: true },
  { name: 'slurm', commands: ['sbatch'], use: 'shards on a cluster', used: false },
  { name: 'texlive', commands: ['pdflatex'], use: 'printed tables', used: false },
  { name: 'libreoffice', commands: ['soffice', 'libreoffice'], use: 'Word tables', used: false },
];

const onPath = (command) =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((dir) => join(dir, command))
    .find(existsSync);

/** Every part with its path here, if any. */
export function parts() {
  return PARTS.map((part) => ({ ...part, path: part.commands.map(onPath).find(Boolean) }));
}

/** One plain line a part. */
export function describeParts(found) {
  return found.map(({ name, path, use, used }) => {
    const state = path ?? 'not found';
    const what = used ? `tests: ${use}` : `no test of this version needs it (${use})`;
    return `  ${name.padEnd(12)} ${state.padEnd(24)} ${what}`;
  });
}
