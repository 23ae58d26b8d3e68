/** A worker of the pool: the same answers as the program's worker threads. */
import { loadKernels } from '@gravpanel/core-wasm';
import { resampleWorkerApi } from '@gravpanel/panel/resample-worker';
import { expose, transfer } from 'comlink';

expose(resampleWorkerApi(loadKernels(), transfer));
