/** Stata .dta, formats 113–119 → Frame. Labels and the kinds of missing values (., .a … .z) are kept in `meta`. */

import { type DtaVariable, readDtaLayout } from './dta-layout.ts';
import { PanelError } from './errors.ts';
import { MISSING } from './table-cells.ts';
import { frameOf } from './table-columns.ts';
import type { OpenOptions } from './table-open.ts';
import type { Column, ColumnMeta, Frame } from './types.ts';

/** Greatest value that is no missing one, by storage type (Stata's manual, "Missing values"). */
const GREATEST = { byte: 100, int: 32_740, long: 2_147_483_620 };
/** Bits of the missing value "." of float and double, and their distance to ".a", ".b", …. */
const FLOAT_MISSING = 0x7f000000;
const FLOAT_STEP = 0x800;
const DOUBLE_MISSING = 0x7fe00000;
const DOUBLE_STEP = 0x100;

/** 0 is ".", 1 … 26 are ".a" … ".z"; −1: a value. */
type Kind = number;

const kindName = (kind: Kind) => (kind === 0 ? '.' : `.${String.fromCharCode(96 + kind)}`);

/** A number with the kind of missing value that it stands for. */
function numberAt(view: DataView, at: number, type: DtaVariable['type'], little: boolean): [value: number, kind: Kind] {
  if (type === 'byte') {
    const value = view.getInt8(at);
    return [value, value > GREATEST.byte ? value - GREATEST.byte - 1 : -1];
  }
  if (type === 'int') {
    const value = view.getInt16(at, little);
    return [value, value > GREATEST.int ? value - GREATEST.int - 1 : -1];
  }
  if (type === 'long') {
    const value = view.getInt32(at, little);
    return [value, value > GREATEST.long ? value - GREATEST.long - 1 : -1];
  }
  if (type === 'float') {
    const bits = view.getUint32(at, little);
    const beyond = bits >= FLOAT_MISSING && bits < 0x80000000;
    return [view.getFloat32(at, little), beyond ? Math.floor((bits - FLOAT_MISSING) / FLOAT_STEP) : -1];
  }
  const high = view.getUint32(at + (little ? 4 : 0), little);
  const beyond = high >= DOUBLE_MISSING && high < 0x80000000;
  return [view.getFloat64(at, little), beyond ? Math.floor((high - DOUBLE_MISSING) / DOUBLE_STEP) : -1];
}

interface Read {
  column: Column;
  missing?: ColumnMeta['missing'];
}

function numbers(view: DataView, rows: number, width: number, start: number, v: DtaVariable, little: boolean): Read {
  const values = new Float64Array(rows);
  const kinds = new Map<Kind, number[]>();
  for (let row = 0; row < rows; row++) {
    const [value, kind] = numberAt(view, start + row * width + v.offset, v.type, little);
    values[row] = kind < 0 ? value : Number.NaN;
    // Plain missing values are in the numbers; only the others say more than that.
    if (kind > 0) kinds.set(kind, [...(kinds.get(kind) ?? []), row]);
  }
  const words = new Map((v.labels ?? []).map(({ value, label }) => [value, label]));
  const missing = [...kinds]
    .sort(([a], [b]) => a - b)
    .map(([kind, list]) => {
      const label = words.get(GREATEST.long + 1 + kind);
      return { code: kindName(kind), ...(label && { label }), rows: list };
    });
  return { column: { kind: 'number', values }, ...(missing.length > 0 && { missing }) };
}

/**
 * Reads a Stata file; numbers of every storage type become doubles, exactly.
 * @throws PanelError data/not-read (another format number, a file that is cut off), data/header-only.
 */
export function readDta(bytes: Uint8Array, options: OpenOptions): Frame {
  const layout = readDtaLayout(bytes, (message) => {
    throw new PanelError({
      code: 'data/not-read',
      message: `"${options.name}" ${message}.`,
      hint: 'Save it again in Stata (save, or saveold), or export it as CSV.',
      at: { file: options.name },
    });
  });
  const { rows, width, start, little, variables, textOf } = layout;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const none = new Set([...MISSING, ...(options.missing ?? [])]);
  const columns: Record<string, Column> = {};
  const meta: Record<string, ColumnMeta> = {};
  for (const v of variables) {
    let missing: ColumnMeta['missing'];
    if (v.type === 'str' || v.type === 'strL') {
      const texts = Array.from({ length: rows }, (_, row) => textOf(v, start + row * width + v.offset));
      columns[v.name] = {
        kind: 'text',
        values: texts.map((text) => (none.has(text) || none.has(text.trim()) ? null : text)),
      };
    } else {
      const read = numbers(view, rows, width, start, v, little);
      columns[v.name] = read.column;
      missing = read.missing;
    }
    const values = v.labels?.filter(({ value }) => value <= GREATEST.long);
    if (v.label || values?.length || missing)
      meta[v.name] = {
        ...(v.label && { label: v.label }),
        ...(values?.length && { values }),
        ...(missing && { missing }),
      };
  }
  return frameOf(columns, rows, bytes, options, meta);
}
