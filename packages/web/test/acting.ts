/** What a reader does with the page. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

/** What a policy forbids and what a page complains of is told on its console. */
export function complaints(page: Page): string[] {
  const out: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) out.push(message.text());
  });
  page.on('pageerror', (error) => out.push(error.message));
  return out;
}

export const goTo = async (page: Page, station: string): Promise<void> => {
  await page.locator(`nav a[href="#/${station}"]`).first().click();
  await page.waitForSelector('main h1');
};

export const textFile = (name: string, text: string) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });

/** Files over the chooser of the Data station; dropped ones take the same way. */
export async function choose(page: Page, files: { name: string; mimeType: string; buffer: Buffer }[]): Promise<void> {
  await goTo(page, 'data');
  await page.locator('main input[type=file]').first().setInputFiles(files);
}

/** In the page: whether the run was made there. */
export const ranHere = () =>
  document.querySelector('.run-bar [role=status]')?.textContent?.includes(' s on this device') ?? false;

export async function run(page: Page): Promise<void> {
  await goTo(page, 'run');
  await page.locator('.run-bar button').first().click();
  await page.waitForFunction(ranHere, null, { timeout: 45_000 });
}

/** What a click writes to the reader's folder. */
export async function downloaded(of: Page, click: () => Promise<void>): Promise<{ name: string; bytes: Buffer }> {
  const [file] = await Promise.all([of.waitForEvent('download', { timeout: 45_000 }), click()]);
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

/** One format of one line of the dialog "Take away". */
export const take = (of: Page, name: RegExp, format: string) =>
  downloaded(of, () =>
    of
      .locator('dialog li')
      .filter({ hasText: name })
      .first()
      .getByRole('button', { name: new RegExp(`(^|, )${format}$`) })
      .click(),
  );
