/** An audit as a proof of the printed page: each cell with its marks, one square a cell, findings by topic. */
import { type Audit, type CellReport, type Finding, type Rule, shownText } from './audit-findings.ts';
import { type Published, type Regression, type RegressionColumn, sectionWords } from './audit-published.ts';
import { placeWords, starArithmetic } from './audit-report.ts';

/** bad: contradicted; maybe: only if the p value came from elsewhere, or a caution. */
export type Mark = '' | 'bad' | 'maybe';

export interface ProofCell {
  estimate: string;
  /** What stands in brackets. */
  second?: string;
  /** Stars as printed. */
  printed: string;
  /** The stars that follow, where the printed ones are contradicted; '' is none. */
  follows?: string;
  mark: Mark;
}
/** One printed table. */
export interface Proof {
  id: string;
  /** "Table 8". */
  name: string;
  heads: string[];
  rows: { term: string; cells: (ProofCell | undefined)[] }[];
  /** Printed numbers of rows, with what they can be where that is contradicted. */
  nobs?: ({ text: string; feasible?: string } | undefined)[];
  /** One a judged cell, in the order of the page. */
  squares: Mark[];
}

export interface ShownFinding {
  table: string;
  column: string;
  term: string;
  place: string;
  /** "*** → *", or the verdict. */
  change: string;
  words: string;
  mark: Mark;
}
export interface FindingGroup {
  title: 'Sample' | 'Totals and shares' | 'Words' | 'Signs and steps' | 'Stars';
  findings: ShownFinding[];
}

const markOf = (verdict: CellReport['verdict'] | undefined): Mark =>
  verdict === undefined || verdict === 'consistent' ? '' : verdict.startsWith('only') ? 'maybe' : 'bad';

const keyOf = (table: string, column: string, term: string) => JSON.stringify([table, column, term]);

function cellOf(
  table: Regression,
  column: RegressionColumn,
  term: string,
  verdicts: Map<string, CellReport>,
): ProofCell | undefined {
  const cell = column.cells.find((c) => c.term === term);
  if (!cell) return undefined;
  const report = verdicts.get(keyOf(table.id, column.name, term));
  const mark = markOf(report?.verdict);
  return {
    estimate: shownText(cell.estimate.text),
    ...(cell.second && { second: shownText(cell.second.text) }),
    printed: cell.stars,
    ...(report && mark && { follows: report.follows.split(' or ')[0] }),
    mark,
  };
}

/** Terms in the order of the longest column, the others after the term that they follow in their own. */
function orderedTerms({ columns }: Regression): string[] {
  const longest = [...columns].sort((a, b) => b.cells.length - a.cells.length);
  const terms: string[] = [];
  for (const { cells } of longest)
    cells.forEach(({ term }, i) => {
      if (!terms.includes(term)) terms.splice(i === 0 ? 0 : terms.indexOf(cells[i - 1].term) + 1, 0, term);
    });
  return terms;
}

function nobsOf({ name, nobs }: RegressionColumn, { id }: Regression, { findings }: Audit) {
  if (!nobs) return undefined;
  const own = findings.find(
    (f) => f.rule === 'n-feasible' && f.table === id && (f.column === '' || f.column.split(', ').includes(name)),
  );
  return { text: nobs.text, ...(own && { feasible: own.recomputed }) };
}

/** Every printed regression table with its marks. */
export function proofsOf(audit: Audit, published: Published): Proof[] {
  const verdicts = new Map(audit.verdicts.map((v) => [keyOf(v.table, v.column, v.term), v]));
  return published.regressions.map((table) => {
    const { id, columns } = table;
    return {
      id,
      name: sectionWords(id),
      heads: columns.map(({ name }) => name),
      rows: orderedTerms(table).map((term) => ({
        term,
        cells: columns.map((column) => cellOf(table, column, term, verdicts)),
      })),
      ...(columns.some(({ nobs }) => nobs) && { nobs: columns.map((column) => nobsOf(column, table, audit)) }),
      squares: audit.verdicts.filter((v) => v.table === id).map(({ verdict }) => markOf(verdict)),
    };
  });
}

const GROUPS: { title: FindingGroup['title']; rules: Rule[] }[] = [
  { title: 'Sample', rules: ['n-feasible', 'df', 'identification', 'range'] },
  { title: 'Totals and shares', rules: ['sum', 'share', 'cross-table'] },
  { title: 'Words', rules: ['text'] },
  { title: 'Signs and steps', rules: ['sign', 'stability'] },
  { title: 'Stars', rules: ['star-p'] },
];

function shownFinding(f: Finding): ShownFinding {
  const stars = f.rule === 'star-p';
  const { table, column, term } = f;
  return {
    table,
    column,
    term,
    place: placeWords(f, true),
    change: stars ? `${f.printed || 'no star'} → ${f.recomputed || 'no star'}` : f.verdict,
    words: shownText(stars ? starArithmetic(f) : f.detail),
    mark: f.verdict === 'caution' || f.verdict.startsWith('only') ? 'maybe' : 'bad',
  };
}

/** Findings by topic, those without any left out. */
export const findingGroups = ({ findings }: Audit): FindingGroup[] =>
  GROUPS.flatMap(({ title, rules }) => {
    const own = findings.filter(({ rule }) => rules.includes(rule));
    return own.length === 0 ? [] : [{ title, findings: own.map(shownFinding) }];
  });

/** "Stars: * p < 0.1, …, against the normal distribution." */
export function starsWords({ stars, law }: Published): string {
  const levels = [...stars].sort((a, b) => b.level - a.level).map((l) => `${l.symbol} p < ${l.level}`);
  const against =
    law?.kind === 't' ? `the t distribution with ${law.df} degrees of freedom` : 'the normal distribution';
  return `Stars: ${levels.join(', ')}, against ${against}.`;
}
