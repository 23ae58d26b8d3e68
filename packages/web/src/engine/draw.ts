/** Figures → SVG. A part of its own: the drawing library and its document are loaded with the first figure. */
import type { Figure } from '@gravpanel/panel';
import { renderFigureSvg } from '@gravpanel/panel/report';
import { parseHTML } from 'linkedom/worker';

export function drawFigure(figure: Figure, width: number): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  return renderFigureSvg(figure, { document, theme: 'page', width });
}
