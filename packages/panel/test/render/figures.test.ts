/** The drawings beyond coefficients and series: marks at the places of their numbers, titles that the numbers bear. */
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { bootstrapFigure } from '../../src/figures-bootstrap.ts';
import { lagFigures } from '../../src/figures-lags.ts';
import { renderFigureSvg } from '../../src/render/svg.ts';
import type { Figure } from '../../src/types.ts';
import { bootstrap, curve, influence, lagFit, pictures, residuals, rootogram } from '../figures-of.ts';
import { fitOf } from '../paper-fits.ts';

interface Shape {
  getAttribute(name: string): string | null;
}
const { document } = parseHTML('<html><body></body></html>');
const draw = (figure: Figure, width = 640) =>
  parseHTML(`<html><body>${renderFigureSvg(figure, { document, theme: 'page', width })}</body></html>`).document;
const numbersOf = (elements: Iterable<unknown>, name: string) =>
  [...(elements as Iterable<Shape>)].map((e) => Number(e.getAttribute(name)));
/** Greatest distance from the straight line through the first two points. */
function bend(values: number[], pixels: number[]): number {
  const slope = (pixels[1] - pixels[0]) / (values[1] - values[0]);
  return Math.max(...values.map((v, i) => Math.abs(pixels[0] + slope * (v - values[0]) - pixels[i])));
}

describe.each(pictures.map((figure) => [figure.plot, figure] as const))('%s', (_, figure) => {
  it.each([340, 640])('draws at %i px with a name, a description and finite places only', (width) => {
    const svg = draw(figure, width).querySelector('svg')!;
    expect(svg.getAttribute('role')).toBe('img');
    expect(svg.querySelector('title')?.textContent).toBe(figure.title);
    expect(svg.outerHTML).not.toMatch(/NaN|Infinity|undefined/);
    expect(svg.outerHTML.length).toBeGreaterThan(2000);
  });

  it('has its numbers as a table', () => {
    expect(figure.table.body.length).toBeGreaterThan(1);
    for (const row of figure.table.body) expect(row.cells).toHaveLength(figure.table.columns.length);
  });

  it('gives the same bytes twice, light and dark', () => {
    const file = renderFigureSvg(figure, { document });
    expect(renderFigureSvg(figure, { document })).toBe(file);
    expect(renderFigureSvg(figure, { document, theme: 'dark' })).toContain('#11181d');
    expect(file).not.toContain('var(--');
  });
});

describe('lags', () => {
  const [figure] = lagFigures([lagFit], { id: 'l', labels: ['All'] });

  it('run from leads over the same period to lags, on one scale', () => {
    if (figure.plot !== 'lags') throw new Error(figure.plot);
    const { points } = figure.series[0];
    expect(points.map(({ x }) => x)).toEqual([-1, 0, 1, 2]);
    const rings = draw(figure).querySelectorAll('circle');
    expect(
      bend(
        points.map((p) => p.estimate),
        numbersOf(rings, 'cy'),
      ),
    ).toBeLessThan(0.01);
    expect(
      bend(
        points.map((p) => p.x),
        numbersOf(rings, 'cx'),
      ),
    ).toBeLessThan(0.01);
  });

  it('say which are told apart from zero', () => {
    // 0.3/0.05 alone is beyond 1.96.
    expect(figure.title).toBe('rd: only the same period is told apart from zero');
    const [none] = lagFigures([fitOf({ a: [0.1, 1], 'l(a, 1)': [0.1, 1], 'l(a, 2)': [0.1, 1] })], {
      id: 'n',
      labels: [''],
    });
    expect(none.title).toBe('a: no lag is told apart from zero');
  });

  it('need three of them; an event needs periods on both sides', () => {
    const of = (terms: string[]) =>
      lagFigures([fitOf(Object.fromEntries(terms.map((t) => [t, [1, 2] as [number, number]])))], {
        id: 'x',
        labels: [''],
      });
    expect(of(['a', 'l(a, 1)'])).toEqual([]);
    expect(of(['year::2001', 'year::2002', 'year::2003'])).toEqual([]);
    expect(of(['rel::-2', 'rel::0', 'rel::1'])).toHaveLength(1);
  });

  it('draw the reference period of an event at zero', () => {
    const fit = fitOf(
      { 'rel::-2': [0.1, 1], 'rel::0': [1, 0.2], 'rel::1': [2, 0.2] },
      { formula: 'y ~ i(rel, ref = -1)' },
    );
    const [event] = lagFigures([fit], { id: 'e', labels: [''] });
    expect(event).toMatchObject({
      plot: 'lags',
      reference: -1,
      title: 'rel: only period 0 and period 1 are told apart from zero',
    });
    expect(draw(event).querySelectorAll('circle')).toHaveLength(4);
  });
});

