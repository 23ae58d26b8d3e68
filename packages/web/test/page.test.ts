/** The built page in chromium, and the same bits there as in Node for every estimate of both studies. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadKernels } from '@gravpanel/core-wasm';
import { type FitResult, type FitSpec, fitSpec, isFit, readTable, setPanel, type World } from '@gravpanel/panel';
import type { Browser, ConsoleMessage, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { createEngine } from '../src/engine/engine.ts';
import type { Row } from '../src/lib/speed/speed.svelte.ts';
import type { Answer, FitRequest, StudyFileMap, StudyFits } from '../src/protocol.ts';
import { builtPage, hasChromium, launch } from './built.ts';
import { serve } from './serve.ts';

const found = hasChromium('the page and the equality of bits in Node and chromium were');

const shared = (path: string) =>
  readFileSync(fileURLToPath(new URL(`../../../studies/${path}`, import.meta.url)), 'utf8');
const studies = fileURLToPath(new URL('../../../studies', import.meta.url));
const STUDIES = readdirSync(studies).filter((name) => existsSync(join(studies, name, 'study.yaml')));

/** A study's text and the bytes of the files that it names. */
function openedStudy(name: string): { text: string; files: Record<string, Uint8Array<ArrayBuffer>> } {
  const text = shared(`${name}/study.yaml`);
  const { data } = parse(text) as { data: { path: string; tables?: Record<string, { path: string }> } };
  const paths = [data.path, ...Object.values(data.tables ?? {}).map((table) => table.path)];
  return {
    text,
    files: Object.fromEntries(paths.map((path) => [path, new Uint8Array(readFileSync(join(studies, name, path)))])),
  };
}

const boundaries = (): World =>
  JSON.parse(readFileSync(createRequire(import.meta.url).resolve('world-atlas/countries-50m.json'), 'utf8'));

/** The 64 bits of a double as hexadecimal digits. */
function bits(value: number | undefined): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value ?? Number.NaN);
  return view.getBigUint64(0).toString(16).padStart(16, '0');
}

/** Every number of a column as bits, by name; a failed column by its error. */
function numbersOf(result: FitResult): Record<string, string> {
  if (!isFit(result)) return { failed: `${result.error.code} ${result.error.message}` };
  const { coefficients, parameters, loglik, covariance, certificate } = result;
  return Object.fromEntries([
    ['loglik', bits(loglik)],
    ['scaledGradient', bits(certificate.scaledGradient)],
    ...coefficients.flatMap((c) =>
      (['estimate', 'se', 'statistic', 'p', 'lower', 'upper'] as const).map((key) => [
        `${c.term} ${key}`,
        bits(c[key]),
      ]),
    ),
    ...parameters.flatMap((p) => [
      [p.name, bits(p.estimate)],
      [`${p.name} se`, bits(p.se)],
    ]),
    ...covariance.map((v, i) => [`covariance ${i}`, bits(v)]),
  ]);
}
const columnsOf = (fits: StudyFits) =>
  Object.fromEntries(
    Object.entries(fits).flatMap(([id, list]) => list.map((fit, i) => [`${id} (${i + 1})`, numbersOf(fit)])),
  );

