/** The reference pages name what the program knows, and their examples parse. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fixtureJson } from '@gravpanel/test-fixtures';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { FUNCTIONS } from '../src/expression-parse.ts';
import { expandFormula, parseFormula } from '../src/formula.ts';
import { models } from '../src/models/index.ts';
import { planStudy } from '../src/plan.ts';
import { studySchema } from '../src/study.ts';
import { parseStudy } from '../src/study-read.ts';
import { type MonteCarloRow, monteCarloTable } from './frontier-montecarlo-text.ts';

const page = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

/** Every property name of a JSON Schema, at any depth. */
function keysOf(schema: unknown): string[] {
  if (Array.isArray(schema)) return schema.flatMap(keysOf);
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) =>
    key === 'properties'
      ? [...Object.keys(value as object), ...Object.values(value as object).flatMap(keysOf)]
      : keysOf(value),
  );
}

describe('docs/study-file.md', () => {
  const text = page('docs/study-file.md');
  test.each([...new Set(keysOf(z.toJSONSchema(studySchema, { io: 'input' })))])('says what %s is', (key) => {
    expect(text).toMatch(new RegExp(`\`[^\`]*\\b${key}\\b[^\`]*\``));
  });

  test('shows a study that parses and plans', () => {
    const yaml = /```yaml\n([\s\S]*?)```/.exec(text)![1];
    const plan = planStudy(parseStudy(yaml, { file: 'study.yaml' }));
    expect(plan.models[0].columns).toHaveLength(3);
  });
});

describe('docs/formula.md', () => {
  const text = page('docs/formula.md');
  test.each(Object.keys(FUNCTIONS))('names the function %s', (name) => {
    expect(text).toContain(name);
  });

  test('shows terms that parse', () => {
    const written = [...text.matchAll(/^\| (`.*?) \| /gm)].flatMap(([, cell]) => cell.split('`, `'));
    const pieces = written.map((piece) => piece.replaceAll('\\|', '|').replace(/^`+ ?| ?`+$/g, ''));
    expect(pieces.length).toBeGreaterThan(20);
    for (const piece of pieces.filter((p) => p !== 'odd name')) {
      const source = piece.includes('~') ? piece : `y ~ ${piece}`;
      expect(expandFormula(parseFormula(source)).length, source).toBeGreaterThan(0);
    }
  });
});

describe('docs/methods.md', () => {
  // GRAVPANEL_UPDATE=frontier npx vitest run test/docs.test.ts writes the table.
  test('has the Monte Carlo of the frontiers as it was recorded, without a failed sample', () => {
    const { rows } = fixtureJson<{ rows: MonteCarloRow[] }>('..', 'bench', 'frontier-montecarlo.json');
    expect(rows).toHaveLength(16);
    expect(rows.filter(({ failed, belowBase }) => failed + belowBase > 0)).toEqual([]);
    const marked = /(<!-- frontier-montecarlo -->\n)([\s\S]*?)(\n<!-- end -->)/;
    const text = page('docs/methods.md');
    if (process.env.GRAVPANEL_UPDATE === 'frontier')
      writeFileSync(
        new URL('../../../docs/methods.md', import.meta.url),
        text.replace(marked, (_, from, __, to) => `${from}${monteCarloTable(rows)}${to}`),
      );
    expect(marked.exec(page('docs/methods.md'))?.[2]).toBe(monteCarloTable(rows));
  });

  test.each(Object.keys(models))('has a section on %s', (key) => {
    expect(page('docs/methods.md')).toContain(`### ${key}\n`);
  });
});
