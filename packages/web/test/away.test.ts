/** The built page in chromium: taken away, checked, without a network, in another language, under its policy. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateSync, inflateSync, strFromU8, unzipSync } from 'fflate';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { choose, complaints, downloaded, run, take, textFile } from './acting.ts';
import { builtPage, hasChromium, launch } from './built.ts';
import { serve } from './serve.ts';

const root = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const program = root('packages/cli/bin/gravpanel.mjs');
const HHG = 'hhg-patents';
const PAPER = 'studies/belt-road-copatents/published.yaml';

const SMALL = `version: 1
title: A small panel
data: { path: panel.csv, unit: id, time: year }
variables: { y: { label: "R&D <b>" } }
describe: [{ kind: summary }, { kind: series, count: y }]
models:
  base: { model: nb2, formula: "y ~ x + z" }
`;
/** 12 units in 6 periods, without a pattern that a regression could see. */
const PANEL = `id,year,y,x,z\n${Array.from({ length: 72 }, (_, i) => {
  const [unit, year] = [1 + Math.floor(i / 6), 2001 + (i % 6)];
  return `${unit},${year},${(unit * 7919 + year * 104729) % 13},${((i * 37) % 101) / 100},${((i * 53) % 97) / 97}`;
}).join('\n')}\n`;

/** Opens a study that is estimated in no time, and runs it in the page. */
async function runSmall(page: Page): Promise<void> {
  await choose(page, [textFile('small.yaml', SMALL), textFile('panel.csv', PANEL)]);
  await page.waitForFunction(() => document.querySelector('.top .study')?.textContent === 'A small panel');
  await run(page);
}

