/** Tokens of the expression and formula languages, with positions. */
import { PanelError, type Place } from './errors.ts';

/** A piece of source text; `start` and `end` are 0-based character offsets, end exclusive. */
export interface Token {
  type: 'number' | 'name' | 'string' | 'op' | 'end';
  /** The name without backticks, the string without quotes, the operator in its ASCII form, the digits. */
  text: string;
  start: number;
  end: number;
  /** A backticked name: never a keyword or a function. */
  quoted?: boolean;
}

/** Where errors of one text are placed: the text itself, what stands around it, and the area of its codes. */
export interface SourceText {
  source: string;
  area: 'expression' | 'formula';
  place?: Place;
}

/** Longest text that is parsed. */
const MAX_LENGTH = 10_000;

const ASCII: Record<string, string> = {
  '−': '-',
  '–': '-',
  '×': '*',
  '·': '*',
  '÷': '/',
  '≤': '<=',
  '≥': '>=',
  '≠': '!=',
  '&&': 'and',
  '&': 'and',
  '||': 'or',
};
const OPERATORS = /(?:==|!=|<=|>=|&&|\|\||[-+*/^()~|:,<>=!&[\]−–×·÷≤≥≠])/uy;
const NUMBER = /(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/uy;
const NAME = /[\p{L}_][\p{L}\p{M}\p{N}_.]*/uy;

/** The error of a stretch of text: place, caret and length; `area` makes the code. */
export function sourceError(
  text: SourceText,
  start: number,
  end: number,
  problem: { code: string; message: string; hint?: string },
): PanelError {
  return new PanelError({
    code: `${text.area}/${problem.code}`,
    message: problem.message,
    ...(problem.hint && { hint: problem.hint }),
    at: {
      ...(text.area === 'formula' ? { file: 'formula' } : { file: 'expression' }),
      ...text.place,
      column: start + 1,
      source: text.source,
      length: Math.max(1, end - start),
    },
  });
}

function quoted(text: SourceText, start: number): Token {
  const { source } = text;
  const mark = source[start];
  const close = source.indexOf(mark, start + 1);
  const what = mark === '`' ? 'name' : 'string';
  if (close < 0)
    throw sourceError(text, start, source.length, {
      code: 'syntax',
      message: `The ${what} that starts with ${mark} does not end; a second ${mark} was expected.`,
    });
  if (close === start + 1 && what === 'name')
    throw sourceError(text, start, close + 1, { code: 'syntax', message: 'A name between backticks is empty.' });
  return { type: what, text: source.slice(start + 1, close), start, end: close + 1, quoted: true };
}

function match(pattern: RegExp, source: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0];
}

function tokenAt(text: SourceText, start: number): Token {
  const { source } = text;
  const c = source[start];
  if (c === '`' || c === '"' || c === "'") return quoted(text, start);
  for (const [type, pattern] of [
    ['number', NUMBER],
    ['name', NAME],
    ['op', OPERATORS],
  ] as const) {
    const found = match(pattern, source, start);
    if (found === undefined) continue;
    const end = start + found.length;
    if (type === 'number' && match(NAME, source, end) !== undefined)
      throw sourceError(text, start, end + match(NAME, source, end)!.length, {
        code: 'syntax',
        message: `"${found}${match(NAME, source, end)}" is neither a number nor a name.`,
        hint: 'A name that starts with a digit goes between backticks: `1st`.',
      });
    return { type, text: type === 'op' ? (ASCII[found] ?? found) : found, start, end };
  }
  const odd = String.fromCodePoint(source.codePointAt(start)!);
  throw sourceError(text, start, start + odd.length, {
    code: 'syntax',
    message: `"${odd}" has no meaning here.`,
    hint: 'Odd column names go between backticks: `GDP (US$)`.',
  });
}

/**
 * Cuts a text into tokens; the last one is of type 'end'. Unicode operators (− × ÷ ≤ ≥ ≠) become ASCII.
 * @throws PanelError `<area>/syntax` at characters without meaning and quotes that do not close.
 */
export function tokenize(text: SourceText): Token[] {
  const { source } = text;
  if (source.length > MAX_LENGTH)
    throw sourceError(text, MAX_LENGTH, source.length, {
      code: 'too-long',
      message: `The text has ${source.length} characters; ${MAX_LENGTH} are the limit.`,
    });
  const tokens: Token[] = [];
  let at = 0;
  while (at < source.length) {
    if (/\s/u.test(source[at])) {
      at++;
      continue;
    }
    const token = tokenAt(text, at);
    tokens.push(token);
    at = token.end;
  }
  tokens.push({ type: 'end', text: 'the end', start: source.length, end: source.length });
  return tokens;
}
