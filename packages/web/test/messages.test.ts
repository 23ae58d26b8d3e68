/** Every text of the page stands in the catalogue, and every catalogue has the same keys and values. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type AST, parse } from 'svelte/compiler';
import { describe, expect, test } from 'vitest';
import { en } from '../src/messages/en.ts';
import { zh } from '../src/messages/zh.ts';

const src = fileURLToPath(new URL('../src', import.meta.url));
const components = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.svelte'));

/** Names of the values in a text, each once. */
const values = (text: string) => [...new Set([...text.matchAll(/\{(\w+)/g)].map(([, name]) => name))].sort();

describe('the Chinese catalogue', () => {
  test('has the keys of the English one, in its order', () => {
    expect(Object.keys(zh)).toEqual(Object.keys(en));
  });

  test('puts in the same values', () => {
    for (const [key, text] of Object.entries(en))
      expect([key, values(zh[key as keyof typeof en])]).toEqual([key, values(text)]);
  });

  test('is in Chinese', () => {
    // Names stay as they are.
    const names = [
      'app.name',
      'data.facts',
      'take.stata',
      'take.r',
      'take.python',
      'table.part',
      'link.file',
      'link.fileRows',
    ];
    const own = Object.entries(zh).filter(([key, text]) => !/\p{Script=Han}/u.test(text) && !names.includes(key));
    expect(own).toEqual([]);
  });
});

type Node = { type: string; [key: string]: unknown };
const isNode = (value: unknown): value is Node => typeof (value as Node | null)?.type === 'string';

/** Strings that an expression can come to. */
function strings(expression: Node): string[] {
  switch (expression.type) {
    case 'Literal':
      return typeof expression.value === 'string' ? [expression.value] : [];
    case 'TemplateLiteral':
      return [
        ...(expression.quasis as { value: { cooked: string } }[]).map(({ value }) => value.cooked),
        ...(expression.expressions as Node[]).flatMap(strings),
      ];
    case 'ConditionalExpression':
      return [expression.consequent, expression.alternate].flatMap((part) => strings(part as Node));
    case 'LogicalExpression':
    case 'BinaryExpression':
      return [expression.left, expression.right].flatMap((part) => strings(part as Node));
    default:
      return [];
  }
}

/** Attributes that are read out or shown. Placeholders show the form of a value. */
const SPOKEN = /^(title|alt|label|aria-(label|description|roledescription|valuetext))$/;

/** Texts of a component's markup that do not come from the catalogue. */
function texts(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(texts);
  if (!isNode(node)) return [];
  if (node.type === 'Text') return [node.data as string];
  if (node.type === 'ExpressionTag') return strings(node.expression as Node);
  if (node.type === 'Attribute') {
    const parts = [node.value].flat().filter(isNode);
    return SPOKEN.test(node.name as string) ? parts.flatMap(texts) : [];
  }
  return Object.entries(node)
    .filter(([key]) => key !== 'expression')
    .flatMap(([, value]) => texts(value));
}

/** File formats are names. */
const NAMES = /^(html|zip|95%)$/;

test('finds a text outside of the catalogue, wherever it stands', () => {
  const found = (source: string) =>
    texts((parse(source, { modern: true }) as AST.Root).fragment).filter((s) => /\p{L}/u.test(s));
  expect(found('<p>Words</p>')).toEqual(['Words']);
  expect(found('<p class="words" title="Words"></p>')).toEqual(['Words']);
  expect(found(`{#if a}<p>{a ? 'Yes' : t('no')}{\`\${b} rows\`}</p>{/if}`)).toEqual(['Yes', ' rows']);
  expect(found("{#each a as b (b)}{t('key')}{b}{:else}None{/each}")).toEqual(['None']);
});

test.each(components)('%s shows no text but those of the catalogue', (name) => {
  const { fragment } = parse(readFileSync(join(src, name), 'utf8'), { modern: true }) as AST.Root;
  const own = texts(fragment)
    .map((text) => text.trim())
    .filter((text) => /\p{L}/u.test(text) && !NAMES.test(text));
  expect(own).toEqual([]);
});
