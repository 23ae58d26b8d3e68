/** Parts of a specification as a study writes them: covariances, filters. */
import { PanelError } from './errors.ts';
import type { BootSpec, Study } from './study.ts';
import type { Like, ResampleSpec, VcovSpec } from './types.ts';

type StudyVcov = NonNullable<Study['vcov']>;

type ClusterKeys = { type: 'iid' | 'hc0' | 'hc1' | 'hc2' | 'hc3' | 'cluster'; by?: string[]; like?: Like };
type Given = { type: 'bootstrap' | 'jackknife' } & BootSpec;

/** Keys of a resampled vcov, with those of the study's boot where it has none. "a+b" and lists are two dimensions. */
export function resampleSpecOf(given: Given, boot: BootSpec = {}): ResampleSpec {
  const { by, ...rest } = { ...boot, ...given };
  const dimensions = by && [by].flat().flatMap((one) => one.split('+'));
  return { ...rest, ...(dimensions && { by: dimensions.map((columns) => columns.split('^')) }) };
}

/** "cluster:a+b^c" or the keys of a map → VcovSpec. @throws PanelError study/cluster-without-by. */
export function vcovOf(vcov: StudyVcov | undefined, boot?: BootSpec): { vcov: VcovSpec; like?: Like } {
  if (vcov === undefined) return { vcov: { type: 'iid' } };
  const given = typeof vcov === 'string' ? { type: vcov } : vcov;
  if (given.type === 'bootstrap' || given.type === 'jackknife') return { vcov: resampleSpecOf(given as Given, boot) };
  if (typeof vcov !== 'string') {
    const { type, by, like } = vcov as ClusterKeys;
    if (type !== 'cluster') return { vcov: { type }, ...(like && { like }) };
    if (!by)
      throw new PanelError({
        code: 'study/cluster-without-by',
        message: 'vcov of type cluster has no by; the columns that make the clusters were expected.',
        hint: 'Write vcov: { type: cluster, by: [unit] }.',
      });
    return { vcov: { type, by: by.map((columns) => columns.split('^')) }, ...(like && { like }) };
  }
  if (!vcov.startsWith('cluster:')) return { vcov: { type: vcov as 'iid' | 'hc0' | 'hc1' | 'hc2' | 'hc3' } };
  const by = vcov.slice('cluster:'.length).split('+');
  return { vcov: { type: 'cluster', by: by.map((columns) => columns.split('^')) } };
}

/** Both filters hold. */
export function bothFilters(a: string | undefined, b: string | undefined): string | undefined {
  return a && b ? `(${a}) and (${b})` : (a ?? b);
}
