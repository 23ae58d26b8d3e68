/** What a first visitor finds finished: inspection and run of a shipped study, made when the page is built. */
import { loadKernels } from '@gravpanel/core-wasm';
import type { World } from '@gravpanel/panel';
import * as regions from '@gravpanel/panel/regions';
import type { Inspection, RunView, SectionView } from '../protocol.ts';
import { createEngine } from './engine.ts';

/** `cells` of the panel as a list: a JSON file has no typed arrays. */
export interface FirstVisit {
  inspection: Omit<Inspection, 'panel'> & {
    panel?: Omit<NonNullable<Inspection['panel']>, 'cells'> & { cells: number[] };
  };
  /** The sections after the first without their tables and figures, which are in `rest`. */
  run: RunView;
}
/** What a reader comes to after the first table. */
export interface FirstRest {
  sections: SectionView[];
}

export async function firstVisit(
  text: string,
  files: Record<string, Uint8Array<ArrayBuffer>>,
  world: () => World,
): Promise<{ first: FirstVisit; rest: FirstRest }> {
  const engine = createEngine({ kernels: loadKernels(), world: async () => world(), regions: async () => regions });
  engine.setFiles(files);
  const { panel, ...inspection } = await engine.inspect(text);
  if (inspection.error) throw new Error(`The first study is not sound: ${inspection.error.message}`);
  const run = await engine.run(text, () => {});
  const { sections } = run.report;
  const stubs = sections.map((section, i) => (i === 0 ? section : { ...section, items: [] }));
  return {
    first: {
      inspection: { ...inspection, ...(panel && { panel: { ...panel, cells: [...panel.cells] } }) },
      run: { ...run, report: { ...run.report, sections: stubs } },
    },
    rest: { sections },
  };
}
