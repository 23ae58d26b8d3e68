import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { renderLatex } from '../../src/render/latex.ts';
import { escapeLatex } from '../../src/render/latex-escape.ts';
import { hasCommand, missingPart } from './parts.ts';
import { HOSTILE, printedTables } from './printed-tables.ts';

const tex = hasCommand('pdflatex');
if (!tex) missingPart('pdflatex', 'LaTeX tables in TeX');
const xetex = tex && hasCommand('xelatex');
if (!xetex) missingPart('texlive-xetex', 'LaTeX tables in an engine that reads Unicode');
const poppler = hasCommand('pdftotext');
if (!poppler) missingPart('poppler-utils', 'the text of typeset tables');

describe('escapeLatex', () => {
  it('makes every special character a letter', () => {
    expect(escapeLatex('5% of $x_1 & #2 {a} \\b ~c ^d')).toBe(
      '5\\% of \\$x\\_1 \\& \\#2 \\{a\\} \\textbackslash{}b \\textasciitilde{}c \\textasciicircum{}d',
    );
  });

  it('writes accents, Greek and signs as commands, in ASCII alone', () => {
    expect(escapeLatex('Škoda é ı ñ')).toBe("\\v{S}koda \\'{e} \\i{} \\~{n}");
    expect(escapeLatex('ín')).toBe("\\'{\\i}n");
    expect(escapeLatex('χ² ≥ −1')).toBe('$\\chi$$^{2}$ $\\geq$ $-$1');
    expect(escapeLatex(HOSTILE.replace(/[中国的专利🙂]/gu, ''))).toMatch(/^[\x20-\x7e]*$/);
  });

  it('gives letters beyond pdflatex with their code points', () => {
    expect(escapeLatex('a 中国 b')).toBe('a \\gvunicode{中国}{U+4E2D U+56FD} b');
  });

  it('keeps brackets and stars from being read as arguments, and hyphens from becoming dashes', () => {
    expect(escapeLatex('[a]')).toBe('{[}a]');
    expect(escapeLatex('*a')).toBe('{*}a');
    expect(escapeLatex('a--b')).toBe('a-{}-b');
    expect(escapeLatex('a–b')).toBe('a--b');
  });
});

describe('renderLatex', () => {
  const main = renderLatex(printedTables.main);

  it('uses booktabs and threeparttable, and has each number whole', () => {
    for (const word of [
      '\\toprule',
      '\\midrule',
      '\\bottomrule',
      '\\cmidrule',
      '\\begin{threeparttable}',
      '\\begin{tablenotes}',
    ])
      expect(main).toContain(word);
    expect(main).toContain('\\gvd{1.023}{***}');
    expect(main).toContain('\\gvd{(0.150)}{}');
    expect(main).toContain('\\gvd{-0.176}{}');
    expect(main).not.toMatch(/siunitx|dcolumn/);
  });

  it('has as many cells in every row as columns', () => {
    const spec = /\\begin\{tabular\}\{([lcr]+)\}/.exec(main)![1];
    const from = main.indexOf('\\toprule');
    const rows = main.slice(from, main.indexOf('\\bottomrule')).match(/^.*\\\\\*?$/gm)!;
    expect(rows.length).toBeGreaterThan(20);
    for (const row of rows) {
      const spans = [...row.matchAll(/\\multicolumn\{(\d+)\}/g)].reduce((sum, [, n]) => sum + Number(n) - 1, 0);
      expect(row.replaceAll('\\&', '').split('&').length + spans, row).toBe(spec.length);
    }
  });

  it('repeats the head of a table over several pages', () => {
    const long = renderLatex(printedTables.long);
    expect(long).toContain('\\begin{longtable}');
    expect(long).toContain('\\endhead');
    expect(long.match(/Variable & /g)).toHaveLength(2);
  });

  it('gives the same bytes twice', () => {
    expect(renderLatex(printedTables.hostile)).toBe(renderLatex(printedTables.hostile));
  });
});

describe.runIf(tex)('pdflatex', () => {
  const dir = mkdtempSync(join(tmpdir(), 'gravpanel-tex-'));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  for (const [name, table] of Object.entries(printedTables))
    writeFileSync(join(dir, `${name}.tex`), renderLatex(table));

  function compile(name: string, engine = 'pdflatex') {
    const options = ['-interaction=nonstopmode', '-halt-on-error', `${name}.tex`];
    const { status, stdout } = spawnSync(engine, options, { cwd: dir, encoding: 'utf8' });
    const complaints = stdout.split('\n').filter((line) => /^!|Overfull|too large|undefined/.test(line));
    return { status, complaints };
  }
  const textOf = (name: string) =>
    execFileSync('pdftotext', ['-layout', `${name}.pdf`, '-'], { cwd: dir, encoding: 'utf8' });

  it.each(['main', 'beside', 'panels', 'wide', 'long'])('sets the table %s by itself, within its page', (name) => {
    expect(compile(name)).toEqual({ status: 0, complaints: [] });
  });

  it('sets any label, unit, head and note', () => {
    expect(compile('hostile').status).toBe(0);
  });

  it('sets all tables inside a paper that loads booktabs, threeparttable and longtable', () => {
    const inputs = Object.keys(printedTables).map((name) => `\\input{${name}}`);
    writeFileSync(
      join(dir, 'paper.tex'),
      `\\documentclass{article}\n\\usepackage{booktabs,threeparttable,longtable,lmodern}\n\\begin{document}\nBefore.\n${inputs.join('\n')}\nAfter.\n\\end{document}\n`,
    );
    expect(compile('paper').status).toBe(0);
    const log = readFileSync(join(dir, 'paper.log'), 'utf8');
    expect(log).toMatch(/Output written on paper\.pdf/);
  });

  it.runIf(xetex && poppler)('sets Chinese by xelatex where a font has it, and its code points where none has', () => {
    expect(compile('rich', 'xelatex').status).toBe(0);
    expect(readFileSync(join(dir, 'rich.log'), 'utf8')).not.toContain('Missing character');
    const font = spawnSync('fc-list', [':lang=zh-cn'], { encoding: 'utf8' }).stdout;
    const known = /Noto (Serif|Sans) CJK SC|Source Han Serif SC|SimSun|Songti SC|FandolSong/.test(font ?? '');
    expect(textOf('rich')).toContain(known ? '合作专利' : 'U+5408 U+4F5C U+4E13 U+5229');
    expect(compile('rich').status).toBe(0);
    expect(textOf('rich')).toContain('U+5408 U+4F5C U+4E13 U+5229');
  });

  it.runIf(poppler)('prints every number of the table as it stands in it', () => {
    const text = textOf('main').replaceAll('−', '-').replaceAll('∗', '*');
    expect(text).toMatch(/Table 8: Co-patents and gravity, whole sample/);
    const numbers = printedTables.main.body.flatMap(({ cells }) => cells.map((cell) => cell.text.replaceAll('−', '-')));
    for (const number of numbers.filter(Boolean)) expect(text).toContain(number);
    expect(text).toMatch(/1\.023\*\*\* +0\.910\*\*\*/);
  });
});
