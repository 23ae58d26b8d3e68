/** The notes under a pasted table: what the stars mean, and what stands in the brackets. */
import { plainStars } from './audit-published.ts';
import type { Second, StarLevel } from './audit-stars.ts';

const SYMBOL = '[*\\u2020\\u2021+]+|\\b[a-d]\\b';

/** What stands between two symbols or levels of a list. */
const BETWEEN = '(?:\\s*(?:,|;|and|or|/))*\\s*';

const percentOr = (text: string) => (text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text));

/** "* p<0.1, ** p<0.05" */
function byRule(notes: string): StarLevel[] {
  const rule = new RegExp(
    `(${SYMBOL})\\s*(?:denotes|indicates|means|=|:)?\\s*p\\s*(?:-?\\s*value)?\\s*[<≤]=?\\s*(0?\\.\\d+|\\d+(?:\\.\\d+)?%)`,
    'giu',
  );
  return [...notes.matchAll(rule)].map((m) => ({ symbol: plainStars(m[1]), level: percentOr(m[2]) }));
}

/** "p<0.01 ***" does not occur alone; R prints 0 '***' 0.001 '**' 0.01 '*' 0.05 '.' 0.1. */
function bySignifCodes(notes: string): StarLevel[] {
  const codes = [...notes.matchAll(/['‘’`"]([^'‘’`"\s]+)['‘’`"]\s*(0?\.\d+)/gu)];
  return /signif/i.test(notes) ? codes.map((m) => ({ symbol: plainStars(m[1]), level: Number(m[2]) })) : [];
}

/** "***, **, * … at the level of 1%, 5%, and 10%": two lists in the same order; or "*** significant at 1%" one by one. */
function byLists(notes: string): StarLevel[] {
  const single = new RegExp(
    `(${SYMBOL})\\s*(?:denotes?|indicates?|means?|=|:)?\\s*(?:statistical(?:ly)?\\s+)?significan(?:t|ce)\\s+at\\s+(?:the\\s+)?(\\d+(?:\\.\\d+)?\\s?%|0?\\.\\d+)`,
    'giu',
  );
  const one = [...notes.matchAll(single)].map((m) => ({
    symbol: plainStars(m[1]),
    level: percentOr(m[2].replace(' ', '')),
  }));
  if (one.length > 1) return one;
  const list = new RegExp(
    `((?:[*\\u2020\\u2021+]+${BETWEEN}){2,})([^%]*?)((?:\\d+(?:\\.\\d+)?\\s?%${BETWEEN}){2,})`,
    'iu',
  ).exec(notes);
  if (!list) return [];
  const symbols = list[1].match(/[*\u2020\u2021+]+/gu) ?? [];
  const levels = (list[3].match(/\d+(?:\.\d+)?\s?%/g) ?? []).map((t) => percentOr(t.replace(' ', '')));
  return symbols.length === levels.length
    ? symbols.map((symbol, i) => ({ symbol: plainStars(symbol), level: levels[i] }))
    : [];
}

/** Star levels that the notes print; undefined where they print none. */
export function starsInNotes(notes: string): StarLevel[] | undefined {
  for (const read of [byRule, byLists, bySignifCodes]) {
    const levels = read(notes).filter(({ level }) => level > 0 && level < 1);
    const unique = [...new Map(levels.map((l) => [l.symbol, l])).values()];
    if (unique.length > 0) return unique.sort((a, b) => a.level - b.level);
  }
  return undefined;
}

/** What the brackets hold; a standard error where the notes do not say. */
export function secondInNotes(notes: string): Second {
  if (
    /\b(?:t|z)[- ]?(?:stat\w*|values?|ratios?)\b[^.]{0,40}\b(?:parenthes|bracket)/i.test(notes) ||
    /parenthes\w*[^.]{0,25}\bt[- ](?:stat|value|ratio)/i.test(notes)
  )
    return 't';
  if (/\bp[- ]?values?\b[^.]{0,30}\b(?:parenthes|bracket)/i.test(notes)) return 'p';
  return 'se';
}

/** Whether a line begins the notes. */
export const beginsNotes = (text: string) =>
  /^\s*(?:notes?\b|source\b|figures and tables note|standard errors?\b|robust standard|t[- ]stat|p[- ]values?\b|signif)/i.test(
    text,
  ) ||
  /[*+]\s*p\s*[<≤]/.test(text) ||
  /^\s*\*{1,3}\s*,\s*\*{1,3}/.test(text);
