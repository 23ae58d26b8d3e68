/** Columns of a source table as texts. */
import { columnOf } from './column-read.ts';
import type { Frame } from './types.ts';

/** The texts of a column, numbers as they print; '' where missing. @throws PanelError data/unknown-column. */
export function textColumn(frame: Frame, name: string): string[] {
  const { values } = columnOf(frame, name);
  return Array.from(values as ArrayLike<string | number | null>, (v) =>
    v === null || Number.isNaN(v) ? '' : String(v),
  );
}
