/** The worker: owns one instance of the core and answers {@link WorkerApi}. */
import type { Kernels } from '@gravpanel/core-wasm';
import { loadFrontierKernels as loadKernels } from '@gravpanel/core-wasm/frontier';
import { PanelError } from '@gravpanel/panel';
import { expose } from 'comlink';
import { fitStudy, fitTable } from './estimate.ts';
import type { Answer, WorkerApi } from './protocol.ts';

const kernels = loadKernels();

async function answer<T>(work: (kernels: Kernels) => T | Promise<T>): Promise<Answer<T>> {
  try {
    return { ok: true, value: await work(await kernels) };
  } catch (error) {
    if (error instanceof PanelError) return { ok: false, error: error.toJSON() };
    const message = error instanceof Error ? error.message : String(error);
    return {
      ok: false,
      error: { code: 'internal/error', message, hint: 'This is a fault of gravpanel, not of the data: report it.' },
    };
  }
}

const api: WorkerApi = {
  fit: (request) => answer((core) => fitTable(request, core)),
  runStudyText: (studyYaml, csv) => answer((core) => fitStudy(studyYaml, csv, core)),
};
expose(api);
