/** Replicates of jobs that are no column's covariance: on the pool, with one progress over them, and where asked for a checkpoint. */
import { type JobRunner, PanelError } from '@gravpanel/panel';
import { jobHash } from './checkpoint.ts';
import { jobOf, mergedDraws, openPlan } from './plan-folder.ts';
import { type RunnerOptions, runJob } from './resample-runner.ts';

export function jobRunner(o: RunnerOptions): JobRunner {
  return async (job, label) => {
    const { draws } = await runJob(job, label, o);
    o.progress.end();
    return draws;
  };
}

/** The replicates that the shards of a plan hold. @throws PanelError plan/…, shards/incomplete. */
export function plannedRunner(folder: string): JobRunner {
  const { manifest } = openPlan(folder, 'multiverse');
  const jobs = manifest.jobs.map((_, i) => jobOf(folder, manifest, i));
  const hashes = jobs.map(jobHash);
  const draws = mergedDraws(folder, manifest, jobs);
  return async (job, label) => {
    const at = hashes.indexOf(jobHash(job));
    if (at >= 0) return draws[at];
    throw new PanelError({
      code: 'plan/changed',
      message: `"${folder}" was planned from other data, another study or other settings: it has no replicates of ${label}.`,
      hint: 'Give the study, -B, --seed and --kind that the plan was made with.',
      at: { file: folder },
    });
  };
}
