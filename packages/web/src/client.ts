/** The page's side of the worker. */
import { PanelError } from '@gravpanel/panel';
import { type Remote, wrap } from 'comlink';
import type { Answer, WorkerApi } from './protocol.ts';

/** Starts a worker with the core in it. */
export function startWorker(): Remote<WorkerApi> {
  return wrap<WorkerApi>(new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }));
}

/** The value of an answer. @throws PanelError the error it carries. */
export function valueFrom<T>(answer: Answer<T>): T {
  if (answer.ok) return answer.value;
  throw PanelError.fromJSON(answer.error);
}
