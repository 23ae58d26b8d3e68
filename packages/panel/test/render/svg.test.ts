import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { coefficientFigure } from '../../src/figures.ts';
import { intervalDomain, logTicks, niceTicks, spread } from '../../src/render/scale.ts';
import { renderFigureSvg } from '../../src/render/svg.ts';
import type { CoefficientPlot, Figure } from '../../src/types.ts';
import { failure, fitOf, paperVariables, table8Fits, table9 } from '../paper-fits.ts';
import { periodFigure, seriesFigure } from '../paper-report.ts';

interface Shape {
  getAttribute(name: string): string | null;
  parentElement: Shape | null;
}
const { document } = parseHTML('<html><body></body></html>');
const draw = (figure: Figure, width = 640) =>
  parseHTML(`<html><body>${renderFigureSvg(figure, { document, theme: 'page', width })}</body></html>`).document;
const numbersOf = (elements: Iterable<Shape>, name: string) => [...elements].map((e) => Number(e.getAttribute(name)));

describe('coefficient plot', () => {
  const svg = draw(periodFigure);
  const rings = [...svg.querySelectorAll('circle')] as unknown as Shape[];

  it('has one ring per estimate', () => {
    expect(rings).toHaveLength(12);
  });

  it('puts the rings on one linear scale with the axis', () => {
    const points = (periodFigure as CoefficientPlot).series.map((s) => s.points);
    const estimates = points[0].flatMap((p, i) => [p.estimate, points[1][i].estimate]);
    const x = numbersOf(rings, 'cx');
    const slope = (x[0] - x[1]) / (estimates[0] - estimates[1]);
    const zero = x[0] - slope * estimates[0];
    // Plot rounds coordinates to 3 decimals, so 0.01 px.
    estimates.forEach((estimate, i) => {
      expect(Math.abs(zero + slope * estimate - x[i])).toBeLessThan(0.01);
    });
    const line = [
      ...svg.querySelectorAll('g[stroke="var(--ink2)"] line, line[stroke="var(--ink2)"]'),
    ] as unknown as Shape[];
    expect(Math.abs(numbersOf(line, 'x1')[0] - zero)).toBeLessThan(0.6);
  });

  it('keeps groups 17 px apart inside a 50 px row', () => {
    const y = numbersOf(rings, 'cy');
    expect(y[1] - y[0]).toBeCloseTo(17, 6);
    expect(y[2] - y[0]).toBeCloseTo(50, 6);
  });

  it('says the numbers of an interval that leaves the scale, and does not stretch the scale for it', () => {
    expect(svg.documentElement.textContent).toContain('−8.9 to 9.0, runs off the scale');
    const labels = [...svg.querySelectorAll('text')].map((t) => t.textContent);
    expect(labels).toContain('3');
    expect(labels).not.toContain('5');
  });

  it('says them with the decimals that tell them apart', () => {
    const plot = periodFigure as Figure & CoefficientPlot;
    const of = (p: CoefficientPlot['series'][0]['points'][0]) => Math.max(Math.abs(p.lo95), Math.abs(p.hi95));
    const far = Math.max(...plot.series.flatMap((s) => s.points.map(of)));
    const tiny = plot.series.map((s) => ({
      ...s,
      points: s.points.map((p) =>
        of(p) === far
          ? { ...p, estimate: -0.088, lo90: -0.129, hi90: -0.047, lo95: -0.1371, hi95: -0.0394 }
          : { ...p, estimate: 0.01, lo90: 0, hi90: 0.02, lo95: -0.01, hi95: 0.03 },
      ),
    }));
    expect(draw({ ...plot, series: tiny }).documentElement.textContent).toContain('−0.137 to −0.039, runs off');
  });

  it('draws what is not identified within units in grey and leaves failed fits out', () => {
    const figure = coefficientFigure([failure, table8Fits[5]], { id: 'x', title: 'X', variables: paperVariables });
    const colours = [...draw(figure).querySelectorAll('circle')].map((c) => c.getAttribute('stroke'));
    expect(colours.filter((c) => c === 'var(--c7)')).toHaveLength(2);
    expect(figure.table.body.filter((row) => row.mark).map((row) => row.label)).toEqual([
      'Common border',
      'Common language',
    ]);
    expect(() => coefficientFigure([failure], { id: 'y', title: 'Y' })).toThrow(RangeError);
  });

  it('takes z for ML and t for OLS', () => {
    const of = (o: object) => {
      const figure = coefficientFigure([fitOf(table9['2008–2012'], o)], { id: 'x', title: 'X' }) as CoefficientPlot;
      return figure.series[0].points[0];
    };
    // qnorm(0.95), qnorm(0.975), qt(0.975, 10) of R 4.2 times the SE 0.742.
    expect(of({}).hi90 - 1.396).toBeCloseTo(1.644853627 * 0.742, 8);
    expect(of({}).hi95 - 1.396).toBeCloseTo(1.959963985 * 0.742, 8);
    expect(of({ distribution: 't', dofResidual: 10 }).hi95 - 1.396).toBeCloseTo(2.228138852 * 0.742, 8);
    const clustered = { distribution: 't', vcovInfo: { type: 'cluster:a', clusters: [11], factor: 1, factorRule: '' } };
    expect(of(clustered).hi95 - 1.396).toBeCloseTo(2.228138852 * 0.742, 8);
  });
});

