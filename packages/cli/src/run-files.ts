/** A finished run → the files of its folder. */

import { checkTable, type Figure, type StudyRun, type Table } from '@gravpanel/panel';
import { fileStem, renderFigureJson, renderFigureSvg, renderReport } from '@gravpanel/panel/report';
import { parseHTML } from 'linkedom';
import type { Files } from './files.ts';
import { fitsJson } from './fit-json.ts';
import { hasPictures, pngOf } from './picture.ts';
import { renderedTable, type TableFormat } from './table-formats.ts';

/** Width of the .txt tables. */
const TEXT_WIDTH = 120;
/** Formats of the tables in a run's folder. */
export const RUN_FORMATS: TableFormat[] = ['md', 'tex', 'docx', 'csv', 'json', 'html', 'txt'];

/** A document to draw in. */
export const drawingDocument = () => parseHTML('<!doctype html><html><body></body></html>').document;

/** Every file by its path in the folder, in the order they are listed. */
export async function filesOf(run: StudyRun, study: string): Promise<Files> {
  const items = run.report.sections.flatMap(({ items: all }) => all);
  const files: Files = { 'report.html': renderReport(run.report, { document: drawingDocument() }) };
  Object.assign(files, await itemFiles(items));
  files['fits.json'] = fitsJson(run);
  files['study.yaml'] = study;
  files['manifest.json'] = `${JSON.stringify(run.report.manifest, null, 2)}\n`;
  return files;
}

/** Tables in every format of a run, figures as svg, png (where resvg is installed) and json. */
export async function itemFiles(items: (Table | Figure)[]): Promise<Files> {
  const files: Files = {};
  const pictures = hasPictures();
  for (const item of items)
    Object.assign(files, item.kind === 'figure' ? figureFiles(item, pictures) : await tableFiles(item));
  return files;
}

function figureFiles(figure: Figure, pictures: boolean): Files {
  const stem = `figures/${stemOf(figure)}`;
  const svg = renderFigureSvg(figure, { document: drawingDocument() });
  return {
    [`${stem}.svg`]: svg,
    ...(pictures && { [`${stem}.png`]: pngOf(svg) }),
    [`${stem}.json`]: renderFigureJson(figure),
  };
}

/** Every table passes the project's own audit before it is written. @throws PanelError internal/table-contradicts-itself. */
async function tableFiles(table: Table): Promise<Files> {
  checkTable(table);
  const stem = `tables/${stemOf(table)}`;
  const files: Files = {};
  for (const format of RUN_FORMATS)
    files[`${stem}.${format}`] = await renderedTable(table, format, { width: TEXT_WIDTH });
  for (const [name, text] of Object.entries(table.files ?? {})) files[`networks/${name}`] = text;
  return files;
}

/** The id alone: files keep their names when a table is added before them. */
const stemOf = ({ id, title }: Table | Figure) => fileStem({ id, title });
