/** The work behind the worker's calls; free of worker and DOM, so that Node runs the same code. */
import type { Kernels } from '@gravpanel/core-wasm';
import { fitSpec, parseStudy, readTable, regressionTable, runStudy, setPanel } from '@gravpanel/panel';
import type { FitAnswer, FitRequest, StudyFits } from './protocol.ts';

/** Reads a table, fits one spec and lays out its table. @throws PanelError data/…, formula/…, fit/… */
export function fitTable({ csv, name, unit, time, spec, style }: FitRequest, kernels: Kernels): FitAnswer {
  const start = performance.now();
  const frame = setPanel(readTable(csv, { name }), unit, time);
  const read = performance.now();
  const results = fitSpec(frame, spec, kernels);
  const done = performance.now();
  const table = regressionTable(results, { id: 'fit', ...style });
  return { results, table, rows: frame.rows, milliseconds: { read: read - start, fit: done - read } };
}

/** Estimates all models of a study, companions included, on the text of its table; describes nothing. @throws PanelError as runStudy. */
export async function fitStudy(studyYaml: string, csv: string, kernels: Kernels): Promise<StudyFits> {
  const study = parseStudy(studyYaml, { file: 'study.yaml' });
  const { path, unit, time, delimiter, missing } = study.data;
  const table = readTable(csv, { name: path, ...(delimiter && { delimiter }), ...(missing && { missing }) });
  const frame = setPanel(table, Array.isArray(unit) ? unit : [unit], time);
  const { fits, companions } = await runStudy({ ...study, describe: [] }, frame, kernels);
  const beside = Object.entries(companions).flatMap(([id, list]) =>
    list.map(({ spec, results }) => [`${id} · ${spec.model}`, results]),
  );
  return { ...fits, ...Object.fromEntries(beside) };
}
