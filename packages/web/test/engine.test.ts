/** What the worker tells the page, run in Node: rows behind a step of the waterfall, columns as they are estimated. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadKernels } from '@gravpanel/core-wasm';
import { strFromU8, unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { droppedRows } from '../src/engine/dropped.ts';
import { createEngine } from '../src/engine/engine.ts';
import { take } from '../src/engine/take.ts';
import { spansOf } from '../src/lib/rail/spans.ts';

const study = (path: string) =>
  readFileSync(fileURLToPath(new URL(`../../../studies/belt-road-copatents/${path}`, import.meta.url)));

const none = () => Promise.reject(new Error('not needed'));

describe('a run', () => {
  test('hands over each column when it is there, beside those before it', async () => {
    const engine = createEngine({ kernels: loadKernels(), world: none, regions: none });
    const rows = Array.from({ length: 60 }, (_, i) => [
      1 + (i % 10),
      2001 + Math.floor(i / 10),
      (i * 7) % 5,
      (i * 37) % 11,
      (i * 53) % 13,
    ]);
    engine.setFiles({
      'panel.csv': new TextEncoder().encode(`id,year,y,x,z\n${rows.map((row) => row.join()).join('\n')}\n`),
    });
    const heard: string[] = [];
    const run = await engine.run(
      'version: 1\ntitle: T\ndata: { path: panel.csv, unit: id, time: year }\nmodels:\n  a: { model: poisson, formula: "y ~ csw0(x, z)" }\n  b: { model: ols, formula: y ~ x }\n',
      (event) => {
        if (event.kind !== 'column') return;
        const { model, column, of, table } = event;
        const terms = table?.body.flatMap(({ term }) => (term ? [term] : []));
        heard.push(
          `${model} ${column}/${of}: ${table?.columns.length} columns, ${[...new Set(terms)].sort().join(' ')}`,
        );
      },
    );
    expect(heard).toEqual([
      'a 1/3: 1 columns, (Intercept)',
      'a 2/3: 2 columns, (Intercept) x',
      'a 3/3: 3 columns, (Intercept) x z',
      'b 1/1: 1 columns, (Intercept) x',
    ]);
    expect([run.columns, run.failed]).toEqual([4, 0]);
  });
});

describe('a first study', () => {
  /** What is guessed of a table, and what is said of it then. */
  async function of(csv: string) {
    const engine = createEngine({ kernels: loadKernels(), world: none, regions: none });
    engine.setFiles({ 'my.csv': new TextEncoder().encode(csv) });
    const { error, ...found } = await engine.inspect(await engine.starter('my.csv'));
    const { data, models = {} } = found.study!;
    return { ...found, error, unit: data.unit, time: data.time, formula: models.main?.formula };
  }
  /** 6 firms × 5 years, the code of a sector before the count. */
  const rows = Array.from({ length: 30 }, (_, i) => [
    1 + (i % 6),
    2001 + Math.floor(i / 6),
    20 + (i % 3),
    String((i * 7) % 11),
    ((i * 37) % 101) / 10,
  ]);
  const table = (...change: [row: number, column: number, cell: string][]) => {
    const all = rows.map((row) => [...row]);
    for (const [row, column, cell] of change) all[row][column] = cell;
    return `firm,year,sector,inventions,x\n${all.map((row) => row.join()).join('\n')}\n`;
  };

  test('is written again for what the letters, the numbers, the dates and the sheet are', async () => {
    const engine = createEngine({ kernels: loadKernels(), world: none, regions: none });
    // "Größe" in Windows-1252, commas as decimal signs in one column and a code for missing in another.
    const german = table()
      .replaceAll(',', ';')
      .replace('x', 'Größe')
      .replaceAll(/(\d)\.(\d)/g, '$1,$2')
      .replace(';20;', ';-99;');
    engine.setFiles({ 'my.csv': Uint8Array.from(german, (letter) => letter.charCodeAt(0)) });
    await expect(engine.starter('my.csv')).rejects.toMatchObject({ code: 'data/encoding' });
    const seen = async (text: string) => (await engine.inspect(text)).table!.columns;
    const before = await engine.starter('my.csv', { encoding: 'windows-1252' });
    expect((await seen(before)).map(({ name, kind, numbers, code }) => [name, kind, numbers, code])).toEqual([
      ['firm', 'number', undefined, undefined],
      ['year', 'number', undefined, undefined],
      ['sector', 'number', undefined, '-99'],
      ['inventions', 'number', undefined, undefined],
      ['Größe', 'text', ['1.234,5'], undefined],
    ]);
    const after = await engine.starter('my.csv', { encoding: 'windows-1252', numbers: '1.234,5' });
    expect(after).toContain(
      'data: { path: my.csv, encoding: windows-1252, numbers: "1.234,5", unit: [firm], time: year }',
    );
    const [size] = (await seen(after)).slice(-1);
    expect([size.kind, size.range]).toEqual([
      'number',
      [Math.min(...rows.map((row) => +row[4])), Math.max(...rows.map((row) => +row[4]))],
    ]);
    expect((await engine.run(after, () => {})).failed).toBe(0);
    // Other tools read the panel as it was read here.
    const { name, content } = await take(engine, { what: 'r', text: after, name: 'my' });
    expect(name).toBe('r.zip');
    const files = unzipSync(content as Uint8Array);
    expect(strFromU8(files['models.R'])).toContain('read.table("panel-joined.csv", header = TRUE, sep = ","');
    expect(strFromU8(files['panel-joined.csv']).split('\n')[2]).toBe(`2,2001,21,7,${rows[1][4]}`);
  });

  test('has periods where its study takes the year of a date', async () => {
    const engine = createEngine({ kernels: loadKernels(), world: none, regions: none });
    const study = (time: string) =>
      `version: 1\ntitle: T\ndata: { path: d.csv, unit: id, time: year, derive: { year: year(${time}) } }\n`;
    engine.setFiles({
      'd.csv': new TextEncoder().encode(
        'id,day,end\nA,31.12.2001,2001-12-31\nA,1/2/2003,2003-01-02\nB,31-12-2002,2002.12.31\n',
      ),
    });
    for (const day of ['day', 'end'])
      expect((await engine.inspect(study(day))).panel).toMatchObject({
        units: 2,
        periods: [2001, 2002, 2003],
        gaps: 1,
      });
    const { error } = await engine.inspect(study('days'));
    expect([error?.code, error?.at?.pointer, error?.at?.line]).toEqual([
      'expression/unknown-column',
      '/data/derive/year',
      3,
    ]);
  });

  test('counts what changes within a unit, not the code of a sector', async () => {
    expect(await of(table())).toMatchObject({ unit: ['firm'], time: 'year', formula: 'inventions ~ sector + csw0(x)' });
  });

  test('is there for a count that is text because of a stray cell, which is named beside it', async () => {
    const { table: seen, formula, check } = await of(table([4, 3, 'k.A.'], [9, 4, '-']));
    expect(formula).toBe('inventions ~ sector + csw0(x)');
    expect(seen?.columns.flatMap(({ notNumbers }) => notNumbers ?? [])).toEqual(['k.A.', '-']);
    expect(check?.models[0].columns.map(({ error }) => error?.code)).toEqual([
      'data/text-in-number',
      'data/text-in-number',
    ]);
  });

  test('takes the unit with which the fewest rows repeat', async () => {
    const text = table().replaceAll(/^(\d),(.*)$/gm, (_, firm, rest) => `${firm},${rest}`);
    const named = `country,${text.split('\n')[0]}\n${[...text.trim().split('\n').slice(1), text.split('\n')[1]].map((row, i) => `${'AB'[i % 2]},${row}`).join('\n')}\n`;
    const { unit, error } = await of(named);
    expect([unit, error?.code, error?.details]).toEqual([
      ['firm'],
      'data/duplicate-rows',
      expect.objectContaining({ pairs: 1, extraRows: 1 }),
    ]);
  });

  test.each([
    [
      'without any count',
      table()
        .replaceAll(/,(\d+),/g, ',$1.5,')
        .replaceAll(/^(\d),(\d+)\.5/gm, '$1,$2'),
      undefined,
    ],
    ['of one row', 'unit,year,y\nA,2001,3\n', undefined],
    ['of one column', 'note\nread me\n', 'data/time-not-integer'],
    ['with dates for years', table().replaceAll(/,(200\d),/g, ',$1-12-31,'), 'data/time-not-integer'],
  ])('of a table %s shows the table', async (_, csv, code) => {
    const found = await of(csv);
    expect([found.table?.preview.length, found.error?.code]).toEqual([
      Math.min(12, csv.trim().split('\n').length - 1),
      code,
    ]);
  });
});

