/** star-p over all regression tables: one verdict a cell. */
import { type CellReport, type Finding, finding, num, pWords } from './audit-findings.ts';
import type { Published, Regression, RegressionCell, RegressionColumn } from './audit-published.ts';
import { plainStars, readLaw, starLevels } from './audit-published.ts';
import { judgeStars, type Law, type StarFinding, type StarLevel, type StarRule } from './audit-stars.ts';
import { PanelError } from './errors.ts';

const starsOfTable = ({ id, settings }: Regression, fallback: StarLevel[]) =>
  settings.stars
    ? starLevels(
        Object.entries(settings.stars).map(([symbol, level]) => [plainStars(symbol), String(level)]),
        `${id}_settings.stars`,
        JSON.stringify(settings.stars),
      )
    : fallback;

/** The stated law, else the normal law and, where rows are printed, t with rows − coefficients degrees of freedom. */
function lawsOf(published: Published, table: Regression, column: RegressionColumn): Pick<StarRule, 'laws' | 'stated'> {
  const stated = table.settings.dist ? readLaw(table.settings.dist, `${table.id}_settings.dist`) : published.law;
  if (stated) return { laws: [stated], stated: true };
  const df = (column.nobs?.value ?? 0) - column.cells.length;
  const t: Law[] = df >= 1 ? [{ kind: 't', df }] : [];
  return { laws: [{ kind: 'normal' }, ...t], stated: false };
}

const pairWords = (cell: RegressionCell) => `${cell.estimate.text}/${cell.second!.text}`;

/** "0.206/0.116 = 1.78, p = 0.076". */
function detailOf(cell: RegressionCell, rule: StarRule, { statistic, p, verdict }: StarFinding): string {
  if (verdict === 'impossible')
    return `${rule.second === 'p' ? 'p' : rule.exponentiated && cell.second!.value >= 0 ? 'exp(b)' : 'the standard error'} = ${verdict === 'impossible' && rule.exponentiated && cell.second!.value >= 0 ? cell.estimate.text : cell.second!.text} cannot be`;
  if (rule.second === 'p') return `p = ${cell.second!.text}`;
  const sign = cell.estimate.value < 0 && !rule.exponentiated ? -1 : 1;
  const law = rule.laws[0].kind === 't' ? ` (t, ${rule.laws[0].df} df)` : '';
  const value = num(statistic! * sign);
  const left = rule.exponentiated
    ? `ln(${cell.estimate.text})·${cell.estimate.text}/${cell.second!.text}`
    : pairWords(cell);
  return rule.second === 't'
    ? `t = ${cell.second!.text}, p = ${pWords(p!)}${law}`
    : `${left} = ${value}, p = ${pWords(p!)}${law}`;
}

function unknownStars(
  table: Regression,
  column: string,
  { term, stars }: RegressionCell,
  levels: StarLevel[],
): PanelError {
  return new PanelError({
    code: 'audit/unknown-stars',
    message: `"${stars}" at ${term}, ${column} of ${table.id} has no level; one of ${levels.map((l) => l.symbol).join(', ')} was expected.`,
    hint: "Say what it means: --stars '***=0.01,**=0.05,*=0.10', or meta.stars in the file.",
  });
}

/** Verdicts on all cells that have something beside the estimate, and a finding for each that is not consistent. */
export function auditCells(published: Published): { verdicts: CellReport[]; findings: Finding[] } {
  const verdicts: CellReport[] = [];
  const findings: Finding[] = [];
  const spoken =
    published.starsSpoken || published.regressions.some((t) => t.columns.some((c) => c.cells.some((x) => x.stars)));
  for (const table of published.regressions) {
    if (!spoken && !table.settings.stars) {
      published.unread.push(`stars of ${table.id} (none printed)`);
      continue;
    }
    const levels = starsOfTable(table, published.stars);
    for (const column of table.columns)
      for (const cell of column.cells) {
        const beside = cell.second;
        if (cell.stars !== '' && !levels.some((l) => l.symbol === cell.stars))
          throw unknownStars(table, column.name, cell, levels);
        if (!beside) continue;
        const rule: StarRule = {
          levels,
          second: table.settings.second ?? cell.secondKind,
          ...lawsOf(published, table, column),
          exponentiated: table.settings.scale === 'exp',
        };
        const judged = judgeStars({ estimate: cell.estimate, second: beside, stars: cell.stars }, rule);
        const at = { table: table.id, column: column.name, term: cell.term };
        verdicts.push({
          ...at,
          verdict: judged.verdict,
          estimate: cell.estimate.text,
          se: beside.text,
          stars: cell.stars,
          follows: judged.verdict === 'consistent' ? cell.stars : judged.follows.join(' or '),
          ...(judged.statistic !== undefined && Number.isFinite(judged.statistic) && { statistic: judged.statistic }),
          ...(judged.p !== undefined && { p: judged.p }),
        });
        if (judged.verdict === 'consistent') continue;
        findings.push(
          finding('star-p', judged.verdict, table.id, {
            ...at,
            printed: cell.stars,
            recomputed: judged.follows
              .map((s) => s || 'no star')
              .join(' or ')
              .replace(/^no star$/, ''),
            detail: detailOf(cell, rule, judged),
          }),
        );
      }
  }
  return { verdicts, findings };
}
