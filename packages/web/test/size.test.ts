/** What a first visitor loads, in bytes as a host sends them (gzip; fonts are packed already). */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { builtPage } from './built.ts';

const kB = 1000;
/** Issue: all that is loaded before the page is at rest, the worker and its core included. */
const FIRST_LOAD = 500 * kB;
/** What the finished table waits for. */
const TABLE = 230 * kB;
const WASM = 120 * kB;

let folder = '';
const sent = (path: string) => gzipSync(readFileSync(join(folder, path)), { level: 9 }).length;
const total = (paths: Iterable<string>) => [...paths].reduce((sum, path) => sum + sent(path), 0);
const find = (pattern: RegExp) =>
  readdirSync(join(folder, 'assets'))
    .filter((name) => pattern.test(name))
    .map((name) => `assets/${name}`);

/** A script with all that it imports at once; what it imports on demand is not in it. */
function withImports(path: string, seen = new Set<string>()): Set<string> {
  if (seen.has(path)) return seen;
  seen.add(path);
  const code = readFileSync(join(folder, path), 'utf8');
  for (const [, from] of code.matchAll(/(?:^|[;\n}])import(?:[^'"`();]*?from)?["'`](\.{1,2}\/[^"'`]+\.js)["'`]/g))
    withImports(posix.join(dirname(path), from), seen);
  return seen;
}

/** index.html, its scripts and styles with what they import, fonts and the finished study. */
function opening(): string[] {
  const html = readFileSync(join(folder, 'index.html'), 'utf8');
  const named = [...html.matchAll(/(?:src|href)="\.\/([^"]+\.(?:js|css))"/g)].map(([, path]) => path);
  const scripts = named.filter((path) => path.endsWith('.js')).flatMap((path) => [...withImports(path)]);
  const [first] = find(/^first-(?!rest).*\.json$/);
  return [...new Set(['index.html', ...named, ...scripts, ...find(/^(?!mono).*\.woff2$/), first])];
}

describe('the first load', () => {
  beforeAll(async () => {
    folder = await builtPage();
  }, 120_000);

  test(`shows the table after at most ${TABLE / kB} kB`, () => {
    const paths = opening();
    expect(paths.length).toBeGreaterThan(6);
    expect(paths.some((path) => /worker|first-rest|countries|zh-/.test(path))).toBe(false);
    expect(total(paths)).toBeLessThanOrEqual(TABLE);
  });

  test('leaves the font of formulas to the stations where they are typed', () => {
    const styles = opening().filter((path) => path.endsWith('.css'));
    expect(styles.length).toBeGreaterThan(0);
    for (const path of styles) expect(readFileSync(join(folder, path), 'utf8')).not.toContain('mono-');
    const named = find(/\.css$/).filter((path) => readFileSync(join(folder, path), 'utf8').includes('Gravpanel Mono'));
    expect(named.length).toBeGreaterThan(1);
    expect(sent(find(/^mono.*\.woff2$/)[0])).toBeLessThan(25 * kB);
  });

  test(`has at most ${FIRST_LOAD / kB} kB in all, the worker included`, () => {
    const code = opening().flatMap((path) => (path.endsWith('.js') ? [readFileSync(join(folder, path), 'utf8')] : []));
    const named = [...code.join('\n').matchAll(/worker-[\w-]+\.js/g)].map(([name]) => `assets/${name}`);
    const engine = [...new Set(named)].flatMap((path) => [...withImports(path)]);
    expect(engine.length).toBeGreaterThan(0);
    expect(total([...opening(), ...engine])).toBeLessThanOrEqual(FIRST_LOAD);
  });

  test(`has a core of at most ${WASM / kB} kB`, () => {
    const core = readFileSync(fileURLToPath(new URL('../../core-wasm/build/core.wasm', import.meta.url)));
    expect(gzipSync(core, { level: 9 }).length).toBeLessThanOrEqual(WASM);
  });
});
