/**
 * node packages/web/scripts/screenshots.mjs [-o DIR]
 * Pictures of every station of the built page at 360, 768 and 1440 px, light and dark, as WebP in docs/app, with an index (docs/app/README.md).
 * Needs `npm run build` and chromium (GRAVPANEL_CHROMIUM names another one).
 */
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const { values } = parseArgs({ options: { output: { type: 'string', short: 'o', default: join(root, 'docs/app') } } });
const page = join(root, 'packages/web/dist');
const WIDTHS = { 360: 780, 768: 1000, 1440: 1000 };
const THEMES = ['light', 'dark'];
const QUALITY = 62;

/** What is done before the picture of a station is taken. */
const STATIONS = {
  read: { title: 'Read: the finished table of the belt-road study, as a first visitor finds it' },
  map: { title: 'Read: a figure, its numbers behind it', station: 'read', of: showMap },
  tour: { title: 'Read: the tour of a first visitor', station: 'read', of: takeTour },
  take: { title: 'Take away: files, scripts and a link', station: 'read', of: takeAway },
  data: { title: 'Data: what is in the file, before anything else' },
  repeated: {
    title: 'Data: a file whose rows repeat, with the choices that mend it',
    station: 'data',
    of: dropRepeated,
  },
  study: { title: 'Study: form, text and sample, always in step', of: (tab) => tab.waitForSelector('.cm-content') },
  run: { title: 'Run: replicates while they are drawn', of: drawSome },
  audit: { title: 'Audit: the printed tables of the paper against themselves', of: auditPaper },
};

async function showMap(tab) {
  const map = tab.locator('figure.plot.map').first();
  await map.waitFor({ timeout: 30_000 });
  // What is above it is drawn as it comes into sight, and moves it.
  for (let i = 0; i < 3; i++) {
    await map.evaluate((figure) => scrollTo(0, figure.getBoundingClientRect().top + scrollY - 90));
    await tab.waitForTimeout(700);
  }
  await map.locator('.drawing svg').waitFor();
}
async function takeTour(tab) {
  await tab.getByRole('button', { name: 'A tour of this study' }).click();
  await tab.getByRole('button', { name: 'Next' }).click();
  await tab.waitForSelector('.toured');
}
async function takeAway(tab) {
  await tab.getByRole('button', { name: 'Take away' }).click();
  await tab.waitForSelector('dialog li');
}
async function auditPaper(tab) {
  await tab.getByRole('button', { name: 'The tables of Huan' }).click();
  await tab.waitForSelector('.proof');
}
/** 20 units × 10 periods with rows that come twice. */
async function dropRepeated(tab) {
  const rows = ['partner,year,patents,gdp,distance'];
  for (let unit = 1; unit <= 20; unit++)
    for (let year = 2001; year <= 2010; year++) {
      const row = `Partner ${unit},${year},${Math.floor(((unit * 31 + year * 17) % 23) / (1 + (unit % 5)))},${(unit * year) % 97},${unit * 211}`;
      rows.push(row);
      if ((unit * 7 + year) % 37 === 0) rows.push(row);
    }
  const buffer = Buffer.from(`${rows.join('\n')}\n`);
  await tab
    .locator('main input[type=file]')
    .first()
    .setInputFiles({ name: 'partners-of-mine.csv', mimeType: 'text/csv', buffer });
  await tab.waitForSelector('.map .bad');
}
async function drawSome(tab) {
  await tab.locator('.boot select').selectOption({ index: 3 });
  await tab.locator('.boot input').first().fill('400000');
  await tab
    .locator('.boot')
    .getByRole('button', { name: /^Draw$/ })
    .click();
  await tab.waitForFunction(
    () => Number(document.querySelector('.boot .count b')?.textContent?.replace(/\D/g, '')) > 2000,
  );
  await tab
    .locator('.boot')
    .getByRole('button', { name: /^Pause$/ })
    .click();
  await tab.waitForTimeout(600);
  await tab.locator('.boot').scrollIntoViewIfNeeded();
  await tab.locator('.boot').evaluate((section) => scrollTo(0, section.offsetTop - 120));
}

const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
};
const server = createServer(async (request, response) => {
  const path = normalize(new URL(request.url, 'http://localhost').pathname);
  const file = join(page, path === '/' ? 'index.html' : path);
  const body = await readFile(file).catch(() => undefined);
  response.writeHead(body ? 200 : 404, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
  response.end(body);
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${server.address().port}/`;
const browser = await chromium.launch({
  executablePath: process.env.GRAVPANEL_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-dev-shm-usage'],
});

/** A screen as WebP: chromium's own encoder, so that nothing else is needed. */
async function picture(tab, file) {
  const session = await tab.context().newCDPSession(tab);
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY });
  writeFileSync(file, Buffer.from(data, 'base64'));
  await session.detach();
}

try {
  mkdirSync(values.output, { recursive: true });
  for (const name of readdirSync(values.output)) if (name.endsWith('.webp')) rmSync(join(values.output, name));
  for (const theme of THEMES)
    for (const [width, height] of Object.entries(WIDTHS)) {
      const context = await browser.newContext({
        viewport: { width: Number(width), height },
        colorScheme: theme,
        reducedMotion: 'reduce',
        deviceScaleFactor: Number(width) < 500 ? 2 : 1,
        serviceWorkers: 'block',
      });
      for (const [name, { station = name, of }] of Object.entries(STATIONS)) {
        const tab = await context.newPage();
        await tab.goto(`${url}#/${station}`);
        await tab.waitForSelector('body[data-settled]', { timeout: 60_000 });
        await tab.waitForSelector('main h1');
        await of?.(tab);
        await tab.waitForTimeout(700);
        await picture(tab, join(values.output, `${name}-${width}-${theme}.webp`));
        await tab.evaluate(() => localStorage.clear());
        await tab.close();
      }
      await context.close();
      console.error(`${width} px, ${theme}`);
    }
  const parts = Object.entries(STATIONS).map(
    ([name, { title }]) =>
      `## ${title}\n\n${THEMES.flatMap((theme) => Object.keys(WIDTHS).map((width) => `[![${width} px, ${theme}](${name}-${width}-${theme}.webp)](${name}-${width}-${theme}.webp)`)).join('\n')}\n`,
  );
  writeFileSync(
    join(values.output, 'README.md'),
    `# The web app in pictures\n\nEvery station at 360, 768 and 1440 px, light and dark, of the built page (\`node packages/web/scripts/screenshots.mjs\`). What it does: [web.md](../web.md).\n\n${parts.join('\n')}`,
  );
  const bytes = readdirSync(values.output).reduce((sum, name) => sum + statSync(join(values.output, name)).size, 0);
  console.error(
    `${Object.keys(STATIONS).length * THEMES.length * Object.keys(WIDTHS).length} pictures, ${(bytes / 1e6).toFixed(2)} MB`,
  );
} finally {
  await browser.close();
  server.close();
  server.closeAllConnections();
}
