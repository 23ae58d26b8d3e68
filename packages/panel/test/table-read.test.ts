import { readFileSync } from 'node:fs';
import { fixturePath } from '@gravpanel/test-fixtures';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTable } from '../src/table-read.ts';
import { frameOf } from './make-frame.ts';
import { thrown } from './thrown.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const numbers = (csv: string, name: string) => Array.from(frameOf(csv).columns[name].values as Float64Array);

describe('readTable', () => {
  it('reads a fixture as R does: 3460 × 19, the first and last values', () => {
    const frame = readTable(readFileSync(fixturePath('data', 'patents_rdus.csv')), { name: 'patents_rdus.csv' });
    expect(frame.rows).toBe(3460);
    expect(Object.keys(frame.columns)).toHaveLength(19);
    expect(frame.columns.capital72.values[0]).toBe(438.605335169959);
    expect(frame.line[0]).toBe(2);
    expect(frame.line[3459]).toBe(3461);
  });

  it.each([',', ';', '\t', '|'])('finds the delimiter %j', (delimiter) => {
    const frame = frameOf(`${['a', 'b', 'c'].join(delimiter)}\n1${delimiter}2${delimiter}3\n`);
    expect(frame.source.delimiter).toBe(delimiter);
    expect(Object.keys(frame.columns)).toEqual(['a', 'b', 'c']);
  });

  it('takes the semicolon where cells hold commas', () => {
    expect(Object.keys(frameOf('a;b\n1,5;2\n2,5;3\n').columns)).toEqual(['a', 'b']);
  });

  it('reads CRLF, CR, a byte order mark, blank lines and a missing last line end', () => {
    for (const text of ['\ufeffa,b\r\n1,2\r\n\r\n3,4', 'a,b\r1,2\r\r3,4\r', 'a,b\n1,2\n\n3,4\n\n'])
      expect([...readTable(bytesOf(text), { name: 't' }).columns.b.values]).toEqual([2, 4]);
  });

  it('keeps line numbers through quoted line ends', () => {
    const frame = frameOf('a,b\n"x\ny",1\n"say ""hi""",2\n');
    expect(frame.columns.a.values).toEqual(['x\ny', 'say "hi"']);
    expect(Array.from(frame.line)).toEqual([2, 4]);
  });

  it('types columns: numbers with missing tokens, text with null', () => {
    const csv = 'n,t,m,u\n1e3,DE,NA,7\n-.5,NA,.,\n +2. ,x,,3\n';
    expect(numbers(csv, 'n')).toEqual([1000, -0.5, 2]);
    expect(numbers(csv, 'm')).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect(numbers(csv, 'u')).toEqual([7, Number.NaN, 3]);
    expect(frameOf(csv).columns.t).toEqual({ kind: 'text', values: ['DE', null, 'x'] });
  });

  it('adds missing tokens of the caller, numeric ones too', () => {
    const frame = readTable('x,y\n-9,1\n4,..\n', { name: 't', missing: ['-9', '..'] });
    expect([...frame.columns.x.values]).toEqual([Number.NaN, 4]);
    expect([...frame.columns.y.values]).toEqual([1, Number.NaN]);
  });

  it.each(['0x1f', '0b1', '0o7', '1,000', '1 000', 'NaN', 'Inf', '-Infinity', '1e999', 'TRUE', '1_0', '0x0', '−3'])(
    'does not take %j for a number',
    (cell) => {
      expect(readTable(`a;b\n${cell};1\n`, { name: 't', delimiter: ';' }).columns.a.kind).toBe('text');
    },
  );

  it.each([
    ['1.234,5', '1,5 -2 ,25 1.234.567,5 3e-2 1\u00a0234,5', [1.5, -2, 0.25, 1234567.5, 0.03, 1234.5]],
    ['1,234.5', '1.5 -2 .25 1,234,567.5 3e-2 +1,234', [1.5, -2, 0.25, 1234567.5, 0.03, 1234]],
  ] as const)('reads numbers that are written like %s where it is told so', (way, cells, values) => {
    const csv = `a;b\n${cells.split(' ').join(';1\n')};1\n`;
    const { a } = readTable(csv, { name: 't', delimiter: ';', numbers: way }).columns;
    expect(a).toEqual({ kind: 'number', values: Float64Array.from(values) });
    // The signs of the other way are no number.
    const other = way === '1.234,5' ? '0.5' : '0,5';
    expect(readTable(`${csv}${other};1\n`, { name: 't', delimiter: ';', numbers: way }).columns.a.kind).toBe('text');
  });

  it.each([
    ['windows-1252', [0x47, 0x72, 0xf6, 0xdf, 0x65, 0x20, 0x80], 'Größe €'],
    ['gb18030', [0xd6, 0xd0, 0xb9, 0xfa], '中国'],
    ['utf-16', [0xff, 0xfe, 0x2d, 0x4e, 0xfd, 0x56], '中国'],
    ['utf-16', [0xfe, 0xff, 0x4e, 0x2d, 0x56, 0xfd], '中国'],
  ] as const)('reads the letters of %s where it is told so', (encoding, name, text) => {
    const wide = encoding === 'utf-16' ? (name[0] === 0xff ? [10, 0, 49, 0] : [0, 10, 0, 49]) : [10, 49];
    const bytes = Uint8Array.from([...name, ...wide]);
    expect(Object.keys(readTable(bytes, { name: 't', encoding }).columns)).toEqual([text]);
    expect(thrown(() => readTable(bytes, { name: 't' })).code).toMatch(/^data\/(encoding|not-text)$/);
  });

  it('says so where the letters are not of the encoding that it is told', () => {
    const bytes = Uint8Array.from([0x61, 10, 0xff, 0xff]);
    expect(thrown(() => readTable(bytes, { name: 't', encoding: 'gb18030' }))).toMatchObject({
      code: 'data/encoding',
      message: expect.stringContaining('is not gb18030'),
    });
  });

  it('reads every finite double back bit for bit, however it is printed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }),
        fc.nat(2),
        (xs, style) => {
          const print = [String, (x: number) => x.toExponential(17), (x: number) => x.toPrecision(17)][style];
          expect(numbers(`x,k\n${xs.map((x) => `${print(x)},1`).join('\n')}\n`, 'x')).toEqual(
            xs.map((x) => Number(print(x))),
          );
        },
      ),
    );
  });

  it('gives back quoted text of any kind', () => {
    const cell = fc.string({ unit: 'grapheme' }).map((s) => `t${s.replaceAll(/[\r\0\ufeff]/g, '')}`);
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1, maxLength: 8 }), (cells) => {
        const csv = `a,b\n${cells.map((c) => `"${c.replaceAll('"', '""')}",1`).join('\n')}\n`;
        expect(frameOf(csv).columns.a.values).toEqual(cells);
      }),
    );
  });

  it.each([
    ['', 'data/empty', undefined],
    [' \n\n', 'data/empty', undefined],
    ['a,b\n', 'data/header-only', 1],
    ['a,b\n1,2\n3\n', 'data/ragged', 3],
    ['a,b\n1,2\n3,4,5\n', 'data/ragged', 3],
    ['a,a\n1,2\n', 'data/duplicate-column', 1],
    ['a,\n1,2\n', 'data/empty-name', 1],
    ['a,b\n1,2\n"x,3\n', 'data/quotes', 3],
    ['a,b\n1,2\n"x"y,3\n', 'data/quotes', 3],
    ['a b c\n1 2 3\n', 'data/wrong-delimiter', 1],
    ['a,b,c\n1;2;3\n4;5;6\n', 'data/wrong-delimiter', 2],
  ])('refuses %j as %s', (text, code, line) => {
    const error = thrown(() => frameOf(text));
    expect(error.code).toBe(code);
    expect(error.at?.file).toBe('data.csv');
    expect(error.at?.line).toBe(line);
  });

  it('says how many fields a ragged line has', () => {
    expect(thrown(() => frameOf('a,b\n1,2\n3\n')).message).toContain('has 1 fields; the header has 2');
  });

  it('refuses a delimiter that leaves one column where another one plainly cuts', () => {
    const error = thrown(() => readTable('a;b\n1;2\n', { name: 't', delimiter: ',' }));
    expect(error.code).toBe('data/wrong-delimiter');
    expect(error.message).toContain('semicolon');
  });

  it('reads a table of one column', () => {
    expect(numbers('y\n1\n\n3\n', 'y')).toEqual([1, Number.NaN, 3]);
  });

  it('names offset and line of bytes that are not UTF-8, and a conversion', () => {
    const error = thrown(() =>
      readTable(new Uint8Array([...bytesOf('a,b\nM'), 0xfc, ...bytesOf('nchen,1\n')]), { name: 't.csv' }),
    );
    expect(error.code).toBe('data/encoding');
    expect(error.at).toEqual({ file: 't.csv', line: 2 });
    expect(error.details).toEqual({ offset: 5 });
    expect(error.hint).toContain('iconv');
  });

  it.each([
    ['an Excel or zip file', [0x50, 0x4b, 3, 4, 0]],
    ['UTF-16', [0xff, 0xfe, 0x61, 0]],
    ['a binary file', [0x61, 0, 0x62]],
  ])('refuses %s', (what, bytes) => {
    const error = thrown(() => readTable(new Uint8Array(bytes), { name: 't' }));
    expect(error.code).toBe('data/not-text');
    expect(error.message).toContain(what);
  });
});
