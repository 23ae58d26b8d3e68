/** Lines of cells, looked up only where an error has to name them. */
import * as fs from 'node:fs';

export interface Found {
  line: number;
  value: string;
}

const TAB = 9;
const LF = 10;
const CR = 13;
const QUOTE = 34;

/**
 * Walks a tab-separated file and calls `cell` for the given column of every row below the header with the cell's text and the
 * line on which its row starts; stops where it returns false.
 */
export function walkColumn(file: string, column: number, cell: (value: string, line: number) => boolean): void {
  const fd = fs.openSync(file, 'r');
  const buffer = Buffer.alloc(1 << 20);
  let [field, line, start, quotes] = [0, 1, 1, 0];
  let bytes: number[] = [];
  const text = () =>
    Buffer.from(bytes)
      .toString('utf8')
      .replace(/^"([\s\S]*)"$/, '$1')
      .replaceAll('""', '"');
  const endRow = () => {
    const go = start === 1 || cell(text(), start);
    [field, quotes, bytes, start] = [0, 0, [], line];
    return go;
  };
  try {
    for (let got = fs.readSync(fd, buffer); got > 0; got = fs.readSync(fd, buffer))
      for (let i = 0; i < got; i++) {
        const b = buffer[i];
        if (b === QUOTE) quotes++;
        if (b === LF) line++;
        const inside = quotes % 2 === 1;
        if (b === LF && !inside) {
          if (!endRow()) return;
        } else if (b === TAB && !inside) field++;
        else if (field === column && b !== CR) bytes.push(b);
      }
    if (bytes.length > 0) endRow();
  } finally {
    fs.closeSync(fd);
  }
}

/** First lines on which a column holds one of `values`. */
export function linesOf(file: string, column: number, values: ReadonlySet<string>, most: number): Found[] {
  const found: Found[] = [];
  walkColumn(file, column, (value, line) => {
    if (values.has(value)) found.push({ line, value });
    return found.length < most;
  });
  return found;
}

/** 1-based line on which a row starts, the header being row 1; the row's number where the file has fewer. */
export function lineOfRow(file: string, row: number): number {
  let at = 1;
  let found = row;
  walkColumn(file, 0, (_, line) => {
    if (++at === row) found = line;
    return at < row;
  });
  return found;
}
