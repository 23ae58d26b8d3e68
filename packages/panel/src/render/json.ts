/** Tables and figures as JSON, and back. */
import { PanelError } from '../errors.ts';
import type { Figure, Table } from '../types.ts';

/**
 * A table as JSON (`"schema": "table/1"`): the printed text and the full-precision number of every cell, and what the other formats are
 * made of. The fits are not repeated.
 */
export function renderJson(table: Table): string {
  const { fits: _fits, panelFits: _panels, kind: _kind, ...rest } = table;
  return `${JSON.stringify({ schema: 'table/1', ...rest }, null, 2)}\n`;
}

/** A figure as JSON (`"schema": "figure/1"`): what is drawn, and its numbers as a table. */
export function renderFigureJson(figure: Figure): string {
  const { kind: _kind, ...rest } = figure;
  return `${JSON.stringify({ schema: 'figure/1', ...rest }, null, 2)}\n`;
}

function read<T>(text: string, schema: string, kind: string, file: string): T {
  let value: { schema?: unknown } | null;
  try {
    value = JSON.parse(text);
  } catch {
    value = null;
  }
  if (value?.schema === schema) {
    const { schema: _, ...rest } = value;
    return { kind, ...rest } as T;
  }
  throw new PanelError({
    code: 'run/not-readable',
    message: `"${file}" is not ${schema} of this version.`,
    hint: 'Write the run again with gravpanel run.',
    at: { file },
  });
}

/** The table of {@link renderJson}. @throws PanelError run/not-readable. */
export const readTable = (text: string, file: string) => read<Table>(text, 'table/1', 'table', file);

/** The figure of {@link renderFigureJson}. @throws PanelError run/not-readable. */
export const readFigure = (text: string, file: string) => read<Figure>(text, 'figure/1', 'figure', file);
