/** A table as HTML: semantic rows, decimals aligned by inline boxes, so that a copied cell is one cell. Styles: css-table.ts. */
import type { Cell, Figure, Table, TableRow } from '../types.ts';
import { isAligned, isWide, labelOf, panelsOf, spannerRows, spansOf, splitNumber } from './cells.ts';
import { escapeHtml, slug } from './escape.ts';
import { type Strip, stripAxis, stripCell, stripOf, zeros } from './strip.ts';

/** Width of a text in digits (tabular figures are 1 each). */
const inDigits = (text: string) =>
  [...text].reduce((sum, c) => sum + (/[\d−×–]/.test(c) ? 1 : /[()[\]]/.test(c) ? 0.62 : 0.52), 0);

/** Widths of the two sides of the point in one column, in ch. */
export function columnBoxes(table: Table, j: number): { integer: number; fraction: number } {
  const rows = [...table.body, ...table.foot];
  const split = rows
    .flatMap((row) => row.cells[j] ?? [])
    .filter((cell) => isAligned(table, cell))
    .map(splitNumber);
  const most = (side: 'integer' | 'fraction') => Math.max(0, ...split.map((s) => inDigits(s[side])));
  return { integer: most('integer'), fraction: most('fraction') };
}

function boxes(table: Table, j: number): string {
  const { integer, fraction } = columnBoxes(table, j);
  return `--i${j + 1}:${integer.toFixed(2)}ch;--f${j + 1}:${fraction.toFixed(2)}ch`;
}

const stars = (cell: Cell) => (cell.stars ? `<span class="st">${cell.stars}</span>` : '');

function numberHtml(cell: Cell): string {
  const { integer, fraction } = splitNumber(cell);
  return `<span class="i">${escapeHtml(integer)}</span><span class="f">${escapeHtml(fraction)}${stars(cell)}</span>`;
}

function barHtml(cell: Cell, table: Table): string {
  const width = (share: number) => `width:${Number((Math.min(1, Math.max(0, share)) * 100).toFixed(2))}%`;
  if (!cell.parts) return `<span class="bar" style="${width(cell.bar ?? 0)}"></span>`;
  const words = cell.parts.map((share, k) => `${table.parts?.[k] ?? ''} ${(share * 100).toFixed(1)}%`).join(', ');
  const parts = cell.parts.map((share, k) => `<i class="p${k + 1}" style="${width(share)}"></i>`).join('');
  return `<span class="parts" role="img" aria-label="${escapeHtml(words)}">${parts}</span>`;
}

function cellHtml(table: Table, row: TableRow, j: number, span: number, rowsBelow: number): string {
  const cell = row.cells[j];
  const { align } = table.columns[j];
  const classes = [`c${j + 1}`, row.kind === 'second' ? 'se' : '', align === 'decimal' ? 'n' : align];
  const over = span > 1 ? ` colspan="${span}"` : '';
  const open = (extra = '', attributes = '') =>
    `<td class="${[...classes, extra].filter(Boolean).join(' ')}"${over}${attributes}>`;
  if (cell.kind === 'failure')
    return `${open('failure', ` rowspan="${rowsBelow}"`)}<div><b>${escapeHtml(cell.text)}</b> ${escapeHtml(cell.quiet ?? '')}</div></td>`;
  if (cell.bar !== undefined || cell.parts) return `${open('bar')}${barHtml(cell, table)}</td>`;
  if (align === 'decimal' && isAligned(table, cell)) return `${open()}${numberHtml(cell)}</td>`;
  const quiet = cell.quiet ? `<span class="quiet">${escapeHtml(cell.quiet)}</span>` : '';
  return `${open(align === 'decimal' ? 'mid' : '')}${escapeHtml(cell.text)}${stars(cell)}${quiet}</td>`;
}

/** The label opens the records behind the row. */
const opensHtml = (label: string, { ids, label: what }: NonNullable<TableRow['opens']>) =>
  `<details class="records"><summary title="${escapeHtml(`Records of ${what}`)}">${label}</summary><span>${ids.map(escapeHtml).join(' ')}</span></details>`;

function labelHtml(row: TableRow, rows: number): string {
  const label = escapeHtml(labelOf({ ...row, mark: undefined }));
  const mark = row.mark ? `\u00a0<span class="mark">${escapeHtml(row.mark)}</span>` : '';
  const unit = row.unit ? `<small>${escapeHtml(row.unit)}</small>` : '';
  return `<th scope="row"${rows > 1 ? ` rowspan="${rows}"` : ''}>${row.opens ? opensHtml(label, row.opens) : label}${mark}${unit}</th>`;
}

