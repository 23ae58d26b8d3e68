/** The tables and statements of a paper as plain values, whatever file they came from. */
import type { Printed } from './audit-number.ts';
import type { Claim, Settings, SourceSpec } from './audit-schema.ts';
import { DEFAULT_STARS, type Law, type Second, type StarLevel } from './audit-stars.ts';
import { PanelError } from './errors.ts';

export interface RegressionCell {
  term: string;
  estimate: Printed;
  second?: Printed;
  secondKind: Second;
  /** Symbols as printed, asterisks made plain. */
  stars: string;
}
export interface RegressionColumn {
  name: string;
  cells: RegressionCell[];
  nobs?: Printed;
}
export interface Regression {
  id: string;
  columns: RegressionColumn[];
  settings: Settings;
}
export interface Counts {
  id: string;
  rows: { name: string; count: Printed }[];
  settings: Settings;
}
export interface Series extends Counts {
  total?: Printed;
}
/** What the text says of the sections that share a name's beginning. */
export interface Stated {
  id: string;
  /** "table1". */
  of: string;
  /** The values are percentages of a whole. */
  percent: boolean;
  entries: Record<string, Printed | Record<string, Printed>>;
}
export interface TestPrint {
  id: string;
  statistic: Printed;
  p: Printed;
  df?: Printed;
  of?: string;
}
export interface VariablePrint {
  name: string;
  meaning?: string;
  expected?: '+' | '-';
  varies?: 'time' | 'unit' | 'both';
}
export interface Description {
  id: string;
  name: string;
  n?: Printed;
  mean?: Printed;
  sd?: Printed;
  min?: Printed;
  max?: Printed;
}
export interface SamplePrint {
  total?: Printed;
  unitsUsed?: Printed;
  periods?: Printed;
  used?: string[];
}
export interface Published {
  file: string;
  title: string;
  home?: string;
  period?: [number, number];
  estimator?: string;
  lag?: number;
  stars: StarLevel[];
  /** The file or a flag speaks of stars: a cell without one says that it earns none. */
  starsSpoken: boolean;
  /** Stated, not guessed. */
  law?: Law;
  regressions: Regression[];
  counts: Counts[];
  series: Series[];
  /** Counts by a key and partner: each part is at most the partner's count. */
  nested: { id: string; key: string; rows: { name: string; count: Printed }[] }[];
  groups: { id: string; groups: { name: string; members: string[] }[] }[];
  lists: { id: string; rows: (string | null)[][] }[];
  stated: Stated[];
  tests: TestPrint[];
  variables: { id: string; variables: VariablePrint[] }[];
  descriptions: Description[];
  sample: SamplePrint;
  claims: (Claim & { section: string })[];
  sources: Record<string, SourceSpec>;
  /** Sections and statements that no rule reads. */
  unread: string[];
}

export const emptyPublished = (file: string): Published => ({
  file,
  title: '',
  stars: DEFAULT_STARS,
  starsSpoken: false,
  regressions: [],
  counts: [],
  series: [],
  nested: [],
  groups: [],
  lists: [],
  stated: [],
  tests: [],
  variables: [],
  descriptions: [],
  sample: {},
  claims: [],
  sources: {},
  unread: [],
});

/** Whether a section's name begins with the name that another one speaks of ("table8_nobs" → "table8"). */
export const belongsTo = (id: string, base: string) => id === base || id.startsWith(`${base}_`);

/** "table8_full_sample" → "Table 8"; other names keep their words. */
export function sectionWords(id: string): string {
  const match = /^(table|figure|fig|panel)[ _]?([a-z]?\d+[a-z]?)(?:_|$)/i.exec(id);
  if (!match) return id;
  const word = match[1].toLowerCase();
  return `${word === 'table' ? 'Table' : word === 'panel' ? 'Panel' : 'Figure'} ${match[2].toUpperCase()}`;
}

/** Names of countries, variables and rows, compared without case, articles, accents and marks. */
export const sameName = (a: string, b: string) => nameKey(a) === nameKey(b);
export const nameKey = (name: string) =>
  name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/^the\s+/, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/** Asterisks of every kind → "*"; superscript markup goes. */
export const plainStars = (text: string) =>
  text
    .replace(/[\u2217\uff0a\u204e\ufe61\u22c6\u2605\u2731\u1d5b\u02df]/g, '*')
    .replace(/<\/?sup>|\\(?:sym|textsuperscript)|[\^{}$\s\\]/g, '');

const wrongValue = (what: string, text: string, expected: string, hint: string) =>
  new PanelError({ code: 'audit/wrong-value', message: `${what} is "${text}"; ${expected} was expected.`, hint });

/** '***=0.01,**=0.05,*=0.10' → levels. @throws PanelError audit/wrong-value. */
export function readStars(text: string, what = '--stars'): StarLevel[] {
  return starLevels(
    text.split(',').map((part) => {
      const at = part.lastIndexOf('=');
      return [part.slice(0, at < 0 ? part.length : at).trim(), at < 0 ? '' : part.slice(at + 1).trim()];
    }),
    what,
    text,
  );
}

/** Symbols and levels, highest level last or first. @throws PanelError audit/wrong-value. */
export function starLevels(entries: string[][], what: string, text: string): StarLevel[] {
  const levels = entries.map(([symbol, level]) => ({ symbol: plainStars(symbol), level: Number(level) }));
  const good = levels.every(({ symbol, level }) => symbol !== '' && level > 0 && level < 1);
  const distinct = new Set(levels.map((l) => l.symbol)).size === levels.length;
  if (good && distinct && levels.length > 0) return levels;
  throw wrongValue(what, text, 'symbol=level, each symbol once', "Write '***=0.01,**=0.05,*=0.10'.");
}

/** normal | t:DF. @throws PanelError audit/wrong-value. */
export function readLaw(text: string, what = '--dist'): Law {
  if (/^(normal|z)$/i.test(text)) return { kind: 'normal' };
  const df = Number(/^t:(.+)$/i.exec(text)?.[1]);
  if (df > 0 && Number.isFinite(df)) return { kind: 't', df };
  throw wrongValue(what, text, 'normal or t:DF', 'Write t:44 for 44 degrees of freedom.');
}
