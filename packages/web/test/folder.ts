/** One folder for the built page of all test files; it is built by the first of them that needs it (built.ts). */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    folder: string;
  }
}

export default function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'gravpanel-web-'));
  project.provide('folder', folder);
  return () => rmSync(folder, { recursive: true, force: true });
}
