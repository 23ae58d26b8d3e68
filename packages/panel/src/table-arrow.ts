/** Arrow IPC (file or stream) → Frame, with arquero's reader. */
import { fromArrow } from 'arquero';
import { PanelError } from './errors.ts';
import { columnOfValues, frameOf } from './table-columns.ts';
import type { OpenOptions } from './table-open.ts';
import type { Frame } from './types.ts';

/** @throws PanelError data/column-type, data/header-only, data/not-finite, data/not-read (compressed buffers). */
export function readArrow(bytes: Uint8Array, options: OpenOptions): Frame {
  let table: ReturnType<typeof fromArrow>;
  try {
    table = fromArrow(bytes, { useDate: true });
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    if (!/codec|compress/i.test(words)) throw error;
    throw new PanelError({
      code: 'data/not-read',
      message: `"${options.name}" is an Arrow file with compressed buffers; they cannot be read.`,
      hint: 'Write it without compression (write_feather(…, compression = "uncompressed")), or as Parquet.',
      at: { file: options.name },
    });
  }
  const columns = Object.fromEntries(
    table.columnNames().map((name) => [name, columnOfValues(name, table.array(name) as unknown[], options)]),
  );
  return frameOf(columns, table.numRows(), bytes, options);
}