describe.runIf(found)('the built page in chromium', () => {
  let folder = '';
  const messages: string[] = [];
  let server: Awaited<ReturnType<typeof serve>>;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    folder = await builtPage();
    server = await serve(folder);
    browser = await launch();
    page = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
    page.on('console', (message: ConsoleMessage) => messages.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => messages.push(`pageerror: ${error.message}`));
    await page.goto(server.url);
    await page.waitForSelector('body[data-settled]', { timeout: 30_000 });
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  test('shows a first visitor the finished table of the belt-road study', async () => {
    const table = (await page.locator('figure.table').first().textContent()) ?? '';
    const here = createEngine({
      kernels: loadKernels(),
      regions: () => import('@gravpanel/panel/regions'),
      world: async () => boundaries(),
    });
    const { text, files } = openedStudy('belt-road-copatents');
    here.setFiles(files);
    const run = await here.run(text, () => {});
    const [main] = run.report.sections[0].items;
    const cells = main.kind === 'table' ? main.body.flatMap((row) => row.cells.map((cell) => cell.text)) : [];
    expect(cells.length).toBeGreaterThan(60);
    for (const cell of cells) expect(table).toContain(cell);
    expect(table.replace(/\s/g, '')).toContain('261/450');
    expect(await page.locator('.run-bar [role=status]').first().textContent()).toContain('when the page was built');
  }, 240_000);

  test('asks for nothing but its own files, breaks no policy and logs nothing', async () => {
    expect(messages).toEqual([]);
    const own = /^\/(index\.html|sw\.js|manifest\.webmanifest|icon[\w.-]+|fonts-licence\.txt|assets\/[\w.-]+)?$/;
    expect(server.requests.filter((path) => !own.test(path))).toEqual([]);
    const html = readFileSync(join(folder, 'index.html'), 'utf8');
    expect(html).toContain("script-src 'self' 'wasm-unsafe-eval'");
    expect(html.replace(/<script [^>]*src="[^"]+"[^>]*><\/script>/g, '')).not.toMatch(/<script| on\w+=/);
  });

  test('follows the switch of colours', async () => {
    const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await page.locator('.theme select').selectOption('dark');
    expect(await paper()).toBe('rgb(17, 24, 29)');
    await page.locator('.theme select').selectOption('light');
    expect(await paper()).toBe('rgb(255, 255, 255)');
  });

  test.each(['data', 'study', 'run', 'audit', 'read'])('never scrolls sideways at 360 px: %s', async (station) => {
    await page.setViewportSize({ width: 360, height: 800 });
    await page.locator(`nav a[href="#/${station}"]`).first().click();
    await page.waitForSelector(`main h1`);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    // The sample stands under the station there, for the keyboard as for the eye.
    const tops = await page
      .locator('.page > .main, .page > .side')
      .evaluateAll((parts) => parts.map((part) => part.getBoundingClientRect().top));
    expect(tops).toEqual([...tops].sort((a, b) => a - b));
    await page.setViewportSize({ width: 1440, height: 1000 });
  });

  test('runs the study on this device, column by column', async () => {
    await page.locator('.run-bar button').first().click();
    await page.waitForFunction(
      () => document.querySelector('.run-bar [role=status]')?.textContent?.includes(' s on this device'),
      null,
      { timeout: 60_000 },
    );
    expect(await page.locator('figure.table').first().textContent()).toContain('Patents of China');
  }, 90_000);

  interface InPage {
    gravpanel: {
      setFiles(files: StudyFileMap): Promise<unknown>;
      fits(text: string): Promise<unknown>;
      fit(request: unknown, threads: number): Promise<unknown>;
    };
  }

  /** The fits of a study in the page; its files go over as text. */
  const fitsInPage = (text: string, files: Record<string, Uint8Array<ArrayBuffer>>) =>
    page.evaluate(
      async ([study, texts]) => {
        const { gravpanel } = globalThis as unknown as InPage;
        await gravpanel.setFiles(
          Object.fromEntries(Object.entries(texts).map(([path, csv]) => [path, new Blob([csv])])),
        );
        return gravpanel.fits(study);
      },
      [
        text,
        Object.fromEntries(Object.entries(files).map(([path, bytes]) => [path, new TextDecoder().decode(bytes)])),
      ] as const,
    ) as Promise<Answer<StudyFits>>;

  test('gives an error as data: code, message, hint and place cross the worker', async () => {
    const { text, files } = openedStudy('hhg-patents');
    const answer = await fitsInPage(text.replace('patents ~ logr + i(year)', 'patents ~ logrr + i(year)'), files);
    expect(answer).toMatchObject({
      ok: false,
      error: {
        code: expect.stringMatching(/unknown/),
        hint: expect.stringContaining('logr'),
        at: { line: expect.any(Number), column: expect.any(Number) },
      },
    });
  });

  test('gives a bootstrap the same bits in Node and on 1, 2 and 3 workers of the page', async () => {
    const csv = shared('hhg-patents/data/patents_rdus.csv');
    const vcov = { type: 'bootstrap', reps: 6000, seed: 3 } as const;
    const spec: FitSpec = { id: 'fit', model: 'nb-fe', formula: 'patents ~ logr', vcov };
    const frame = setPanel(readTable(csv, { name: 'patents' }), ['cusip'], 'year');
    const numbers = (results: FitResult[]) =>
      results.map((fit) => {
        if (!isFit(fit)) return fit;
        const { threads: _threads, ...resampling } = fit.resampling!;
        return { ...numbersOf(fit), resampling: JSON.stringify(resampling) };
      });
    const here = numbers(fitSpec(frame, spec, await loadKernels()));
    for (const threads of [1, 2, 3]) {
      const answer = (await page.evaluate(
        ([request, n]) => (globalThis as unknown as InPage).gravpanel.fit(request, n),
        [{ csv, name: 'patents', unit: ['cusip'], time: 'year', spec }, threads] as const,
      )) as Answer<FitResult[]>;
      expect(answer.ok ? 'ok' : answer.error).toBe('ok');
      const { value } = answer as { value: FitResult[] };
      expect(value.map((fit) => isFit(fit) && fit.resampling!.threads)).toEqual([threads]);
      expect(numbers(value)).toEqual(here);
    }
  }, 120_000);

  test('measures itself beside Node on its page of speed, and says where the numbers differ', async () => {
    const kernels = await loadKernels();
    const other = await browser.newPage();
    const heard: string[] = [];
    other.on('console', (message) => message.type() === 'error' && heard.push(message.text()));
    await other.route('**/node', async (route) => {
      const { request, times } = route.request().postDataJSON() as { request: FitRequest; times: number };
      const { csv, name, unit, time, spec } = request;
      const start = performance.now();
      const fits = fitSpec(setPanel(readTable(csv, { name }), unit, time), spec, kernels).filter(isFit);
      // One that is asked for alone, and no bootstrap, is answered with its first estimate off by one bit.
      if (times === 1 && spec.vcov?.type !== 'bootstrap') fits[0].coefficients[0].estimate *= 1 + 2 ** -52;
      await route.fulfill({ json: { seconds: (performance.now() - start) / 1000, fits } });
    });
    await other.goto(`${server.url}#/speed/node`);
    await other.waitForSelector('body[data-settled]');
    await other.locator('main input').fill('1');
    await other.getByRole('button', { name: 'Measure' }).click();
    await other.waitForSelector('table[data-results]', { timeout: 60_000 });
    const rows = JSON.parse((await other.locator('table').getAttribute('data-results'))!) as Row[];
    expect(rows.map(({ task, node }) => [task, node?.same])).toEqual([
      ['fits', true],
      ['draws', true],
      ['alone', false],
    ]);
    for (const { page: here, node } of rows) {
      expect(here).toBeGreaterThan(0);
      // One round: the ratio is that of its two times.
      expect(node!.ratio).toBe(node!.seconds / here);
    }
    expect(await other.locator('tbody tr').last().textContent()).toContain('other bits');
    expect(heard).toEqual([]);
    await other.close();
  }, 60_000);

  test.each(STUDIES)(
    '%s: every estimate has the same bits in Node and in chromium',
    async (name) => {
      const { text, files } = openedStudy(name);
      const engine = createEngine({
        kernels: loadKernels(),
        regions: () => import('@gravpanel/panel/regions'),
        world: async () => boundaries(),
      });
      engine.setFiles(files);
      const here = columnsOf(await engine.fits(text));
      const answer = await fitsInPage(text, files);
      expect(answer.ok ? 'ok' : answer.error).toBe('ok');
      const there = columnsOf((answer as { value: StudyFits }).value);
      expect(there).toEqual(here);
      // A study of records alone estimates nothing.
      if (text.includes('models:')) expect(Object.keys(there).length).toBeGreaterThan(5);
    },
    120_000,
  );
});
