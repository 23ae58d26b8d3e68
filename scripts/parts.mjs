/** Parts that the tests use where they are found. They come from Debian; .ci/run installs those that are used. */
import { spawnSync } from 'node:child_process';

const PARTS = [
  {
    name: 'chromium',
    commands: ['chromium', 'chromium-browser', 'google-chrome'],
    used: 'same bits in Node and in a browser',
  },
  { name: 'Rscript', commands: ['Rscript'], used: 'comparison with R' },
  { name: 'Slurm', commands: ['sbatch'], used: 'shards of a bootstrap as a job array' },
  { name: 'GNU parallel', commands: ['parallel'], used: 'shards of a bootstrap over hosts' },
  { name: 'TeX Live', commands: ['pdflatex'], used: 'LaTeX tables set in TeX' },
  { name: 'LibreOffice', commands: ['soffice'], used: 'Word tables read by LibreOffice' },
  { name: 'poppler', commands: ['pdftotext'], used: 'the text of printed pages' },
];

const found = ({ commands }) =>
  commands.some((command) => spawnSync('sh', ['-c', `command -v ${command}`], { stdio: 'ignore' }).status === 0);

/** Every optional part: whether it is here and whether the tests of this version use it. */
export const parts = () => PARTS.map((part) => ({ ...part, found: found(part) }));

/** One line a part. */
export function partLines(list) {
  return list.map(({ name, used, found: here }) => {
    const words = used
      ? here
        ? `found: ${used}`
        : `NOT FOUND, so not tested: ${used}`
      : `${here ? 'found' : 'not found'}, not used by the tests of this version`;
    return `  ${name.padEnd(13)}${words}`;
  });
}

export const missing = (list) => list.filter((part) => part.used && !part.found).map(({ name }) => name);
