/** A CSV grid of cells, table,column,term,estimate,se,stars[,nobs] → Published. Digits stay as they are written. */
import papa from 'papaparse';
import { readPrinted } from './audit-number.ts';
import {
  emptyPublished,
  type Published,
  plainStars,
  type Regression,
  type RegressionColumn,
} from './audit-published.ts';
import type { Second } from './audit-stars.ts';
import { nearestHint, PanelError } from './errors.ts';

const KNOWN = ['table', 'column', 'term', 'estimate', 'se', 't', 'p', 'stars', 'nobs'];
const NEEDED = ['term', 'estimate'];
const SECONDS: Second[] = ['se', 't', 'p'];

/** A grid is a CSV by its name, or by a first line that names term and estimate. */
export const isGrid = (name: string, text: string) =>
  /\.(csv|tsv)$/i.test(name) ||
  /^\ufeff?[^\n:{]*\bterm\b[^\n:{]*[,;\t][^\n:{]*estimate/i.test(text) ||
  /^\ufeff?[^\n:{]*\bestimate\b[^\n:{]*[,;\t][^\n:{]*\bterm\b/i.test(text);

type Row = Record<string, string>;

function rowsOf(text: string, file: string): { rows: Row[]; fields: string[] } {
  const { data, meta, errors } = papa.parse<Row>(text.replace(/^\ufeff/, ''), {
    header: true,
    skipEmptyLines: 'greedy',
    transformHeader: (name) => name.trim().toLowerCase(),
  });
  const [problem] = errors.filter(({ type }) => type !== 'Delimiter');
  if (problem)
    throw new PanelError({
      code: 'audit/syntax',
      message: `Line ${(problem.row ?? 0) + 2} of "${file}": ${problem.message.replace(/\.?$/, '.')}`,
      hint: 'Every line needs as many cells as the header; put quotes around a cell with a comma.',
      at: { file, row: (problem.row ?? 0) + 2 },
    });
  return { rows: data, fields: meta.fields ?? [] };
}

function checkFields(fields: string[], file: string): void {
  const at = { file, row: 1 };
  const unknown = fields.find((name) => !KNOWN.includes(name));
  if (unknown !== undefined)
    throw new PanelError({
      code: 'audit/unknown-column',
      message: `"${unknown}" is not a column of a grid.`,
      hint: nearestHint(unknown, KNOWN),
      at,
    });
  const missing = NEEDED.find((name) => !fields.includes(name));
  if (missing)
    throw new PanelError({
      code: 'audit/missing-column',
      message: `"${file}" has no column ${missing}; table,column,term,estimate,se,stars[,nobs] were expected.`,
      hint: 'The first line names the columns.',
      at,
    });
}

const SYMBOLS = /^(.*?[\d.%])\s*([^\d.\s%)]+)$/u;

/** "0.203***" holds its stars; the column stars wins where it is filled. */
function splitStars(estimate: string, stars: string): [string, string] {
  const match = readPrinted(estimate) ? null : SYMBOLS.exec(estimate.trim());
  return match && readPrinted(match[1]) ? [match[1], stars || match[2]] : [estimate, stars];
}

/** "(0.116)" and "[1.78]" without their brackets. */
const unbracketed = (text: string) => text.trim().replace(/^[([{](.*)[)\]}]$/s, '$1');

/**
 * Reads a grid of regression cells.
 * @throws PanelError audit/syntax, audit/unknown-column, audit/missing-column, audit/wrong-value; with file and line.
 */
export function readGrid(text: string, o: { file: string }): Published {
  const { rows, fields } = rowsOf(text, o.file);
  checkFields(fields, o.file);
  const out = emptyPublished(o.file);
  out.starsSpoken = fields.includes('stars');
  const tables = new Map<string, { table: Regression; columns: Map<string, RegressionColumn> }>();
  rows.forEach((row, i) => {
    const number = (name: string, cell: string) => {
      const value = readPrinted(cell);
      if (value) return value;
      throw new PanelError({
        code: 'audit/wrong-value',
        message: `${name} is "${cell}" on line ${i + 2} of "${o.file}"; a number as printed was expected.`,
        hint: 'Leave the cell empty where nothing is printed.',
        at: { file: o.file, row: i + 2, variable: name },
      });
    };
    const id = row.table?.trim() || 'table';
    const name = row.column?.trim() || '(1)';
    const kept = tables.get(id) ?? { table: { id, columns: [], settings: {} }, columns: new Map() };
    tables.set(id, kept);
    const column = kept.columns.get(name) ?? { name, cells: [] };
    kept.columns.set(name, column);
    const [estimate, stars] = splitStars(row.estimate ?? '', row.stars?.trim() ?? '');
    if (row.nobs?.trim()) column.nobs = number('nobs', row.nobs);
    if (estimate.trim() === '' && !(row.se ?? '').trim()) return;
    const kind = SECONDS.find((k) => row[k]?.trim());
    column.cells.push({
      term: row.term.trim(),
      estimate: number('estimate', estimate),
      ...(kind && { second: number(kind, unbracketed(row[kind])) }),
      secondKind: kind ?? 'se',
      stars: plainStars(stars),
    });
  });
  out.regressions = [...tables.values()].map(({ table, columns }) => ({ ...table, columns: [...columns.values()] }));
  return out;
}
