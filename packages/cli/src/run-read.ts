/** A finished run, read back: its tables and figures, without estimating again. */
import path from 'node:path';
import { type Figure, type Manifest, nearestHint, PanelError, type Table } from '@gravpanel/panel';
import { fileStem, readFigure, readTable } from '@gravpanel/panel/report';
import { BOOT_FOLDER, exists, listFiles, readBytes } from './files.ts';
import { manifestOf } from './run-folder.ts';

const textOf = (file: string, what: string) => new TextDecoder().decode(readBytes(file, what).bytes);

export interface FinishedRun {
  dir: string;
  manifest: Manifest;
}

/** @throws PanelError run/not-a-run. */
export const readRun = (dir: string): FinishedRun => ({ dir, manifest: manifestOf(dir) });

/** The id asked for, or the first one. @throws PanelError usage/unknown-table, usage/unknown-figure. */
function idOf(what: 'table' | 'figure', ids: string[], asked: string | undefined): string {
  const id = asked ?? ids[0];
  if (id !== undefined && ids.includes(id)) return id;
  throw new PanelError({
    code: `usage/unknown-${what}`,
    message: id === undefined ? `The run has no ${what}.` : `"${id}" is not a ${what} of this run.`,
    hint: [id === undefined ? '' : nearestHint(id, ids), ids.length > 0 ? `It has ${ids.join(', ')}.` : '']
      .filter(Boolean)
      .join(' '),
  });
}

const fileOf = ({ dir }: FinishedRun, folder: string, id: string) =>
  path.join(dir, folder, `${fileStem({ id, title: '' })}.json`);

/** A table of the run by its id; the first one without. */
export function tableOf(run: FinishedRun, asked?: string): Table {
  const file = fileOf(run, 'tables', idOf('table', run.manifest.outputs?.tables ?? [], asked));
  return readTable(textOf(file, 'table'), file);
}

/** Distributions that `gravpanel boot` kept beside the run. */
const bootFigures = ({ dir }: FinishedRun): string[] => {
  const folder = path.join(dir, BOOT_FOLDER);
  if (!exists(folder)) return [];
  const names = listFiles(folder).filter((name) => /^boot-.*\.json$/.test(name));
  return names.map((name) => name.slice(0, -'.json'.length)).sort();
};

/** Ids of the run's figures, and of those that `gravpanel boot` added. */
export const figureIds = (run: FinishedRun): string[] => [
  ...(run.manifest.outputs?.figures ?? []),
  ...bootFigures(run),
];

/** A figure of the run by its id; the first one without. */
export function figureOf(run: FinishedRun, asked?: string): Figure {
  const id = idOf('figure', figureIds(run), asked);
  const kept = bootFigures(run).includes(id);
  const file = kept ? path.join(run.dir, BOOT_FOLDER, `${id}.json`) : fileOf(run, 'figures', id);
  return readFigure(textOf(file, 'figure'), file);
}
