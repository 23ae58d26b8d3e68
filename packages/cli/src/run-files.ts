/** A finished run → the files of its folder, with what this machine has to draw pictures. */
import type { Figure, StudyRun, Table } from '@gravpanel/panel';
import { itemFiles as filesOfItems, type RunFileTools, runFiles } from '@gravpanel/panel/report';
import { parseHTML } from 'linkedom';
import type { Files } from './files.ts';
import { hasPictures, pngOf } from './picture.ts';
import { renderedTable } from './table-formats.ts';

/** Width of the .txt tables. */
const TEXT_WIDTH = 120;

/** A document to draw in. */
export const drawingDocument = () => parseHTML('<!doctype html><html><body></body></html>').document;

const tools = (): RunFileTools => ({
  document: drawingDocument,
  renderTable: (table, format) => renderedTable(table, format, { width: TEXT_WIDTH }),
  ...(hasPictures() && { png: pngOf }),
});

/** Every file by its path in the folder, in the order they are listed. */
export const filesOf = (run: StudyRun, study: string): Promise<Files> => runFiles(run, study, tools());

/** Tables in every format of a run, figures as svg, png (where resvg is installed) and json. */
export const itemFiles = (items: (Table | Figure)[]): Promise<Files> => filesOfItems(items, tools());