/** The drawing beside a row, with the cell around it; the row of the constant has the ticks. */
function sideHtml(table: Table, row: TableRow, pair: number, strip: Strip): string {
  if (row.kind === 'second') return '';
  const drawing = row.term === '(Intercept)' ? stripAxis(strip) : stripCell(table, row, strip);
  return `<td class="strip${drawing ? '' : ' none'}"${pair > 1 ? ` rowspan="${pair}"` : ''}>${drawing}</td>`;
}

interface Sides {
  /** The interval strip of the body. */
  strip?: Strip;
  /** An empty strip cell, where the body has a strip and this part none. */
  blank?: boolean;
}

/** Rows of one part of the table; `taken` columns hold a failure that spans the rest of the part. */
function rowsHtml(table: Table, rows: TableRow[], { strip, blank }: Sides): string {
  const taken = new Set<number>();
  return rows
    .map((row, r) => {
      const beyond = strip || blank ? '<td class="strip none"></td>' : '';
      if (row.kind === 'heading')
        return `<tr class="heading"><th scope="rowgroup" colspan="${table.columns.length + 1}">${escapeHtml(labelOf(row))}</th>${beyond}</tr>`;
      const pair = row.kind === 'first' && rows[r + 1]?.kind === 'second' ? 2 : 1;
      const head = row.kind === 'second' ? '' : labelHtml(row, pair);
      const cells = spansOf(row, table.columns.length).map(({ j, span }) => {
        if (taken.has(j)) return '';
        if (row.cells[j].kind === 'failure') for (let c = j; c < j + span; c++) taken.add(c);
        return cellHtml(table, row, j, span, rows.length - r);
      });
      const side = strip ? sideHtml(table, row, pair, strip) : blank ? '<td class="strip"></td>' : '';
      const statistic = table.regression && !row.term && r > 0 && rows[r - 1].term && !blank ? 'statistics' : '';
      const ends = pair === 2 && r + 2 === rows.length ? 'ends' : '';
      const classes = [row.kind, row.tone ?? '', statistic, ends].filter(Boolean).join(' ');
      return `<tr class="${classes}">${head}${cells.join('')}${side}</tr>`;
    })
    .join('\n');
}

function headHtml(table: Table, strip: Strip | undefined, group: string): string {
  const words = table.columns.map(({ head }, j) => `<b class="v${j + 1}">Column ${escapeHtml(head)}</b>`).join('');
  const title = `${words}<small>Estimate, 90 and 95% interval</small>`;
  const levels = spannerRows(table);
  const over = strip ? `<th class="strip over-heads" scope="col" rowspan="${levels.length + 1}">${title}</th>` : '';
  const spanners = levels.map((heads, i) => {
    const cells = heads.map(({ label, from, to }) =>
      label
        ? `<th scope="colgroup" colspan="${to - from + 1}"><span>${escapeHtml(label)}</span></th>`
        : `<td colspan="${to - from + 1}"></td>`,
    );
    return `<tr class="spanner"><td></td>${cells.join('')}${i === 0 ? over : ''}</tr>`;
  });
  const heads = table.columns.map(({ head, align }, j) => {
    const text = escapeHtml(head);
    const label =
      strip && table.columns.length > 1
        ? `<label for="${group}-${j + 1}" title="Show this column's intervals">${text}</label>`
        : text;
    const legend = align === 'bar' && table.parts ? partsLegend(table.parts) : label;
    const classes = `c${j + 1} ${align === 'decimal' ? 'n' : align}`;
    return legend ? `<th scope="col" class="${classes}">${legend}</th>` : `<td class="${classes}"></td>`;
  });
  const side = strip
    ? `<th class="strip beside-heads" scope="col">${levels.length === 0 ? title : ''}<i>95%</i></th>`
    : '';
  const stub = table.stub ? `<th scope="col">${escapeHtml(table.stub)}</th>` : '<td></td>';
  return `<thead>\n${spanners.join('')}<tr class="heads">${stub}${heads.join('')}${side}</tr>\n</thead>`;
}

const partsLegend = (parts: string[]) =>
  parts.map((part, k) => `<span class="key"><i class="p${k + 1}"></i>${escapeHtml(part)}</span>`).join(' ');

/**
 * One radio button a column: on a narrow page they are tabs, on a wide one they choose the strip's column, without a script.
 * The heads over the chosen column follow in words, for the narrow page.
 */
