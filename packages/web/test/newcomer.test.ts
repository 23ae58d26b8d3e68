/** A newcomer's path over the built page: a table with repeated rows, its study, estimates, replicates held and resumed, a Word file. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { loadKernels } from '@gravpanel/core-wasm';
import { createPool, isFit } from '@gravpanel/panel';
import { strFromU8, unzipSync } from 'fflate';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runBoot } from '../src/engine/boot.ts';
import { createEngine } from '../src/engine/engine.ts';
import { choose, complaints, goTo, run, take, textFile } from './acting.ts';
import { builtPage, hasChromium, launch } from './built.ts';
import { serve } from './serve.ts';

const office = spawnSync('soffice', ['--version']).status === 0;
if (!office) {
  const words =
    'soffice is missing: that LibreOffice opens the Word file of the page was NOT tested (apt install libreoffice-writer).';
  if (process.env.CI === 'true') throw new Error(words);
  process.stderr.write(`${words}\n`);
}

/** The paper's design over the shipped panel, as somebody's own file. */
const CLEAN = readFileSync(
  fileURLToPath(new URL('../../../studies/belt-road-copatents/data/panel.csv', import.meta.url)),
  'utf8',
);
const AGAIN = [3, 4, 47, 120, 121, 122, 300, 449];
/** Each of some rows a second time, further down. */
const DIRTY = (() => {
  const [header, ...rows] = CLEAN.trimEnd().split('\n');
  return `${[header, ...rows, ...AGAIN.map((i) => rows[i])].join('\n')}\n`;
})();
const study = (duplicates: string) => `version: 1
title: My partners
data: { path: mine.csv, unit: partner, time: year${duplicates} }
derive:
  lnpatent1: log(patent1)
  lnpatent2: log(patent2)
  lngd: log(dist_km * wti)
models:
  full: { model: nb-fe, formula: "collaboration ~ lnpatent1 + lnpatent2 + lngd + csw0(in, re, gdp, tig, lan)", lag: 1 }
`;
const COLUMN = 2;
const REPS = 40_000;
const SEED = 11;

/** The replicates of a column, drawn in one piece in Node from the table as it was before rows were repeated. */
async function undisturbed() {
  const kernels = await loadKernels();
  const engine = createEngine({
    kernels: loadKernels(),
    world: () => Promise.reject(),
    regions: () => Promise.reject(),
  });
  engine.setFiles({ 'mine.csv': new TextEncoder().encode(CLEAN) });
  const opened = await engine.open(study(''));
  const alone = createPool({
    threads: 1,
    start: () => {
      throw new Error('One thread needs no workers.');
    },
    now: () => performance.now(),
    breathe: async () => {},
  });
  const view = await runBoot(
    opened,
    { model: 'full', column: COLUMN, reps: REPS, seed: SEED },
    {
      kernels,
      pool: alone,
      store: { begin: async () => [], add: () => {}, remove: async () => {} },
      onEvent: () => {},
    },
  );
  const { full } = await engine.fits(study(''));
  return { view, fits: full };
}

/** Text of a table as it stands on the page. */
const shown = (page: Page, selector: string) =>
  page.locator(selector).evaluateAll((cells) => cells.map((cell) => cell.textContent?.replace(/\s+/g, '')));

