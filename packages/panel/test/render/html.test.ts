import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { regressionTable } from '../../src/regression-table.ts';
import { renderTableHtml } from '../../src/render/html.ts';
import { renderTablePage } from '../../src/render/table-page.ts';
import type { Table } from '../../src/types.ts';
import { failure, fitOf, paperVariables, table8, table8Fits } from '../paper-fits.ts';
import { mainTable, paperReport } from '../paper-report.ts';

interface Node {
  children: Iterable<Node>;
  getAttribute(name: string): string | null;
}
const parse = (html: string) => parseHTML(`<!doctype html><html><body>${html}</body></html>`).document;
const HOSTILE = '"><img src=x onerror=alert(1)><script>alert(2)</script>';

/** Columns that each row of a part covers, spans of earlier rows counted: every row must cover the same. */
function widths(rows: Iterable<Node>): number[] {
  const carried: number[] = [];
  return [...rows].map((row, r) => {
    let width = carried[r] ?? 0;
    for (const cell of row.children) {
      const columns = Number(cell.getAttribute('colspan') ?? 1);
      width += columns;
      for (let k = 1; k < Number(cell.getAttribute('rowspan') ?? 1); k++)
        carried[r + k] = (carried[r + k] ?? 0) + columns;
    }
    return width;
  });
}

describe('renderTableHtml', () => {
  const document = parse(renderTableHtml(mainTable));

  it('has one thead, tbody and tfoot with scoped heads', () => {
    for (const part of ['thead', 'tbody', 'tfoot']) expect(document.querySelectorAll(part)).toHaveLength(1);
    expect(document.querySelectorAll('thead th[scope="col"]').length).toBeGreaterThanOrEqual(6);
    const labels = [...document.querySelectorAll('tbody th[scope="row"]')].map((th) =>
      th.firstChild?.textContent?.trim(),
    );
    expect(labels[0]).toBe('Patents of China');
    expect(labels).toHaveLength(9);
  });

  it('gives each copied cell the whole number as one text', () => {
    const cells = [...document.querySelectorAll('tbody tr')].slice(0, 2).map((tr) => [...tr.querySelectorAll('td.n')]);
    expect(cells[0].map((td) => td.textContent)).toEqual([
      '1.023***',
      '0.910***',
      '0.880***',
      '0.783***',
      '0.723***',
      '0.718***',
    ]);
    expect(cells[1][0].textContent).toBe('(0.150)');
  });

  it('covers the same columns in every row, with failures and pairs spanning theirs', () => {
    const mixed = regressionTable([table8Fits[0], failure, fitOf(table8[2])], { id: 'm', variables: paperVariables });
    for (const table of [mainTable, mixed]) {
      const page = parse(renderTableHtml(table));
      for (const part of ['thead', 'tbody', 'tfoot']) {
        const covered = widths(page.querySelectorAll(`${part} > tr`) as unknown as Iterable<Node>);
        expect(new Set(part === 'thead' ? covered.map((w) => Math.min(w, table.columns.length + 2)) : covered)).toEqual(
          new Set([table.columns.length + 2]),
        );
      }
    }
  });

  it('shows the code and the message of a failed column in its own cell', () => {
    const cell = parse(renderTableHtml(regressionTable([table8Fits[0], failure], { id: 'f' }))).querySelector(
      'td.failure',
    );
    expect(cell?.querySelector('b')?.textContent).toBe('fit/no-convergence');
    expect(cell?.textContent).toContain('stopped after 50 iterations');
    expect(cell?.getAttribute('class')).toContain('c2');
  });

  it('keeps every user text as text', () => {
    const hostile = regressionTable(
      [fitOf({ lngd: [1, 0.5] }, { depvar: HOSTILE, title: HOSTILE, sampleName: HOSTILE })],
      {
        id: HOSTILE,
        number: HOSTILE,
        title: HOSTILE,
        notes: [HOSTILE],
        variables: { lngd: { label: HOSTILE, unit: HOSTILE } },
      },
    );
    const page = parse(renderTableHtml(hostile));
    expect(page.querySelectorAll('img, script')).toHaveLength(0);
    expect(page.querySelector('tbody th')?.textContent).toContain(HOSTILE);
    for (const element of page.querySelectorAll('*'))
      for (const name of element.getAttributeNames()) expect(name).not.toMatch(/^on/);
  });

  it('draws one interval a column and term, at the place of its numbers', () => {
    const drawings = [...document.querySelectorAll('tbody tr.first:nth-of-type(1) .iv')];
    expect(drawings).toHaveLength(6);
    const [lo, hi] = drawings.map((d) => d.getAttribute('aria-label'))[5]?.match(/0\.4\d\d|1\.0\d\d/g) ?? [];
    expect([lo, hi]).toEqual(['0.434', '1.002']);
    const per = (selector: string) =>
      Number(/left:([\d.]+)%/.exec(drawings[5].querySelector(selector)?.getAttribute('style') ?? '')?.[1]);
    const zero = 100 * Number(/--z6:([\d.]+)/.exec(document.querySelector('table')?.getAttribute('style') ?? '')?.[1]);
    // 0.718 and its lower end 0.434 lie on one linear scale through zero.
    expect((per('.w95') - zero) / (per('.pt') - zero)).toBeCloseTo(0.4338 / 0.718, 2);
    expect(document.querySelectorAll('tr.first:nth-of-type(13) .iv.grey').length).toBe(2);
  });

  it('has one radio button a column and starts at the last one that was estimated', () => {
    const page = parse(renderTableHtml(regressionTable([...table8Fits.slice(0, 2), failure], { id: 'x' })));
    const inputs = [...page.querySelectorAll('.tabs input')];
    expect(inputs.map((input) => input.hasAttribute('checked'))).toEqual([false, true, false]);
    for (const label of page.querySelectorAll('label'))
      expect(page.getElementById(label.getAttribute('for') ?? '')).toBeTruthy();
  });

  it('draws bars and shares as parts of their cells, with the numbers in words', () => {
    const shares = paperReport.sections[3].items[1] as Table;
    const bar = parse(renderTableHtml(shares)).querySelector('tbody .bar > .bar');
    expect(bar?.getAttribute('style')).toBe('width:100%');
    const parts = parse(renderTableHtml(paperReport.sections[1].items[0] as Table)).querySelectorAll('.parts')[1];
    expect(parts.getAttribute('aria-label')).toBe('between partners 90.5%, common to a year 8.5%, within 1.0%');
  });

  it('stands alone as a page without script or request', () => {
    const page = parseHTML(renderTablePage(mainTable)).document;
    expect(page.querySelectorAll('script, link, img')).toHaveLength(0);
    expect(page.querySelector('title')?.textContent).toContain('Table 8. Co-patents');
    expect(page.querySelectorAll('main table')).toHaveLength(1);
  });
});
