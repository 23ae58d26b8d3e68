/** audit, audit paste, replicate and verify through the program. */
import { appendFileSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goodPanel, goodStudy, type Workspace, workspace } from './program.ts';

const paper = fileURLToPath(new URL('../../../studies/belt-road-copatents/published.yaml', import.meta.url));
let w: Workspace;
beforeAll(() => {
  w = workspace({ 'panel.csv': goodPanel() });
});
afterAll(() => w.remove());

describe('audit', () => {
  it('gives the object of the interface and exits 5', () => {
    const { code, stdout, stderr } = w.run(['audit', paper, '--json']);
    expect([code, stderr]).toEqual([5, '']);
    const audit = JSON.parse(stdout);
    expect([audit.schema, audit.cells]).toEqual(['audit/1', 60]);
    expect(audit.findings[0]).toEqual({
      rule: 'star-p',
      verdict: 'inconsistent',
      table: 'table8_full_sample',
      column: '(1)',
      term: 'lnpatent2',
      printed: '***',
      recomputed: '*',
      detail: '0.206/0.116 = 1.78, p = 0.076',
    });
    expect(audit.findings.filter((f: { rule: string }) => f.rule === 'star-p')).toHaveLength(25);
    expect(audit.findings.some((f: { rule: string; term: string }) => f.rule === 'range' && f.term === 'lngd')).toBe(
      true,
    );
  });

  it('prints the arithmetic and writes a page', () => {
    const { code, stdout } = w.run(['audit', paper, '--html', 'audit.html']);
    expect(code).toBe(5);
    expect(stdout).toMatch(/^W\. Huan \(2019\): 25 of 60 printed cells/);
    expect(stdout).toContain('0.203/0.110 = 1.85 → p = 0.065 → *, printed ***');
    const page = readFileSync(w.path('audit.html'), 'utf8');
    expect(page).toContain('<s>***</s><ins>*</ins>');
    expect(page).not.toMatch(/<script|<link\b|(?:src|href)=["'](?!#|data:)/);
    expect(w.run(['audit', paper, '--html', 'audit.html'])).toMatchObject({ code: 2 });
  });

  it('reads a grid from stdin, with its own stars and law, and exits 0 without findings', () => {
    const grid = 'table,column,term,estimate,se,stars\nt,(1),x,2.00,1.00,*\nt,(1),z,4.00,1.00,***\n';
    expect(w.run(['audit', '-', '--dist', 't:10'], { input: grid })).toMatchObject({ code: 0 });
    expect(w.run(['audit', '-', '--dist', 'normal'], { input: grid }).code).toBe(5);
    expect(w.run(['audit', '-', '--stars', '*=0.10,***=0.001', '--dist', 'normal'], { input: grid }).code).toBe(0);
  });

  it('has the schema, and errors with code and place', () => {
    expect(JSON.parse(w.run(['audit', '--schema']).stdout).$schema).toMatch(/json-schema/);
    expect(w.run(['audit']).stderr).toMatch(/usage\/missing-argument/);
    expect(w.run(['audit', 'no.yaml'])).toMatchObject({ code: 3, stderr: expect.stringMatching(/data\/file-missing/) });
    expect(w.run(['audit', paper, '--dist', 'cauchy'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/normal or t:DF/),
    });
    w.write('bad.yaml', 't:\n  x: [0.5, 0.1, "*"]\n  z: [0.5, 0.1, "", 7]\n');
    expect(w.run(['audit', 'bad.yaml'])).toMatchObject({ code: 3, stderr: expect.stringMatching(/bad\.yaml:3:6/) });
    w.write('empty.yaml', 'meta: { title: Nothing }\n');
    expect(w.run(['audit', 'empty.yaml'])).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/audit\/nothing-to-check/),
    });
  });

  it('takes a pasted table by way of its YAML', () => {
    const text =
      'Table 4\n       (1)      (2)\nx      0.206***  0.5***\n      (0.116)   (0.1)\nN      450       450\n* p<0.10, ** p<0.05, *** p<0.01\n';
    const pasted = w.run(['audit', 'paste'], { input: text });
    expect([pasted.code, pasted.stderr]).toEqual([0, '2 cells in 2 columns.\n']);
    const { findings } = JSON.parse(w.run(['audit', '-', '--json'], { input: pasted.stdout }).stdout);
    expect(findings).toMatchObject([{ table: 'table4', column: '(1)', term: 'x', printed: '***', recomputed: '*' }]);
  });
});

