/** A finished run → the files of its folder, the same in Node and in the browser. */
import { checkTable } from '../audit-table.ts';
import type { StudyRun } from '../run-types.ts';
import type { Figure, Table } from '../types.ts';
import { fileStem } from './csv.ts';
import type { DrawingDocument } from './draw.ts';
import { fitsJson } from './fits-json.ts';
import { renderFigureJson } from './json.ts';
import { renderReport } from './report.ts';
import { renderFigureSvg } from './svg.ts';

/** Every format that a table is written in. */
export const TABLE_FORMATS = ['txt', 'md', 'tex', 'docx', 'typ', 'csv', 'json', 'html'] as const;
export type TableFormat = (typeof TABLE_FORMATS)[number];

/** Formats of the tables in a run's folder. */
export const RUN_FORMATS: TableFormat[] = ['md', 'tex', 'docx', 'csv', 'json', 'html', 'txt'];

export type RunFiles = Record<string, string | Uint8Array>;

/** What differs between machines. */
export interface RunFileTools {
  document: () => DrawingDocument;
  renderTable: (table: Table, format: TableFormat) => Promise<string | Uint8Array>;
  /** SVG → PNG, where that can be drawn. */
  png?: (svg: string) => Uint8Array;
}

/** Report, tables, figures, numbers, study and manifest by their paths in the folder. @throws PanelError internal/table-contradicts-itself. */
export async function runFiles(run: StudyRun, study: string, tools: RunFileTools): Promise<RunFiles> {
  const items = run.report.sections.flatMap(({ items: all }) => all);
  const files: RunFiles = { 'report.html': renderReport(run.report, { document: tools.document() }) };
  Object.assign(files, await itemFiles(items, tools));
  files['fits.json'] = fitsJson(run);
  files['study.yaml'] = study;
  files['manifest.json'] = `${JSON.stringify(run.report.manifest, null, 2)}\n`;
  return files;
}

/** Tables in every format of a run, figures as svg, json and, where it can be drawn, png. */
export async function itemFiles(items: (Table | Figure)[], tools: RunFileTools): Promise<RunFiles> {
  const files: RunFiles = {};
  for (const item of items)
    Object.assign(files, item.kind === 'figure' ? figureFiles(item, tools) : await tableFiles(item, tools));
  return files;
}

function figureFiles(figure: Figure, { document, png }: RunFileTools): RunFiles {
  const stem = `figures/${stemOf(figure)}`;
  const svg = renderFigureSvg(figure, { document: document() });
  return {
    [`${stem}.svg`]: svg,
    ...(png && { [`${stem}.png`]: png(svg) }),
    [`${stem}.json`]: renderFigureJson(figure),
  };
}

/** Every table passes the project's own audit before it is written. */
async function tableFiles(table: Table, { renderTable }: RunFileTools): Promise<RunFiles> {
  checkTable(table);
  const stem = `tables/${stemOf(table)}`;
  const files: RunFiles = {};
  for (const format of RUN_FORMATS) files[`${stem}.${format}`] = await renderTable(table, format);
  for (const [name, text] of Object.entries(table.files ?? {})) files[`networks/${name}`] = text;
  return files;
}

/** The id alone: files keep their names when a table is added before them. */
export const stemOf = ({ id, title }: Table | Figure) => fileStem({ id, title });
