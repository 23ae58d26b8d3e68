/** What a reader does in the built page with a study of their own: the form beside its text. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { complaints } from './acting.ts';
import { builtPage, hasChromium, launch } from './built.ts';
import { serve } from './serve.ts';

const TEXT = readFileSync(
  fileURLToPath(new URL('../../../studies/belt-road-copatents/study.yaml', import.meta.url)),
  'utf8',
);

/** Columns of the models beside the first: one each, two where it is split. */
const OTHERS = Object.values((parse(TEXT) as { models: Record<string, { split?: unknown }> }).models)
  .slice(1)
  .reduce((sum, { split }) => sum + (split ? 2 : 1), 0);

/** A study with comments, an order and a layout of its own. */
const OWN = `version: 1
title: A small panel # of nobody
data: { path: panel.csv, unit: id, time: year } # the table
models:
  # the one that counts
  base:
    model: poisson
    formula: "y ~ x + z" # two terms
variables:
  x: { label: First } # named
`;
const PANEL = `id,year,y,x,z\n${Array.from({ length: 72 }, (_, i) => {
  const [unit, year] = [1 + Math.floor(i / 6), 2001 + (i % 6)];
  return `${unit},${year},${(unit * 7919 + year * 104729) % 13},${((i * 37) % 101) / 100},${((i * 53) % 97) / 97}`;
}).join('\n')}\n`;

