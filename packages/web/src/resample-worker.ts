/** A worker of the pool: the same answers as the program's worker threads. */
import { loadKernels } from '@gravpanel/core-wasm';
import { resampleWorkerApi } from '@gravpanel/panel/resample-worker';
import { expose, transfer } from 'comlink';
import { holdLine } from './lifeline.ts';

/** Opened only when its end would be noticed. */
const ready = Promise.all([loadKernels(), holdLine()]).then(([kernels]) => kernels);
expose(resampleWorkerApi(ready, transfer));
