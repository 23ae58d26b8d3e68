/** Rules about the sample: n-feasible, df, identification. */
import { type Finding, finding, num, plain, pWords } from './audit-findings.ts';
import { intervalOf, overlap } from './audit-number.ts';
import {
  type Counts,
  nameKey,
  type Published,
  type Regression,
  type RegressionColumn,
  sectionWords,
} from './audit-published.ts';
import { lagIn, periodOf } from './audit-words.ts';
import { chi2Upper } from './distributions.ts';

/** Estimators that drop units without any count: conditional likelihoods. */
const CONDITIONAL =
  /conditional|xtnbreg|xtpoisson|nb-fe|fixed[- ]effects?\s+(?:negative binomial|poisson)|(?:negative binomial|poisson)\s+fixed[- ]effects?/i;
const LEAST_SQUARES = /(?:^|[_\W])(ols|least[ _-]?squares|linear|lm)(?:$|[_\W])/i;

/** The estimator of one table: its own setting, its name where that says least squares, else the paper's. */
const estimatorOf = (published: Published, { id, settings }: Regression) =>
  settings.estimator ?? (LEAST_SQUARES.test(id) ? 'ols' : published.estimator);

const lagOf = (published: Published, { settings }: Regression) =>
  settings.lag === undefined ? (lagIn(settings.estimator) ?? published.lag ?? 0) : Number(settings.lag);

/** Periods of a column: its head ("2008-2012"), the table's, the paper's, the sample's number. */
function periodsOf(published: Published, { settings }: Regression, { name }: RegressionColumn) {
  const span = periodOf(name) ?? periodOf(settings.period) ?? published.period;
  const count = periodOf(name) ? undefined : published.sample.periods?.value;
  return { span, count: count ?? (span ? span[1] - span[0] + 1 : undefined) };
}

/** The table of counts by unit, where most of its rows are units of the sample. */
function unitCounts({ counts, sample }: Published): { counts: Counts; positive: string[] } | undefined {
  const used = new Set((sample.used ?? []).map(nameKey));
  if (used.size === 0) return undefined;
  const found = counts.find(
    ({ rows }) => rows.length > 1 && rows.filter((r) => used.has(nameKey(r.name))).length > rows.length / 2,
  );
  const positive = found?.rows.filter((r) => r.count.value > 0 && used.has(nameKey(r.name))).map((r) => r.name);
  return found && { counts: found, positive: positive! };
}

/** Periods without a lagged value: a later span takes its lags from the paper's earlier periods. */
const lostToLag = ({ period }: Published, lag: number, span: [number, number] | undefined) =>
  Math.max(0, lag - (span && period ? span[0] - period[0] : 0));

function columnFindings(published: Published, table: Regression, columns: RegressionColumn[]): Finding[] {
  const [column] = columns;
  const n = column.nobs!.value;
  const units = published.sample.unitsUsed?.value ?? published.sample.used?.length;
  const { span, count: periods } = periodsOf(published, table, column);
  if (units === undefined || periods === undefined) return [];
  const name = columns.length === table.columns.length ? '' : columns.map((c) => c.name).join(', ');
  const at = { column: name, term: 'observations', printed: column.nobs!.text };
  const lag = lostToLag(published, lagOf(published, table), span);
  const out: Finding[] = [];
  if (n > units * periods)
    out.push(
      finding('n-feasible', 'impossible', table.id, {
        ...at,
        recomputed: `at most ${plain(units * periods)}`,
        detail: `N = ${column.nobs!.text} > ${plain(units)} units × ${periods} periods = ${plain(units * periods)}`,
      }),
    );
  const estimator = estimatorOf(published, table);
  const counted = unitCounts(published);
  const known = counted && counted.positive.length < units && estimator !== undefined && CONDITIONAL.test(estimator);
  if (known && n > counted.positive.length * periods) {
    const most = counted.positive.length * periods;
    const after = counted.positive.length * (periods - lag);
    out.push(
      finding('n-feasible', 'impossible', table.id, {
        ...at,
        recomputed: `at most ${plain(most)}`,
        detail: `N = ${column.nobs!.text}, but the conditional model drops units without any count: at most ${counted.positive.length} of the ${plain(units)} units have one in ${sectionWords(counted.counts.id)}, ${counted.positive.length} × ${periods} = ${plain(most)} rows${lag > 0 ? `, ${plain(after)} after the lag` : ''}`,
      }),
    );
  }
  if (lag > 0 && n > units * (periods - lag)) {
    const first = span ? ` before ${span[0]}` : ' before the first period';
    out.push(
      finding('n-feasible', 'inconsistent', table.id, {
        ...at,
        recomputed: `at most ${plain(units * (periods - lag))}`,
        detail: `N = ${column.nobs!.text} leaves no row for the lag of ${lag}: ${plain(units)} × (${periods} − ${lag}) = ${plain(units * (periods - lag))}, unless values${first} were read`,
      }),
    );
  }
  return out;
}

