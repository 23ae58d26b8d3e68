/** The built page in chromium, and the same bits there as in Node for every estimate of both studies. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadKernels } from '@gravpanel/core-wasm';
import { type FitResult, type FitSpec, fitSpec, isFit, readTable, setPanel } from '@gravpanel/panel';
import { type Browser, type ConsoleMessage, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fitStudy } from '../src/estimate.ts';
import type { Answer, StudyFits } from '../src/protocol.ts';
import { serve } from './serve.ts';

const CHROMIUM = process.env.GRAVPANEL_CHROMIUM ?? '/usr/bin/chromium';
const found = existsSync(CHROMIUM);
if (!found) {
  const words = `${CHROMIUM} is missing: the page and the equality of bits in Node and chromium were NOT tested (apt install chromium).`;
  if (process.env.CI === 'true') throw new Error(words);
  process.stderr.write(`${words}\n`);
}

const shared = (path: string) =>
  readFileSync(fileURLToPath(new URL(`../../../studies/${path}`, import.meta.url)), 'utf8');
const STUDIES = [
  { name: 'hhg-patents', data: 'hhg-patents/data/patents_rdus.csv' },
  { name: 'china-copublications', data: 'china-copublications/data/panel.csv' },
];

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
  const folder = mkdtempSync(join(tmpdir(), 'gravpanel-web-'));
  const messages: string[] = [];
  let server: Awaited<ReturnType<typeof serve>>;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    const root = fileURLToPath(new URL('..', import.meta.url));
    await build({ root, logLevel: 'error', build: { outDir: folder, emptyOutDir: true } });
    server = await serve(folder);
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
    page = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
    page.on('console', (message: ConsoleMessage) => messages.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => messages.push(`pageerror: ${error.message}`));
    await page.goto(server.url);
    await page.waitForSelector('body[data-settled]', { timeout: 30_000 });
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('shows the nb-fe table of the patents panel, with its certificate', async () => {
    const table = await page.locator('figure.table').textContent();
    // test-fixtures/certified: patents_rdus, fe_nb, logr 0.391663922…
    expect(table).toContain('0.392');
    expect((table ?? '').replace(/\s/g, '')).toMatch(/3,?380\/3,?460/);
    const facts = await page.locator('#facts').textContent();
    expect(facts).toMatch(/Starts that agree\s*3 of 3/);
    expect(facts).toMatch(/Fitting\s*\d+ ms/);
  });

  test('asks for nothing but its own files, breaks no policy and logs nothing', async () => {
    expect(messages).toEqual([]);
    expect(server.requests.every((path) => /^\/(index\.html|assets\/[\w.-]+)?$/.test(path))).toBe(true);
    const html = readFileSync(join(folder, 'index.html'), 'utf8');
    expect(html).toContain("script-src 'self' 'wasm-unsafe-eval'");
    expect(html.replace(/<script [^>]*src="[^"]+"[^>]*><\/script>/g, '')).not.toMatch(/<script| on\w+=/);
  });

  test('follows the switch of colours', async () => {
    const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await page.locator('label[for=theme-dark]').click();
    expect(await paper()).toBe('rgb(17, 24, 29)');
    await page.locator('label[for=theme-light]').click();
    expect(await paper()).toBe('rgb(255, 255, 255)');
  });

  test('never scrolls sideways at 360 px', async () => {
    await page.setViewportSize({ width: 360, height: 800 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await page.setViewportSize({ width: 1440, height: 1000 });
  });

  const runInPage = (yaml: string, csv: string) =>
    page.evaluate(
      ([y, c]) =>
        (
          globalThis as unknown as { gravpanel: { runStudyText(y: string, c: string): Promise<unknown> } }
        ).gravpanel.runStudyText(y, c),
      [yaml, csv],
    ) as Promise<Answer<StudyFits>>;

  test('gives an error as data: code, message and hint cross the worker', async () => {
    const yaml = shared('hhg-patents/study.yaml').replace('patents ~ logr + i(year)', 'patents ~ logrr + i(year)');
    const answer = await runInPage(yaml, shared('hhg-patents/data/patents_rdus.csv'));
    expect(answer).toMatchObject({
      ok: false,
      error: { code: expect.stringMatching(/unknown/), hint: expect.stringContaining('logr') },
    });
  });

  test('gives a bootstrap the same bits in Node and on 1, 2 and 3 workers of the page', async () => {
    const csv = shared('hhg-patents/data/patents_rdus.csv');
    const vcov = { type: 'bootstrap', reps: 3000, seed: 3 } as const;
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
        ([request, n]) =>
          (globalThis as unknown as { gravpanelResampled(r: unknown, n: number): Promise<unknown> }).gravpanelResampled(
            request,
            n as number,
          ),
        [{ csv, name: 'patents', unit: ['cusip'], time: 'year', spec }, threads] as const,
      )) as Answer<FitResult[]>;
      expect(answer.ok ? 'ok' : answer.error).toBe('ok');
      const { value } = answer as { value: FitResult[] };
      expect(value.map((fit) => isFit(fit) && fit.resampling!.threads)).toEqual([threads]);
      expect(numbers(value)).toEqual(here);
    }
  }, 120_000);

  test.each(STUDIES)(
    '$name: every estimate has the same bits in Node and in chromium',
    async ({ name, data }) => {
      const [yaml, csv] = [shared(`${name}/study.yaml`), shared(data)];
      const here = columnsOf(await fitStudy(yaml, csv, await loadKernels()));
      const answer = await runInPage(yaml, csv);
      expect(answer.ok ? 'ok' : answer.error).toBe('ok');
      const there = columnsOf((answer as { value: StudyFits }).value);
      expect(Object.keys(there).length).toBeGreaterThan(10);
      expect(there).toEqual(here);
    },
    120_000,
  );
});