describe('droppedRows', () => {
  test('names the units and periods of each reason, and has each row of the panel once', async () => {
    const kernels = loadKernels();
    const engine = createEngine({ kernels, world: none, regions: none });
    const csv = study('data/panel.csv');
    engine.setFiles({ 'data/panel.csv': new Uint8Array(csv) });
    const found = droppedRows(await engine.open(String(study('study.yaml'))), 'full', 6, await kernels);

    const [head, ...rows] = String(csv)
      .trim()
      .split(/\r?\n/)
      .map((line) => line.split(','));
    const [unit, year, y] = ['partner', 'year', 'collaboration'].map((name) => head.indexOf(name));
    const later = rows.filter((row) => row[year] !== '2008');
    const units = [...new Set(rows.map((row) => row[unit]))];
    const zero = units.filter((name) => later.every((row) => row[unit] !== name || row[y] === '0'));
    expect([units.length, zero.length]).toEqual([45, 16]);

    expect(found.reasons.map(({ reason, rows, more }) => [reason, rows, more])).toEqual([
      ['lag', 45, 0],
      ['all-zero group', 144, 0],
    ]);
    const [lag, empty] = found.reasons;
    expect(lag.units.map(({ unit }) => unit).sort()).toEqual([...units].sort());
    expect(lag.units.every(({ periods }) => spansOf(periods, found.periods) === '2008')).toBe(true);
    expect(empty.units.map(({ unit }) => unit).sort()).toEqual([...zero].sort());
    expect(empty.units.every(({ periods }) => spansOf(periods, found.periods) === '2009–2017')).toBe(true);
    // On the map: the same cells, line by line.
    found.lines.forEach((name, line) => {
      const codes = [...found.codes.subarray(line * 10, (line + 1) * 10)];
      expect([name, ...codes]).toEqual([name, 1, ...new Array(9).fill(zero.includes(name) ? 2 : 0)]);
    });
  });

  test('joins periods that follow each other in the panel', () => {
    expect(spansOf([2001, 2003, 2005, 2009], [2001, 2003, 2005, 2007, 2009])).toBe('2001–2005, 2009');
    expect(spansOf([], [1])).toBe('');
  });
});
