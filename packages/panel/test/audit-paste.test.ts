/** Tables as they come off a page: the layout of the paper's text, PDFs, web pages, LaTeX. */
import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { auditPublished } from '../src/audit.ts';
import { readPaste } from '../src/audit-paste.ts';
import { pasteYaml } from '../src/audit-paste-yaml.ts';
import { readPublished } from '../src/audit-read.ts';
import { auditHeadline } from '../src/audit-report.ts';
import { thrown } from './thrown.ts';

const published = (text: string) => readPublished(pasteYaml(readPaste(text)), { file: 'paste' });
/** "column term: estimate (second) stars" of every cell. */
const cells = (text: string) =>
  published(text).regressions[0].columns.flatMap((c) =>
    c.cells.map((x) => `${c.name} ${x.term}: ${x.estimate.text} (${x.second?.text ?? ''}) ${x.stars}`.trim()),
  );

/** Table 8 of the paper as its text has it: one cell a block, empty cells only as spaces after the label. */
const TABLE8 = `Table 8. Full sample regression results.

 (1) (2) (3)

Lnpatent1
1.023***
(0.150)

0.910***
(0.150)

0.880***
(0.151)

lngd
−0.176
(0.199)

−0.110
(0.200)

−0.109
(0.960)

in${'  '}
0.568**
(0.257)

0.639**
(0.256)

re${'   '}
0.343*
(0.190)

constant
−6.218*
(3.617)

−8.985**
(3.693)

−8.920**
(3.714)

observations 450 450 450

Note: ***, **, *, respectively, are significant at the level of 1%, 5%, and 10%, and the standard deviation of
robustness in parentheses.
`;

