/** A specification whose standard errors come from replicates, on all cores. */
import type { Kernels } from '@gravpanel/core-wasm';
import { type Estimation, estimateSpecWith, type Failure, type FitSpec, type Frame } from '@gravpanel/panel';
import { drawProgress } from './draw-progress.ts';
import type { DrawnColumn } from './draws-file.ts';
import { nodePool, threadsOf } from './node-pool.ts';
import { resampleRunner } from './resample-runner.ts';

/** As estimateSpec; `drawn` gets the replicates of each column. */
export async function fitResampled(
  frame: Frame,
  spec: FitSpec,
  kernels: Kernels,
  o: { threads?: number; quiet: boolean; color: boolean },
  drawn: DrawnColumn[],
): Promise<(Estimation | Failure)[]> {
  const pool = nodePool(threadsOf(o.threads));
  const progress = drawProgress(process.stderr, o);
  try {
    const onDone = (job: DrawnColumn['job'], draws: DrawnColumn['draws']) =>
      drawn.push({ column: String(drawn.length + 1), job, draws });
    const say = (text: string) => process.stderr.write(text);
    const runner = resampleRunner({ kernels, pool, progress, onDone, ...(!o.quiet && { say }) });
    return await estimateSpecWith(frame, spec, kernels, runner);
  } finally {
    progress.end();
    pool.stop();
  }
}
