/** Exit codes of interface.md, and which of them an error code means. */
import type { PanelErrorFields } from '@gravpanel/panel';

export const EXIT = {
  ok: 0,
  internal: 1,
  usage: 2,
  data: 3,
  notConverged: 4,
  differences: 5,
  incomplete: 6,
  interrupted: 130,
} as const;

/** `fit/…` errors that are about the data handed over, not about the search for the maximum. */
const DATA_FITS = new Set(['fit/too-few-rows', 'fit/no-rows', 'fit/no-terms']);

/** What a caller learns from the exit code: usage (2), data or study (3), estimation (4), a defect (1). */
export function exitCodeOf({ code, at }: PanelErrorFields): number {
  const area = code.split('/')[0];
  if (area === 'internal') return EXIT.internal;
  // An option that one specification of a curve cannot use was written in the study, not on the command line.
  if (area === 'model' && at?.pointer?.startsWith('/multiverse/')) return EXIT.data;
  if (area === 'usage' || area === 'output' || area === 'model' || area === 'readings') return EXIT.usage;
  if (area === 'shards') return EXIT.incomplete;
  if (code === 'multiverse/too-many-failed' || code === 'resample/too-many-failed' || code === 'resample/worker-died')
    return EXIT.notConverged;
  // A country that cannot be read: an argument where a flag named it, data where a file did.
  if (area === 'country' && at?.file?.startsWith('--')) return EXIT.usage;
  if (area === 'fit') return DATA_FITS.has(code) ? EXIT.data : EXIT.notConverged;
  // A formula or filter that cannot be parsed is an argument that cannot be read; in a study it is the study.
  if (code.endsWith('/syntax') && at?.line === undefined) return EXIT.usage;
  return EXIT.data;
}

/** The exit code for several failed columns: data errors say more than failed searches. */
export function exitCodeOfAll(errors: PanelErrorFields[]): number {
  const codes = errors.map(exitCodeOf);
  return [EXIT.internal, EXIT.usage, EXIT.data, EXIT.notConverged].find((code) => codes.includes(code)) ?? EXIT.ok;
}
