/** The identity of a job: the hash of everything that its replicates depend on, data, formula, number and seed among them. */
import { packRecord, type ResampleJob } from '@gravpanel/panel';
import { hashOf } from './files.ts';

const keys = new WeakMap<ResampleJob, string>();
export function jobKey(job: ResampleJob): string {
  const known = keys.get(job) ?? hashOf(packRecord(job));
  keys.set(job, known);
  return known;
}
