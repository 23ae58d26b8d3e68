// Takes pictures of a report at the widths of the visual direction, light and dark, and of its A4 pages, to look at before a merge.
//   node scripts/look.mjs REPORT.html OUT
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const [given, out = '/tmp/look'] = process.argv.slice(2);
if (!given) throw new Error('Which report? node scripts/look.mjs REPORT.html OUT');
mkdirSync(out, { recursive: true });
const url = `file://${resolve(given)}`;
const chromium = (...args) =>
  execFileSync('chromium', ['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', ...args, url], {
    stdio: 'ignore',
  });

for (const [width, height] of [
  [1440, 4600],
  [768, 5600],
  [360, 8000],
])
  for (const [theme, scheme] of [
    ['light', 1],
    ['dark', 0],
  ])
    chromium(
      `--blink-settings=preferredColorScheme=${scheme}`,
      `--window-size=${width},${process.env.HEIGHT ?? height}`,
      `--screenshot=${join(out, `${width}-${theme}.png`)}`,
    );
chromium('--no-pdf-header-footer', `--print-to-pdf=${join(out, 'report.pdf')}`);
execFileSync('pdftoppm', ['-r', '60', '-png', join(out, 'report.pdf'), join(out, 'page')]);
console.log(out);