function tabsHtml(table: Table, group: string): string {
  const drawn = (j: number) => table.body.some(({ cells }) => cells[j]?.interval);
  const chosen = Math.max(
    0,
    table.columns.findLastIndex((_, j) => drawn(j)),
  );
  const tabs = table.columns.map(({ head }, j) => {
    const id = `${group}-${j + 1}`;
    return `<input type="radio" name="${group}" id="${id}" class="k${j + 1}" aria-label="Column ${escapeHtml(head)}"${j === chosen ? ' checked' : ''}><label for="${id}">${escapeHtml(head)}</label>`;
  });
  const rows = spannerRows(table);
  const heads = table.columns.map((_, j) => {
    const words = rows.flatMap((labels) =>
      labels.filter((s) => s.from <= j && j <= s.to && s.label).map((s) => s.label),
    );
    return words.length > 0 ? `<p class="over v${j + 1}">${escapeHtml(words.join(' · '))}</p>` : '';
  });
  const choice =
    tabs.length > 1 ? `<fieldset class="tabs"><legend>Column shown</legend>${tabs.join('')}</fieldset>` : '';
  return choice + heads.join('');
}

/** One column a fit: the columns can be chosen one at a time. */
const hasTabs = ({ regression, columns }: Table) =>
  regression === true && columns.every(({ head }) => /^\(\d+\)$/.test(head));

/** Ticks under the strip: beside the constant, which is never drawn, or in a row of their own. */
function axisRow(table: Table, strip: Strip | undefined): string {
  if (!strip || table.body.some((row) => row.term === '(Intercept)')) return '';
  const blank = table.columns.map((_, j) => `<td class="c${j + 1}"></td>`).join('');
  return `\n<tr class="axis-row"><td></td>${blank}<td class="strip">${stripAxis(strip)}</td></tr>`;
}

/** What is simulated in it, in the colour of caution; that nothing is, in the colour of notes. */
export const provenanceHtml = ({ provenance }: Table | Figure, tag: 'p' | 'span') =>
  provenance
    ? `<${tag} class="${provenance.startsWith('Real') ? 'real' : 'provenance'}">${escapeHtml(provenance)}</${tag}>`
    : '';

const noteHtml = (note: string) => `<p>${escapeHtml(note).replace('‡', '<span class="mark">‡</span>')}</p>`;

/**
 * A table as one <figure>: caption, column tabs (regression tables), <table> with thead, tbody and tfoot, notes. Every text is
 * escaped. Needs TABLE_CSS. Fragment: renderReport puts it on a page.
 */
export function renderTableHtml(table: Table): string {
  const id = slug(table.id);
  const tabs = hasTabs(table);
  const strip = tabs ? stripOf(table) : undefined;
  const sides: Sides = strip ? { strip } : {};
  const widths = table.columns.flatMap(({ align }, j) => (align === 'decimal' ? [boxes(table, j)] : []));
  const style = [...widths, ...(strip ? zeros(strip) : [])].join(';');
  const kind = table.regression ? 'regression' : 'grid';
  const size = `${tabs && table.columns.length > 1 ? ' tabbed' : ''}${isWide(table) ? ' many' : ''}${table.body.length + table.foot.length > 48 ? ' long' : ''}`;
  const caption = `${table.number ? `<b>${escapeHtml(table.number)}.</b> ` : ''}${escapeHtml(table.title)}`;
  const foot =
    table.foot.length > 0 ? `<tfoot>\n${rowsHtml(table, table.foot, { blank: strip !== undefined })}\n</tfoot>` : '';
  const provenance = provenanceHtml(table, 'p');
  const notes =
    table.notes.length > 0 || provenance
      ? `<div class="notes">${provenance}${table.notes.map(noteHtml).join('')}</div>`
      : '';
  const bodies = panelsOf(table.body).map((rows) => rowsHtml(table, rows, sides));
  return `<figure class="table ${kind}${size}" id="t-${id}">
<figcaption id="h-${id}">${caption}</figcaption>
${tabs ? tabsHtml(table, `col-${id}`) : ''}
<div class="frame" role="region" aria-labelledby="h-${id}" tabindex="0">
<table aria-labelledby="h-${id}"${style && ` style="${style}"`}>
${headHtml(table, strip, `col-${id}`)}
${bodies.map((rows, i) => `<tbody>\n${rows}${i === bodies.length - 1 ? axisRow(table, strip) : ''}\n</tbody>`).join('\n')}
${foot}
</table>
</div>
${notes}
</figure>`;
}
