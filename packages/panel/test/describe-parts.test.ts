/** Mapping, top, crosstab, variables, correlation, network, and the concentration of shares: against R and by hand. */
import { digits, fixtureJson, fixtureText } from '@gravpanel/test-fixtures';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { describe as describePanel } from '../src/describe.ts';
import { correlations } from '../src/describe-correlation.ts';
import { graphml, strengths, vosviewer } from '../src/describe-network.ts';
import { gini, holdings } from '../src/describe-shares.ts';
import { companyKey } from '../src/describe-top.ts';
import { setPanel } from '../src/frame.ts';
import { fieldTitle } from '../src/patent-fields.ts';
import { renderFigureSvg } from '../src/render/svg.ts';
import type { DescribeSpec, Study } from '../src/study.ts';
import { readTable } from '../src/table-read.ts';
import type { BarsPlot, Figure, Frame, Table } from '../src/types.ts';
import { thrown } from './thrown.ts';

interface Peers {
  shares: { data: string; unit: string; count: string; gini: number }[];
  correlations: { data: string; unit: string; variables: string[]; rows: number; r: number[][]; vif: number[] }[];
}
const peers = fixtureJson<Peers>('peers', 'descriptives.json');

const read = (csv: string): Frame => readTable(csv, { name: 'small.csv' });
const fixture = (name: string) => readTable(fixtureText('data', `${name}.csv`), { name: `${name}.csv` });
const table = (frame: Frame, spec: DescribeSpec, tables?: Record<string, Frame>): Table =>
  describePanel(frame, spec, {}, tables ? { tables } : {})[0] as Table;
const texts = ({ body }: Table) => body.map((row) => [row.label, ...row.cells.map((cell) => cell.text)]);
const code = (work: () => unknown) => thrown(work).code;

describe('shares', () => {
  for (const { data, unit, count, gini: want } of peers.shares)
    it(`has R's Gini coefficient of ${count} in ${data}, 12 digits`, () => {
      const frame = fixture(data);
      const values = (name: string) => Array.from((frame.columns[name] as { values: Float64Array }).values);
      expect(digits(gini(holdings(values(unit).map(String), values(count))), want)).toBeGreaterThan(12);
    });
  it('has a Gini of 0 for equal holders and (n − 1)/n for one who holds all', () => {
    expect(gini(holdings(['a', 'b', 'c'], [5, 5, 5]))).toBe(0);
    expect(gini(holdings(['a', 'b', 'c', 'd'], [0, 0, 0, 9]))).toBe(0.75);
  });
  const counts = 'who,n\nb,2\na,3\nc,0\nd,0\n';
  it('names those with none', () => {
    expect(table(read(counts), { kind: 'shares', count: 'n', by: 'who' }).notes).toContain('None: c, d.');
  });
  it('opens the records behind a row, each once', () => {
    const records = read('id,who\np1,a\np2,a\np3,a\np3,b\np4,b\np4,b\n');
    const spec: DescribeSpec = { kind: 'shares', count: 'n', by: 'who', records: { from: 'r', id: 'id' } };
    expect(table(read(counts), spec, { r: records }).body[0].opens).toEqual({ label: 'r', ids: ['p1', 'p2', 'p3'] });
  });
  it('refuses a count that differs from the number of its records', () => {
    const spec: DescribeSpec = { kind: 'shares', count: 'n', by: 'who', records: { from: 'r', id: 'id' } };
    expect(thrown(() => table(read(counts), spec, { r: read('id,who\np1,a\n') }))).toMatchObject({
      code: 'describe/records-differ',
      message: 'a has a count of 3, but 1 records in "r".',
    });
  });
  it('draws as many bars as the table has rows where parts are many, and they add up to the total', () => {
    const many = ['who,n', ...Array.from({ length: 30 }, (_, i) => `unit ${i},${i < 26 ? 40 - i : 0}`)].join('\n');
    const spec = { kind: 'shares', count: 'n', by: 'who', figure: true, top: 5 } as const;
    const [figure] = describePanel(read(many), spec) as (Figure & BarsPlot)[];
    expect(figure.bars.map(({ label }) => label).slice(9)).toEqual(['unit 9', '16 others, 15–30 each', '4 with none']);
    expect(figure.bars.reduce((sum, { value }) => sum + value, 0)).toBe(figure.total);
    const [all] = describePanel(read(many), { ...spec, all: true }) as (Figure & BarsPlot)[];
    expect(all.bars).toHaveLength(30);
  });
  it('draws bars with every part, those with none included', () => {
    const [figure] = describePanel(read(counts), { kind: 'shares', count: 'n', by: 'who', figure: true }) as Figure[];
    expect(figure).toMatchObject({
      plot: 'bars',
      total: 5,
      bars: [
        { label: 'a', value: 3 },
        { label: 'b', value: 2 },
        { label: 'c', value: 0 },
        { label: 'd', value: 0 },
      ],
    });
  });
});