describe('rootogram', () => {
  it('hangs √observed from √expected', () => {
    const svg = draw(rootogram);
    if (rootogram.plot !== 'rootogram') throw new Error(rootogram.plot);
    const bars = [...svg.querySelectorAll('rect')];
    const heights = numbersOf(bars, 'height');
    expect(
      bend(
        rootogram.bins.map((b) => Math.sqrt(b.observed)),
        heights,
      ),
    ).toBeLessThan(0.01);
    const tops = numbersOf(bars, 'y');
    expect(
      bend(
        rootogram.bins.map((b) => Math.sqrt(b.expected)),
        tops,
      ),
    ).toBeLessThan(0.01);
    expect(rootogram.title).toMatch(/^120 zeros observed, 118 expected/);
  });
});

describe('bootstrap', () => {
  it('counts every replicate that did not fail, once', () => {
    if (bootstrap.plot !== 'bootstrap') throw new Error(bootstrap.plot);
    for (const { bins } of bootstrap.panels) expect(bins.reduce((sum, b) => sum + b.count, 0)).toBe(1998);
    expect(bootstrap.subtitle).toContain('1 replicate failed');
    expect(bootstrap.table.body[0].cells[0].value).toBe(1998);
  });

  it('fades the replicates outside the first interval, and no other', () => {
    if (bootstrap.plot !== 'bootstrap') throw new Error(bootstrap.plot);
    const inside = bootstrap.panels.flatMap(({ bins, intervals: [main] }) =>
      bins.filter((b) => b.count > 0).map((b) => (b.from + b.to) / 2 >= main.lo && (b.from + b.to) / 2 <= main.hi),
    );
    const drawn = [...draw(bootstrap).querySelectorAll('rect')].map((r) => r.getAttribute('fill-opacity') === '0.85');
    expect(drawn).toEqual(inside);
  });

  it('refuses a coefficient without a replicate', () => {
    const record = { term: 'a', estimate: 1, draws: [Number.NaN], intervals: { percentile: [0, 1] as const } };
    expect(() => bootstrapFigure([record], { id: 'x', title: 'X' })).toThrow(RangeError);
  });
});

describe('influence and residuals', () => {
  it('name the unit that moves a coefficient most, and by how much', () => {
    expect(influence.title).toMatch(/^Without Partner 4, Distance × oil price would move by 1\.31 standard errors/);
    const texts = [...draw(influence).querySelectorAll('text')].map((t) => t.textContent);
    expect(texts).toContain('Partner 4');
    if (influence.plot !== 'influence') throw new Error(influence.plot);
    const [row] = influence.rows.filter(({ term }) => term === 'lngd');
    // Left out, the coefficient moves against the sign of DFBETAS.
    expect(row.points[0]).toEqual({ unit: 'Partner 4', change: -1.31 });
  });

  it('count and name the rows beyond three', () => {
    // P40, and the two ends: ln(0.005/0.995)/1.702 = −3.11.
    expect(residuals.title).toMatch(/^3 of 100 rows \(3\.0%\)/);
    expect([...draw(residuals).querySelectorAll('text')].map((t) => t.textContent)).toContain('P40, 2010');
  });
});

describe('a specification curve', () => {
  it('draws estimates in order on one scale, a dot a choice, and says what failed', () => {
    if (curve.plot !== 'curve') throw new Error(curve.plot);
    const estimates = curve.points.map(({ estimate }) => estimate);
    expect(estimates).toEqual([...estimates].sort((a, b) => a - b));
    expect(curve.subtitle).toContain('1 specification failed and is named in the table.');
    const clear = curve.points.filter((point) => point.clear);
    const above = clear.filter(({ estimate }) => estimate > 0).length;
    expect(curve.title).toContain(`clearly above zero in ${above} and below it in ${clear.length - above} of 11`);
    // The dimension with one option is not drawn.
    expect(curve.dimensions.map(({ title }) => title)).toEqual(['Estimator', 'Optional control']);
    const circles = [...draw(curve).querySelectorAll('circle')];
    const chosen = curve.points.reduce((sum, { choices }) => sum + choices.flat().length, 0);
    expect(circles).toHaveLength(11 + chosen);
    const heights = numbersOf(circles.slice(0, 11), 'cy');
    expect(bend(estimates, heights)).toBeLessThan(0.01);
  });
});
