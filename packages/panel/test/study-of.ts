/** A study's text and its table, as the loaders of the programs hand them over. */
import { readFileSync } from 'node:fs';
import { loadKernels } from '@gravpanel/core-wasm';
import { setPanel } from '../src/frame.ts';
import { type ReadStudy, readStudy } from '../src/study-read.ts';
import { readTable } from '../src/table-read.ts';
import type { Frame } from '../src/types.ts';

export const kernels = await loadKernels();

export function studyOf(text: string, csv: string): ReadStudy & { frame: Frame } {
  const read = readStudy(text, { file: 'study.yaml' });
  const { path, unit, time } = read.study.data;
  return { ...read, frame: setPanel(readTable(csv, { name: path }), [unit].flat(), time) };
}

const root = new URL('../../../', import.meta.url);
export const textOf = (path: string) => readFileSync(new URL(path, root), 'utf8');

export function shippedStudy(name: string): ReadStudy & { frame: Frame } {
  const text = textOf(`studies/${name}/study.yaml`);
  const { study } = readStudy(text, { file: 'study.yaml' });
  return studyOf(text, textOf(`studies/${name}/${study.data.path}`));
}
