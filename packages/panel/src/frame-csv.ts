/** A frame as CSV: numbers as the shortest decimals that read back to the same double, missing cells empty. */
import type { Frame } from './types.ts';

const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Header and rows, in the order of the frame. */
export function frameCsv({ columns, rows }: Frame): string {
  const names = Object.keys(columns);
  const cell = (name: string, row: number): string => {
    const value = columns[name].values[row];
    if (value === null || Number.isNaN(value)) return '';
    return typeof value === 'number' ? String(value) : quoted(value);
  };
  const lines = Array.from({ length: rows }, (_, row) => names.map((name) => cell(name, row)).join(','));
  return `${[names.map(quoted).join(','), ...lines].join('\n')}\n`;
}
