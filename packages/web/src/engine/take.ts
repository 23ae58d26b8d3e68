/** What a reader takes away: files of a run, of a table or of a figure. A part of its own, loaded when it is asked for. */
import {
  deriveStudy,
  exportPlan,
  exportPython,
  exportR,
  exportStata,
  type Figure,
  frameCsv,
  PanelError,
  planStudy,
  type StudyFiles,
  type Table,
  writesPanel,
} from '@gravpanel/panel';
import {
  FONT_CSS,
  renderCsv,
  renderFigureJson,
  renderFigureSvg,
  renderJson,
  renderLatex,
  renderMarkdown,
  renderReport,
  renderTablePage,
  renderText,
  renderTypst,
  runFiles,
  stemOf,
} from '@gravpanel/panel/report';
import { strToU8, zipSync } from 'fflate';
import { parseHTML } from 'linkedom/worker';
import type { ItemFormat, TakenFile, TakeRequest } from '../protocol.ts';
import { auditFile } from './audit-file.ts';
import type { Engine, Finished } from './engine.ts';
import { hashOf, namedFiles } from './files.ts';

const TYPES: Record<string, string> = {
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  tex: 'application/x-tex',
  html: 'text/html',
  csv: 'text/csv',
  md: 'text/markdown',
  json: 'application/json',
  svg: 'image/svg+xml',
  zip: 'application/zip',
};
const TEXT_WIDTH = 120;

/** Bytes that are sent to the page. */
const owned = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);

function taken(name: string, content: string | Uint8Array): TakenFile {
  const type = TYPES[name.split('.').at(-1)!] ?? 'text/plain';
  return { name, type, content: typeof content === 'string' ? content : owned(content) };
}

const drawingDocument = () => parseHTML('<!doctype html><html><body></body></html>').document;

async function tableAs(table: Table, format: ItemFormat): Promise<string | Uint8Array> {
  switch (format) {
    case 'docx':
      return (await import('@gravpanel/panel/docx')).renderDocx(table);
    case 'tex':
      return renderLatex(table);
    case 'html':
      return renderTablePage(table);
    case 'csv':
      return renderCsv(table);
    case 'md':
      return renderMarkdown(table);
    case 'json':
      return renderJson(table);
    case 'typ':
      return renderTypst(table);
    case 'txt':
      return renderText(table, { width: TEXT_WIDTH });
    default:
      throw new PanelError({
        code: 'output/no-picture',
        message: `A table is not written as ${format}.`,
        hint: 'Take its figure, or docx, tex, html, csv, md or json.',
      });
  }
}

/** The letters stand inside: a picture is painted by a document that may load nothing. */
const withLetters = (svg: string) => svg.replace(/(<svg [^>]*>)/, `$1<style>${FONT_CSS}</style>`);

async function figureAs(figure: Figure, format: ItemFormat): Promise<string | Uint8Array> {
  if (format === 'json') return renderFigureJson(figure);
  if (format !== 'svg' && format !== 'png') return tableAs(figure.table, format);
  const svg = renderFigureSvg(figure, { document: drawingDocument() });
  return format === 'png' ? withLetters(svg) : svg;
}

const SCRIPTS = {
  stata: { file: 'models.do', write: exportStata },
  r: { file: 'models.R', write: exportR },
  python: { file: 'models.py', write: exportPython },
};
type Tool = keyof typeof SCRIPTS;
/** The panel as it was joined, merged or decoded, which stands in no file that another tool could read. */
const JOINED = 'panel-joined.csv';

/** Scripts of the tools, and the joined panel where there is one; `to` leads from them to the study's folder. */
function scripts({ study, source, frame, run }: Finished, tools: Tool[], to: string): Record<string, string> {
  const { gravpanel, runHash } = run.report.manifest;
  const companions = Object.fromEntries(
    Object.entries(run.companions).map(([id, list]) => [id, list.map(({ results }) => results)]),
  );
  const derived = deriveStudy(study, frame, source);
  const plan = exportPlan(study, planStudy(study, source), derived, run.fits, companions, { gravpanel, runHash });
  const joined = writesPanel(study, frame);
  const data = joined ? JOINED : `${to}${study.data.path}`;
  const made = Object.fromEntries(tools.map((tool) => [SCRIPTS[tool].file, SCRIPTS[tool].write(plan, data)]));
  return { ...made, ...(joined && { [JOINED]: frameCsv(frame) }) };
}

/** The same files give the same bytes. */
function zipped(files: Record<string, string | Uint8Array>): Uint8Array {
  const bytes = Object.entries(files).map(([name, content]) => [
    name,
    typeof content === 'string' ? strToU8(content) : content,
  ]);
  return zipSync(Object.fromEntries(bytes), { mtime: new Date(1980, 0, 1), level: 6 });
}

function inFolder(path: string): string {
  if (!path.split('/').includes('..') && !/^([/\\]|[a-z]:)|\\/i.test(path)) return path;
  throw new PanelError({
    code: 'output/outside-of-the-study',
    message: `The study names "${path}", which is not in its own folder; a zip of the study could not hold it there.`,
    hint: `Write the path as "${path.split(/[\\/]/).at(-1)}" in the study.`,
    at: { file: path },
  });
}

/** Study, data, the folder of its run and scripts: gravpanel verify reads it as it is. */
async function studyZip(done: Finished, files: StudyFiles): Promise<Uint8Array> {
  const { study, text, run } = done;
  const named = namedFiles(study).map(
    async (path) => [inFolder(path), (await files.read(path, 'data file')).bytes] as const,
  );
  const data = Object.fromEntries(await Promise.all(named));
  const manifest = { ...run.report.manifest, studyFile: { path: '../study.yaml', sha256: hashOf(text) }, base: '..' };
  const results = await runFiles({ ...run, report: { ...run.report, manifest } }, text, {
    document: drawingDocument,
    renderTable: tableAs,
  });
  const within = (folder: string, all: Record<string, string | Uint8Array>) =>
    Object.fromEntries(Object.entries(all).map(([name, content]) => [`${folder}/${name}`, content]));
  return zipped({
    'study.yaml': text,
    ...data,
    ...within('results', results),
    ...within('scripts', scripts(done, ['stata', 'r', 'python'], '../')),
  });
}

export async function take(engine: Engine, request: TakeRequest): Promise<TakenFile> {
  if (request.what === 'item') {
    const { item, format } = request;
    const name = `${stemOf(item as Table | Figure)}.${format}`;
    if (item.kind === 'figure') return taken(name, await figureAs(item, format));
    return taken(name, await tableAs(item as Table, format));
  }
  if (request.what === 'audit') {
    const { name, content } = await auditFile(request.request, request.format);
    return taken(name, content);
  }
  const done = await engine.finished(request.text);
  const { name } = request;
  if (request.what === 'report')
    return taken(`${name}.html`, renderReport(done.run.report, { document: drawingDocument() }));
  if (request.what === 'study') return taken(`${name}.zip`, await studyZip(done, engine.files()));
  const made = Object.entries(scripts(done, [request.what], ''));
  return made.length === 1 ? taken(...made[0]) : taken(`${request.what}.zip`, zipped(Object.fromEntries(made)));
}