describe('series plot', () => {
  const figure = seriesFigure();
  const svg = draw(figure);
  const texts = [...svg.querySelectorAll('text')];

  it('draws a line per series and rings with their values at the stage borders', () => {
    expect(svg.querySelectorAll('path[d^="M"]').length).toBeGreaterThanOrEqual(5);
    expect(svg.querySelectorAll('circle')).toHaveLength(4);
    for (const word of ['25', '49', '83', '218', '25% a year', '30%', '27%'])
      expect(texts.map((t) => t.textContent)).toContain(word);
  });

  it('names each line at its end, at least 15 px apart', () => {
    const at = ['All partners', 'Singapore', 'India', 'Russia', 'Israel'].map((name) => {
      const text = texts.find((t) => t.textContent === name) as unknown as Shape;
      const [, y] =
        /translate\([\d.]+,([\d.]+)\)/.exec(
          `${text.getAttribute('transform')} ${text.parentElement?.getAttribute('transform')}`,
        ) ?? [];
      const [, dy] = /translate\([\d.]+,([\d.]+)\)/.exec(text.parentElement?.getAttribute('transform') ?? '') ?? [];
      return Number(y) + Number(dy ?? 0);
    });
    const sorted = [...at].sort((a, b) => a - b);
    for (let i = 1; i < sorted.length; i++) expect(sorted[i] - sorted[i - 1]).toBeGreaterThanOrEqual(14.9);
  });

  it('gives a count of zero a place of its own on a log scale', () => {
    if (figure.plot !== 'series') throw new Error('not a series');
    const lines = [
      {
        label: 'A',
        points: [
          { x: 1, y: 0 },
          { x: 2, y: 5 },
          { x: 3, y: 50 },
        ],
      },
    ];
    const zero = draw({ ...figure, lines, stages: [] });
    expect([...zero.querySelectorAll('text')].map((t) => t.textContent)).toContain('0');
    expect(zero.querySelector('path[d^="M"]')?.getAttribute('d')).not.toMatch(/NaN|Infinity/);
  });
});

describe('renderFigureSvg', () => {
  it('names and describes the drawing for screen readers', () => {
    const svg = draw(periodFigure).querySelector('svg');
    expect(svg?.getAttribute('role')).toBe('img');
    expect(svg?.querySelector('title')?.textContent).toBe(periodFigure.title);
    expect(svg?.querySelector('desc')?.textContent).toContain('90%');
  });

  it('writes a file of its own with colours, title and source inside', () => {
    const file = renderFigureSvg(periodFigure, { document });
    expect(file).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(file).not.toContain('var(--');
    expect(file).toContain('>After 2013 innovation turned positive and relations negative</text>');
    expect(renderFigureSvg(periodFigure, { document, theme: 'dark' })).toContain('#11181d');
  });

  it('escapes hostile labels and gives the same bytes twice', () => {
    const fit = fitOf({ a: [1, 0.5] });
    const figure = coefficientFigure([fit], {
      id: 'h',
      title: '<script>1</script>',
      variables: { a: { label: '<img onerror=1>' } },
    });
    const file = renderFigureSvg(figure, { document });
    expect(file).not.toMatch(/<script|<img/);
    expect(renderFigureSvg(figure, { document })).toBe(file);
  });
});

describe('scales', () => {
  it('has round ticks inside the range', () => {
    expect(niceTicks(-3.4, 3.5, 6)).toEqual([-3, -2, -1, 0, 1, 2, 3]);
    expect(niceTicks(0, 0.32, 4)).toEqual([0, 0.1, 0.2, 0.3]);
    expect(logTicks(1, 300)).toEqual([1, 3, 10, 30, 100, 300]);
  });

  it('lets one in six intervals run off, and only when it reaches twice as far as the next', () => {
    const near = Array.from({ length: 6 }, () => ({ lo: -1, hi: 1 }));
    expect(intervalDomain([...near.slice(1), { lo: -9, hi: 9 }])[1]).toBeCloseTo(1.08, 6);
    expect(intervalDomain([...near.slice(1), { lo: -1.9, hi: 1.9 }])[1]).toBeCloseTo(2.052, 6);
    expect(intervalDomain(near.slice(0, 3).concat({ lo: 0, hi: 9 }))[1]).toBeGreaterThan(9);
  });

  it('moves labels apart, keeping their order and the frame', () => {
    const at = spread([10, 12, 11, 90], 15, 0, 100);
    expect(at[2] - at[0]).toBeCloseTo(15, 9);
    expect(at[1] - at[2]).toBeCloseTo(15, 9);
    expect(at[3]).toBe(90);
    expect(Math.min(...at)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...spread([99, 99, 99], 15, 0, 100))).toBeLessThanOrEqual(100);
  });
});
