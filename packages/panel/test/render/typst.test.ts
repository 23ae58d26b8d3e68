import { describe, expect, it } from 'vitest';
import { renderTypst, typstString } from '../../src/render/typst.ts';
import { HOSTILE, printedTables } from './printed-tables.ts';

/** The source without its strings: what is left is code. */
const codeOf = (source: string) => source.replace(/"(?:[^"\\]|\\.)*"/g, '""');

describe('renderTypst', () => {
  it('writes every text as a string in which nothing is markup', () => {
    expect(typstString('a "b" \\c #d\n')).toBe('"a \\"b\\" \\\\c #d\\u{a}"');
    const source = renderTypst(printedTables.hostile);
    expect(source).toContain(typstString(HOSTILE));
    expect(codeOf(source)).not.toMatch(/textbf|Škoda|中/);
  });

  it.each(Object.entries(printedTables))('closes what it opens: %s', (_, table) => {
    const code = codeOf(renderTypst(table));
    for (const [open, close] of ['()', '{}', '[]']) expect(code.split(open).length).toBe(code.split(close).length);
  });

  it('aligns numbers by the widest parts of their column and hangs stars', () => {
    expect(renderTypst(printedTables.main)).toContain('num(2, 5, "1", ".023", stars: "***")');
    expect(renderTypst(printedTables.main)).toContain('num(2, 5, "(0", ".150)")');
  });

  it('repeats the head and turns a wide table', () => {
    expect(renderTypst(printedTables.main)).toContain('table.header(');
    expect(renderTypst(printedTables.wide)).toContain('flipped: true');
  });
});
