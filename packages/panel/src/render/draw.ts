/** What the drawings share: an injected document, text widths, the frame of an accessible SVG. */
import * as Plot from '@observablehq/plot';
import type { Figure } from '../types.ts';
import { SANS } from './theme.ts';

/** The part of a DOM element that a drawing needs (the library is compiled without DOM types). */
export interface DrawingElement {
  readonly outerHTML: string;
  textContent: string | null;
  getAttribute(name: string): string | null;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
  remove(): void;
  prepend(...nodes: DrawingElement[]): void;
  querySelectorAll(selector: string): Iterable<DrawingElement>;
}

/** The document that Observable Plot builds in: the browser's, or linkedom's in Node. */
export interface DrawingDocument {
  // biome-ignore lint/suspicious/noExplicitAny: the browser's and linkedom's declarations have no common type
  createElementNS(namespace: any, name: string): any;
}

export interface DrawOptions {
  document: DrawingDocument;
  /** Pixels. */
  width: number;
  /** Narrow pages: labels above their rows instead of beside them. */
  narrow: boolean;
}

/** Plot's own style element is left out: the page or the file sets fonts. */
export const PLOT_STYLE = { fontFamily: SANS, fontSize: '12px', background: 'none', overflow: 'visible' };

/** Approximate width in px of sans text at `size` px (Source Sans 3: digits 0.497 em, letters about 0.5 em). */
export const textWidth = (text: string, size = 12, bold = false) =>
  [...text].reduce(
    (sum, c) => sum + (/[\u2e80-\uffef]/.test(c) ? 1 : /[MWmw—]/.test(c) ? 0.78 : /[ilj.,:;'’ ]/.test(c) ? 0.26 : 0.52),
    0,
  ) *
  size *
  (bold ? 1.06 : 1);

/** Lines of at most `width` px. */
export function wrapPixels(text: string, width: number, size = 12): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const next = line ? `${line} ${word}` : word;
    if (line && textWidth(next, size) > width) {
      lines.push(line);
      line = word;
    } else line = next;
  }
  return [...lines, line];
}

export const NAMESPACE = 'http://www.w3.org/2000/svg';

/** Makes elements of the injected document, for drawings that Plot has no marks for. */
export function builder(document: DrawingDocument) {
  return (
    name: string,
    attributes: Record<string, string | number>,
    content: (DrawingElement | string)[] = [],
  ): DrawingElement => {
    const node = document.createElementNS(NAMESPACE, name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
    for (const child of content) {
      if (typeof child === 'string') node.textContent = child;
      else node.append(child);
    }
    return node;
  };
}
export type Build = ReturnType<typeof builder>;

/** To a tenth of a pixel. */
export const round = (x: number) => Math.round(x * 10) / 10;

/** Observable Plot's drawing in the injected document. */
export const plotted = (options: Plot.PlotOptions) => Plot.plot(options) as unknown as DrawingElement;

/** Name and description of a drawing for screen readers; the numbers themselves stand in the table beside it. */
export function nameDrawing(svg: DrawingElement, document: DrawingDocument, figure: Figure): void {
  const element = (name: string, text: string): DrawingElement => {
    const node = document.createElementNS(NAMESPACE, name);
    node.textContent = text;
    return node;
  };
  for (const style of svg.querySelectorAll('style')) style.remove();
  for (const part of svg.querySelectorAll('[aria-label]')) part.removeAttribute('aria-label');
  svg.prepend(element('title', figure.title), element('desc', `${figure.subtitle} ${figure.source}`.trim()));
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', figure.title);
}
