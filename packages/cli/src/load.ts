/** File → Frame with its panel index. */
import { type Frame, readTable, setPanel } from '@gravpanel/panel';
import { readBytes } from './files.ts';
import type { PanelFlag } from './flags.ts';

/** Reads a table and declares its panel. @throws PanelError data/…, panel/… */
export function loadFrame(file: string, o: { panel?: PanelFlag; delimiter?: string; missing?: string[] }): Frame {
  const { name, bytes, sha256 } = readBytes(file);
  const { delimiter, missing, panel } = o;
  const table = readTable(bytes, { name, sha256, ...(delimiter && { delimiter }), ...(missing && { missing }) });
  return panel ? setPanel(table, panel.unit, panel.time) : table;
}
