import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig, type TestProjectConfiguration } from 'vitest/config';

// Tests run on the sources of the workspace packages, so a change is seen without a build (the wasm bytes are built first).
const conditions = ['gravpanel-source', 'import', 'default'];
const CHROMIUM = process.env.GRAVPANEL_CHROMIUM ?? '/usr/bin/chromium';

const node: TestProjectConfiguration = {
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: { name: 'node', include: ['test/**/*.test.ts'], testTimeout: 60_000, maxWorkers: 2 },
};

/** The same files against the same certified values where the core runs for most of its users. */
const page: TestProjectConfiguration = {
  resolve: {
    conditions,
    alias: { '@gravpanel/test-fixtures': fileURLToPath(new URL('test/browser/fixtures.ts', import.meta.url)) },
  },
  test: {
    name: 'chromium',
    include: ['philox', 'elementary', 'special', 'certified'].map((name) => `test/${name}.test.ts`),
    testTimeout: 60_000,
    maxWorkers: 2,
    browser: {
      enabled: true,
      headless: true,
      isolate: false,
      screenshotFailures: false,
      provider: playwright({
        launchOptions: { executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage'] },
      }),
      instances: [{ browser: 'chromium' }],
    },
  },
};

const found = existsSync(CHROMIUM);
if (!found) {
  const words = `${CHROMIUM} is missing: the core in a browser was NOT tested (apt install chromium).`;
  if (process.env.CI === 'true') throw new Error(words);
  process.stderr.write(`${words}\n`);
}

export default defineConfig({ test: { projects: found ? [node, page] : [node] } });
