/** A study's text and its table, as the loaders of the programs hand them over. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { loadKernels } from '@gravpanel/core-wasm';
import { setPanel } from '../src/frame.ts';
import type { World } from '../src/map-shapes.ts';
import { countryBook } from '../src/regions.ts';
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

/** The boundaries that the program ships. */
export function world(): World {
  const file = createRequire(import.meta.url).resolve('world-atlas/countries-50m.json');
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** A study that ships, with its tables and what its maps need. */
export function shippedStudy(name: string) {
  const text = textOf(`studies/${name}/study.yaml`);
  const { study } = readStudy(text, { file: 'study.yaml' });
  const tables = Object.fromEntries(
    Object.entries(study.data.tables ?? {}).map(([id, { path }]) => [
      id,
      readTable(textOf(`studies/${name}/${path}`), { name: path }),
    ]),
  );
  return {
    ...studyOf(text, textOf(`studies/${name}/${study.data.path}`)),
    options: { tables, world, countries: () => countryBook() },
  };
}