describe('series of a further table', () => {
  const long = read(
    'who,year,n\na,2000,25\na,2001,49\na,2002,83\na,2003,218\nb,2000,0\nb,2001,1\nb,2002,0\nb,2003,2\n',
  );
  it('needs no panel where time and by are named; stages carry growth, sums and shares of all', () => {
    const spec: DescribeSpec = {
      kind: 'series',
      from: 'x',
      count: 'n',
      by: 'who',
      time: 'year',
      stages: ['2000:2001', '2001:2003'],
    };
    const [figure] = describePanel(read('z,n\n1,1\n'), spec, {}, { tables: { x: long } }) as Figure[];
    expect(figure.table.foot.map((row) => [row.label, row.cells[0].text])).toEqual([
      ['2000–2001, ratio and yearly rate', '×2.00, 100.0%'],
      // √(220/50) − 1 and 220/25 − 1 by hand.
      ['2001–2003, ratio and yearly rate', '×4.40, 109.8%'],
      ['2000–2003, ratio and yearly rate', '×8.80, 106.5%'],
      ['2000–2001, sum and share of all', '75, 19.8%'],
      ['2001–2003, sum and share of all', '353, 93.4%'],
    ]);
  });
  it('refuses a time that is not whole, with its line', () => {
    const spec: DescribeSpec = { kind: 'series', count: 'n', by: 'who', time: 'year' };
    expect(thrown(() => table(read('who,year,n\na,2000,1\na,2000.5,1\n'), spec))).toMatchObject({
      code: 'data/time-not-integer',
      at: { row: 3, variable: 'year' },
    });
  });
  it('says which tables there are', () => {
    expect(
      thrown(() => table(long, { kind: 'shares', from: 'recrods', count: 'n', by: 'who' }, { records: long })),
    ).toMatchObject({
      code: 'describe/unknown-table',
      hint: expect.stringContaining('records'),
    });
  });
});

describe('mapping', () => {
  it('lists the members of each group with their number, each once', () => {
    const frame = read('who,region\na,North\nb,South\nc,North\na,North\n');
    const made = table(frame, { kind: 'mapping', unit: 'who', group: 'region' });
    expect(texts(made)).toEqual([
      ['North', '2', 'a, c'],
      ['South', '1', 'b'],
    ]);
    expect(made.foot[0].cells[0].value).toBe(3);
  });
  it('refuses a unit in two groups and one in none, with the line', () => {
    const of = (csv: string) => thrown(() => table(read(csv), { kind: 'mapping', unit: 'who', group: 'region' }));
    expect(of('who,region\na,North\nb,South\na,South\n')).toMatchObject({
      code: 'describe/unit-in-two-groups',
      message: 'a is in North and in South; every unit belongs to one group.',
      at: { row: 4 },
    });
    expect(of('who,region\na,North\nb,\n')).toMatchObject({ code: 'describe/missing-label', at: { row: 3 } });
  });
});