describe.runIf(hasChromium('the path from a dropped table to a Word file was'))('a newcomer', () => {
  const work = mkdtempSync(join(tmpdir(), 'gravpanel-newcomer-'));
  let server: Awaited<ReturnType<typeof serve>>;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let heard: string[];
  let expected: Awaited<ReturnType<typeof undisturbed>>;

  const status = () => page.locator('.boot [role=status]').textContent();
  const done = async () => Number((await page.locator('.boot .count b').textContent())?.replace(/\D/g, ''));
  const ask = async () => {
    await page.locator('.boot select').selectOption({ label: `full (${COLUMN})` });
    await page.locator('.boot input').first().fill(String(REPS));
    await page.locator('.boot input').nth(1).fill(String(SEED));
  };
  const button = (name: RegExp) => page.locator('.boot').getByRole('button', { name });

  beforeAll(async () => {
    server = await serve(await builtPage());
    browser = await launch();
    context = await browser.newContext({ viewport: { width: 1440, height: 1000 } });
    page = await context.newPage();
    heard = complaints(page);
    await page.goto(server.url);
    await page.waitForSelector('body[data-settled]', { timeout: 30_000 });
    expected = await undisturbed();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    server?.close();
    rmSync(work, { recursive: true, force: true });
  });

  test('drops a table, sees which rows repeat, and mends them by a click that is written into the study', async () => {
    await choose(page, [textFile('mine.csv', DIRTY)]);
    await page.waitForSelector('.fix .choices');
    expect(await page.locator('.fix').first().textContent()).toContain('data/duplicate-rows');
    expect(await page.locator('.ask').textContent()).toContain(`${AGAIN.length} rows repeat`);
    // The map of the panel shows them, in words and in the colour of contradictions.
    expect(await page.locator('.map h3').textContent()).toContain(`${AGAIN.length} cells with several rows`);
    const red = await page.locator('.map canvas').evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      let found = 0;
      for (let i = 0; i < data.length; i += 4) if (data[i] === 168 && data[i + 1] === 50 && data[i + 2] === 26) found++;
      return found / (data.length / 4);
    });
    // Eight of 45 × 10 cells, less the gaps between cells.
    expect(red).toBeGreaterThan(0.5 * (AGAIN.length / 450));
    expect(red).toBeLessThan(1.1 * (AGAIN.length / 450));
    const mended = () => page.locator('.note', { hasText: 'Rows that repeat' }).first();
    await page.getByRole('button', { name: 'Add them up' }).click();
    await mended().waitFor();
    expect(await mended().textContent()).toContain('they were added up');
    await mended().getByRole('button', { name: 'Undo' }).click();
    await page.waitForSelector('.fix .choices');
    await page.getByRole('button', { name: 'Keep the first' }).click();
    await mended().waitFor();
    expect(await mended().textContent()).toContain('the first row of each was kept');
    expect(await page.locator('.map h3').textContent()).toBe('Panel: 45 × 10no gaps');
    await goTo(page, 'study');
    expect(await page.locator('.cm-content').textContent()).toContain('duplicates: first');
  }, 60_000);

  test('writes the study and runs it, and its estimates appear column by column', async () => {
    await page.locator('.cm-content').click();
    await page.keyboard.press('ControlOrMeta+a');
    await page.locator('.cm-content').evaluate((editor, text) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', text);
      editor.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    }, study(', duplicates: first'));
    await page.waitForFunction(() => document.querySelector('.top .study')?.textContent === 'My partners');
    await goTo(page, 'run');
    await page.evaluate(() => {
      const seen = new Set<number>();
      Object.assign(globalThis, { seen });
      new MutationObserver(() => {
        const heads = [...document.querySelectorAll('.results figure.table thead tr:last-child th')];
        const columns = heads.filter((th) => /^\(\d\)$/.test(th.textContent?.trim() ?? '')).length;
        if (document.querySelector('.run-bar.running') && columns > 0) seen.add(columns);
      }).observe(document.querySelector('.results')!, { childList: true, subtree: true });
    });
    await run(page);
    const seen = await page.evaluate(() => [...(globalThis as unknown as { seen: Set<number> }).seen]);
    expect(seen).toEqual([1, 2, 3, 4, 5, 6]);
    const text = (await shown(page, '.results figure.table tbody td')).join(' ');
    for (const fit of expected.fits)
      for (const { estimate } of isFit(fit) ? fit.coefficients.slice(0, 3) : [])
        expect(text).toContain(Math.abs(estimate).toFixed(3));
  }, 60_000);

  test('holds the bootstrap, lets it go on, and stops it within 200 ms of the click', async () => {
    await ask();
    await button(/^Draw$/).click();
    await page.waitForSelector('.boot .count');
    await button(/^Pause$/).click();
    // What was being drawn comes in.
    await page.waitForTimeout(250);
    const held = await done();
    await page.waitForTimeout(350);
    expect(await done()).toBe(held);
    expect(await page.locator('.boot .count').textContent()).toContain('Paused');
    expect(held).toBeLessThan(REPS);
    const waits: number[] = [];
    // The quickest of a few: a machine that is busy with other things makes any one of them late.
    for (let i = 0; i < 3 && !(Math.min(...waits) < 200); i++) {
      await button(i === 0 ? /^Go on$/ : /^Go on from/).click();
      await page.waitForFunction(
        (before) => Number(document.querySelector('.boot .count b')?.textContent?.replace(/\D/g, '')) > before,
        held,
      );
      waits.push(
        await page.evaluate(
          () =>
            new Promise<number>((resolve) => {
              const boot = document.querySelector('.boot')!;
              const cancel = [...boot.querySelectorAll('button')].find((one) => one.textContent?.startsWith('Cancel'))!;
              const start = performance.now();
              new MutationObserver(() => {
                if (boot.querySelector('[role=status]')?.textContent?.startsWith('Stopped.'))
                  resolve(performance.now() - start);
              }).observe(boot, { childList: true, subtree: true, characterData: true });
              cancel.click();
            }),
        ),
      );
    }
    expect(Math.min(...waits)).toBeLessThan(200);
    expect(await status()).toMatch(/^Stopped\. [\d,]+ of 40,000 replicates are kept/);
  }, 60_000);

  test('goes on after a reload from what is kept, to the very replicates of a run that nothing disturbed', async () => {
    await page.reload();
    await page.waitForSelector('body[data-settled]');
    // The study and its data are kept too.
    await page.waitForFunction(() => document.querySelector('.top .study')?.textContent === 'My partners');
    await goTo(page, 'run');
    // So is what was asked for: nobody need know it by heart to go on.
    await button(/^Go on from [\d,]+$/).waitFor();
    expect(await page.locator('.boot select').inputValue()).toBe(`full ${COLUMN}`);
    const asked = await page
      .locator('.boot input')
      .evaluateAll((all) => all.map((one) => (one as HTMLInputElement).value));
    expect(asked).toEqual([REPS, SEED].map(String));
    await page.locator('.boot input').first().fill('1.5');
    expect(await status()).toContain('from 2 to 1,000,000');
    await page.locator('.boot input').first().fill(String(REPS));
    await button(/^Go on from [\d,]+$/).waitFor();
    const kept = Number((await button(/^Go on from/).textContent())?.replace(/\D/g, ''));
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(REPS);
    await button(/^Go on from/).click();
    await page.waitForSelector('.drawn', { timeout: 45_000 });
    expect(await page.locator('.drawn').getAttribute('data-draws')).toBe(expected.view.sha256);
    const { body } = expected.view.table;
    expect((await shown(page, '.drawn > figure.table tbody td')).filter(Boolean)).toEqual(
      body.flatMap(({ cells }) => cells.map(({ text }) => text.replace(/\s+/g, ''))).filter(Boolean),
    );
  }, 90_000);

  /** Bootstraps that are written to this browser. */
  const written = () =>
    page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          const asked = indexedDB.open('gravpanel-study');
          asked.onsuccess = () => {
            const study = asked.result.transaction('study').objectStore('study').get('now');
            study.onsuccess = () => {
              asked.result.close();
              resolve(study.result?.boots?.length ?? 0);
            };
          };
        }),
    );

  test('has the finished bootstrap after another reload, and says when the data are no longer its own', async () => {
    const drawn = await shown(page, '.drawn > figure.table tbody td');
    expect(await page.locator('.finished').textContent()).toMatch(/at most 2 MB: now 1, \d+ kB/);
    await expect.poll(written).toBe(1);
    await page.reload();
    await page.waitForSelector('body[data-settled]');
    await goTo(page, 'read');
    await page.waitForSelector('#s-bootstrap > figure.table');
    expect(await shown(page, '#s-bootstrap > figure.table tbody td')).toEqual(drawn);
    await goTo(page, 'run');
    await page.waitForSelector('.drawn:not(.stale)');
    expect(await page.locator('.drawn').getAttribute('data-draws')).toBe(expected.view.sha256);
    expect(await shown(page, '.drawn > figure.table tbody td')).toEqual(drawn);
    expect(await status()).toMatch(/^40,000 replicates in /);
    expect(
      await page.locator('.boot input').evaluateAll((all) => all.map((one) => (one as HTMLInputElement).value)),
    ).toEqual([REPS, SEED].map(String));
    // One patent more in a row that is used.
    const used = ',2012,38,8376,371,';
    expect(DIRTY).toContain(used);
    await choose(page, [textFile('mine.csv', DIRTY.replaceAll(used, used.replace('371', '372')))]);
    await goTo(page, 'run');
    await page.waitForSelector('.drawn.stale');
    expect(await page.locator('.drawn').textContent()).toContain('other data');
    await choose(page, [textFile('mine.csv', DIRTY)]);
    await goTo(page, 'run');
    await page.waitForSelector('.drawn:not(.stale)');
    await page.getByRole('button', { name: 'Forget them' }).click();
    await page.locator('.drawn').waitFor({ state: 'detached' });
    await expect.poll(written).toBe(0);
  }, 60_000);

  test('takes a Word file away that opens, with the numbers of the table', async () => {
    await run(page);
    await page.getByRole('button', { name: 'Take away' }).click();
    const { name, bytes } = await take(page, /^Table 1/, 'docx');
    await page.getByRole('button', { name: 'Close' }).click();
    const file = join(work, name);
    writeFileSync(file, bytes);
    const cells = expected.fits.flatMap((fit) =>
      isFit(fit)
        ? fit.coefficients.filter(({ term }) => term !== '(Intercept)').flatMap(({ estimate, se }) => [estimate, se])
        : [],
    );
    expect(cells.length).toBe(2 * (3 + 4 + 5 + 6 + 7 + 8));
    const holds = (text: string) => {
      for (const cell of cells) expect(text).toContain(Math.abs(cell).toFixed(3));
    };
    holds(strFromU8(unzipSync(new Uint8Array(bytes))['word/document.xml']));
    if (!office) return;
    const profile = `-env:UserInstallation=${pathToFileURL(join(work, 'profile'))}`;
    spawnSync('soffice', ['--headless', profile, '--convert-to', 'html', '--outdir', work, file], { stdio: 'ignore' });
    holds(readFileSync(file.replace(/docx$/, 'html'), 'utf8'));
  }, 90_000);

  test('has broken no policy on the way', () => {
    expect(heard).toEqual([]);
  });
});
