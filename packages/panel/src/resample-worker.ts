/** What a worker answers, in Node and in the browser alike: one open job, and its replicates. Errors are data. */
import type { Kernels } from '@gravpanel/core-wasm';
import { PanelError, type PanelErrorFields } from './errors.ts';
import { type Draws, type OpenJob, openJob } from './resample-draws.ts';
import type { ResampleJob } from './resample-job.ts';

export type WorkerAnswer<T> = { ok: true; value: T } | { ok: false; error: PanelErrorFields };

export interface ResampleWorkerApi {
  open(job: ResampleJob): Promise<WorkerAnswer<true>>;
  run(first: number, count: number): Promise<WorkerAnswer<Draws>>;
}

export function fieldsOf(error: unknown): PanelErrorFields {
  if (error instanceof PanelError) return error.toJSON();
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'internal/error', message, hint: 'This is a fault of gravpanel, not of the data: report it.' };
}

/** @param transfer marks the buffers of an answer as handed over. */
export function resampleWorkerApi(
  kernels: Promise<Kernels>,
  transfer: <T>(value: T, buffers: ArrayBuffer[]) => T,
): ResampleWorkerApi {
  let current: OpenJob | undefined;
  const answer = async <T>(work: () => Promise<T> | T): Promise<WorkerAnswer<T>> => {
    try {
      return { ok: true, value: await work() };
    } catch (error) {
      return { ok: false, error: fieldsOf(error) };
    }
  };
  return {
    open: (job) =>
      answer(async () => {
        current?.free();
        current = openJob(job, await kernels);
        return true as const;
      }),
    run: async (first, count) => {
      const start = Date.now();
      const result = await answer(() => current!.run(first, count));
      if (!result.ok) return result;
      result.value.milliseconds = Date.now() - start;
      const { estimates, status, fallback, extra } = result.value;
      const buffers = [estimates, status, fallback, ...(extra ? [extra] : [])].map(
        (array) => array.buffer as ArrayBuffer,
      );
      return transfer(result, buffers);
    },
  };
}

/** The value of an answer. @throws PanelError the error it carries. */
export function answerValue<T>(answer: WorkerAnswer<T>): T {
  if (answer.ok) return answer.value;
  throw PanelError.fromJSON(answer.error);
}
