/** The report in a browser: what axe finds, that nothing scrolls sideways, and what stands on the first printed page. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import { parseHTML } from 'linkedom';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditPublished } from '../../src/audit.ts';
import { readPublished } from '../../src/audit-read.ts';
import { renderAuditPage } from '../../src/render/audit.ts';
import { renderReport } from '../../src/render/report.ts';
import { pictures } from '../figures-of.ts';
import { paperReport } from '../paper-report.ts';
import { textOf } from '../study-of.ts';
import { missingPart } from './parts.ts';

const CHROMIUM = process.env.GRAVPANEL_CHROMIUM ?? '/usr/bin/chromium';
const found = existsSync(CHROMIUM);
if (!found) missingPart('chromium', 'the report in a browser');
const pdftotext = spawnSync('pdftotext', ['-v']).status !== null && spawnSync('pdftotext', ['-v']).error === undefined;
if (!pdftotext) missingPart('poppler-utils', 'the first printed page');

const { document } = parseHTML('<html><body></body></html>');
/** The paper's report with one figure of every kind. */
const report = {
  ...paperReport,
  sections: [...paperReport.sections, { id: 'pictures', title: 'Every kind of figure', prose: [], items: pictures }],
};
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

describe.runIf(found)('the report in chromium', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gravpanel-page-'));
  const file = join(folder, 'report.html');
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    writeFileSync(file, renderReport(report, { document }));
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
    page = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
    await page.goto(`file://${file}`);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(width: number, colorScheme: 'light' | 'dark') {
    await page.setViewportSize({ width, height: 1000 });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  }

  it.each([
    [1440, 'light'],
    [360, 'dark'],
  ] as const)('gives axe nothing to find at %i px, %s', async (width, theme) => {
    await open(width, theme);
    await findsNothing();
  });

  /** What axe finds on the page as it stands. */
  async function findsNothing() {
    await page.evaluate(axeSource);
    const { violations, passes } = (await page.evaluate('axe.run()')) as AxeResults;
    expect(
      violations.map(
        ({ id, nodes }) =>
          `${id}: ${nodes
            .map((n) => n.html)
            .slice(0, 3)
            .join(' | ')}`,
      ),
    ).toEqual([]);
    // A run that tested nothing would find nothing either.
    expect(passes.map(({ id }) => id)).toEqual(expect.arrayContaining(['color-contrast', 'region']));
  }

  it.each([
    [1440, 'light'],
    [360, 'dark'],
  ] as const)('gives axe nothing to find on the page of an audit at %i px, %s', async (width, theme) => {
    const published = readPublished(textOf('studies/belt-road-copatents/published.yaml'), { file: 'published.yaml' });
    const audit = join(folder, 'audit.html');
    writeFileSync(audit, renderAuditPage(auditPublished(published), published));
    await page.goto(`file://${audit}`);
    await open(width, theme);
    await findsNothing();
    const sideways = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
    expect(await page.evaluate<number>(sideways)).toBeLessThanOrEqual(0);
    await page.goto(`file://${file}`);
  });

  it.each([360, 768, 1440])('never scrolls sideways at %i px', async (width) => {
    await open(width, 'light');
    const [scroll, client] = await page.evaluate<[number, number]>(
      '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
    );
    expect(scroll).toBeLessThanOrEqual(client);
  });

  it('shows one column at a time on a narrow page, and the one that is chosen', async () => {
    await open(360, 'light');
    const shown = () =>
      page.evaluate<string[]>(
        `[...document.querySelectorAll('#t-main tbody tr:first-child td.n')].filter((td) => td.offsetParent).map((td) => td.textContent)`,
      );
    expect(await shown()).toEqual(['0.718***']);
    await page.locator('#t-main .tabs label', { hasText: '(2)' }).click();
    expect(await shown()).toEqual(['0.910***']);
  });

  it('gives whole cells to who copies a table', async () => {
    await open(1440, 'light');
    const text = await page.evaluate<string>(`(() => {
      const range = document.createRange();
      range.selectNode(document.querySelector('#t-main tbody'));
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      return getSelection().toString();
    })()`);
    expect(text).toContain('1.023***\t0.910***\t0.880***\t0.783***\t0.723***\t0.718***');
    expect(text).toContain('(0.150)\t(0.150)\t(0.151)\t(0.157)\t(0.160)\t(0.145)');
  });

  it.runIf(pdftotext)(
    'prints question, sample and main table with its notes on the first page, A4 and Letter',
    async () => {
      for (const format of ['A4', 'Letter'] as const) {
        const pdf = join(folder, `${format}.pdf`);
        writeFileSync(pdf, await page.pdf({ format, preferCSSPageSize: format === 'A4' }));
        const text = execFileSync('pdftotext', ['-f', '1', '-l', '1', '-layout', pdf, '-'], { encoding: 'utf8' });
        const plain = text.replace(/\s+/g, ' ');
        expect(plain).toContain('invent together with China?');
        expect(plain).toContain('Rows used');
        expect(plain).toMatch(/Table 8\. Co-patents and gravity/);
        expect(plain).toMatch(/1\.023\*\*\* 0\.910\*\*\* 0\.880\*\*\*/);
        expect(plain).toContain('Standard errors in parentheses');
      }
    },
  );
});
