/** DuckDB's complaints about a table → PanelError with its line. */
import { PanelError } from '@gravpanel/panel';
import { lineOfRow } from './locate.ts';
import type { Unpacked } from './unpack.ts';

const MOST_SHOWN = 80;

function lineOf(text: string): string {
  const line = /Original Line: ?(.*)/.exec(text)?.[1] ?? '';
  return line.length > MOST_SHOWN ? `${line.slice(0, MOST_SHOWN - 1)}…` : line;
}

/** What the message of a failed read says, about the file as the user named it; other errors come back as they are. */
export function csvError(error: unknown, { file, plain }: Unpacked): unknown {
  const text = error instanceof Error ? error.message : String(error);
  // DuckDB counts rows, and a quoted field may run over several lines.
  const row = Number(/CSV Error on Line: (\d+)/.exec(text)?.[1]);
  if (!Number.isFinite(row)) return outOfRoom(error, text, file);
  const line = lineOfRow(plain, row);
  const at = { file, line, row: line, ...(lineOf(text) && { source: lineOf(text) }) };
  const fields = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(text);
  if (fields)
    return new PanelError({
      code: 'data/ragged',
      message: `Line ${line} of "${file}" has ${fields[2]} fields; the header has ${fields[1]}.`,
      hint: 'A tab inside a field needs quotes around it; a line break too.',
      at,
    });
  // An open quote swallows the lines below it until one is too long. The settings at the end of the message name quotes too.
  if (/quote|maximum line size/i.test(text.split('file = ')[0]))
    return new PanelError({
      code: 'data/quotes',
      message: `A quoted field that starts on line ${line} of "${file}" does not end, or goes on after its closing quote.`,
      hint: 'A quote inside a quoted field is written twice: "".',
      at,
    });
  return new PanelError({
    code: 'data/not-read',
    message: `Line ${line} of "${file}" cannot be read: ${text.split('\n').find((part) => part && !/^(Invalid Input Error: )?CSV Error|^Original Line/.test(part)) ?? text}`,
    hint: 'Compare the line with its neighbours; tab-separated text with quotes as in RFC 4180 was expected.',
    at,
  });
}

function outOfRoom(error: unknown, text: string, file: string): unknown {
  if (/out of memory/i.test(text))
    return new PanelError({
      code: 'patents/out-of-memory',
      message: `There was not enough memory for "${file}".`,
      hint: 'Ask for fewer threads (--threads 1) or fewer years.',
      at: { file },
    });
  if (/no space left|disk.*full/i.test(text))
    return new PanelError({
      code: 'output/not-written',
      message: 'The disk is full.',
      hint: 'Choose another disk with -o: intermediate results stand beside the output.',
      at: { file },
    });
  return error;
}