describe('top', () => {
  const names = read(
    [
      'who,type,n',
      '"Huawei Technologies Co., Ltd.",Company,30',
      'HUAWEI TECHNOLOGIES CO LTD,Company,15',
      'Huawei Device Co.,Company,9',
      'BASF SE,Company,11',
      'Basf S.E.,Company,11',
      'Université de Genève,University,12',
      'UNIVERSITE DE GENEVE,University,2',
      'Small & Sons,Company,1',
    ].join('\n'),
  );
  it('merges spellings by the stated rule, shows the most frequent, and sums the rest', () => {
    const made = table(names, { kind: 'top', count: 'n', name: 'who', over: 10, show: ['type'] });
    expect(texts(made)).toEqual([
      ['Huawei Technologies Co., Ltd.', '45', 'Company'],
      ['BASF SE', '22', 'Company'],
      ['Université de Genève', '14', 'University'],
    ]);
    expect(made.foot[0]).toMatchObject({ label: '2 others, at most 10 each', cells: [{ value: 10 }, {}] });
    expect(made.notes).toContain('6 spellings stand for 3 of the 5 names.');
  });
  it('keeps spellings apart with merge: exact', () => {
    const made = table(names, { kind: 'top', count: 'n', name: 'who', over: 11, merge: 'exact' });
    expect(made.body.map(({ label, cells }) => [label, cells[0].value])).toEqual([
      ['Huawei Technologies Co., Ltd.', 30],
      ['HUAWEI TECHNOLOGIES CO LTD', 15],
      ['Université de Genève', 12],
    ]);
  });
  it('keys names of companies', () => {
    expect(companyKey('The Procter & Gamble Company')).toBe('PROCTER AND GAMBLE');
    expect(companyKey('STATS ChipPAC Pte. Ltd.')).toBe('STATS CHIPPAC');
    expect(companyKey('Sociétés Générales S.A.')).toBe('SOCIETES GENERALES');
    expect(companyKey('Nokia Technologies Oy')).toBe(companyKey('NOKIA TECHNOLOGIES OY'));
    expect(companyKey('中国移动通信有限公司')).toBe('中国移动通信有限公司');
    expect(companyKey('Co. Ltd.')).toBe('CO');
    expect(companyKey('…')).toBe('…');
  });
  it('says what the largest is where none is over', () => {
    expect(thrown(() => table(names, { kind: 'top', count: 'n', name: 'who', over: 99 }))).toMatchObject({
      code: 'describe/none-over',
      message: expect.stringContaining('the largest is 45 (Huawei Technologies Co., Ltd.)'),
    });
  });
});

describe('crosstab', () => {
  const fields = read('field,who,n\nH01L,a,4\nH01L,b,7\nH01L,c,7\nH01L,d,1\nG06F,a,9\nG06F,b,1\nX99Z,a,2\nA01B,a,0\n');
  it('gives each field its total, its largest partners and what it is', () => {
    const made = table(fields, { kind: 'crosstab', count: 'n', rows: 'field', columns: 'who', definitions: true });
    expect(texts(made)).toEqual([
      ['H01L', 'Semiconductor devices', '19', 'b 7, c 7, a 4'],
      ['G06F', 'Electric digital data processing', '10', 'a 9, b 1'],
      ['X99Z', '', '2', 'a 2'],
    ]);
    expect(made.notes).toContain('No title is known for X99Z.');
  });
  it('sums the rows beyond the limit', () => {
    const made = table(fields, { kind: 'crosstab', count: 'n', rows: 'field', columns: 'who', limit: 1, top: 1 });
    expect(texts(made)).toEqual([['H01L', '19', 'b 7']]);
    expect(made.foot[0]).toMatchObject({ label: '2 others', cells: [{ value: 12 }, {}] });
  });
  it('knows the fields of the paper, by subclass or full symbol', () => {
    for (const field of 'G06F H01L H04W H04L A61K H04B H04N C07D G06Q G01N'.split(' '))
      expect(fieldTitle(field)).toBeTruthy();
    expect(fieldTitle('h01l 21/00')).toBe('Semiconductor devices');
    expect(fieldTitle('Q99Z')).toBeUndefined();
  });
});

describe('correlation', () => {
  for (const peer of peers.correlations)
    it(`has R's correlations and variance inflation of ${peer.data}, 11 digits`, () => {
      const frame = fixture(peer.data);
      const made = table(frame, { kind: 'correlation', variables: peer.variables });
      peer.variables.forEach((_, i) => {
        const cells = made.body[i].cells;
        for (let j = 0; j <= i; j++) expect(Math.abs(cells[j].value! - peer.r[i][j])).toBeLessThan(1e-12);
        for (let j = i + 1; j < peer.variables.length; j++) expect(cells[j].kind).toBe('empty');
        expect(digits(cells.at(-1)!.value!, peer.vif[i]), peer.variables[i]).toBeGreaterThan(11);
      });
      expect(made.notes[0]).toContain(`over ${peer.rows.toLocaleString('en')} rows`);
    });
  it('says which variable the others explain in full', () => {
    const made = table(read('a,b,c,d\n1,2,3,1\n2,1,3,4\n3,5,8,9\n4,4,8,2\n7,1,8,3\n'), {
      kind: 'correlation',
      variables: ['a', 'b', 'c', 'd'],
    });
    expect(made.body.map((row) => row.cells.at(-1)!.text).slice(0, 3)).toEqual(['collinear', 'collinear', 'collinear']);
    expect(made.notes).toContain('The others explain a, b, c in full.');
  });
  it('uses the rows that have all variables; refuses constants and too few rows', () => {
    const of = (csv: string) => () => table(read(csv), { kind: 'correlation', variables: ['a', 'b'] });
    expect(of('a,b\n1,2\n2,\n3,1\n4,9\n')().notes[0]).toContain('over 3 rows; 1 with a missing value are left out');
    expect(code(of('a,b\n1,2\n1,3\n1,1\n'))).toBe('describe/constant');
    expect(code(of('a,b\n1,2\n2,\n'))).toBe('describe/too-few-rows');
    expect(code(of('a,b\nx,2\ny,1\n'))).toBe('data/not-numeric');
  });
  it('is exact for two columns: VIF = 1/(1 − r²)', () => {
    const { of } = correlations([Float64Array.of(1, 2, 3, 4), Float64Array.of(2, 1, 4, 3)]);
    expect(of.r[0][1]).toBeCloseTo(0.6, 15);
    expect(of.vif[0]).toBeCloseTo(1 / (1 - 0.36), 13);
  });
});