describe.runIf(hasChromium('the form of the study was'))('the form of the study', () => {
  let server: Awaited<ReturnType<typeof serve>>;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    server = await serve(await builtPage());
    browser = await launch();
    page = await browser.newPage({ viewport: { width: 1440, height: 1000 }, reducedMotion: 'reduce' });
    await page.goto(`${server.url}#/study`);
    await page.waitForSelector('body[data-settled]', { timeout: 30_000 });
    await page.waitForSelector('.editor.ready');
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  const formula = () => page.locator('.formula textarea').inputValue();
  const until = (words: string | RegExp) => page.locator('.form h1 [role=status]').filter({ hasText: words }).waitFor();
  /** Lines of the text that are tinted because the form is at them. */
  const tinted = () =>
    page.evaluate(() =>
      [...document.querySelector('.editor')!.shadowRoot!.querySelectorAll('.cm-part')].map((line) =>
        line.textContent!.trim(),
      ),
    );

  test('shows the count, each term with label and unit, and the lines of the text that it is at', async () => {
    const { variables } = parse(TEXT);
    const rows = page.locator('.form li').filter({ has: page.locator('.term') });
    const shown = await rows.evaluateAll((all) =>
      all.map((row) => [
        row.querySelector('.term')!.textContent,
        ...[...row.querySelectorAll<HTMLInputElement>('.names input')].map(({ value }) => value),
      ]),
    );
    const terms = ['collaboration', 'lnpatent1', 'lnpatent2', 'lngd', 'in', 're', 'gdp', 'tig', 'lan'];
    expect(shown).toEqual(terms.map((term) => [term, variables[term].label, variables[term].unit]));
    await page.getByRole('textbox', { name: 'Label of tig' }).focus();
    await page.waitForFunction(() => document.querySelector('.editor')!.shadowRoot!.querySelector('.cm-part'));
    expect((await tinted()).slice(0, 2)).toEqual(['tig:', 'label: Common border']);
  });

  test('shows the rows that a step of the sample took, in a list and on the map', async () => {
    const step = page.locator('.waterfall button.label').nth(1);
    const map = () => page.locator('.panel-map canvas').evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
    const before = await map();
    await step.click();
    await page.waitForSelector('.dropped table');
    expect(await page.locator('.dropped tbody tr').count()).toBe(16);
    expect(await page.locator('.dropped tbody tr').first().textContent()).toMatch(/2009–2017$/);
    expect(await step.getAttribute('aria-pressed')).toBe('true');
    expect(await map()).not.toBe(before);
    await step.click();
    await page.locator('.dropped').waitFor({ state: 'detached' });
    expect(await map()).toBe(before);
    // The last line of the map: a partner without any count.
    const { height } = (await page.locator('.panel-map canvas').boundingBox())!;
    await page.locator('.panel-map canvas').click({ position: { x: 20, y: height - 2 } });
    await page.waitForSelector('.dropped p');
    expect(await page.locator('.dropped').textContent()).toMatch(
      /Lost to the lag: 2008\s*In units without any count \(16\): 2009–2017/,
    );
  });

  test('edits labels, units, steps, effects, periods and standard errors, and checks them before anything is run', async () => {
    await until(`${OTHERS + 6} columns`);
    await page.getByRole('textbox', { name: 'Label of lngd' }).fill('Distance, in oil');
    await page.getByRole('textbox', { name: 'Unit of lngd' }).fill('');
    await page.getByRole('combobox', { name: 'How lngd enters' }).selectOption('turn');
    await expect.poll(formula).toBe('collaboration ~ lnpatent1 + lnpatent2 + csw0(in, re, gdp, tig, lan, lngd)');
    await page.getByRole('combobox', { name: 'How these terms are added' }).selectOption('sw');
    await until(`${OTHERS + 6} columns`);
    await page.getByRole('button', { name: 'lnpatent2', exact: true }).click();
    await page.locator('.more:not([hidden]) select').selectOption('2');
    await page.getByLabel('Lag of all').selectOption('0');
    await page.locator('#f-split').selectOption('at');
    await page.getByLabel('First period of the later part').selectOption('2012');
    await page.locator('#f-vcov').selectOption('cluster');
    await page.getByLabel('A further term').fill('log(dist_km)');
    await page.keyboard.press('Enter');
    await expect
      .poll(formula)
      .toBe('collaboration ~ lnpatent1 + l(lnpatent2, 2) + log(dist_km) + sw(in, re, gdp, tig, lan, lngd)');
    // Two periods times six steps, beside the other models.
    await until(`${OTHERS + 12} columns`);
    expect(await page.locator('.waterfall li').first().textContent()).toContain('Rows read');
    expect(await page.locator('.identification').textContent()).toContain('Distance, in oil');
  }, 60_000);

  /** What the page keeps in this browser, read as any script of the page could read it. */
  const kept = () =>
    page.evaluate(
      () =>
        new Promise<{ text: string; files: string[]; run: boolean } | undefined>((resolve) => {
          const asked = indexedDB.open('gravpanel-study');
          asked.onupgradeneeded = () => asked.transaction!.abort();
          asked.onerror = () => resolve(undefined);
          asked.onsuccess = () => {
            const stores = asked.result.transaction(['study', 'files']);
            const study = stores.objectStore('study').get('now');
            const files = stores.objectStore('files').get('now');
            stores.oncomplete = () => {
              asked.result.close();
              resolve(
                study.result && {
                  text: study.result.text,
                  files: Object.keys(files.result),
                  run: 'run' in study.result,
                },
              );
            };
          };
        }),
    );

  test('copies a model, renames it, offers what its estimator takes, and takes it out with all that names it', async () => {
    const text = async () => (await kept())?.text ?? '';
    const options = (id: string) =>
      page.locator(`#${id} option`).evaluateAll((all) => all.map((one) => (one as HTMLOptionElement).value));
    await expect.poll(text).toContain('log(dist_km)');
    const before = await text();
    await page.locator('#f-model').selectOption('full');
    expect(await page.locator('#f-inefficiency, #f-distribution, #f-effects-u').count()).toBe(0);
    await page.getByRole('button', { name: 'Copy', exact: true }).click();
    await page.locator('#f-name').fill('period');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#f-name[aria-invalid=true]');
    await page.locator('#f-name').fill('mine');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('#f-model').inputValue()).toBe('mine');
    await page.locator('#f-split').selectOption('');
    await page.locator('#f-estimator').selectOption('frontier');
    await page.locator('#f-effects-u').waitFor();
    expect(await page.getByRole('checkbox', { name: 'Noise beside it' }).count()).toBe(0);
    await page.locator('#f-distribution').selectOption('truncated-normal');
    await page.locator('#f-inefficiency').selectOption('decay');
    await page.locator('#f-effects-u').waitFor({ state: 'detached' });
    expect(await options('f-vcov')).not.toContain('hc1');
    await page.locator('#f-estimator').selectOption('poisson-frontier');
    await expect.poll(() => options('f-inefficiency')).toEqual(['rows', 'units']);
    await page.getByRole('checkbox', { name: 'Noise beside it' }).check();
    await page.getByLabel('add to a table').selectOption({ label: 'period' });
    await expect.poll(async () => parse(await text()).models.mine?.noise).toBe(true);
    const { models, tables } = parse(await text());
    expect(Object.keys(models).slice(0, 2)).toEqual(['full', 'mine']);
    expect(models.mine).toEqual({
      model: 'poisson-frontier',
      formula: models.full.formula,
      vcov: models.full.vcov,
      noise: true,
    });
    expect([tables['full-2'], tables.period.models]).toEqual([{ models: ['mine'] }, ['period', 'mine']]);
    const removed = async (name: string) => {
      await page.getByRole('button', { name: 'Take out', exact: true }).click();
      const said = await page.locator('.ask').textContent();
      expect(said).toContain(`Take “${name}” out?`);
      await page.getByRole('button', { name: 'Take it out' }).click();
      return said;
    };
    const said = await removed('mine');
    for (const words of ['Table “full-2”: the whole table', 'Table “period”: its columns'])
      expect(said).toContain(words);
    await expect.poll(text).toBe(before);
    await page.locator('#f-model').selectOption('full');
    expect(await removed('full')).toContain('Test: hausman');
    await expect.poll(async () => parse(await text()).tests).toBeUndefined();
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(text).toBe(before);
    await expect.poll(() => page.locator('#f-model').inputValue()).toBe('full');
  }, 30_000);

  test('shows where a formula is broken, keeps the rest of the form as it was, and mends with it', async () => {
    const whole = await formula();
    await page.locator('.formula textarea').fill('collaboration ~ lnpatent1 + csw0(in, re');
    await page.waitForSelector('.formula .error');
    const said = await page.locator('.formula .error').textContent();
    expect(said).toContain('formula/');
    expect(said).toMatch(/Character \d+/);
    expect(await page.locator('.formula .error pre').textContent()).toMatch(/\n +\^/);
    expect(await page.locator('#f-lag').isDisabled()).toBe(true);
    await page.locator('.formula textarea').fill(whole);
    await page.locator('.formula .error').waitFor({ state: 'detached' });
    await until(`${OTHERS + 12} columns`);
    expect(await page.locator('#f-lag').isEnabled()).toBe(true);
  });

  test('keeps study, data and run over a reload, comments and order of the text included', async () => {
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    const file = (name: string, text: string) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });
    await page.locator('nav a[href="#/data"]').first().click();
    await page
      .locator('main input[type=file]')
      .first()
      .setInputFiles([file('own.yaml', OWN), file('panel.csv', PANEL)]);
    await page.waitForFunction(() => document.querySelector('.top .study')?.textContent === 'A small panel');
    await page.locator('nav a[href="#/run"]').first().click();
    await page.locator('.run-bar button').first().click();
    await page.waitForFunction(() =>
      document.querySelector('.run-bar [role=status]')?.textContent?.includes(' s on this device'),
    );
    // Replicates are drawn as they come, before the figure of all of them.
    await page.getByLabel('Replicates').fill('1000000');
    await page.locator('.boot button.primary').click();
    await page.waitForSelector('.live figure path.inside[d^="M"]');
    expect(await page.locator('.live figcaption').allTextContents()).toHaveLength(2);
    expect(await page.locator('.live figcaption').first().textContent()).toMatch(/^First .*\d to .*\d$/);
    await page
      .locator('.boot button', { hasText: /^Cancel|^Go on from/ })
      .first()
      .click();
    await page.locator('nav a[href="#/study"]').first().click();
    await page.getByRole('textbox', { name: 'Unit of x' }).fill('km, "by road"');
    await page.getByRole('textbox', { name: 'Label of z' }).fill('Second');
    await page.getByRole('combobox', { name: 'How z enters' }).selectOption('turn');
    await page.locator('#f-vcov').selectOption('hc1');
    await page.waitForFunction(() => localStorage.getItem('gravpanel.kept') === '1');
    const wanted = parse(OWN);
    wanted.models.base.formula = 'y ~ x + csw0(z)';
    wanted.models.base.vcov = 'hc1';
    wanted.variables = { x: { label: 'First', unit: 'km, "by road"' }, z: { label: 'Second' } };
    await expect.poll(async () => parse((await kept())?.text ?? '')).toEqual(wanted);
    const { text, files, run } = (await kept())!;
    expect([files, run]).toEqual([['panel.csv'], true]);
    // All that was not edited has its bytes: each line but those of the formula and of x.
    const edited = /formula|x: \{/;
    for (const line of OWN.split('\n').filter((line) => !edited.test(line))) expect(text.split('\n')).toContain(line);
    for (const comment of OWN.match(/#.*$/gm)!) expect(text).toContain(comment);

    await page.reload();
    await page.waitForSelector('body[data-settled]');
    await until('2 columns');
    expect(await page.locator('main').locator('..').textContent()).toContain('This is the study that you left here.');
    expect(await page.getByRole('textbox', { name: 'Unit of x' }).inputValue()).toBe('km, "by road"');
    await page.locator('nav a[href="#/run"]').first().click();
    // The run that was made stands there, from before the edit.
    expect(await page.locator('.run-bar').textContent()).toContain('before this edit');
    expect(await page.locator('figure.table').first().textContent()).toContain('First');
    // Another study takes its place, not its life.
    await page.locator('nav a[href="#/data"]').first().click();
    await page.locator('.shipped button').first().click();
    await page.getByRole('button', { name: 'Go back to own' }).click();
    await page.waitForFunction(() => document.querySelector('.top .study')?.textContent === 'A small panel');
    await expect.poll(async () => (await kept())?.text).toBe(text);
    await page.getByRole('button', { name: 'Start afresh' }).first().click();
    await page.getByRole('button', { name: 'Forget them' }).click();
    await page.waitForFunction(() =>
      document.querySelector('.top .study')?.textContent?.startsWith('Co-patents of China'),
    );
    await expect.poll(kept).toBeUndefined();
    expect(asked.filter((url) => !url.replace(/^blob:/, '').startsWith(server.url))).toEqual([]);
  }, 60_000);

  test('defines a term on focus, and has certificate, sample and each kind of figure for who reads', async () => {
    await page.locator('nav a[href="#/read"]').first().click();
    await page.waitForFunction(() => document.querySelectorAll('.report section').length > 6);
    const { variables } = parse(TEXT);
    const term = page.locator('figure.table').first().locator('tbody .term button').nth(1);
    await term.focus();
    const card = await page.locator('.card:popover-open').textContent();
    for (const words of [variables.lnpatent2.meaning, variables.lnpatent2.source]) expect(card).toContain(words);
    await page.keyboard.press('Escape');
    expect(await page.locator('.card:popover-open').count()).toBe(0);
    const about = page.locator('figure.table').first().locator('details.about');
    await about.locator('summary').click();
    const said = await about.textContent();
    for (const words of [
      '261 of 450 rows used',
      '3 of 3 starts agree',
      'xtnbreg, fe',
      'Stata prints the coefficients marked ‡',
    ])
      expect(said).toContain(words);
    const heard = complaints(page);
    const plots = page.locator('figure.plot');
    const count = await plots.count();
    for (let i = 0; i < count; i++) {
      await plots.nth(i).scrollIntoViewIfNeeded();
      await plots.nth(i).locator('.drawing svg').waitFor();
      await plots.nth(i).locator('summary').click();
      expect(await plots.nth(i).locator('details tbody tr').count()).toBeGreaterThan(1);
    }
    const titles = (await plots.locator('h3').allTextContents()).join('\n');
    // Figure 1 (series), Figure 2 (shares), the map, coefficients, rootogram: by what their titles find.
    for (const words of [
      'growth was fastest',
      'Southeast Asia holds',
      '45% are with Singapore',
      'Does the estimator matter?',
      'zeros observed',
    ])
      expect(titles).toContain(words);
    expect(await page.locator('figure.plot.map svg path[stroke-width]').count()).toBeGreaterThan(10);
    // Efficiencies on the map: a land a partner, each with a colour, and no part of any drawing left out.
    const shades = page.locator('figure.plot.map svg use');
    expect(await shades.count()).toBeGreaterThan(40);
    expect(await shades.evaluateAll((all) => all.filter((one) => !(one as SVGUseElement).getBBox().width).length)).toBe(
      0,
    );
    expect(heard).toEqual([]);
    expect(await plots.locator('details table').count()).toBe(count);
  }, 60_000);

  test('walks a first visitor through every stop of the tour', async () => {
    await page.evaluate(() => scrollTo(0, 0));
    await page.getByRole('button', { name: 'A tour of this study' }).click();
    const seen: string[] = [];
    for (let stop = 1; ; stop++) {
      await page.waitForFunction(
        (n) => document.querySelector('.tour .where')?.textContent?.startsWith(`${n} of`),
        stop,
      );
      await page.waitForSelector('.toured');
      seen.push((await page.locator('.tour h2').textContent())!);
      const next = page.locator('.tour button', { hasText: 'Next' });
      if ((await next.count()) === 0) break;
      await next.click();
    }
    expect(new Set(seen).size).toBe(7);
    await page.keyboard.press('Escape');
    expect(await page.locator('.tour, .toured').count()).toBe(0);
  });
});
