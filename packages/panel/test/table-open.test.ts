/**
 * Tables of other programs: what pandas, readstata13, nanoparquet, writexl and apache-arrow wrote is read as it was meant.
 * Numbers are compared exactly: every storage type fits a double.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { PanelError } from '../src/errors.ts';
import { FORMATS } from '../src/formats.ts';
import { openTable } from '../src/table-open.ts';
import type { Frame } from '../src/types.ts';

async function thrownBy(work: () => Promise<unknown>): Promise<PanelError> {
  try {
    await work();
  } catch (error) {
    if (error instanceof PanelError) return error;
    throw error;
  }
  return expect.fail('no error was thrown');
}

const folder = new URL('../../../test-fixtures/data/formats/', import.meta.url);
const bytesOf = (name: string) => new Uint8Array(readFileSync(fileURLToPath(new URL(name, folder))));
const read = (name: string, o: { sheet?: string; skip?: number; delimiter?: string } = {}) =>
  openTable(bytesOf(name), { name, ...o }, FORMATS);
const peer = JSON.parse(readFileSync(fileURLToPath(new URL('formats.json', folder)), 'utf8')) as {
  table: Record<string, (number | string | null)[]>;
  labels: Record<string, string>;
  extended: (number | string)[][];
};

/** Missing numbers as null; an empty text is a missing one. */
const valuesOf = ({ columns }: Frame) =>
  Object.fromEntries(
    Object.entries(columns).map(([name, { values }]) => [
      name,
      Array.from(values as ArrayLike<number | string | null>, (v) =>
        typeof v === 'number' && Number.isNaN(v) ? null : v,
      ),
    ]),
  );
const wanted = Object.fromEntries(
  Object.entries(peer.table).map(([name, values]) => [name, values.map((v) => (v === '' ? null : v))]),
);
/** Formats before 117 have the letters of one code page: the script wrote them without accents. */
const plain = (values: typeof wanted) =>
  Object.fromEntries(
    Object.entries(values).map(([name, list]) => [
      name,
      list.map((v) => (typeof v === 'string' ? v.replace('Ö', 'O').replace('ï', 'i') : v)),
    ]),
  );

describe('openTable', () => {
  test.each(['pandas-114.dta', 'pandas-117.dta', 'pandas-118.dta', 'pandas-118-big.dta', 'pandas-119.dta'])(
    'reads %s with its labels',
    async (name) => {
      const frame = await read(name);
      expect(valuesOf(frame)).toEqual(wanted);
      expect(frame.meta?.unit.label).toBe(peer.labels.unit);
      expect(frame.meta?.count.label).toBe(peer.labels.count);
      expect(frame.meta?.year.values).toEqual([
        { value: 2008, label: 'before' },
        { value: 2009, label: 'after' },
      ]);
    },
  );

  test.each(['readstata13-113.dta', 'readstata13-115.dta'])('reads %s', async (name) => {
    expect(valuesOf(await read(name))).toEqual(plain(wanted));
  });

  test.each(['uncompressed', 'snappy', 'gzip', 'zstd'])('reads Parquet, %s', async (codec) => {
    expect(valuesOf(await read(`${codec}.parquet`))).toEqual(wanted);
  });

  test.each(['file', 'stream'])('reads an Arrow %s', async (kind) => {
    expect(valuesOf(await read(`${kind}.arrow`))).toEqual(wanted);
  });

  test('reads the sheet of a workbook that is named, and its first one otherwise', async () => {
    // writexl writes 16 digits.
    const close = Object.fromEntries(
      Object.entries(wanted).map(([name, list]) => [
        name,
        list.map((v) => (typeof v === 'number' ? expect.closeTo(v, 15 - Math.floor(Math.log10(Math.abs(v) || 1))) : v)),
      ]),
    );
    expect(valuesOf(await read('workbook.xlsx', { sheet: 'panel' }))).toEqual(close);
    expect(Object.keys((await read('workbook.xlsx')).columns)).toEqual(['x']);
    const error = await thrownBy(() => read('workbook.xlsx', { sheet: 'panl' }));
    expect(error).toMatchObject({ code: 'data/no-sheet', hint: 'Nearest: panel.' });
  });

  test.each([
    ['pandas-118-long.dta', 'yyyyyß'],
    ['pandas-117-long.dta', 'yyyyy'],
  ])('reads long strings: %s', async (name, last) => {
    expect(valuesOf(await read(name))).toEqual({ id: [1, 2, 3], text: ['x'.repeat(3000), null, last] });
  });

  test('keeps the kinds of missing values, and the greatest values that are none', async () => {
    const frame = await read('extended-118.dta');
    const names = Object.keys(frame.columns);
    expect(names).toEqual(['b', 'i', 'l', 'f', 'd']);
    names.forEach((name, j) => {
      const theirs = peer.extended.map((row) => row[j]);
      const values = valuesOf(frame)[name];
      expect(theirs.slice(0, 3)).toEqual(['.', '.a', '.z']);
      expect(values.slice(0, 3)).toEqual([null, null, null]);
      expect(values[3]).toBe(theirs[3]);
      expect(frame.meta?.[name].missing).toEqual([
        { code: '.a', rows: [1] },
        { code: '.z', rows: [2] },
      ]);
    });
  });

  test('says which option does not fit a format, and what is cut off', async () => {
    expect(await thrownBy(() => read('snappy.parquet', { delimiter: ';' }))).toMatchObject({
      code: 'data/option-not-used',
    });
    expect(await thrownBy(() => read('pandas-118.dta', { sheet: 'a' }))).toMatchObject({
      code: 'data/option-not-used',
    });
    for (const name of ['pandas-114.dta', 'pandas-118.dta', 'snappy.parquet', 'file.arrow', 'workbook.xlsx']) {
      const bytes = bytesOf(name);
      const cut = bytes.slice(0, Math.floor(bytes.length * 0.6));
      expect(await thrownBy(() => openTable(cut, { name }, FORMATS))).toMatchObject({ code: 'data/not-read' });
    }
    const old = bytesOf('pandas-114.dta');
    old[0] = 111;
    expect(await thrownBy(() => openTable(old, { name: 'old.dta' }, FORMATS))).toMatchObject({
      code: 'data/not-read',
      message: expect.stringContaining('format 111; 113 to 119 were expected'),
    });
  });
});
