/** The fixtures as a page has them, in place of @gravpanel/test-fixtures there: the server hands over their text. Test code only. */
import type { Certified } from '../../../../test-fixtures/src/certified.ts';

export type * from '../../../../test-fixtures/src/certified.ts';
export { digits } from '../../../../test-fixtures/src/digits.ts';

interface ViteMeta {
  glob(pattern: string[], options: { eager: true; query: string; import: 'default' }): Record<string, string>;
}
const ROOT = '../../../../test-fixtures/';
const texts = (import.meta as unknown as ViteMeta).glob(
  [
    '../../../../test-fixtures/certified/{certified,certified_poisson_re,special}.json',
    '../../../../test-fixtures/data/{patents_rdus,patents75,synth45,ships}.csv',
  ],
  { eager: true, query: '?raw', import: 'default' },
);

export function fixtureText(...parts: string[]): string {
  const text = texts[ROOT + parts.join('/')];
  if (text === undefined) throw new Error(`${parts.join('/')} is not among the fixtures of the page.`);
  return text;
}
export const fixtureJson = <T>(...parts: string[]): T => JSON.parse(fixtureText(...parts)) as T;
export const certified = (): Record<string, Certified> => fixtureJson('certified', 'certified.json');