/** Columns with the same rows and periods are told once. */
function sameSample(published: Published, table: Regression): RegressionColumn[][] {
  const groups = new Map<string, RegressionColumn[]>();
  for (const column of table.columns.filter((c) => c.nobs)) {
    const key = `${column.nobs!.text} ${JSON.stringify(periodsOf(published, table, column))}`;
    groups.set(key, [...(groups.get(key) ?? []), column]);
  }
  return [...groups.values()];
}

const MOST_DF = 400;

/** Degrees of freedom at which a statistic and a p value that round to the printed ones go together. */
export function impliedDf(statistic: { lo: number; hi: number }, p: { lo: number; hi: number }): number[] {
  const out: number[] = [];
  for (let df = 1; df <= MOST_DF; df++) {
    const range = { lo: chi2Upper(Math.max(0, statistic.hi), df), hi: chi2Upper(Math.max(0, statistic.lo), df) };
    if (overlap(range, p)) out.push(df);
    else if (range.lo > p.hi) break;
  }
  return out;
}

const CONSTANT = /^\(?(constant|intercept|_cons|cons)\)?$/i;
const slopes = ({ cells }: RegressionColumn) => cells.filter(({ term }) => !CONSTANT.test(term));

/** The column with the most coefficients of the first table, or the one that the test names ("table8 (6)"). */
function testedColumn({ regressions }: Published, of: string | undefined) {
  const table = regressions.find(({ id }) => !of || of.startsWith(id.split('_')[0])) ?? regressions[0];
  const named = table?.columns.find(({ name }) => of?.endsWith(name));
  const column = named ?? [...(table?.columns ?? [])].sort((a, b) => b.cells.length - a.cells.length)[0];
  return column && { table, column };
}

const dfWords = (list: number[]) => (list.length === 1 ? `${list[0]}` : `${list[0]} to ${list.at(-1)}`);

function testFindings(published: Published): Finding[] {
  return published.tests.flatMap(({ id, statistic, p, df, of }): Finding[] => {
    const at = { term: 'df', printed: df?.text ?? '' };
    const words = `χ² = ${statistic.text}, p = ${p.text}`;
    const implied = impliedDf(intervalOf(statistic), intervalOf(p));
    if (statistic.value < 0)
      return [
        finding('df', 'impossible', id, {
          ...at,
          detail: `χ² = ${statistic.text} is below zero: the test is not defined`,
        }),
      ];
    if (implied.length === 0)
      return [
        finding('df', 'impossible', id, {
          ...at,
          detail: `${words}: no degrees of freedom from 1 to ${MOST_DF} give this p`,
        }),
      ];
    if (df) {
      if (implied.includes(df.value)) return [];
      const own = pWords(chi2Upper(statistic.value, df.value));
      return [
        finding('df', 'inconsistent', id, {
          ...at,
          recomputed: dfWords(implied),
          detail: `${words} need df = ${dfWords(implied)}; with the printed df = ${df.text} p = ${own}`,
        }),
      ];
    }
    const tested = testedColumn(published, of);
    if (!tested) return [];
    const k = slopes(tested.column).length;
    const all = tested.column.cells.length;
    if (implied.includes(k) || implied.includes(all)) return [];
    const matching = tested.table.columns.filter((c) => implied.includes(slopes(c).length)).map((c) => c.name);
    const others = [implied[0] - 1, implied.at(-1)! + 1]
      .filter((d) => d > 0)
      .map((d) => `df = ${d} gives ${pWords(chi2Upper(statistic.value, d))}`);
    const fit = matching.length > 0 ? `; column ${matching.join(', ')} has that many` : '';
    return [
      finding('df', 'inconsistent', id, {
        ...at,
        printed: words,
        recomputed: dfWords(implied),
        detail: `${words} imply df = ${dfWords(implied)} (${others.join(', ')}), but the fullest column, ${tested.column.name} of ${sectionWords(tested.table.id)}, has ${k} slopes${fit}`,
      }),
    ];
  });
}

