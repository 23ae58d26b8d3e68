/** An audit as a page: the printed tables corrected as a proof, and the findings with their arithmetic. */
import { type Audit, type CellReport, type Finding, shownText } from '../audit-findings.ts';
import { type Published, type Regression, type RegressionColumn, sectionWords } from '../audit-published.ts';
import { auditHeadline, placeWords, starArithmetic, unreadWords } from '../audit-report.ts';
import { AUDIT_CSS } from './css-audit.ts';
import { FONT_CSS, PAGE_CSS, PRINT_CSS } from './css-page.ts';
import { TABLE_CSS } from './css-table.ts';
import { escapeHtml } from './escape.ts';
import { POLICY } from './policy.ts';

const markOf = (verdict: CellReport['verdict'] | undefined) =>
  verdict === undefined || verdict === 'consistent' ? '' : verdict.startsWith('only') ? 'maybe' : 'bad';

type Verdicts = Map<string, CellReport>;
const keyOf = (table: string, column: string, term: string) => JSON.stringify([table, column, term]);

/** Stars as printed; struck, with those that follow beside them, where they are contradicted. */
function starsHtml(report: CellReport | undefined, printed: string): string {
  if (!report || report.verdict === 'consistent') return escapeHtml(printed);
  const follows = report.follows.split(' or ')[0];
  const struck = printed ? `<s>${escapeHtml(printed)}</s>` : '';
  const sr = `<span class="sr"> printed, ${escapeHtml(follows || 'no star')} follows</span>`;
  return `${struck}${follows ? `<ins>${escapeHtml(follows)}</ins>` : ''}${sr}`;
}

