/**
 * Where things stand in a .dta file: header, descriptors, value labels and long strings of formats 113–115 (fixed positions) and
 * 117–119 (tags and a map). Source: Stata's help files dta_113, dta_115, dta_117, dta_118, dta_119.
 */
export interface DtaVariable {
  name: string;
  type: 'byte' | 'int' | 'long' | 'float' | 'double' | 'str' | 'strL';
  /** Bytes that the value takes, and where in the row they are. */
  size: number;
  offset: number;
  label: string;
  labels?: { value: number; label: string }[];
}
export interface DtaLayout {
  rows: number;
  /** Bytes of a row, and of the first row's start. */
  width: number;
  start: number;
  little: boolean;
  variables: DtaVariable[];
  /** The text of a str or strL value at a byte. */
  textOf(variable: DtaVariable, at: number): string;
}

/** Widths of the fields by format. */
const FIELDS = {
  old: { name: 33, label: 81 },
  117: { name: 33, format: 49, label: 81 },
  118: { name: 129, format: 57, label: 321 },
  119: { name: 129, format: 57, label: 321 },
};

class Cursor {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly decoder: InstanceType<typeof TextDecoder>;
  little: boolean;
  at: number;

  constructor(bytes: Uint8Array, encoding: string, little: boolean, at: number) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.decoder = new TextDecoder(encoding);
    this.little = little;
    this.at = at;
  }
  u8 = () => this.view.getUint8(this.at++);
  u16 = () => this.number(2, () => this.view.getUint16(this.at, this.little));
  u32 = () => this.number(4, () => this.view.getUint32(this.at, this.little));
  i32 = () => this.number(4, () => this.view.getInt32(this.at, this.little));
  u64 = () => this.number(8, () => Number(this.view.getBigUint64(this.at, this.little)));
  private number(size: number, read: () => number): number {
    const value = read();
    this.at += size;
    return value;
  }
  /** A text of `size` bytes, up to its first zero. */
  text(size: number): string {
    if (this.at + size > this.bytes.length) throw new RangeError('cut off');
    const all = this.bytes.subarray(this.at, this.at + size);
    const end = all.indexOf(0);
    this.at += size;
    return this.decoder.decode(end < 0 ? all : all.subarray(0, end));
  }
}

type Kind = Pick<DtaVariable, 'type' | 'size'>;

function oldKind(code: number): Kind | undefined {
  if (code >= 1 && code <= 244) return { type: 'str', size: code };
  const kinds: Record<number, Kind> = {
    251: { type: 'byte', size: 1 },
    252: { type: 'int', size: 2 },
    253: { type: 'long', size: 4 },
    254: { type: 'float', size: 4 },
    255: { type: 'double', size: 8 },
  };
  return kinds[code];
}

function newKind(code: number): Kind | undefined {
  if (code >= 1 && code <= 2045) return { type: 'str', size: code };
  const kinds: Record<number, Kind> = {
    32768: { type: 'strL', size: 8 },
    65526: { type: 'double', size: 8 },
    65527: { type: 'float', size: 4 },
    65528: { type: 'long', size: 4 },
    65529: { type: 'int', size: 2 },
    65530: { type: 'byte', size: 1 },
  };
  return kinds[code];
}

/** A table of value labels after its name. */
function labelTable(c: Cursor): { value: number; label: string }[] {
  const n = c.u32();
  const length = c.u32();
  const offsets = Array.from({ length: n }, () => c.u32());
  const values = Array.from({ length: n }, () => c.i32());
  const texts = c.at;
  const end = texts + length;
  const out = values.map((value, i) => {
    c.at = texts + offsets[i];
    return { value, label: c.text(Math.max(0, end - c.at)) };
  });
  c.at = end;
  return out;
}

type Fail = (message: string) => never;

interface Described {
  kinds: Kind[];
  names: string[];
  labelNames: string[];
  labels: string[];
}

function variablesOf({ kinds, names, labelNames, labels }: Described, tables: Map<string, DtaVariable['labels']>) {
  let offset = 0;
  return kinds.map((kind, i): DtaVariable => {
    const own = tables.get(labelNames[i]);
    const variable = { ...kind, name: names[i], offset, label: labels[i], ...(own && { labels: own }) };
    offset += kind.size;
    return variable;
  });
}

const widthOf = (kinds: Kind[]) => kinds.reduce((sum, { size }) => sum + size, 0);

function kindsOf(codes: number[], kindOf: (code: number) => Kind | undefined, fail: Fail): Kind[] {
  return codes.map((code) => kindOf(code) ?? fail(`has a variable of the unknown storage type ${code}`));
}

function oldLayout(bytes: Uint8Array, release: number, fail: Fail): DtaLayout {
  const c = new Cursor(bytes, 'windows-1252', bytes[1] === 2, 4);
  const k = c.u16();
  const rows = c.u32();
  c.at += 81 + 18;
  const kinds = kindsOf(Array.from({ length: k }, c.u8), oldKind, fail);
  const list = (size: number) => Array.from({ length: k }, () => c.text(size));
  const names = list(FIELDS.old.name);
  c.at += 2 * (k + 1) + (release === 113 ? 12 : 49) * k;
  const labelNames = list(FIELDS.old.name);
  const labels = list(FIELDS.old.label);
  for (;;) {
    const type = c.u8();
    const length = c.u32();
    if (type === 0 && length === 0) break;
    c.at += length;
  }
  const start = c.at;
  const width = widthOf(kinds);
  c.at = start + rows * width;
  if (c.at > bytes.length) fail(`is cut off: ${rows} rows of ${width} bytes were expected`);
  const tables = new Map<string, DtaVariable['labels']>();
  while (c.at + 40 < bytes.length) {
    c.at += 4;
    const name = c.text(33);
    c.at += 3;
    tables.set(name, labelTable(c));
  }
  const variables = variablesOf({ kinds, names, labelNames, labels }, tables);
  const textOf = (v: DtaVariable, at: number) => {
    c.at = at;
    return c.text(v.size);
  };
  return { rows, width, start, little: c.little, variables, textOf };
}

