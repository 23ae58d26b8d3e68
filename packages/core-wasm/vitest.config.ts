import { defineConfig } from 'vitest/config';

// Tests run on the sources of the workspace packages, so a change is seen without a build (the wasm bytes are built first).
export default defineConfig({
  resolve: { conditions: ['gravpanel-source', 'import', 'default'] },
  ssr: { resolve: { conditions: ['gravpanel-source', 'import', 'default'] } },
  test: { include: ['test/**/*.test.ts'], testTimeout: 60_000, maxWorkers: 2 },
});
