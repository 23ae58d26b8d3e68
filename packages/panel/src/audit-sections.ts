/** Sections of the file, passed by their schemas → the lists of Published. */
import { type Printed, readPrinted } from './audit-number.ts';
import {
  belongsTo,
  type Published,
  plainStars,
  type RegressionCell,
  type RegressionColumn,
} from './audit-published.ts';
import type { Claim, SectionKind, Settings } from './audit-schema.ts';
import { isRowsOfSample } from './audit-shapes.ts';
import type { Second } from './audit-stars.ts';

type Map<T> = Record<string, T>;
type Number_ = string | number;
const printedOf = (value: unknown): Printed => readPrinted(String(value))!;
const printedIf = (value: unknown) =>
  value === undefined || value === null || value === '' ? undefined : readPrinted(String(value));
const countsOf = (map: Map<Number_>) => Object.entries(map).map(([name, n]) => ({ name, count: printedOf(n) }));

interface CellMap {
  estimate: Number_;
  se?: Number_;
  t?: Number_;
  p?: Number_;
  stars?: string | null;
}

function cellOf(term: string, value: unknown): RegressionCell {
  if (Array.isArray(value)) {
    const [estimate, second, stars] = value;
    return {
      term,
      estimate: printedOf(estimate),
      second: printedIf(second),
      secondKind: 'se',
      stars: plainStars(String(stars ?? '')),
    };
  }
  const map = value as CellMap;
  const kind = (['se', 't', 'p'] as Second[]).find((k) => map[k] !== undefined) ?? 'se';
  return {
    term,
    estimate: printedOf(map.estimate),
    second: printedIf(map[kind]),
    secondKind: kind,
    stars: plainStars(map.stars ?? ''),
  };
}

function columnOf(name: string, map: Map<unknown>, out: Published, id: string): RegressionColumn {
  const column: RegressionColumn = { name, cells: [] };
  for (const [term, value] of Object.entries(map)) {
    if (typeof value === 'object' && value !== null) {
      column.cells.push(cellOf(term, value));
      out.starsSpoken ||= Array.isArray(value) ? value.length > 2 : Object.hasOwn(value, 'stars');
    } else if (isRowsOfSample(term)) column.nobs = printedOf(value);
    else out.unread.push(`${id} ${name} ${term}`);
  }
  return column;
}

const isCellLike = (v: unknown) => Array.isArray(v) || (typeof v === 'object' && v !== null && 'estimate' in v);

function addRegression(out: Published, id: string, value: Map<unknown>): void {
  const single = Object.values(value).some(isCellLike);
  const columns = single
    ? [columnOf('(1)', value, out, id)]
    : Object.entries(value).map(([name, map]) => columnOf(name, map as Map<unknown>, out, id));
  out.regressions.push({ id, columns, settings: {} });
}

/** [n, max, min] as in a short summary; [n, mean, sd, min, max] as Stata prints it; other orders by `columns`. */
const ORDERS: Record<number, string[]> = {
  2: ['min', 'max'],
  3: ['n', 'max', 'min'],
  4: ['mean', 'sd', 'min', 'max'],
  5: ['n', 'mean', 'sd', 'min', 'max'],
};

function addDescriptions(out: Published, id: string, value: Map<Number_[]>): void {
  for (const [name, numbers] of Object.entries(value)) {
    const order = ORDERS[numbers.length];
    out.descriptions.push({ id, name, ...Object.fromEntries(numbers.map((n, i) => [order[i], printedOf(n)])) });
  }
}

function addStated(out: Published, id: string, value: Map<Number_ | Map<Number_>>): void {
  const percent = id.endsWith('_percent');
  const of = id.replace(/_stated(_percent)?$/, '');
  const entries: Map<Printed | Map<Printed>> = {};
  for (const [key, entry] of Object.entries(value)) {
    if (typeof entry === 'object')
      entries[key] = Object.fromEntries(Object.entries(entry).map(([k, n]) => [k, printedOf(n)]));
    else if (printedIf(entry)) entries[key] = printedOf(entry);
    else out.unread.push(`${id}.${key}`);
  }
  out.stated.push({ id, of, percent, entries });
}

