/** File → Frame with its panel index. */
import { type FormatReaders, type Frame, openTable, setPanel } from '@gravpanel/panel';
import { readBytes } from './files.ts';
import type { PanelFlag } from './flags.ts';

interface LoadOptions {
  panel?: PanelFlag;
  delimiter?: string;
  missing?: string[];
}

const formats = () => (require('./data-formats.cjs') as typeof import('./data-formats.ts')).FORMATS;

/** Readers of the binary formats, from their own bundle. */
export const FORMATS: FormatReaders = {
  parquet: () => formats().parquet(),
  arrow: () => formats().arrow(),
  xlsx: () => formats().xlsx(),
  dta: () => formats().dta(),
};

/** Reads a table and declares its panel. @throws PanelError data/…, panel/… */
export async function loadFrame(file: string, { delimiter, missing, panel }: LoadOptions): Promise<Frame> {
  const { name, bytes } = readBytes(file);
  const options = { name, ...(delimiter && { delimiter }), ...(missing && { missing }) };
  const table = await openTable(bytes, options, FORMATS);
  return panel ? setPanel(table, panel.unit, panel.time) : table;
}
