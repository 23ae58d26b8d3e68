/** Numbers in the words of a paper. */

const LAG_WORDS: Record<string, number> = { one: 1, a: 1, two: 2, three: 3 };

/** "all explanatory variables lagged one year" → 1. */
export function lagIn(words: string | undefined): number | undefined {
  const match = /\blag(?:ged|s)?\b[^.;]*?\b(one|a|two|three|\d+)\s+(?:year|period|quarter|month)/i.exec(words ?? '');
  return match ? (LAG_WORDS[match[1].toLowerCase()] ?? Number(match[1])) : undefined;
}

/** [2008, 2017] or "2008-2017". */
export function periodOf(value: unknown): [number, number] | undefined {
  const ends = Array.isArray(value) ? value.map(Number) : (String(value ?? '').match(/\d{4}/g) ?? []).map(Number);
  return ends.length === 2 && ends.every(Number.isInteger) && ends[0] <= ends[1] ? [ends[0], ends[1]] : undefined;
}
