/** An audit as a page: the printed tables corrected as a proof, and the findings with their arithmetic. */
import type { Audit } from '../audit-findings.ts';
import {
  type FindingGroup,
  findingGroups,
  type Proof,
  type ProofCell,
  proofsOf,
  type ShownFinding,
  starsWords,
} from '../audit-proof.ts';
import type { Published } from '../audit-published.ts';
import { auditHeadline, unreadWords } from '../audit-report.ts';
import { AUDIT_CSS } from './css-audit.ts';
import { FONT_CSS, PAGE_CSS, PRINT_CSS } from './css-page.ts';
import { TABLE_CSS } from './css-table.ts';
import { escapeHtml } from './escape.ts';
import { POLICY } from './policy.ts';

/** Stars as printed; struck, with those that follow beside them, where they are contradicted. */
function starsHtml({ printed, follows }: ProofCell): string {
  if (follows === undefined) return escapeHtml(printed);
  const struck = printed ? `<s>${escapeHtml(printed)}</s>` : '';
  const sr = `<span class="sr"> printed, ${escapeHtml(follows || 'no star')} follows</span>`;
  return `${struck}${follows ? `<ins>${escapeHtml(follows)}</ins>` : ''}${sr}`;
}

function cellHtml(cell: ProofCell | undefined): string {
  if (!cell) return '<td></td>';
  const second =
    cell.second === undefined
      ? ''
      : `<span class="se"><span class="num">(${escapeHtml(cell.second)}</span><span class="hang">)</span></span>`;
  return `<td${cell.mark && ` class="${cell.mark}"`}><span class="num">${escapeHtml(cell.estimate)}</span><span class="hang">${starsHtml(cell)}</span>${second}</td>`;
}

function nobsHtml(nobs: NonNullable<Proof['nobs']>[number]): string {
  if (!nobs) return '';
  const text = escapeHtml(nobs.text);
  return nobs.feasible === undefined ? text : `<s>${text}</s><ins>${escapeHtml(nobs.feasible)}</ins>`;
}

function proofHtml({ id: table, name, heads, rows, nobs }: Proof): string {
  const columns = heads.map((head) => `<th scope="col">${escapeHtml(head)}</th>`).join('');
  const body = rows.map(
    ({ term, cells }) => `<tr><th scope="row">${escapeHtml(term)}</th>${cells.map(cellHtml).join('')}</tr>`,
  );
  const foot = nobs
    ? `<tfoot><tr><th scope="row">Rows</th>${nobs.map((n) => `<td>${nobsHtml(n)}</td>`).join('')}</tr></tfoot>`
    : '';
  const id = `proof-${escapeHtml(table.replace(/[^A-Za-z0-9]+/g, '-'))}`;
  return `<figure class="proof">
<figcaption id="${id}"><b>${escapeHtml(name)}</b> as printed, corrected as a proof: printed stars struck, the stars that follow (if any) beside them.</figcaption>
<div class="frame" role="region" aria-labelledby="${id}" tabindex="0"><table aria-labelledby="${id}">
<thead><tr><td></td>${columns}</tr></thead>
<tbody>${body.join('\n')}</tbody>${foot}
</table></div>
</figure>`;
}

function squaresHtml(proofs: Proof[]): string {
  const rows = proofs.map(({ name, squares }) => {
    const bad = squares.filter(Boolean).length;
    const marks = squares.map((mark) => `<i class="${mark}"></i>`).join('');
    return `<dt><b>${escapeHtml(name)}</b><span>${bad} of ${squares.length}</span></dt><dd aria-hidden="true">${marks}</dd>`;
  });
  return rows.length > 0 ? `<dl class="squares">${rows.join('\n')}</dl>` : '';
}

const findingHtml = ({ place, change, words, mark }: ShownFinding) =>
  `<li class="${mark === 'maybe' ? 'maybe' : ''}"><div class="place"><span>${escapeHtml(place)}</span><span>${escapeHtml(change)}</span></div><p>${escapeHtml(words)}</p></li>`;

const groupHtml = ({ title, findings }: FindingGroup) =>
  `<section class="findings"><h2>${title} ${findings.length}</h2><ol>${findings.map(findingHtml).join('\n')}</ol></section>`;

/** A self-contained page of an audit: headline, one square a cell, proofs of the tables, findings with their arithmetic. */
export function renderAuditPage(audit: Audit, published: Published): string {
  const name = published.title || published.file;
  const headline = auditHeadline(audit);
  const proofs = proofsOf(audit, published);
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
<p class="sub">${escapeHtml(name)}. A cell counts only if no value that rounds to the printed estimate and standard error would earn the printed stars. ${escapeHtml(starsWords(published))} ${escapeHtml(unreadWords(audit))}</p>
</div>${squaresHtml(proofs)}</div>
<div class="body"><div>
${proofs.map(proofHtml).join('\n')}
</div><div>
${findingGroups(audit).map(groupHtml).join('\n')}
</div></div>
</main>
</body>
</html>
`;
}