describe('replicate', () => {
  const study = (expected: string) => goodStudy('  a: { model: nb2, formula: y ~ x }', `expected: { ${expected} }\n`);
  it('agrees with printed digits and exits 5 where a number differs', () => {
    w.write('plain.yaml', goodStudy('  a: { model: nb2, formula: y ~ x }'));
    expect(w.run(['replicate', 'plain.yaml'])).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/study\/nothing-expected/),
    });
    const fit = w.run(['fit', '--data', 'panel.csv', '--panel', 'id,year', '--model', 'nb2', '--json', 'y ~ x']);
    const { estimate, se } = JSON.parse(fit.stdout).columns[0].coefficients[1];
    w.write('good.yaml', study(`a.1.x: { estimate: ${estimate.toFixed(3)}, se: ${se.toFixed(2)} }`));
    expect(w.run(['replicate', 'good.yaml', '--quiet']).code).toBe(0);
    w.write(
      'off.yaml',
      study(`a.1.x: { estimate: ${(estimate + 0.0012).toFixed(3)}, se: ${se.toFixed(2)} }, a.1.zz: { se: 1 }`),
    );
    const { code, stdout } = w.run(['replicate', 'off.yaml', '--json']);
    expect(code).toBe(5);
    const { schema, cells, differences } = JSON.parse(stdout);
    expect([schema, differences]).toEqual(['replicate/1', 2]);
    expect(cells.map((c: { agrees: boolean }) => c.agrees)).toEqual([false, true, false]);
    expect(cells[0]).toMatchObject({
      model: 'a',
      column: 1,
      term: 'x',
      what: 'estimate',
      tolerance: 5e-4,
      recomputed: estimate,
    });
    expect(cells[2]).toMatchObject({ recomputed: null, reason: expect.stringMatching(/no such term/) });
    w.write('tol.yaml', study(`a.1.x: { estimate: ${(estimate + 0.0012).toFixed(3)}, tol: 0.01 }`));
    expect(w.run(['replicate', 'tol.yaml', '--quiet']).code).toBe(0);
  });
});

describe('verify', () => {
  it('finds a run the same to the byte, and names what differs', () => {
    w.write('v.yaml', goodStudy('  a: { model: nb2, formula: y ~ x }'));
    expect(w.run(['run', 'v.yaml', '-o', 'vrun', '--quiet']).code).toBe(0);
    const good = w.run(['verify', 'vrun', '--json']);
    expect(good.code).toBe(0);
    expect(JSON.parse(good.stdout)).toMatchObject({
      schema: 'verify/1',
      verified: true,
      differing: [],
      missing: [],
      extra: [],
      changed: [],
    });
    appendFileSync(w.path('vrun/tables/a.csv'), '\n');
    expect(w.run(['verify', 'vrun', '--quiet'])).toMatchObject({
      code: 5,
      stdout: expect.stringMatching(/differs {2}tables\/a\.csv/),
    });
    w.write('v.yaml', goodStudy('  a: { model: nb2, formula: y ~ x + z }'));
    expect(w.run(['verify', 'vrun', '--quiet']).stdout).toMatch(/changed {2}the study was edited since the run/);
    appendFileSync(w.path('panel.csv'), '13,2001,1,0.5,0.5\n');
    expect(w.run(['verify', 'vrun', '--quiet']).stdout).toMatch(/changed {2}panel\.csv has other bytes/);
    expect(w.run(['verify', 'nowhere'])).toMatchObject({ code: 3, stderr: expect.stringMatching(/run\/not-a-run/) });
  });
});
