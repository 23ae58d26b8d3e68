/** The page as it is published, built once a run of the tests, and the browser it is looked at with. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { build } from 'vite';
import { inject } from 'vitest';

const CHROMIUM = process.env.GRAVPANEL_CHROMIUM ?? '/usr/bin/chromium';

/** Whether there is a browser; says what is not tested without one, and fails on CI. */
export function hasChromium(untested: string): boolean {
  if (existsSync(CHROMIUM)) return true;
  const words = `${CHROMIUM} is missing: ${untested} NOT tested (apt install chromium).`;
  if (process.env.CI === 'true') throw new Error(words);
  process.stderr.write(`${words}\n`);
  return false;
}

export const launch = (): Promise<Browser> =>
  chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage'] });

/** Which of several test files came first: a folder can be made once. */
function isFirst(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch {
    return false;
  }
}

/** The folder of the built page: GRAVPANEL_PAGE, which `npm test` has just built, or one that is built now. */
export async function builtPage(): Promise<string> {
  if (process.env.GRAVPANEL_PAGE) return process.env.GRAVPANEL_PAGE;
  const [folder, done, failed] = ['page', 'done', 'failed'].map((name) => join(inject('folder'), name));
  if (isFirst(join(inject('folder'), 'lock'))) {
    // vitest says "test", of which vite would make a page for developers.
    const before = process.env.NODE_ENV;
    process.env.NODE_ENV = 'production';
    try {
      const root = fileURLToPath(new URL('..', import.meta.url));
      await build({ root, logLevel: 'error', build: { outDir: folder, emptyOutDir: true } });
      writeFileSync(done, '');
    } catch (error) {
      writeFileSync(failed, '');
      throw error;
    } finally {
      process.env.NODE_ENV = before;
    }
  }
  while (!existsSync(done)) {
    if (existsSync(failed)) throw new Error('The page cannot be built; another test file has the reason.');
    await wait(100);
  }
  return folder;
}
