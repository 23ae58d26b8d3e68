/** Standard errors as a form picks them apart, and as a study writes them: the shortest way that says all. */
import type { Study } from '@gravpanel/panel';

type Vcov = NonNullable<Study['vcov']>;

export interface VcovParts {
  type: string;
  /** One entry a dimension; "a^b" combines columns. */
  by: string[];
  like?: string;
  reps?: number;
  seed?: number;
  /** Keys that the form does not edit. */
  rest: Record<string, unknown>;
}

export function vcovParts(vcov: Vcov): VcovParts {
  if (typeof vcov === 'string') {
    const [, by] = /^cluster:(.+)$/.exec(vcov) ?? [];
    return by
      ? { type: 'cluster', by: by.split('+').map((one) => one.trim()), rest: {} }
      : { type: vcov, by: [], rest: {} };
  }
  const { type, by, like, reps, seed, ...rest } = vcov as Record<string, unknown>;
  return {
    type: String(type),
    by: by === undefined ? [] : [by].flat().map(String),
    ...(typeof like === 'string' && { like }),
    ...(typeof reps === 'number' && { reps }),
    ...(typeof seed === 'number' && { seed }),
    rest,
  };
}

export function vcovOf({ type, by, like, reps, seed, rest }: VcovParts): Vcov {
  const extra = {
    ...(like && { like }),
    ...(reps !== undefined && { reps }),
    ...(seed !== undefined && { seed }),
    ...rest,
  };
  if (Object.keys(extra).length === 0 && by.length === 0) return type as Vcov;
  if (type === 'cluster' && Object.keys(extra).length === 0) return `cluster:${by.join('+')}` as Vcov;
  return { type, ...(by.length > 0 && { by }), ...extra } as Vcov;
}
