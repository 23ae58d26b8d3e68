/** An audit as text tables, and its headline. */
import { type Audit, type Finding, shownText } from './audit-findings.ts';
import { type Published, sectionWords } from './audit-published.ts';
import type { Cell, Table, TableRow } from './types.ts';

const NO_STAR = 'no star';
const contradicts = ({ verdict }: { verdict: string }) => verdict === 'inconsistent' || verdict === 'impossible';

/** "25 of 60 printed cells carry stars that their own standard errors contradict". */
export function auditHeadline({ cells, verdicts, findings, unread }: Audit): string {
  const bad = verdicts.filter(contradicts).length;
  const others = findings.filter((f) => f.rule !== 'star-p').length;
  if (bad > 0)
    return `${bad} of ${cells} printed ${cells === 1 ? 'cell carries' : 'cells carry'} stars that their own standard errors contradict`;
  if (findings.length > others)
    return `${findings.length - others} of ${cells} printed cells need a p value from elsewhere`;
  if (others > 0) return `${others} ${others === 1 ? 'finding' : 'findings'} beside the stars`;
  if (cells === 0 && unread.some((words) => words.endsWith('(none printed)')))
    return 'No stars are printed, so none were checked';
  return cells === 0
    ? 'Nothing printed contradicts itself'
    : `All ${cells} printed cells agree with their standard errors`;
}

/** "0.203/0.110 = 1.85 → p = 0.065 → *, printed ***". */
export function starArithmetic({ detail, printed, recomputed, verdict }: Finding): string {
  const follows = verdict === 'impossible' ? '' : ` → ${recomputed || NO_STAR}`;
  const elsewhere = verdict === 'only if the p-value came from elsewhere' ? ` (${verdict})` : '';
  return shownText(
    `${detail.replace(', p = ', ' → p = ').replace(', p < ', ' → p < ')}${follows}, printed ${printed || NO_STAR}${elsewhere}`,
  );
}

/** "lnpatent2, (6)" or "Table 1, total". */
export function placeWords({ table, column, term }: Finding, withTable: boolean): string {
  return [withTable && sectionWords(table), term, column].filter(Boolean).join(', ');
}

const words = (text: string): Cell => ({ text, kind: 'text' });
const row = (label: string, cells: string[]): TableRow => ({ label, cells: cells.map(words), kind: 'only' });
const left = (head: string) => ({ head, align: 'left' as const });
const plainTable = (id: string, rest: Partial<Table>): Table => ({
  kind: 'table',
  id,
  title: '',
  spanners: [],
  stub: '',
  columns: [],
  body: [],
  foot: [],
  notes: [],
  ...rest,
});

/** Stars by printed table, then everything else by rule. */
export function auditTables(audit: Audit, published: Published): Table[] {
  const stars = published.regressions.flatMap(({ id }) => {
    const findings = audit.findings.filter((f) => f.rule === 'star-p' && f.table === id);
    if (findings.length === 0) return [];
    const cells = audit.verdicts.filter((v) => v.table === id).length;
    return [
      plainTable(`stars-${id}`, {
        number: sectionWords(id),
        title: `${findings.length} of ${cells} cells`,
        stub: 'Cell',
        columns: [left('Arithmetic')],
        body: findings.map((f) => row(placeWords(f, false), [starArithmetic(f)])),
      }),
    ];
  });
  const others = audit.findings.filter((f) => f.rule !== 'star-p');
  if (others.length === 0) return stars;
  return [
    ...stars,
    plainTable('other-findings', {
      title: 'Beside the stars',
      stub: 'Where',
      columns: [left('Rule'), left('Verdict'), left('Arithmetic')],
      body: others.map((f) => row(placeWords(f, true), [f.rule, f.verdict, shownText(f.detail)])),
    }),
  ];
}

/** What was not read, in a sentence; '' where everything was. */
export const unreadWords = ({ unread }: Audit) =>
  unread.length === 0
    ? ''
    : `Not checked, since no rule reads ${unread.length === 1 ? 'it' : 'them'}: ${unread.join(', ')}.`;
