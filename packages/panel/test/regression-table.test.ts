import { type Certified, fixtureJson } from '@gravpanel/test-fixtures';
import { describe, expect, it } from 'vitest';
import { fixed } from '../src/format.ts';
import { regressionTable } from '../src/regression-table.ts';
import type { Fit, Table } from '../src/types.ts';
import { failure, fitOf, normalP, paperVariables, table8, table8Fits } from './paper-fits.ts';

const rowOf = (table: Table, label: string) => {
  const i = table.body.findIndex((row) => row.label === label);
  return { first: table.body[i], second: table.body[i + 1] };
};
const footOf = (table: Table, label: string) => table.foot.find((row) => row.label === label)?.cells;

/** A fit made of the certified nb-fe numbers (observed information), so that the table is checked against them. */
function certifiedFit(name: string): { fit: Fit; certified: Certified } {
  const certified = fixtureJson<Record<string, Certified>>('certified', 'certified.json')[name];
  const { params, coef, se_oim, lnL } = certified.fe_nb;
  const printed = Object.fromEntries(
    params.map((p, i) => [/const|intercept/i.test(p) ? 'constant' : p, [coef[i], se_oim[i]] as [number, number]]),
  );
  return { fit: fitOf(printed, { loglik: lnL, depvar: certified.y }), certified };
}

