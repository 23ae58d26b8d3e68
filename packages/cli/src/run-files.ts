/** A finished run → the files of its folder. */

import { checkTable, type Figure, type StudyRun, type Table } from '@gravpanel/panel';
import {
  fileStem,
  renderCsv,
  renderFigureSvg,
  renderJson,
  renderMarkdown,
  renderReport,
  renderTablePage,
  renderText,
} from '@gravpanel/panel/report';
import { parseHTML } from 'linkedom';
import type { Files } from './files.ts';
import { fitsJson } from './fit-json.ts';

/** Width of the .txt tables. */
const TEXT_WIDTH = 120;

/** Every file by its path in the folder, in the order they are listed. */
export function filesOf(run: StudyRun, study: string): Files {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const items = run.report.sections.flatMap(({ items: all }) => all);
  const files: Files = { 'report.html': renderReport(run.report, { document }) };
  for (const item of items) {
    if (item.kind === 'figure') files[`figures/${stemOf(item)}.svg`] = renderFigureSvg(item, { document });
    else Object.assign(files, tableFiles(item));
  }
  files['fits.json'] = fitsJson(run);
  files['study.yaml'] = study;
  files['manifest.json'] = `${JSON.stringify(run.report.manifest, null, 2)}\n`;
  return files;
}

/** Every table passes the project's own audit before it is written. @throws PanelError internal/table-contradicts-itself. */
function tableFiles(table: Table): Files {
  checkTable(table);
  const stem = `tables/${stemOf(table)}`;
  return {
    [`${stem}.md`]: renderMarkdown(table),
    [`${stem}.csv`]: renderCsv(table),
    [`${stem}.json`]: renderJson(table),
    [`${stem}.html`]: renderTablePage(table),
    [`${stem}.txt`]: renderText(table, { width: TEXT_WIDTH }),
    ...Object.fromEntries(Object.entries(table.files ?? {}).map(([name, text]) => [`networks/${name}`, text])),
  };
}

/** The id alone: files keep their names when a table is added before them. */
const stemOf = ({ id, title }: Table | Figure) => fileStem({ id, title });
