/** table, plot and describe: parts of a run again, without estimating. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goodPanel, goodStudy, studyPath, type Workspace, workspace } from './program.ts';

const study = goodStudy(
  '  main: { model: poisson, formula: "y ~ csw(x, z)" }\n  bad: { model: nb2, formula: "y ~ l(x, 50)" }',
  `variables: { x: { label: "=cmd|' /C calc'!A0", unit: "%" } }
describe:
  - { kind: summary, variables: [y, x] }
  - { kind: series, count: y }
tables:
  main: { models: [main], title: Main }
  other: { models: [main, bad], layout: beside, stats: [rows] }
`,
);

let w: Workspace;
beforeAll(() => {
  w = workspace({ 'panel.csv': goodPanel(), 'study.yaml': study });
  w.run(['run', 'study.yaml', '-o', 'out', '--quiet']);
  // Nothing may be read but the folder of the run.
  w.write('panel.csv', 'gone');
}, 60_000);
afterAll(() => w.remove());

const text = (path: string) => readFileSync(w.path(path), 'utf8');

describe('table', () => {
  it.each(['md', 'tex', 'csv', 'json', 'html'])('prints %s as the run wrote it', (format) => {
    for (const id of ['main', 'other']) {
      const { code, stdout, stderr } = w.run(['table', 'out', '--format', format, '--table', id]);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toBe(text(`out/tables/${id}.${format}`));
    }
  });

  it('prints text at any width, Typst, and Word into a file', () => {
    expect(w.run(['table', 'out', '--width', '120']).stdout).toBe(text('out/tables/main.txt'));
    expect(w.run(['table', 'out', '--format', 'typ']).stdout).toContain('#figure(');
    expect(w.run(['table', 'out', '-o', 'again.docx']).code).toBe(0);
    expect(Buffer.compare(readFileSync(w.path('again.docx')), readFileSync(w.path('out/tables/main.docx')))).toBe(0);
  });

  it('lists the tables', () => {
    const { outputs } = JSON.parse(text('out/manifest.json'));
    expect(w.run(['table', 'out', '--list']).stdout.trim().split('\n')).toEqual(outputs.tables);
  });

  it.each([
    [['table', 'out', '--table', 'mian'], 2, /usage\/unknown-table/, /main/],
    [['table', 'out', '--format', 'pdf'], 2, /usage\/wrong-value/, /txt/],
    [['table', 'out', '-o', 'a.pdf'], 2, /usage\/unknown-format/, /\.tex/],
    [['table', 'nowhere'], 3, /run\/not-a-run/, /gravpanel run/],
    [['table', '.'], 3, /run\/not-a-run/, /gravpanel run/],
    [['plot', 'out', '--figure', 'x'], 2, /usage\/unknown-figure/, /series-y/],
    [['plot', 'out', '-o', 'a.gif'], 2, /usage\/unknown-format/, /\.svg/],
    [['plot', 'out', '-o', 'out'], 2, /usage\/unknown-format/, /\.svg/],
  ])('refuses %j', (args, code, name, hint) => {
    const { code: got, stderr } = w.run(args);
    expect([got, stderr]).toEqual([code, expect.stringMatching(name)]);
    expect(stderr).toMatch(hint);
  });
});

describe('plot', () => {
  it('draws svg and png as the run wrote them, and in the dark', () => {
    const { outputs } = JSON.parse(text('out/manifest.json'));
    for (const id of outputs.figures) {
      expect(w.run(['plot', 'out', '--figure', id]).stdout).toBe(text(`out/figures/${id}.svg`));
      expect(w.run(['plot', 'out', '--figure', id, '-o', 'a.png', '--force']).code).toBe(0);
      expect(Buffer.compare(readFileSync(w.path('a.png')), readFileSync(w.path(`out/figures/${id}.png`)))).toBe(0);
    }
    expect(w.run(['plot', 'out', '--theme', 'dark']).stdout).toContain('#11181d');
  });
});

describe('describe', () => {
  it('prints the descriptive tables of a study and estimates nothing', () => {
    const { code, stdout, stderr } = w.run(['describe', studyPath('hhg-patents')]);
    expect([code, stderr]).toEqual([0, '']);
    // Hall, Griliches and Hausman: 346 firms, ten years.
    expect(stdout).toMatch(/Patents applied for +3,460/);
    expect(stdout).toMatch(/Standard deviation/);
    expect(stdout).not.toMatch(/Log-likelihood|\*\*\*/);
  });

  it('writes the same tables as a run, or one object', () => {
    w.write('panel.csv', goodPanel());
    expect(w.run(['describe', 'study.yaml', '-o', 'described']).code).toBe(0);
    for (const format of ['csv', 'md', 'tex']) {
      const [alone, inRun] = ['described', 'out'].map((dir) => text(`${dir}/tables/summary.${format}`));
      const plain = (written: string) =>
        written.replace(/\*\*Table \d+\. /, '**').replace(/\\setcounter\{table\}\{\d+\}\n/, '');
      expect(plain(alone)).toBe(plain(inRun));
    }
    const { schema, items } = JSON.parse(w.run(['describe', 'study.yaml', '--json']).stdout);
    expect([schema, items.map(({ schema: s }: { schema: string }) => s)]).toEqual([
      'describe/1',
      ['table/1', 'figure/1', 'table/1'],
    ]);
  });

  it('says so where there is nothing to describe', () => {
    w.write('none.yaml', goodStudy('  a: { model: poisson, formula: y ~ x }'));
    const { code, stderr } = w.run(['describe', 'none.yaml', '--json']);
    expect([code, JSON.parse(stderr).error.code]).toEqual([3, 'study/nothing-to-describe']);
  });
});

describe('fit', () => {
  it.each(['tex', 'docx', 'typ'])('writes .%s', (format) => {
    const args = ['fit', '--data', 'panel.csv', '--model', 'poisson', 'y ~ x', '-o', `fit.${format}`];
    expect(w.run(args)).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(w.path(`fit.${format}`)).length).toBeGreaterThan(500);
  });
});