describe('a pasted table', () => {
  it('in the layout of the paper gives the numbers of the transcription', () => {
    const paper = readPublished(
      readFileSync(new URL('../../../studies/belt-road-copatents/published.yaml', import.meta.url), 'utf8'),
      { file: 'p' },
    );
    const known = paper.regressions.find(({ id }) => id.startsWith('table8'))!;
    const wanted = known.columns
      .slice(0, 3)
      .flatMap((c) =>
        c.cells
          .filter(({ term }) => ['lnpatent1', 'lngd', 'in', 're', 'constant'].includes(term))
          .map((x) => `${c.name} ${x.term}: ${x.estimate.text} (${x.second!.text}) ${x.stars}`.trim()),
      );
    expect(cells(TABLE8).map((c) => c.replace('Lnpatent1', 'lnpatent1').replaceAll('−', '-'))).toEqual(wanted);
    const read = published(TABLE8);
    expect(read.regressions[0].id).toBe('table8');
    expect(read.regressions[0].columns.map((c) => c.nobs?.value)).toEqual([450, 450, 450]);
  });

  test.each([
    ['below, spaces', 'x 1.023*** 0.910**\n(0.150) (0.350)\nz 0.5 0.6\n(0.5) (0.7)\n* p<0.10, ** p<0.05, *** p<0.01'],
    [
      'below, tabs',
      'x\t1.023***\t0.910**\n\t(0.150)\t(0.350)\nz\t0.5\t0.6\n\t(0.5)\t(0.7)\nNotes: * p < 0.1, ** p < 0.05, *** p < 0.01',
    ],
    [
      'beside',
      'x 1.023*** (0.150) 0.910** (0.350)\nz 0.5 (0.5) 0.6 (0.7)\nStandard errors in parentheses. * p < 10%, ** p < 5%, *** p < 1%',
    ],
    ['superscripts', 'x 1.023∗∗∗ 0.910＊＊\n(0.150) (0.350)\nz 0.5 0.6\n(0.5) (0.7)\n∗p<0.1; ∗∗p<0.05; ∗∗∗p<0.01'],
    [
      'LaTeX',
      'x & 1.023$^{***}$ & 0.910\\sym{**} \\\\\n & (0.150) & (0.350) \\\\\nz & 0.5 & 0.6 \\\\\n & (0.5) & (0.7) \\\\\n\\hline\nNote: $^{*}$p$<$0.1; *p<0.1, **p<0.05, ***p<0.01',
    ],
    [
      'brackets',
      'x 1.023 *** 0.910 **\n[0.150] [0.350]\nz 0.5 0.6\n[0.5] [0.7]\n*** significant at 1%, ** significant at 5%, * significant at 10%',
    ],
  ])('with errors %s is read', (_, text) => {
    expect(cells(text)).toEqual([
      '(1) x: 1.023 (0.150) ***',
      '(1) z: 0.5 (0.5)',
      '(2) x: 0.910 (0.350) **',
      '(2) z: 0.6 (0.7)',
    ]);
    expect(published(text).stars.map((s) => [s.symbol, s.level])).toEqual([
      ['***', 0.01],
      ['**', 0.05],
      ['*', 0.1],
    ]);
  });

  it('reads Unicode minus signs, ligatures and one pair a line', () => {
    expect(cells('eﬀect of oﬃce −0.176 (0.199)\nﬁrm size −1.114∗ (0.862)')).toEqual([
      '(1) effect of office: -0.176 (0.199)',
      '(1) firm size: -1.114 (0.862) *',
    ]);
  });

  it('keeps numbers in labels, empty tabbed cells and thousands', () => {
    const text =
      'Table 3\n\tOLS\tPPML\nLnpatent1\t0.5*\t0.7**\n\t(0.3)\t(0.3)\nl(gdp, 1)\t\t1,234.5\n\t\t(2,000.1)\nN\t1,200\t1,100';
    expect(cells(text)).toEqual([
      'OLS Lnpatent1: 0.5 (0.3) *',
      'PPML Lnpatent1: 0.7 (0.3) **',
      'PPML l(gdp, 1): 1,234.5 (2,000.1)',
    ]);
    expect(published(text).regressions[0].columns.map((c) => c.nobs?.value)).toEqual([1200, 1100]);
  });

  it('says what to compare with the page', () => {
    const { doubts, second } = readPaste('x 1.0*** 0.9**\n(0.1) (0.3)\nz 0.6\n(0.7)\nt statistics in parentheses');
    expect(doubts.join()).toMatch(/z: 1 of 2 cells; they were put into the last columns/);
    expect(second).toBe('t');
  });

  it('takes the end of a sentence for no mark, and R’s full stop for one where R lists it', () => {
    const row = 'x 1.00. 0.50*\n(0.60) (0.28)\n';
    expect(cells(row)).toEqual(['(1) x: 1.00 (0.60)', '(2) x: 0.50 (0.28) *']);
    expect(readPaste(row).doubts.join()).toContain('x, (1): the full stop was read as no mark');
    expect(cells(`${row}Signif. codes: 0 '***' 0.001 '**' 0.01 '*' 0.05 '.' 0.1`)[0]).toBe('(1) x: 1.00 (0.60) .');
  });

  it('does not hold a table without any stars to the stars that it has not', () => {
    const plain = auditPublished(published('x 0.50 0.10\n(0.10) (0.20)\nN 50 50'));
    expect(plain.cells).toBe(0);
    expect(plain.unread.join()).toContain('none printed');
    expect(auditHeadline(plain)).toBe('No stars are printed, so none were checked');
    expect(auditPublished(published('x 0.50 0.10*\n(0.10) (0.20)\nN 50 50')).findings.length).toBe(2);
  });

  it('reads the first of several tables, and names those that it did not read', () => {
    const other = 'Table 9. By period\n\n (1)\n\nx\n0.7**\n(0.3)\n';
    const text = `Table 1. Countries\nNorth Asia 3.2\n\n${TABLE8}\n${other}`;
    const table = readPaste(text);
    expect([table.id, table.columns.length]).toEqual(['table8', 3]);
    expect(table.doubts[0]).toBe('Table 9: in the paste too, and not read; paste each by itself');
    expect(cells(text)).toEqual(cells(TABLE8));
    expect(thrown(() => readPaste('Table 1. Countries\nNorth Asia 3.2\nAll 12.5\n')).code).toBe('audit/no-table');
  });

  it('without an estimate is an error that says so', () => {
    expect(thrown(() => readPaste('Dear reader,\nthere is no table here.\n')).code).toBe('audit/no-table');
  });
});
