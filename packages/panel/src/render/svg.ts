/** A figure as SVG: on a page (colours by CSS variables) or as a file of its own (light or dark, title and source inside). */
import type { Figure } from '../types.ts';
import { drawBars } from './bars-plot.ts';
import { drawBootstrap } from './bootstrap-plot.ts';
import { drawCoefficients } from './coefficient-plot.ts';
import { drawCurve } from './curve-plot.ts';
import { type DrawingDocument, type DrawingElement, wrapPixels } from './draw.ts';
import { drawDumbbells } from './dumbbell-plot.ts';
import { escapeHtml } from './escape.ts';
import { drawHeat } from './heat-plot.ts';
import { drawInfluence } from './influence-plot.ts';
import { drawLags } from './lag-plot.ts';
import { drawMap } from './map-plot.ts';
import { drawNetwork } from './network-plot.ts';
import { drawRanks } from './ranks-plot.ts';
import { drawResiduals } from './residual-plot.ts';
import { drawRootogram } from './rootogram-plot.ts';
import { drawSeries } from './series-plot.ts';
import { drawShades } from './shades-plot.ts';
import { inlineTokens, SANS, SERIF, type ThemeName } from './theme.ts';

export interface FigureOptions {
  /** A DOM document to build in: the browser's, or linkedom's in Node. */
  document: DrawingDocument;
  /** 'page' leaves colours as CSS variables; default a file with the light colours. */
  theme?: ThemeName | 'page';
  /** Pixels; default 640, a map 1120. Under 480 labels stand above their rows. */
  width?: number;
}

function drawing(figure: Figure, document: DrawingDocument, width: number): DrawingElement {
  const options = { document, width, narrow: width < 480 };
  switch (figure.plot) {
    case 'coefficients':
      return drawCoefficients(figure, options);
    case 'series':
      return drawSeries(figure, options);
    case 'bars':
      return drawBars(figure, options);
    case 'map':
      return drawMap(figure, options);
    case 'network':
      return drawNetwork(figure, options);
    case 'lags':
      return drawLags(figure, options);
    case 'bootstrap':
      return drawBootstrap(figure, options);
    case 'rootogram':
      return drawRootogram(figure, options);
    case 'residuals':
      return drawResiduals(figure, options);
    case 'influence':
      return drawInfluence(figure, options);
    case 'dumbbell':
      return drawDumbbells(figure, options);
    case 'heat':
      return drawHeat(figure, options);
    case 'ranks':
      return drawRanks(figure, options);
    case 'shades':
      return drawShades(figure, options);
    case 'curve':
      return drawCurve(figure, options);
  }
}

const MARGIN = 20;
/** A map needs room for its names. */
export const MAP_WIDTH = 1120;

/** Whether a figure takes the width of a map. */
export const isMap = ({ plot }: Figure) => plot === 'map' || plot === 'shades';

function textLines(lines: string[], y: number, height: number, style: string): string {
  return lines
    .map((line, i) => `<text x="${MARGIN}" y="${y + i * height}" ${style}>${escapeHtml(line)}</text>`)
    .join('');
}

/** Title, subtitle, drawing and source as one file. Fonts by name: the reader's machine chooses the first it has. */
function standalone(figure: Figure, svg: DrawingElement, width: number, theme: ThemeName): string {
  const outer = width + 2 * MARGIN;
  const title = wrapPixels(figure.title, width, 19);
  const subtitle = figure.subtitle ? wrapPixels(figure.subtitle, width, 13.5) : [];
  const words = [figure.source, figure.provenance].filter(Boolean).join(' ');
  const source = words ? wrapPixels(words, width, 12) : [];
  const top = 36 + title.length * 25 + subtitle.length * 18;
  const height = Number(svg.getAttribute('height'));
  const bottom = top + height + 14;
  svg.setAttribute('x', String(MARGIN));
  svg.setAttribute('y', String(top));
  svg.removeAttribute('role');
  svg.removeAttribute('aria-label');
  const total = bottom + 10 + source.length * 16 + 10;
  const font = (family: string, size: number, rest: string) =>
    `font-family="${escapeHtml(family)}" font-size="${size}" ${rest}`;
  const body = [
    `<title>${escapeHtml(figure.title)}</title><desc>${escapeHtml(`${figure.subtitle} ${figure.source}`.trim())}</desc>`,
    `<rect width="${outer}" height="${total}" fill="var(--paper)"/>`,
    textLines(title, 36, 25, font(SERIF, 19, 'font-weight="600" fill="var(--ink)"')),
    textLines(subtitle, 36 + title.length * 25 - 4, 18, font(SANS, 13.5, 'fill="var(--ink2)"')),
    svg.outerHTML.replace(/<title>.*?<\/title><desc>.*?<\/desc>/s, ''),
    `<path d="M${MARGIN},${bottom}H${outer - MARGIN}" stroke="var(--hair)"/>`,
    textLines(source, bottom + 18, 16, font(SANS, 12, 'fill="var(--ink3)"')),
  ].join('\n');
  const whole = `<svg xmlns="http://www.w3.org/2000/svg" width="${outer}" height="${total}" viewBox="0 0 ${outer} ${total}" role="img">\n${body}\n</svg>\n`;
  return inlineTokens(whole, theme);
}

/** The figure as an SVG string; `document` is injected so that the library needs no DOM of its own. */
export function renderFigureSvg(
  figure: Figure,
  { document, theme = 'light', width = isMap(figure) ? MAP_WIDTH : 640 }: FigureOptions,
): string {
  const svg = drawing(figure, document, width);
  if (theme === 'page') {
    // Documents outside a browser write attributes without "&" and "<" escaped, which no reader of XML takes.
    svg.removeAttribute('aria-label');
    return svg.outerHTML.replace(/^<svg/, () => `<svg aria-label="${escapeHtml(figure.title)}"`);
  }
  return standalone(figure, svg, width, theme);
}
