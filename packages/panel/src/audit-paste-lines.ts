/** Lines of a pasted table: characters made plain, numbers found with what hangs on them. */
import { plainDigits, readPrinted } from './audit-number.ts';

/** A number of a line: bare ("1.023***") or in brackets ("(0.150)"). */
export interface Token {
  text: string;
  bracketed: boolean;
  stars: string;
  /** Character positions in the line, and the cell of a tabbed line. */
  from: number;
  to: number;
  tab: number;
}
export interface Line {
  /** What stands before the first number. */
  label: string;
  tokens: Token[];
  text: string;
  /** Spaces after a label that stands alone, tabs between cells. */
  trailing: number;
  tabbed: boolean;
}

/** Ligatures, full-width and superscript forms, every asterisk and minus → plain characters; tabs stay. */
export function plainLine(text: string): string {
  const marked = text
    .replace(/<sup>|<\/sup>|\\sym|\\textsuperscript|\\multicolumn\{\d+\}\{[^}]*\}/gi, '')
    .replace(/[\u2217\uff0a\u204e\ufe61\u22c6\u2605\u2731]/g, '*')
    .normalize('NFKC')
    .replace(/\$?\^?\{\s*([*+\u2020\u2021]+)\s*\}\$?/g, '$1')
    .replace(/\^([*+\u2020\u2021]+)/g, '$1')
    .replace(/\$(-?[\d.,*^{}]+)\$/g, '$1')
    .replace(/\s*\\\\\s*$/, '')
    .replace(/[\u00ad\u200b-\u200d\u2060\ufeff]/g, '');
  return marked.replace(/[\u2212\u2010-\u2013\ufe63\uff0d](?=\s?[\d.])/g, '-').replace(/(^|[\s([{])-\s(?=\d)/g, '$1-');
}

const NUMBER =
  /([([{]\s*)?([-+]?(?:\d{1,3}(?:,\d{3})+(?:\.\d*)?|\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)(\s?[*\u2020\u2021+\u0394]+|(?<=\d)[a-d](?=\s|$)|(?<=\d\.\d+)\.(?=\s|$))?(\s*[)\]}])?(\s?[*\u2020\u2021+]+(?![\d.]))?(?=$|[\s,;|&()[\]{}])/giu;

const cellOf = (text: string, at: number) => (text.slice(0, at).match(/[\t|&]/g) ?? []).length;

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(NUMBER)) {
    const [whole, open = '', number, stars = '', close = '', after = ''] = match;
    const before = text[match.index - 1];
    if (before !== undefined && !/[\s([{|&;,]/.test(before)) continue;
    if (Boolean(open) !== Boolean(close) || readPrinted(plainDigits(number)) === undefined) continue;
    tokens.push({
      text: number,
      bracketed: open !== '',
      stars: (stars + after).trim(),
      from: match.index,
      to: match.index + whole.length,
      tab: cellOf(text, match.index),
    });
  }
  return tokens;
}

/** A year or a count at the end of a label is part of it where one number too many stands in the line. */
function withoutLabelNumber(tokens: Token[], text: string): Token[] {
  const [first, second] = tokens;
  if (!first || !second || first.bracketed || first.stars || /[.]/.test(first.text) || !/[.]/.test(second.text))
    return tokens;
  return /\S\s$/.test(text.slice(0, first.from)) && /^\s{2,}|\t/.test(text.slice(first.to)) ? tokens.slice(1) : tokens;
}

export function readLine(raw: string): Line {
  const text = plainLine(raw.replace(/\r$/, ''));
  const tokens = withoutLabelNumber(tokensOf(text), text);
  const end = tokens[0]?.from ?? text.length;
  const label = text
    .slice(0, end)
    .replace(/[\t|&]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return {
    label,
    tokens,
    text,
    trailing: tokens.length === 0 ? text.length - text.trimEnd().length : 0,
    tabbed: /[\t|&]/.test(text),
  };
}
