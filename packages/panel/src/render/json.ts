import type { Table } from '../types.ts';

/** A table as JSON (`"schema": "table/1"`): the printed text and the full-precision number of every cell. The fits are not repeated. */
export function renderJson(table: Table): string {
  const { fits: _fits, kind: _kind, ...rest } = table;
  return `${JSON.stringify({ schema: 'table/1', ...rest }, null, 2)}\n`;
}