const asciiAt = (bytes: Uint8Array, at: number, length: number) =>
  String.fromCharCode(...bytes.subarray(at, at + length));

/** Long strings by their place (v, o). */
function longStrings(c: Cursor, from: number, release: number): Map<string, string> {
  const out = new Map<string, string>();
  c.at = from + '<strls>'.length;
  while (asciiAt(c.bytes, c.at, 3) === 'GSO') {
    c.at += 3;
    const v = c.u32();
    const o = release === 117 ? c.u32() : c.u64();
    const type = c.u8();
    const length = c.u32();
    // 129 is binary, 130 text with a zero at its end.
    out.set(`${v} ${o}`, type === 130 ? c.text(length) : c.decoder.decode(c.bytes.subarray(c.at, c.at + length)));
    if (type !== 130) c.at += length;
  }
  return out;
}

/** (v, o) of a strL value: 4 + 4 bytes, 2 + 6 or 3 + 5. */
function longPlace(c: Cursor, at: number, release: number): string {
  const bytes = [...c.bytes.subarray(at, at + 8)];
  const [first, number] = [
    release === 117 ? 4 : release === 118 ? 2 : 3,
    (part: number[]) => (c.little ? [...part].reverse() : part).reduce((sum, b) => sum * 256 + b, 0),
  ];
  return `${number(bytes.slice(0, first))} ${number(bytes.slice(first))}`;
}

function newLayout(bytes: Uint8Array, fail: Fail): DtaLayout {
  const release = Number(asciiAt(bytes, 28, 3));
  if (release !== 117 && release !== 118 && release !== 119)
    return fail(`is a Stata file of format ${asciiAt(bytes, 28, 3)}; 113 to 119 were expected`);
  const order = asciiAt(bytes, 52, 3);
  const { name, format, label } = FIELDS[release];
  const c = new Cursor(bytes, release === 117 ? 'windows-1252' : 'utf-8', order === 'LSF', 70);
  const after = (tag: string) => {
    if (asciiAt(bytes, c.at, tag.length) !== tag) fail(`is damaged: ${tag} was expected at byte ${c.at}`);
    c.at += tag.length;
  };
  const k = release === 119 ? c.u32() : c.u16();
  after('</K><N>');
  const rows = release === 117 ? c.u32() : c.u64();
  after('</N><label>');
  const title = release === 117 ? c.u8() : c.u16();
  c.at += title;
  after('</label><timestamp>');
  const stamp = c.u8();
  c.at += stamp;
  after('</timestamp></header><map>');
  const map = Array.from({ length: 14 }, c.u64);
  const section = (i: number, tag: string) => {
    c.at = map[i];
    after(`<${tag}>`);
  };
  const list = (i: number, tag: string, size: number) => {
    section(i, tag);
    return Array.from({ length: k }, () => c.text(size));
  };
  section(2, 'variable_types');
  const kinds = kindsOf(Array.from({ length: k }, c.u16), newKind, fail);
  const names = list(3, 'varnames', name);
  list(5, 'formats', format);
  const labelNames = list(6, 'value_label_names', name);
  const labels = list(7, 'variable_labels', label);
  const width = widthOf(kinds);
  const start = map[9] + '<data>'.length;
  if (start + rows * width > bytes.length) fail(`is cut off: ${rows} rows of ${width} bytes were expected`);
  const strings = kinds.some(({ type }) => type === 'strL') ? longStrings(c, map[10], release) : undefined;
  const tables = new Map<string, DtaVariable['labels']>();
  section(11, 'value_labels');
  while (asciiAt(bytes, c.at, 5) === '<lbl>') {
    c.at += 5 + 4;
    const table = c.text(name);
    c.at += 3;
    tables.set(table, labelTable(c));
    after('</lbl>');
  }
  const variables = variablesOf({ kinds, names, labelNames, labels }, tables);
  const textOf = (v: DtaVariable, at: number) => {
    if (v.type === 'strL') return strings?.get(longPlace(c, at, release)) ?? '';
    c.at = at;
    return c.text(v.size);
  };
  return { rows, width, start, little: c.little, variables, textOf };
}

/** @param fail throws; gets what is wrong with the file. */
export function readDtaLayout(bytes: Uint8Array, fail: Fail): DtaLayout {
  try {
    if (asciiAt(bytes, 0, 11) === '<stata_dta>') return newLayout(bytes, fail);
    const release = bytes[0];
    if (release < 113 || release > 115) return fail(`is a Stata file of format ${release}; 113 to 119 were expected`);
    return oldLayout(bytes, release, fail);
  } catch (error) {
    if (error instanceof RangeError) return fail('is cut off or damaged');
    throw error;
  }
}
