/** Bytes of any table format → Frame: the format is told by the bytes, not by the name. */
import { PanelError } from './errors.ts';
import { type ReadOptions, readTable } from './table-read.ts';
import type { Frame } from './types.ts';

export type TableFormat = 'text' | 'parquet' | 'arrow' | 'xlsx' | 'dta';
/** Reads one of the binary formats. */
export type FormatReader = (bytes: Uint8Array, options: OpenOptions) => Frame | Promise<Frame>;
/** Loads a reader when the first table of its format comes: `formats.ts`, or a bundle of it. */
export type FormatReaders = Record<Exclude<TableFormat, 'text'>, () => Promise<FormatReader>>;

export interface OpenOptions extends ReadOptions {
  /** Sheet of a workbook; the first one where absent. */
  sheet?: string;
}

const ascii = (bytes: Uint8Array, from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));

/** What the first bytes say: Parquet, Arrow (file or stream), a workbook, Stata 113–119, else text. */
export function formatOf(bytes: Uint8Array): TableFormat {
  if (ascii(bytes, 0, 4) === 'PAR1') return 'parquet';
  if (ascii(bytes, 0, 6) === 'ARROW1' || (bytes.length > 8 && [0, 1, 2, 3].every((i) => bytes[i] === 0xff)))
    return 'arrow';
  if (ascii(bytes, 0, 4) === 'PK\x03\x04' || [0xd0, 0xcf, 0x11, 0xe0].every((b, i) => bytes[i] === b)) return 'xlsx';
  if (ascii(bytes, 0, 11) === '<stata_dta>') return 'dta';
  if (bytes[0] >= 102 && bytes[0] <= 116 && (bytes[1] === 1 || bytes[1] === 2) && bytes[2] === 1 && bytes.length > 109)
    return 'dta';
  return 'text';
}

const unused = (name: string, option: string, format: TableFormat, why: string): PanelError =>
  new PanelError({
    code: 'data/option-not-used',
    message: `"${name}" is ${format}; ${option} ${why}.`,
    hint: `Leave ${option} out.`,
    at: { file: name },
  });

function checkOptions({ name, delimiter, encoding, numbers, skip, sheet }: OpenOptions, format: TableFormat): void {
  if (sheet !== undefined && format !== 'xlsx') throw unused(name, 'sheet', format, 'is for workbooks');
  if (format === 'text') return;
  for (const [option, value] of Object.entries({ delimiter, encoding, numbers }))
    if (value !== undefined) throw unused(name, option, format, 'is for text');
  if (skip && format !== 'xlsx') throw unused(name, 'skip', format, 'is for text and workbooks');
}

/**
 * Reads a table in whatever format its bytes have. Missing is NaN in numbers and null in text; labels and the kinds of missing
 * values of a Stata file are kept in `meta`.
 * @throws PanelError those of readTable; data/option-not-used; data/not-read (a broken file), data/column-type, data/no-sheet.
 */
export async function openTable(bytes: Uint8Array, options: OpenOptions, readers: FormatReaders): Promise<Frame> {
  const format = formatOf(bytes);
  checkOptions(options, format);
  if (format === 'text') return readTable(bytes, options);
  const read = await readers[format]();
  try {
    return await read(bytes, options);
  } catch (error) {
    if (error instanceof PanelError) throw error;
    throw new PanelError({
      code: 'data/not-read',
      message: `"${options.name}" cannot be read as ${format}: ${error instanceof Error ? error.message : String(error)}.`,
      hint: 'Write it again, or export it as CSV (UTF-8).',
      at: { file: options.name },
    });
  }
}