describe.runIf(hasChromium('taking away, the audit and the page without a network were'))('the built page', () => {
  const work = mkdtempSync(join(tmpdir(), 'gravpanel-away-'));
  let server: Awaited<ReturnType<typeof serve>>;
  let browser: Browser;
  let page: Page;
  let heard: string[];
  const asked: string[] = [];
  const origins: string[] = [];

  async function open(address = server.url): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1440, height: 1000 } });
    context.on('request', (request) => asked.push(request.url()));
    const made = await context.newPage();
    await made.goto(address);
    await made.waitForSelector('body[data-settled]', { timeout: 30_000 });
    return made;
  }
  const settled = () => page.waitForFunction(() => document.querySelectorAll('.report section').length > 4);

  beforeAll(async () => {
    server = await serve(await builtPage());
    browser = await launch();
    page = await open();
    heard = complaints(page);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    server?.close();
    rmSync(work, { recursive: true, force: true });
  });

  test('writes the main table in every format, as the report has it', async () => {
    await settled();
    await page.getByRole('button', { name: 'Take away' }).click();
    const shown = (await page.locator('figure.table').first().textContent()) ?? '';
    const first = /^Table 1/;
    const csv = await take(page, first, 'csv');
    expect(csv.name).toMatch(/^[\w-]+\.csv$/);
    const tex = String((await take(page, first, 'tex')).bytes);
    const html = String((await take(page, first, 'html')).bytes);
    const md = String((await take(page, first, 'md')).bytes);
    const json = JSON.parse(String((await take(page, first, 'json')).bytes));
    const word = unzipSync(new Uint8Array((await take(page, first, 'docx')).bytes));
    const xml = strFromU8(word['word/document.xml']);
    expect(json.schema).toBe('table/1');
    const numbers: string[] = json.body.flatMap((r: { cells: { text: string }[] }) => r.cells.map(({ text }) => text));
    const estimates = numbers.filter((text) => /^\d\.\d{3}$/.test(text)).slice(0, 20);
    expect(estimates.length).toBe(20);
    for (const text of estimates)
      for (const written of [shown, tex, html, md, xml, String(csv.bytes)]) expect(written).toContain(text.slice(0, 4));
    expect(tex).toContain('\\toprule');
    expect(html).not.toMatch(/<script/);
  }, 60_000);

  test('writes a figure as a drawing and as a picture that has its letters', async () => {
    const figure = page.locator('dialog h3', { hasText: 'Figures' }).locator('xpath=following-sibling::ul[1]/li[1]');
    const svg = await downloaded(page, () => figure.getByRole('button', { name: /svg$/ }).click());
    expect(String(svg.bytes)).toMatch(/^<svg xmlns/);
    const png = await downloaded(page, () => figure.getByRole('button', { name: /png$/ }).click());
    expect(png.bytes.subarray(1, 4).toString()).toBe('PNG');
    const width = Number(/width="(\d+)"/.exec(String(svg.bytes))?.[1]);
    expect(png.bytes.readUInt32BE(16)).toBe(2 * width);
    // More than paper: a picture of one colour would have but a few hundred bytes.
    expect(png.bytes.length).toBeGreaterThan(10_000);
    await page.getByRole('button', { name: 'Close' }).click();
  });

  test('writes a study zip that the command line verifies to the byte, with scripts that it would write too', async () => {
    await runSmall(page);
    await page.getByRole('button', { name: 'Take away' }).click();
    const { name, bytes } = await take(page, /^Study with data/, 'zip');
    expect(name).toBe('small.zip');
    const files = unzipSync(new Uint8Array(bytes));
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(work, path)), { recursive: true });
      writeFileSync(join(work, path), content);
    }
    expect([strFromU8(files['study.yaml']), strFromU8(files['panel.csv'])]).toEqual([SMALL, PANEL]);
    const cli = (...args: string[]) => spawnSync(process.execPath, [program, ...args], { cwd: work, encoding: 'utf8' });
    const verified = cli('verify', 'results', '--json');
    expect([verified.status, verified.stderr]).toEqual([0, '']);
    const found = JSON.parse(verified.stdout);
    expect(found).toMatchObject({ verified: true, differing: [], missing: [], extra: [] });
    expect(found.files).toBeGreaterThan(15);
    expect(cli('export', 'results', '-o', 'from-cli').status).toBe(0);
    for (const script of ['models.do', 'models.R', 'models.py'])
      expect(strFromU8(files[`scripts/${script}`])).toBe(readFileSync(join(work, 'from-cli', script), 'utf8'));
    const stata = await take(page, /^Models as scripts/, 'Stata');
    expect(stata.name).toBe('models.do');
    expect(String(stata.bytes)).toContain('"panel.csv"');
    await page.getByRole('button', { name: 'Close' }).click();
    // Its figures are drawn, with names that would be no XML.
    await page.locator('nav a[href="#/read"]').first().click();
    const drawn = page.locator('figure.plot', { hasText: 'R&D <b>' }).first();
    await drawn.scrollIntoViewIfNeeded();
    expect(await drawn.locator('svg').getAttribute('aria-label')).toContain('R&D <b>');
    expect(await page.locator('figure.plot .problem').count()).toBe(0);
  }, 90_000);

  test('makes a link of the study without its data, and opens it over the same data alone', async () => {
    await page.locator('nav a[href="#/data"]').first().click();
    await page.locator('.shipped button').filter({ hasText: 'firms' }).first().click();
    await page.waitForFunction(() => document.querySelector('.files')?.textContent?.includes('patents_rdus.csv'));
    await page.getByRole('button', { name: 'Take away' }).click();
    await page.getByRole('button', { name: 'Make a link' }).click();
    const address = await page.locator('dialog input').inputValue();
    await page.getByRole('button', { name: 'Close' }).click();
    const fragment = address.split('#s=')[1];
    expect(fragment).toMatch(/^[\w-]+$/);
    const held = JSON.parse(strFromU8(inflateSync(new Uint8Array(Buffer.from(fragment, 'base64url')))));
    const text = readFileSync(root(`studies/${HHG}/study.yaml`), 'utf8');
    expect(held).toMatchObject({ version: 1, name: HHG, text });
    // Of the data: hash and size, nothing else.
    expect(held.files).toEqual([
      { path: 'data/patents_rdus.csv', sha256: expect.stringMatching(/^[0-9a-f]{64}$/), rows: 3460 },
    ]);
    const shipped = await open(address);
    await shipped.waitForSelector('.note .same');
    expect(await shipped.locator('.note').textContent()).toContain('The data are those');
    expect(new URL(shipped.url()).hash).toBe('#/data');
    await shipped.context().close();
    // A study that does not ship: its data are asked for, and other data are told from them.
    const own = {
      ...held,
      name: 'mine',
      text: text.replace('data/patents_rdus.csv', 'panel.csv'),
      files: [{ ...held.files[0], path: 'panel.csv' }],
    };
    const packed = Buffer.from(deflateSync(new TextEncoder().encode(JSON.stringify(own)))).toString('base64url');
    const other = await open(`${server.url}#s=${packed}`);
    expect(await other.locator('.note').textContent()).toMatch(
      /This link holds the study, not the data\. Open panel\.csv \(3,460 rows, [0-9a-f]{7}…\) to run it\./,
    );
    const data = readFileSync(root(`studies/${HHG}/data/patents_rdus.csv`), 'utf8');
    const give = (content: string) =>
      other
        .locator('main input[type=file]')
        .setInputFiles({ name: 'panel.csv', mimeType: 'text/csv', buffer: Buffer.from(content) });
    await give(`${data}\n`);
    await other.waitForFunction(() => document.querySelector('.note')?.textContent?.includes('is not the table'));
    await give(data);
    await other.waitForSelector('.note .same');
    await other.context().close();
    // The sentence goes on after the link, and the table was saved under another name.
    const renamed = await open(`${server.url}#s=${packed}).`);
    await renamed.locator('main input[type=file]').setInputFiles(textFile('panel (1).csv', data));
    await renamed.waitForSelector('.note .same');
    await renamed.evaluate(() => {
      location.hash = '#/audit/%';
    });
    await renamed.waitForSelector('#audit-text');
    await renamed.context().close();
  }, 60_000);

  test.each([
    ['cut', (s: string) => s.slice(0, 40)],
    ['of something else', () => Buffer.from('no study').toString('base64url')],
    ['folded', (s: string) => `${s.slice(0, 40)} ${s.slice(40)}`],
  ])('says of a link that is %s what it is', async (_, change) => {
    const broken = await open(
      `${server.url}#s=${change('fZBBTsMwEEX3nGLkdRInTQopCyQ2SCxYcIFqak9Si8Rj2U5ohbg7Y7qABayt-f-9_8cE')}`,
    );
    expect(await broken.locator('.note').textContent()).toMatch(/holds no study.*link\/not-readable/s);
    // The page goes on as it would have begun.
    expect(await broken.locator('figure.table').count()).toBeGreaterThan(0);
    await broken.context().close();
  });

  test('audits the paper as the command line does, and marks each cell', async () => {
    await page.locator('nav a[href="#/audit"]').first().click();
    await page.getByRole('button', { name: 'The tables of Huan' }).click();
    await page.waitForSelector('.proof');
    expect(await page.locator('.headline').textContent()).toMatch(/^25 of 60 printed cells carry stars/);
    const { stdout } = spawnSync(process.execPath, [program, 'audit', root(PAPER), '--json'], { encoding: 'utf8' });
    const { bytes } = await downloaded(page, () => page.getByRole('button', { name: /findings \(\.json\)/ }).click());
    expect(JSON.parse(String(bytes))).toEqual(JSON.parse(stdout));
    expect(await page.locator('.squares i').count()).toBe(60);
    expect(await page.locator('.squares i.bad').count()).toBe(25);
    // Table 8, column (1), lnpatent2: three stars printed, one follows.
    const cell = page.locator('.proof').first().locator('tr', { hasText: 'lnpatent2' }).locator('td').first();
    expect((await cell.textContent())?.replace(/\s/g, '')).toContain('0.206****printed');
    expect(await cell.locator('s').textContent()).toBe('***');
    expect(await cell.locator('ins').textContent()).toBe('*');
    await page.getByRole('button', { name: /Table 8, lnpatent2, \(1\)/ }).click();
    expect(await cell.getAttribute('class')).toContain('chosen');
  }, 60_000);

  test('audits a table as it is pasted, and says where it must be compared', async () => {
    const paste =
      'Table 3. Patents\n\n  (1)  (2)\nln distance  -0.84***  -0.12***\n  (0.21)  (0.10)\nborder  0.30**  0.31\n  (0.14)  (0.16)\nN  450  450\n* p<0.1, ** p<0.05, *** p<0.01';
    await page.locator('#audit-text').fill(paste);
    await page.waitForFunction(() => document.querySelector('.headline')?.textContent?.startsWith('1 of 4'));
    // −0.12/0.10 earns none of three stars; 0.31/0.16 = 1.94 earns one, or none before both were rounded.
    const struck = page.locator('.proof td.bad');
    expect([await struck.count(), await page.locator('.proof td.maybe').count()]).toEqual([1, 1]);
    expect(await struck.first().textContent()).toContain('no star follows');
    await page.locator('#audit-text').fill('Dear reader, there is no table here.');
    await page.waitForSelector('.results .error');
    expect(await page.locator('.results .error').textContent()).toContain('audit/no-table');
    expect(await page.locator('.proof, .headline').count()).toBe(0);
  });

  test('shows names of a hostile table as text', async () => {
    const text =
      'meta: { stars: { "*": 0.1 } }\n"<img src=x onerror=alert(1)>":\n  "<b>(1)</b>":\n    "<script>alert(1)</script>": [1.0, 0.9, "*"]\n';
    await page.locator('#audit-text').fill(text);
    await page.waitForFunction(
      () => document.querySelector('.proof tbody th')?.textContent === '<script>alert(1)</script>',
    );
    expect(await page.locator('main img, main th b, main script').count()).toBe(0);
  });

  test('speaks Chinese when it is chosen, and again after a reload', async () => {
    await page.locator('.language select').selectOption('zh-Hans');
    await page.waitForSelector('html[lang="zh-Hans"]');
    expect(await page.locator('nav').first().textContent()).toContain('阅读');
    await page.reload();
    await page.waitForSelector('body[data-settled]');
    expect(await page.locator('main h1').first().textContent()).toBe('核查');
    await page.locator('.language select').selectOption('en');
    await page.waitForSelector('html[lang="en"]');
  });

  test('works when its server is gone after the first visit, to a run and a Word file', async () => {
    const once = await serve(await builtPage());
    origins.push(once.url);
    const away = await open(once.url);
    const said = complaints(away);
    await away.waitForFunction(() => document.querySelector('.top .state')?.textContent?.includes('Works offline'));
    once.close();
    await away.context().setOffline(true);
    await away.reload();
    await away.waitForSelector('body[data-settled]');
    expect(await away.locator('.top .state').textContent()).toContain('Offline');
    await runSmall(away);
    await away.getByRole('button', { name: 'Take away' }).click();
    const { bytes } = await take(away, /^Table 1/, 'docx');
    expect(bytes.subarray(0, 2).toString()).toBe('PK');
    expect(said).toEqual([]);
    await away.context().close();
  }, 90_000);

  test('offers an update in words and takes it only when asked', async () => {
    const here = await open();
    await here.waitForFunction(() => document.querySelector('.top .state')?.textContent?.includes('Works offline'));
    const folder = await builtPage();
    const worker = readFileSync(join(folder, 'sw.js'), 'utf8');
    const next = worker.replace(/"version":"\w+"/, '"version":"next"');
    expect(next).not.toBe(worker);
    writeFileSync(join(folder, 'sw.js'), next);
    try {
      await here.evaluate(async () => (await navigator.serviceWorker.ready).update());
      await here.waitForFunction(() =>
        document.querySelector('.top .state')?.textContent?.includes('An update is there.'),
      );
      const caches = () =>
        here.evaluate(async () => (await globalThis.caches.keys()).map((name) => name.split(' ').at(-1)));
      const before = await caches();
      expect(before).toContain('next');
      expect(before).toHaveLength(2);
      // Nothing is forced: a reload stays with the build that is in use.
      await here.reload();
      await here.waitForFunction(() =>
        document.querySelector('.top .state')?.textContent?.includes('An update is there.'),
      );
      expect(await caches()).toHaveLength(2);
      await here.getByRole('button', { name: 'Reload with it' }).click();
      await here.waitForFunction(async () => {
        const names = await globalThis.caches.keys();
        return names.length === 1 && names[0].endsWith(' next');
      });
    } finally {
      writeFileSync(join(folder, 'sw.js'), worker);
    }
    await here.context().close();
  }, 60_000);

  test('runs as gravpanel serve gives it, under the policies of page and worker', async () => {
    const served = spawn(process.execPath, [program, 'serve', '--port', '0', '--quiet']);
    try {
      const [line] = (await once(served.stdout, 'data')) as [Buffer];
      const there = await (await browser.newContext()).newPage();
      const said = complaints(there);
      const response = await there.goto(String(line).trim());
      expect(response?.headers()['content-security-policy']).toContain("frame-ancestors 'none'");
      await there.waitForSelector('body[data-settled]');
      await runSmall(there);
      expect(await there.locator('.run-bar [role=status]').first().textContent()).not.toContain('failed');
      expect(said).toEqual([]);
      await there.context().close();
    } finally {
      served.kill('SIGINT');
    }
  }, 60_000);

  test('has asked nobody but its own server, and broken no policy', () => {
    expect(asked.length).toBeGreaterThan(50);
    const own = [server.url, ...origins];
    const foreign = asked.filter((url) => !own.some((origin) => url.replace(/^blob:/, '').startsWith(origin)));
    expect(foreign).toEqual([]);
    expect(heard).toEqual([]);
  });
});