describe('regressionTable', () => {
  const table = regressionTable(table8Fits, { id: 'main', number: 'Table 8', variables: paperVariables });

  it.each(['patents_rdus', 'synth45', 'ships'])('prints the certified nb-fe numbers of %s', (name) => {
    const { fit, certified } = certifiedFit(name);
    const { body } = regressionTable([fit], { id: name, digits: 6 });
    certified.fe_nb.params.forEach((p, i) => {
      const term = /const|intercept/i.test(p) ? '(Intercept)' : p;
      const [first, second] = body.filter((row) => row.term === term);
      const { coef, se_oim } = certified.fe_nb;
      expect(first.cells[0].value).toBe(coef[i]);
      expect(first.cells[0].text.replace('−', '-')).toBe(fixed(coef[i], 6));
      expect(second.cells[0].text).toBe(`(${fixed(se_oim[i], 6)})`);
      const stars = first.cells[0].stars?.length ?? 0;
      expect(stars).toBe([0.1, 0.05, 0.01].filter((level) => normalP(coef[i] / se_oim[i]) < level).length);
    });
  });

  it('gives the stars that follow from the printed SE, not those that the paper prints', () => {
    const stars = rowOf(table, 'Patents of the partner').first.cells.map((cell) => cell.stars);
    expect(stars).toEqual(['*', '**', '*', '**', '**', '*']);
    expect(rowOf(table, 'GDP').first.cells[3]).toMatchObject({ text: '0.056', value: 0.056 });
    expect(rowOf(table, 'GDP').first.cells[3].stars).toBeUndefined();
  });

  it('heads the columns with one spanner where all share outcome and estimator', () => {
    expect(table.columns.map((c) => c.head)).toEqual(['(1)', '(2)', '(3)', '(4)', '(5)', '(6)']);
    expect(table.spanners).toEqual([
      { label: 'Co-patents with China · conditional negative binomial, partner effects', from: 0, to: 5, level: 0 },
    ]);
  });

  it('heads outcomes, estimators and samples apart where they differ', () => {
    const fits = [
      fitOf(table8[0], { sampleName: '2008–2012' }),
      fitOf(table8[0], { sampleName: '2013–2017' }),
      fitOf(table8[0], { sampleName: '', model: 'ols', title: 'least squares' }),
    ];
    const heads = regressionTable(fits, { id: 'x', variables: paperVariables }).spanners;
    expect(heads.map((h) => [h.level, h.from, h.to, h.label])).toEqual([
      [0, 0, 2, 'Co-patents with China'],
      [1, 0, 1, 'conditional negative binomial, partner effects'],
      [1, 2, 2, 'least squares'],
      [2, 0, 0, '2008–2012'],
      [2, 1, 1, '2013–2017'],
    ]);
  });

  it('puts the constant last, units with the label, SE in parentheses under the estimate', () => {
    expect(table.body.at(-2)).toMatchObject({ label: 'Constant', mark: '‡', kind: 'first' });
    const { first, second } = rowOf(table, 'Distance × oil price');
    expect(first).toMatchObject({ unit: 'ln km·US$', term: 'lngd', kind: 'first' });
    expect(second).toMatchObject({ kind: 'second', statistic: 'se' });
    expect([first.cells[0].text, second.cells[0].text, second.cells[0].value]).toEqual(['−0.176', '(0.199)', 0.199]);
  });

  it('marks coefficients that compare units in nb-fe only, and says why', () => {
    const marked = table.body.filter((row) => row.mark).map((row) => row.label);
    expect(marked).toEqual(['Common border', 'Common language', 'Constant']);
    expect(table.notes[1]).toMatch(/^‡ Not identified from change within units\./);
    const ols = regressionTable([fitOf(table8[5], { model: 'ols' })], { id: 'o' });
    expect(ols.body.some((row) => row.mark)).toBe(false);
  });

  it('leaves a term that is not in a model empty and says "omitted" for a collinear one', () => {
    const fits = [table8Fits[0], fitOf(table8[1], { collinear: ['re'] })];
    const both = regressionTable(fits, { id: 'x', variables: paperVariables });
    expect(rowOf(both, 'Relation level').first.cells.map((c) => [c.kind, c.text])).toEqual([
      ['empty', ''],
      ['text', 'omitted'],
    ]);
    expect(rowOf(both, 'Innovation index').first.cells[0].kind).toBe('empty');
  });

  it('prints the foot in the stated order', () => {
    const fit = fitOf(table8[0], {
      fixef: [{ name: 'year', levels: 9 }],
      vcovInfo: { type: 'cluster:partner', clusters: [29], factor: 29 / 28, factorRule: 'G/(G−1)' },
      parameters: [{ name: 'alpha', estimate: 0.3456, se: 0.0789 }],
      fitStatistics: { McFadden: 0.1234 },
    });
    const { foot, notes } = regressionTable([fit], { id: 'x' });
    expect(foot.map((row) => [row.label, row.cells[0].text + (row.cells[0].quiet ?? '')])).toEqual([
      ['Year effects', 'Yes'],
      ['Standard errors', 'by partner'],
      ['Clusters', '29'],
      ['Small-sample factor', '1.0357'],
      ['Rows used / given', '261/450'],
      ['Groups used / dropped', '29/16'],
      ['Log-likelihood', '−498.20'],
      ['Dispersion α', '0.346'],
      ['', '(0.079)'],
      ['Pseudo-R² (McFadden)', '0.123'],
      ['AIC', '1004.4'],
      ['BIC', '1018.7'],
    ]);
    expect(notes[0]).toContain('clustered by partner (covariance × G/(G−1)).');
  });

  it('keeps the place of a failed column and prints its code, message and hint', () => {
    const mixed = regressionTable([table8Fits[0], failure], { id: 'x', variables: paperVariables });
    expect(mixed.columns).toHaveLength(2);
    expect(mixed.body[0].cells[1]).toMatchObject({ kind: 'failure', text: 'fit/no-convergence' });
    expect(footOf(mixed, 'Log-likelihood')?.[1].kind).toBe('empty');
    expect(mixed.notes.at(-1)).toBe(
      '(2) failed, fit/no-convergence: nb-fe stopped after 50 iterations, scaled gradient 3.1e-2 (tolerance 1e-8). ' +
        'tig has 6 ones, all in groups with y = 0: drop it.',
    );
    expect(regressionTable([failure], { id: 'y' }).body[0].cells[0].text).toBe('fit/no-convergence');
  });

  it('says the sample losses once, and by column where they differ', () => {
    expect(table.notes[2]).toBe('261 of 450 rows used: 45 lost to the lag, 144 in 16 groups with no count above zero.');
    const whole = fitOf(table8[0], { sample: { rows: 450, used: 450, dropped: [] }, nobs: 450 });
    const notes = regressionTable([...table8Fits.slice(0, 2), whole], { id: 'x' }).notes;
    expect(notes.filter((note) => note.includes('rows used'))).toEqual([
      '(1), (2): 261 of 450 rows used: 45 lost to the lag, 144 in 16 groups with no count above zero.',
    ]);
  });

  it('collects the notes of the fits with their columns', () => {
    const note = { code: 'few-clusters', message: '19 clusters.' };
    const fits = [fitOf(table8[0], { notes: [note] }), fitOf(table8[1]), fitOf(table8[2], { notes: [note] })];
    expect(regressionTable(fits, { id: 'x' }).notes).toContain('(1), (3): 19 clusters.');
  });

  it('keeps quiet about a dropped dummy of a set that it does not show', () => {
    const note = (message: string) => ({ code: 'collinear', message });
    const fit = fitOf(table8[0], {
      collinear: ['year::2008', 're'],
      notes: [note('year::2008 is left out: …'), note('re is left out: …')],
    });
    const said = regressionTable([fit], { id: 'x', omit: ['year'] }).notes;
    expect(said).toContain('re is left out: …');
    expect(said.join(' ')).not.toContain('year::2008');
  });

  it('leaves a lag that every variable has out of the labels and says it in a note', () => {
    const lagged = fitOf({ 'l(lnpatent1, 1)': [1, 0.1], 'l(lngd, 1)': [1, 0.1], constant: [0, 1] });
    const t = regressionTable([lagged], { id: 'x', variables: paperVariables });
    expect(t.body.map((row) => row.label).filter(Boolean)).toEqual([
      'Patents of China',
      'Distance × oil price',
      'Constant',
    ]);
    expect(t.notes).toContain('All explanatory variables are lagged one period.');
    const mixed = fitOf({ lnpatent1: [1, 0.1], 'l(lnpatent1, 1)': [1, 0.1] });
    expect(regressionTable([mixed], { id: 'y', variables: paperVariables }).body.map((row) => row.label)).toContain(
      'Patents of China, lag 1',
    );
  });

  it('turns dummies that are left out of the rows into a line of the foot', () => {
    const fits = [
      fitOf({ lngd: [1, 0.1], 'year::2009': [1, 0.2], 'year::2010': [1, 0.2] }),
      fitOf({ lngd: [1, 0.1], re: [1, 1] }),
    ];
    const { body, foot, notes } = regressionTable(fits, { id: 'x', omit: ['year', 're'] });
    expect(body.map((row) => row.term)).toEqual(['lngd', 'lngd']);
    expect(foot[0]).toMatchObject({ label: 'Year effects', cells: [{ text: 'Yes' }, { text: 'No' }] });
    expect(notes).toContain('Not shown: re.');
  });

  it('shows t, p or intervals in place of the SE, and no stars when asked', () => {
    const second = (show: 't' | 'p' | 'ci') =>
      regressionTable([table8Fits[0]], { id: 'x', show, stars: 'none' }).body[1].cells[0].text;
    expect(second('t')).toBe('(6.82)');
    expect(second('p')).toBe('(< 0.001)');
    expect(second('ci')).toBe('[0.729, 1.317]');
    const plain = regressionTable([table8Fits[0]], { id: 'x', stars: 'none' });
    expect(plain.body.every((row) => row.cells.every((cell) => !cell.stars))).toBe(true);
    expect(plain.notes[0]).not.toContain('p\u00a0<');
  });
});