interface SeriesMap {
  counts: Map<Number_>;
  total?: Number_;
  stated?: Claim[];
}

function addSeries(out: Published, id: string, { counts, total, stated }: SeriesMap): void {
  out.series.push({ id, rows: countsOf(counts), total: printedIf(total), settings: {} });
  out.claims.push(...(stated ?? []).map((claim) => ({ ...claim, section: id })));
}

function addVariables(out: Published, id: string, value: Map<Map<string>>): void {
  const variables = Object.entries(value).map(([name, v]) => {
    const expected = v.expected === '−' ? '-' : v.expected;
    return {
      name,
      ...(v.meaning && { meaning: v.meaning }),
      ...((expected === '+' || expected === '-') && { expected: expected as '+' | '-' }),
      ...(v.varies && { varies: v.varies as 'time' | 'unit' | 'both' }),
    };
  });
  out.variables.push({ id, variables });
}

/** Attached once all sections are there: settings and row counts of the tables whose names begin alike. */
export interface Attachments {
  settings: { of: string; value: Settings }[];
  nobs: { of: string; value: Number_ | Map<Number_> }[];
}

function withNobs(columns: RegressionColumn[], value: Number_ | Map<Number_>): RegressionColumn[] {
  const nobsOf = (name: string) => (typeof value === 'object' ? value[name] : value);
  return columns.map((c) => (nobsOf(c.name) === undefined ? c : { ...c, nobs: printedOf(nobsOf(c.name)) }));
}

export function attach(out: Published, { settings, nobs }: Attachments): void {
  for (const { of, value } of nobs) {
    const tables = out.regressions.filter(({ id }) => belongsTo(id, of));
    if (tables.length === 0) out.unread.push(`${of}_nobs`);
    for (const table of tables) table.columns = withNobs(table.columns, value);
  }
  for (const { of, value } of settings) {
    const sections = [...out.regressions, ...out.counts, ...out.series].filter(({ id }) => belongsTo(id, of));
    if (sections.length === 0) out.unread.push(`${of}_settings`);
    for (const section of sections) section.settings = value;
  }
}

/** Puts one section of a known kind where the rules look for it. */
export function addSection(out: Published, id: string, kind: SectionKind, value: unknown, later: Attachments): void {
  const map = value as Map<never>;
  switch (kind) {
    case 'nobs':
      later.nobs.push({ of: id.replace(/_nobs$/, ''), value: value as Number_ });
      return;
    case 'settings':
      later.settings.push({ of: id.replace(/_settings$/, ''), value: value as Settings });
      return;
    case 'stated':
      addStated(out, id, map);
      return;
    case 'series':
      addSeries(out, id, value as SeriesMap);
      return;
    case 'test': {
      const { statistic, p, df, of } = value as Map<Number_>;
      out.tests.push({
        id,
        statistic: printedOf(statistic),
        p: printedOf(p),
        df: printedIf(df),
        ...(of && { of: String(of) }),
      });
      return;
    }
    case 'variables':
      addVariables(out, id, map);
      return;
    case 'regression':
      addRegression(out, id, map);
      return;
    case 'descriptives':
      addDescriptions(out, id, map);
      return;
    case 'groups':
      out.groups.push({ id, groups: Object.entries(map).map(([name, members]) => ({ name, members })) });
      return;
    case 'nested':
      for (const [key, { partners }] of Object.entries(map as Map<{ partners: Map<Number_> }>))
        out.nested.push({ id, key, rows: countsOf(partners) });
      return;
    case 'counts':
      out.counts.push({ id, rows: countsOf(map), settings: {} });
      return;
    case 'list':
      out.lists.push({
        id,
        rows: (value as unknown[][]).map((row) => row.map((v) => (v === null ? null : String(v)))),
      });
  }
}