function cellHtml(table: Regression, column: RegressionColumn, term: string, verdicts: Verdicts): string {
  const cell = column.cells.find((c) => c.term === term);
  if (!cell) return '<td></td>';
  const report = verdicts.get(keyOf(table.id, column.name, term));
  const mark = markOf(report?.verdict);
  const second = cell.second
    ? `<span class="se"><span class="num">(${escapeHtml(shownText(cell.second.text))}</span><span class="hang">)</span></span>`
    : '';
  return `<td${mark && ` class="${mark}"`}><span class="num">${escapeHtml(shownText(cell.estimate.text))}</span><span class="hang">${starsHtml(report, cell.stars)}</span>${second}</td>`;
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

function proofHtml(table: Regression, audit: Audit, verdicts: Verdicts): string {
  const terms = orderedTerms(table);
  const heads = table.columns.map((c) => `<th scope="col">${escapeHtml(c.name)}</th>`).join('');
  const body = terms.map(
    (term) =>
      `<tr><th scope="row">${escapeHtml(term)}</th>${table.columns.map((c) => cellHtml(table, c, term, verdicts)).join('')}</tr>`,
  );
  const rows = table.columns.some((c) => c.nobs)
    ? `<tfoot><tr><th scope="row">Rows</th>${table.columns.map((c) => `<td>${rowsHtml(c, table, audit)}</td>`).join('')}</tr></tfoot>`
    : '';
  const id = `proof-${escapeHtml(table.id.replace(/[^A-Za-z0-9]+/g, '-'))}`;
  return `<figure class="proof">
<figcaption id="${id}"><b>${escapeHtml(sectionWords(table.id))}</b> as printed, corrected as a proof: printed stars struck, the stars that follow (if any) beside them.</figcaption>
<div class="frame" role="region" aria-labelledby="${id}" tabindex="0"><table aria-labelledby="${id}">
<thead><tr><td></td>${heads}</tr></thead>
<tbody>${body.join('\n')}</tbody>${rows}
</table></div>
</figure>`;
}

function rowsHtml(column: RegressionColumn, table: Regression, { findings }: Audit): string {
  if (!column.nobs) return '';
  const own = findings.find(
    (f) =>
      f.rule === 'n-feasible' &&
      f.table === table.id &&
      (f.column === '' || f.column.split(', ').includes(column.name)),
  );
  const text = escapeHtml(column.nobs.text);
  return own ? `<s>${text}</s><ins>${escapeHtml(own.recomputed)}</ins>` : text;
}

function squaresHtml(published: Published, { verdicts }: Audit): string {
  const rows = published.regressions.map(({ id }) => {
    const own = verdicts.filter((v) => v.table === id);
    const bad = own.filter((v) => v.verdict !== 'consistent').length;
    const squares = own.map((v) => `<i class="${markOf(v.verdict)}"></i>`).join('');
    return `<dt><b>${escapeHtml(sectionWords(id))}</b><span>${bad} of ${own.length}</span></dt><dd aria-hidden="true">${squares}</dd>`;
  });
  return rows.length > 0 ? `<dl class="squares">${rows.join('\n')}</dl>` : '';
}

const CLASS: Record<string, string> = { caution: 'caution', 'only if the p-value came from elsewhere': 'maybe' };

function findingHtml(f: Finding): string {
  const stars = f.rule === 'star-p';
  const change = stars ? `${f.printed || 'no star'} → ${f.recomputed || 'no star'}` : f.verdict;
  const words = stars ? starArithmetic(f) : f.detail;
  return `<li class="${CLASS[f.verdict] ?? ''}"><div class="place"><span>${escapeHtml(placeWords(f, true))}</span><span>${escapeHtml(change)}</span></div><p>${escapeHtml(shownText(words))}</p></li>`;
}

const GROUPS: { title: string; rules: Finding['rule'][] }[] = [
  { title: 'Sample', rules: ['n-feasible', 'df', 'identification', 'range'] },
  { title: 'Totals and shares', rules: ['sum', 'share', 'cross-table'] },
  { title: 'Words', rules: ['text'] },
  { title: 'Signs and steps', rules: ['sign', 'stability'] },
  { title: 'Stars', rules: ['star-p'] },
];

function findingsHtml({ findings }: Audit): string {
  return GROUPS.flatMap(({ title, rules }) => {
    const own = findings.filter((f) => rules.includes(f.rule));
    if (own.length === 0) return [];
    return [
      `<section class="findings"><h2>${title} ${own.length}</h2><ol>${own.map(findingHtml).join('\n')}</ol></section>`,
    ];
  }).join('\n');
}

/** A self-contained page of an audit: headline, one square a cell, proofs of the tables, findings with their arithmetic. */
export function renderAuditPage(audit: Audit, published: Published): string {
  const verdicts: Verdicts = new Map(audit.verdicts.map((v) => [keyOf(v.table, v.column, v.term), v]));
  const name = published.title || published.file;
  const headline = auditHeadline(audit);
  const law =
    published.law?.kind === 't'
      ? `the t distribution with ${published.law.df} degrees of freedom`
      : 'the normal distribution';
  const levels = [...published.stars]
    .sort((a, b) => b.level - a.level)
    .map((l) => `${l.symbol} p < ${l.level}`)
    .join(', ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(`${name}: ${headline}`)}</title>
<style>
${FONT_CSS}
${PAGE_CSS}
${TABLE_CSS}
${AUDIT_CSS}
${PRINT_CSS}
</style>
</head>
<body class="audit">
<header class="page top"><span class="wordmark">gravpanel</span><span class="study">Audit of printed tables</span></header>
<main class="page">
<div class="opening"><div>
<h1>${escapeHtml(headline)}</h1>
<p class="sub">${escapeHtml(name)}. A cell counts only if no value that rounds to the printed estimate and standard error would earn the printed stars. ${escapeHtml(`Stars: ${levels}, against ${law}.`)} ${escapeHtml(unreadWords(audit))}</p>
</div>${squaresHtml(published, audit)}</div>
<div class="body"><div>
${published.regressions.map((table) => proofHtml(table, audit, verdicts)).join('\n')}
</div><div>
${findingsHtml(audit)}
</div></div>
</main>
</body>
</html>
`;
}
