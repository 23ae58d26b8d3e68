/** The tables that gravpanel writes pass the same rules as printed ones. */
import { readPrinted } from './audit-number.ts';
import { starsInNotes } from './audit-paste-notes.ts';
import { judgeStars, type Law, type Second, type StarRule } from './audit-stars.ts';
import { lawOf } from './coeftable.ts';
import { PanelError } from './errors.ts';
import { isFit } from './regression-style.ts';
import type { Cell, Table } from './types.ts';

const SECONDS: Record<string, Second> = { se: 'se', statistic: 't', p: 'p' };
/** Heads of columns that stand beside their estimates. */
const BESIDE: Record<string, Second> = { SE: 'se', Statistic: 't', p: 'p' };

/** What stands with an estimate: under it, or in the next column. */
function secondOf({ body, columns }: Table, i: number, j: number): { cell: Cell; kind: Second } | undefined {
  const below = body[i + 1];
  if (below?.kind === 'second') {
    const kind = SECONDS[below.statistic ?? ''];
    return kind && { cell: below.cells[j], kind };
  }
  const kind = BESIDE[columns[j + 1]?.head ?? ''];
  const beside = body[i].cells[j + 1];
  return kind && beside?.kind === 'se' ? { cell: beside, kind } : undefined;
}

/** "(0.150)" and "(< 0.001)" without the brackets. */
const inside = ({ text }: Cell) => readPrinted(text.replace(/^\((.*)\)$/, '$1'));

function problemOf(
  estimate: Cell,
  second: Cell,
  kind: Second,
  law: Law,
  rule: Pick<StarRule, 'levels'>,
): string | undefined {
  const printed = readPrinted(estimate.text);
  const beside = inside(second);
  if (!printed || !beside) return `"${estimate.text}" over "${second.text}" cannot be read again`;
  const stars = estimate.stars ?? '';
  const judged = judgeStars(
    { estimate: printed, second: beside, stars },
    { ...rule, second: kind, laws: [law], stated: true },
  );
  return judged.verdict === 'consistent'
    ? undefined
    : `${estimate.text}${stars} over ${second.text}: ${judged.follows.join(' or ') || 'no star'} follows`;
}

/**
 * What a table prints that its own standard errors contradict: each cell's text, SE (or t, or p) and stars, judged over everything
 * that rounds to the text, with the levels of its note and the law of its column. Empty for tables without fits, for rate ratios, and where intervals stand in place of errors.
 */
export function tableProblems(table: Table): string[] {
  const { body, notes } = table;
  const levels = notes.map((note) => starsInNotes(note.replaceAll('\u00a0', ' '))).find((found) => found);
  let [fits, panel] = [table.fits ?? [], 0];
  return body.flatMap((row, i) => {
    if (row.kind === 'heading') fits = table.panelFits?.[panel++] ?? [];
    // A panel's own foot stands in the body: the dispersion parameter has an error and, by design, no stars.
    if (row.statistic !== 'estimate' || row.term?.startsWith('/')) return [];
    return row.cells.flatMap((cell, j) => {
      const fit = fits[j];
      const second = secondOf(table, i, j);
      if (cell.kind !== 'estimate' || cell.ratio || !second || !fit || !isFit(fit)) return [];
      if (!levels) return cell.stars ? [`${row.label}: stars without a rule`] : [];
      const { df } = lawOf(fit);
      const law: Law = df === undefined ? { kind: 'normal' } : { kind: 't', df };
      const problem = problemOf(cell, second.cell, second.kind, law, { levels });
      return problem ? [`${row.label}, ${table.columns[j].head}: ${problem}`] : [];
    });
  });
}

/** @throws PanelError internal/table-contradicts-itself, where a table that is about to be written fails its own audit. */
export function checkTable(table: Table): void {
  const problems = tableProblems(table);
  if (problems.length === 0) return;
  throw new PanelError({
    code: 'internal/table-contradicts-itself',
    message: `${table.number ?? table.id} fails its own audit: ${problems.slice(0, 3).join('; ')}.`,
    hint: 'This is a defect of gravpanel: report it with the study and the data.',
  });
}
