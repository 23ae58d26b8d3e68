/** Parquet → Frame, with hyparquet and all its compressions. */
import { parquetMetadata, parquetRead, parquetSchema } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { columnOfValues, frameOf } from './table-columns.ts';
import type { OpenOptions } from './table-open.ts';
import type { Frame } from './types.ts';

/** @throws PanelError data/column-type, data/header-only, data/not-finite. */
export async function readParquet(bytes: Uint8Array, options: OpenOptions): Promise<Frame> {
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const metadata = parquetMetadata(buffer);
  const rows = Number(metadata.num_rows);
  const names = parquetSchema(metadata).children.map(({ element }) => element.name);
  const values = new Map(names.map((name) => [name, new Array<unknown>(rows)]));
  await parquetRead({
    file: buffer,
    metadata,
    compressors,
    onChunk: ({ columnName, columnData, rowStart }) => {
      const all = values.get(columnName)!;
      for (let i = 0; i < columnData.length; i++) all[rowStart + i] = columnData[i];
    },
  });
  const columns = Object.fromEntries(names.map((name) => [name, columnOfValues(name, values.get(name)!, options)]));
  return frameOf(columns, rows, bytes, options);
}