describe('network', () => {
  const frame = read(
    'who,year,n,own,size\na,1,4,100,10\na,2,4,100,6\nb,1,1,100,40\nb,2,1,100,44\nc,1,0,100,50\nc,2,0,100,50\n',
  );
  const spec: DescribeSpec = { kind: 'network', count: 'n', by: 'who', home: 'H & Co', own: 'own', size: 'size' };
  it('has Salton, Jaccard and affinity of sums by partner, by hand', () => {
    const made = table(frame, spec);
    const values = made.body.map((row) => [row.label, ...row.cells.map((cell) => cell.value)]);
    expect(values).toEqual([
      ['a', 8, 16, 8 / Math.sqrt(200 * 16), 8 / (200 + 16 - 8), 8 / 10 / (16 / 200)],
      ['b', 2, 84, 2 / Math.sqrt(200 * 84), 2 / (200 + 84 - 2), 2 / 10 / (84 / 200)],
    ]);
    expect(made.notes[0]).toContain('1 without a tie are left out');
  });
  it('has an affinity of 1 for every partner where joint work follows size', () => {
    const ties = strengths([1, 2, 5].map((k) => ({ label: String(k), joint: k, own: 50, size: 7 * k })));
    for (const tie of ties) expect(tie.affinity).toBeCloseTo(1, 14);
  });
  it('writes GraphML with escaped names, and the two files of VOSviewer', () => {
    const ties = strengths([{ label: 'a <b>', joint: 2, own: 9, size: 4 }]);
    const xml = graphml('H & Co', ties);
    expect(xml).toContain('<data key="label">H &amp; Co</data>');
    expect(xml).toContain('<data key="label">a &lt;b&gt;</data>');
    expect(xml.match(/<node /g)).toHaveLength(2);
    expect(xml.match(/<edge source="n0" target="n1">/g)).toHaveLength(1);
    expect(vosviewer('H', ties)).toEqual({
      map: 'id\tlabel\tweight<Links strength>\tweight<Documents>\n1\tH\t2\t9\n2\ta <b>\t2\t4\n',
      network: '1\t2\t2\n',
    });
    expect(Object.keys(table(frame, spec).files!)).toEqual([
      'network-n.graphml',
      'network-n-map.txt',
      'network-n-network.txt',
    ]);
  });
  it('draws each tie: width by Salton, area by documents, blue above an affinity of 1', () => {
    const figure = describePanel(frame, spec)[1] as Figure;
    expect(figure).toMatchObject({ plot: 'network', id: 'network-n-ties', home: 'H & Co' });
    expect(figure.title).toBe('H & Co’s strongest tie for its size is with a');
    const { document } = parseHTML('<html><body></body></html>');
    // As XML: an attribute has no bare "&".
    const [, name] = /aria-label="([^"]*)"/.exec(renderFigureSvg(figure, { document, theme: 'page' }))!;
    expect(name).toBe('H &amp; Co’s strongest tie for its size is with a');
    for (const width of [340, 640]) {
      const svg = parseHTML(`<body>${renderFigureSvg(figure, { document, theme: 'page', width })}</body>`).document;
      const numbers = (selector: string, name: string) =>
        [...svg.querySelectorAll(selector)].map((e) => Number(e.getAttribute(name)));
      // The weaker one is drawn first. 8/√3200 to 2/√16800, and 16 to 84 documents; pixels are rounded to a tenth.
      const [weak, strong] = numbers('path', 'stroke-width');
      expect(weak / strong).toBeCloseTo(2 / Math.sqrt(16800) / (8 / Math.sqrt(3200)), 2);
      const [a, b] = numbers('circle', 'r');
      expect((a / b) ** 2).toBeCloseTo(16 / 84, 1);
      expect([...svg.querySelectorAll('path')].map((e) => e.getAttribute('stroke'))).toEqual([
        'var(--border)',
        'var(--accent)',
      ]);
      expect(svg.querySelector('svg')!.outerHTML).not.toMatch(/NaN|undefined/);
      const right = numbers('text', 'x');
      expect(Math.max(...right)).toBeLessThanOrEqual(width);
    }
  });
  it('refuses more joint documents than the smaller side has', () => {
    expect(code(() => table(read('who,n,own,size\na,5,100,4\n'), spec))).toBe('describe/more-joint-than-own');
  });
});