/** Words of a meaning that name a unit or a pair. */
const PER_UNIT =
  /partner|bilateral|between|distance|countries|the country|each (?:country|unit|firm)|destination|origin|firm's|of the (?:unit|firm)/i;

/** A variable of one place outside the units ("patents of China in the year") has one value a period. */
function isCommonToPeriods(published: Published, meaning: string): boolean {
  if (
    PER_UNIT.test(meaning) ||
    !/\b(?:in|of) (?:the|each) (?:year|period|quarter|month)\b|\bannual|\byearly|\bper year\b/i.test(meaning)
  )
    return false;
  const places = [...meaning.matchAll(/\bof (?:the )?(\p{Lu}[\p{L}'-]+(?: \p{Lu}[\p{L}'-]+)*)/gu)].map((m) => m[1]);
  const units = new Set(
    [...(published.sample.used ?? []), ...published.counts.flatMap((c) => c.rows.map((r) => r.name))].map(nameKey),
  );
  return places.length > 0 && places.every((place) => !units.has(nameKey(place)));
}

function identificationFindings(published: Published): Finding[] {
  const { variables, regressions, period, sample } = published;
  const periods = sample.periods?.value ?? (period ? period[1] - period[0] + 1 : undefined);
  return variables.flatMap(({ id, variables: list }) =>
    list.flatMap(({ name, meaning, varies }): Finding[] => {
      const common =
        varies === 'time' || (varies === undefined && meaning !== undefined && isCommonToPeriods(published, meaning));
      const tables = regressions.filter((t) => t.columns.some((c) => c.cells.some((cell) => cell.term === name)));
      if (!common || tables.length === 0) return [];
      const values = periods === undefined ? 'one value a period' : `${plain(periods)} values, one a period`;
      return [
        finding('identification', 'caution', id, {
          term: name,
          printed: meaning ?? '',
          recomputed: values,
          detail: `${name} varies only over time (${values}, the same for all units): its coefficient in ${tables.map((t) => sectionWords(t.id)).join(', ')} cannot be told from anything else that changed from period to period, and period effects would absorb it`,
        }),
      ];
    }),
  );
}

/** n-feasible, df and identification. */
export function auditSample(published: Published): Finding[] {
  return [
    ...published.regressions.flatMap((table) =>
      sameSample(published, table).flatMap((columns) => columnFindings(published, table, columns)),
    ),
    ...testFindings(published),
    ...identificationFindings(published),
    ...descriptionFindings(published),
  ];
}

/** The rows of a summary: the same n as the regressions use, the mean inside the range, a spread that the range allows. */
function descriptionFindings({ descriptions }: Published): Finding[] {
  return descriptions.flatMap(({ id, name, n, mean, sd, min, max }): Finding[] => {
    const out: Finding[] = [];
    const add = (term: string, printed: string, detail: string) =>
      out.push(finding('range', 'impossible', id, { term: name, column: term, printed, detail }));
    if (min && max && intervalOf(min).lo > intervalOf(max).hi)
      add('min', min.text, `the minimum ${min.text} is above the maximum ${max.text}`);
    if (mean && min && intervalOf(mean).hi < intervalOf(min).lo)
      add('mean', mean.text, `the mean ${mean.text} is below the minimum ${min.text}`);
    if (mean && max && intervalOf(mean).lo > intervalOf(max).hi)
      add('mean', mean.text, `the mean ${mean.text} is above the maximum ${max.text}`);
    if (sd && min && max && n && n.value > 1) {
      const most = ((intervalOf(max).hi - intervalOf(min).lo) / 2) * Math.sqrt(n.value / (n.value - 1));
      if (intervalOf(sd).lo > most)
        add(
          'sd',
          sd.text,
          `the standard deviation ${sd.text} is above ${num(most, 3)}, the largest that a range of ${min.text} to ${max.text} allows`,
        );
    }
    return out;
  });
}
