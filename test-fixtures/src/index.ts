/** Where the fixtures are, and how close two numbers are. Test code only. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Certified } from './certified.ts';

export type * from './certified.ts';
export { digits } from './digits.ts';

/** Absolute path of a file below `test-fixtures/`. */
export function fixturePath(...parts: string[]): string {
  return fileURLToPath(new URL(`../${parts.join('/')}`, import.meta.url));
}

/** Text of a file below `test-fixtures/`. */
export function fixtureText(...parts: string[]): string {
  return readFileSync(fixturePath(...parts), 'utf8');
}

/** Parsed JSON of a file below `test-fixtures/`. */
export function fixtureJson<T>(...parts: string[]): T {
  return JSON.parse(fixtureText(...parts)) as T;
}

/** All certified data sets by name: patents75, patents_rdus, synth45, synth45_ti, ships. */
export function certified(): Record<string, Certified> {
  return fixtureJson('certified', 'certified.json');
}