describe('variables', () => {
  const study: Study = {
    version: 1,
    title: 'T',
    data: { path: 'x.csv', unit: 'id', time: 't' },
    derive: { lx: 'log(x)' },
    variables: {
      x: { label: 'X', simulated: true },
      lx: { label: 'ln X', expected: '-', source: 'made', role: 'core' },
      z: { label: 'Z', meaning: 'zed', unit: 'km', source: 'CEPII', expected: '+' },
    },
  };
  const made = describePanel(
    setPanel(read('id,t,x\na,1,2\n'), ['id'], 't'),
    { kind: 'variables', variables: ['lx', 'z'] },
    {},
    { study },
  )[0] as Table;
  it('says role, meaning, unit, sign and source, and what is simulated through its derivation', () => {
    expect(made.columns.map(({ head }) => head)).toEqual(['Role', 'Meaning', 'Unit', 'Expected', 'Source', 'Data']);
    expect(texts(made)).toEqual([
      ['ln X', 'core', 'lx = log(x)', '', '−', 'made', 'simulated'],
      ['Z', '', 'zed', 'km', '+', 'CEPII', 'real'],
    ]);
  });
  it('refuses a name that is not described', () => {
    const spec: DescribeSpec = { kind: 'variables', variables: ['lxx'] };
    expect(code(() => describePanel(read('a\n1\n'), spec, {}, { study }))).toBe('study/unknown-variable');
  });
});

describe('a coefficient plot', () => {
  const point = (estimate: number) => ({
    ...{ term: 'x', label: 'A variable', within: true, estimate },
    ...{ lo90: estimate - 0.4, hi90: estimate + 0.4, lo95: estimate - 0.5, hi95: estimate + 0.5 },
  });
  const long = ['conditional negative binomial, unit effects', 'negative binomial, NB2'];
  const drawn = (labels: string[], width: number) => {
    const { document } = parseHTML('<html><body></body></html>');
    const figure = {
      ...{ kind: 'figure', plot: 'coefficients', id: 'c', title: 'C', subtitle: '', source: '' },
      series: labels.map((label, k) => ({ label, points: [point(k)] })),
    } as unknown as Figure;
    const svg = parseHTML(`<body>${renderFigureSvg(figure, { document, theme: 'page', width })}</body>`).document;
    return [...svg.querySelectorAll('text')].map((e) => {
      const [x, y] = /translate\(([-\d.]+),([-\d.]+)\)/.exec(e.getAttribute('transform')!)!.slice(1).map(Number);
      return { text: e.textContent!, x, y };
    });
  };

  it.each([340, 440])('has the names of its series above the rows where they have no room, %i px', (width) => {
    const texts = drawn(long, width);
    const row = texts.find(({ text }) => text === 'A variable')!;
    for (const name of long) {
      const { x, y } = texts.find(({ text }) => text === name)!;
      expect([x > 0 && x < 30, y < row.y - 12]).toEqual([true, true]);
    }
  });
  it('has short names beside their first intervals', () => {
    const texts = drawn(['NB', 'FE'], 640);
    const row = texts.find(({ text }) => text === 'A variable')!;
    for (const name of ['NB', 'FE']) {
      const { x, y } = texts.find(({ text }) => text === name)!;
      expect([x > 100, Math.abs(y - row.y) < 20]).toEqual([true, true]);
    }
  });
});
