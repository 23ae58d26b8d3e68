/** Results must have the same bits in Node and in every browser: see packages/core-wasm/src/elementary.ts. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** Engines may round these differently; + − × ÷ and Math.sqrt are exact by the standard. */
const LOOSE =
  /Math\.(exp|expm1|log|log1p|log2|pow|cbrt|hypot|a?sinh?|a?cosh?|a?tanh?|atan2)\b|[^*/\s][ ]?\*\*[ ](?!2\b|\d+n|-?\d+[;,)])/;

const sources = ['../src', '../src/models', '../../core-wasm/src'].flatMap((folder) =>
  readdirSync(new URL(`${folder}/`, import.meta.url))
    .filter((name) => name.endsWith('.ts') && !name.includes('.generated.') && name !== 'elementary.ts')
    .map((name) => `${folder}/${name}`),
);

test.each(sources)('%s makes no number that depends on the engine', (path) => {
  const code = readFileSync(new URL(path, import.meta.url), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
  const found = code
    .split('\n')
    .filter((line) => LOOSE.test(line) && !line.includes('10n **') && !line.includes('2 ** '));
  expect(found).toEqual([]);
});
