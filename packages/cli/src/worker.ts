/** A worker thread of the pool: dist/worker.cjs. */
import { parentPort } from 'node:worker_threads';
import { loadKernels } from '@gravpanel/core-wasm';
import { resampleWorkerApi } from '@gravpanel/panel/resample-worker';
import { expose, transfer } from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';

expose(resampleWorkerApi(loadKernels(), transfer), nodeEndpoint(parentPort as never));
