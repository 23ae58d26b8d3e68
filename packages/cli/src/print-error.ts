/** Errors for people (message, place, caret, hint, code) and for programs (error/1). */
import type { PanelErrorFields, Place } from '@gravpanel/panel';
import pc from 'picocolors';

type Colors = ReturnType<typeof pc.createColors>;

/** "study.yaml:12:18", "panel.csv, line 17, column patents", "formula, character 5". */
export function placeWords(at: Place): string {
  if (at.line !== undefined) return [at.file ?? '', at.line, at.column ?? 1].join(':');
  const parts = [at.file];
  if (at.row !== undefined) parts.push(`line ${at.row}`);
  if (at.variable) parts.push(`column ${at.variable}`);
  const whole = at.column === 1 && at.length === at.source?.length;
  if (at.column !== undefined && at.source !== undefined && !whole) parts.push(`character ${at.column}`);
  if (parts.filter(Boolean).length === 0 && at.pointer) parts.push(at.pointer);
  return parts.filter(Boolean).join(', ');
}

/** Wide East Asian and emoji characters take two columns; combining marks none. */
const columnsOf = (text: string) =>
  [...text].reduce(
    (sum, c) =>
      sum +
      (/\p{Mn}|\p{Me}/u.test(c)
        ? 0
        : /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}]/u.test(
              c,
            )
          ? 2
          : 1),
    0,
  );

/** The source line and a caret line under it, cut to `width` around the caret. */
function caretLines({ source, column = 1, length = 1 }: Place, width: number): [string, string] | undefined {
  if (source === undefined || source.trim() === '') return undefined;
  const text = source.replaceAll('\t', ' ').split('\n')[0];
  const at = Math.min(column - 1, text.length);
  const from = text.length <= width || at < width - 20 ? 0 : Math.min(at - 20, Math.max(0, text.length - width));
  const shown = `${from > 0 ? '…' : ''}${text.slice(from + (from > 0 ? 1 : 0), from + width)}${from + width < text.length ? '…' : ''}`;
  const before = columnsOf(`${from > 0 ? '…' : ''}${text.slice(from + (from > 0 ? 1 : 0), at)}`);
  const under = Math.max(1, Math.min(columnsOf(text.slice(at, at + length)), width - before));
  return [shown, ' '.repeat(before) + '^'.repeat(under)];
}

function one(error: PanelErrorFields, c: Colors, width: number): string {
  const label = (name: string) => c.dim(`${name}: `.padStart(7));
  const lines = [`${c.bold(c.red('error: '))}${error.message}`];
  if (error.at) {
    const words = placeWords(error.at);
    if (words) lines.push(label('at') + words);
    const caret = caretLines(error.at, width - 9);
    if (caret) lines.push(`         ${caret[0]}`, `         ${c.red(caret[1])}`);
  }
  if (error.hint) lines.push(label('hint') + error.hint);
  lines.push(label('code') + error.code);
  return lines.join('\n');
}

const othersOf = ({ details }: PanelErrorFields): PanelErrorFields[] =>
  ((details as { others?: PanelErrorFields[] } | undefined)?.others ?? []).slice(0, 9);

/** What stderr shows for an error and the further ones it carries. */
export function errorText(error: PanelErrorFields, o: { color: boolean; width?: number }): string {
  const c = pc.createColors(o.color);
  const width = Math.max(40, o.width ?? 100);
  return `${[error, ...othersOf(error)].map((e) => one(e, c, width)).join('\n\n')}\n`;
}

/** `{ "schema": "error/1", "error": … }`, one line. */
export function errorJson({ code, message, hint, at, details }: PanelErrorFields): string {
  const error = { code, message, ...(hint && { hint }), ...(at && { at }), ...(details !== undefined && { details }) };
  return `${JSON.stringify({ schema: 'error/1', error })}\n`;
}
