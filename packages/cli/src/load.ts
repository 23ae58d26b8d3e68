/** File → Frame with its panel index. */
import { type Frame, readTable, setPanel } from '@gravpanel/panel';
import { readBytes } from './files.ts';
import type { PanelFlag } from './flags.ts';

interface LoadOptions {
  panel?: PanelFlag;
  delimiter?: string;
  missing?: string[];
  /** Of the bytes, where the frame's source is to carry it. */
  hash?: (bytes: Uint8Array) => string;
}

/** Reads a table and declares its panel. @throws PanelError data/…, panel/… */
export function loadFrame(file: string, o: LoadOptions): Frame {
  const { name, bytes } = readBytes(file);
  const { delimiter, missing, panel, hash } = o;
  const table = readTable(bytes, {
    name,
    ...(hash && { sha256: hash(bytes) }),
    ...(delimiter && { delimiter }),
    ...(missing && { missing }),
  });
  return panel ? setPanel(table, panel.unit, panel.time) : table;
}
