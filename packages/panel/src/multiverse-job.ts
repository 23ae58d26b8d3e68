/** Estimated specifications → the one job whose replicates are whole curves. */
import { codeColumn, columnOf, combineCodes } from './column-read.ts';
import { PanelError } from './errors.ts';
import { DEFAULT_MAX_ITER } from './estimate.ts';
import type { StartedFit } from './fit.ts';
import { lagRows } from './lag.ts';
import type { PlannedCurve } from './multiverse-plan.ts';
import type { CurvePart, CurveReplicates } from './resample-curve.ts';
import type { ResampleJob } from './resample-job.ts';
import type { Design, Fit, Frame } from './types.ts';

/** Numbers that the parts of a job may hold together. */
const MOST_NUMBERS = 5e7;

interface Estimated {
  started?: StartedFit;
  fit?: Fit;
}
type Joint = NonNullable<PlannedCurve['joint']>;

const wrong = (code: string, message: string, hint: string) =>
  new PanelError({ code: `multiverse/${code}`, message, hint });

/** Code of each frame row by what is drawn whole: the columns named, the units, or the rows themselves. */
function drawnCodes(frame: Frame, joint: Joint): { name: string; codes: Int32Array } {
  const { by } = joint;
  if (by && by.length > 1)
    throw wrong(
      'several-dimensions',
      'joint.by names two dimensions; the bootstrap of a curve draws one.',
      'a^b combines two columns.',
    );
  if (by) {
    const coded = combineCodes(
      by[0].map((name) => codeColumn(columnOf(frame, name, 'joint.by'))),
      '^',
    );
    return { name: by[0].join('^'), codes: coded.codes };
  }
  const { panel } = frame;
  if (panel) return { name: panel.unit.join(' × '), codes: panel.unitOf };
  return { name: 'rows', codes: Int32Array.from({ length: frame.rows }, (_, row) => row) };
}

/** 0, 1, … in order of first appearance. */
function dense(codes: ArrayLike<number>): { codes: Int32Array; count: number; first: number[] } {
  const seen = new Map<number, number>();
  const first: number[] = [];
  const out = Int32Array.from(codes, (code) => {
    const known = seen.get(code);
    if (known !== undefined) return known;
    seen.set(code, seen.size);
    first.push(code);
    return seen.size - 1;
  });
  return { codes: out, count: seen.size, first };
}

const samePartition = (a: Int32Array, b: Int32Array) => {
  const [x, y] = [dense(a).codes, dense(b).codes];
  return x.every((code, i) => code === y[i]);
};

/** Which standard error of the core is the specification's own; undefined where only the path of a fit has it. */
function errorOf({ spec, clusters }: Design, drawn: Int32Array): 'iid' | 'cluster' | undefined {
  if (spec.vcov.type === 'iid') return 'iid';
  if (spec.vcov.type !== 'cluster' || clusters.length !== 1) return undefined;
  return samePartition(clusters[0].codes, drawn) ? 'cluster' : undefined;
}

function splitUnit({ groupStart, groups }: Design, codes: Int32Array, name: string): PanelError | undefined {
  for (let g = 0; groupStart && g + 1 < groupStart.length; g++)
    for (let i = groupStart[g] + 1; i < groupStart[g + 1]; i++)
      if (codes[i] !== codes[groupStart[g]])
        return new PanelError({
          code: 'vcov/split-unit',
          message: `Unit ${groups?.[g] ?? g + 1} has rows in several clusters of ${name}; the likelihood does not come apart within a unit.`,
          hint: 'Draw the unit, or something that contains whole units: joint.by.',
        });
  return undefined;
}

function bootstrapParts(frame: Frame, joint: Joint, all: Required<Estimated>[], of: string) {
  const { name, codes: every } = drawnCodes(frame, joint);
  const master = new Map<number, number>();
  const parts = all.map(({ started: { design, estimated }, fit }): CurvePart => {
    const own = Int32Array.from(design.rows, (row) => every[row]);
    if (own.some((code) => code < 0))
      throw wrong(
        'missing-cluster',
        `${name} is missing in rows that are used.`,
        'Draw a column without gaps: joint.by.',
      );
    if (estimated.model.grouped) {
      const split = splitUnit(design, own, name);
      if (split) throw split;
    }
    const { codes, count, first } = dense(own);
    for (const code of first) if (!master.has(code)) master.set(code, master.size);
    const column = design.terms.findIndex((term) => term.name === of);
    const se = estimated.model.key === 'ols-re' ? undefined : errorOf(design, codes);
    const factors = design.fixef.length > 0 && estimated.model.absorb ? design.fixef.map((one) => one.codes) : [];
    return {
      estimate: estimated.fit.coef[column],
      column,
      coef: estimated.fit.coef,
      clusters: { codes, count, of: Int32Array.from(first, (code) => master.get(code)!) },
      ...(se
        ? {
            refit: {
              kernel: estimated.model.kernel,
              ...(factors.length > 0 && { absorb: estimated.model.absorb }),
              problem: estimated.problem,
              factors,
              se,
              factor: fit.vcovInfo.factor,
            },
          }
        : { design }),
    };
  });
  if (master.size < 2)
    throw wrong(
      'one-cluster',
      `${name} has one cluster in the rows used; at least two were expected.`,
      'Draw a finer column: joint.by.',
    );
  return { name, clusters: master.size, curve: { parts, drawn: master.size } satisfies CurveReplicates };
}

/** "lngdp" or "l(lngdp, 2)": the column that the term is, and how many periods back. */
function variableOf(of: string, frame: Frame): { name: string; lag: number } {
  const found = /^l\(([^(),]+)(?:, ?(\d+))?\)$/.exec(of);
  const name = found ? found[1].trim() : of;
  if (Object.hasOwn(frame.columns, name) && frame.columns[name].kind === 'number')
    return { name, lag: found ? Number(found[2] ?? 1) : 0 };
  throw wrong(
    'not-a-column',
    `A permutation moves the values of a column; ${of} is made of several things.`,
    'Define the term under derive and name that column, or choose kind: bootstrap.',
  );
}

/** Classes of rows that may change places: strata of rows, or units with the same periods. */
function classesOf(frame: Frame, joint: Joint, pool: number[]): number[][][] {
  const { panel } = frame;
  const stratum = joint.within === undefined ? undefined : codeColumn(columnOf(frame, joint.within, 'joint.within'));
  const of = (row: number) => (stratum ? stratum.codes[row] : '');
  const groups = new Map<string, number[][]>();
  const put = (key: string, member: number[]) => groups.set(key, [...(groups.get(key) ?? []), member]);
  if (joint.move === 'rows' || !panel) {
    for (const row of pool) put(`${of(row)} ${stratum || !panel ? '' : panel.timeOf[row]}`, [row]);
    return [...groups.values()];
  }
  const units = new Map<number, number[]>();
  for (const row of pool) units.set(panel.unitOf[row], [...(units.get(panel.unitOf[row]) ?? []), row]);
  for (const rows of units.values()) put(rows.map((row) => `${panel.timeOf[row]} ${of(row)}`).join(), rows);
  return [...groups.values()];
}

function sourcesOf(
  frame: Frame,
  { design, fit }: { design: Design; fit: Fit },
  name: string,
  lag: number,
  column: number,
) {
  const back = lag + (fit.lag ?? 0);
  const from = back > 0 ? lagRows(frame.panel!, back) : undefined;
  const { values } = frame.columns[name] as { values: Float64Array };
  return Int32Array.from(design.rows, (row, i) => {
    const source = from ? from[row] : row;
    if (source >= 0 && values[source] === design.x[i * design.k + column]) return source;
    throw wrong('not-a-column', `The values of ${name} are not those of its column.`, 'Choose kind: bootstrap.');
  });
}

function permutationParts(frame: Frame, joint: Joint, all: Required<Estimated>[], of: string) {
  const { name, lag } = variableOf(of, frame);
  const { values } = frame.columns[name] as { values: Float64Array };
  const drafts = all.map(({ started: { design, estimated }, fit }) => {
    const column = design.terms.findIndex((term) => term.name === of);
    return { design, estimated, column, sources: sourcesOf(frame, { design, fit }, name, lag, column) };
  });
  const used = new Set(drafts.flatMap(({ sources }) => [...sources]));
  const order = frame.panel ? Array.from(frame.panel.order) : Array.from({ length: frame.rows }, (_, row) => row);
  const classes = classesOf(
    frame,
    joint,
    order.filter((row) => used.has(row)),
  );
  const differ = classes.some((members) =>
    members.some((rows) => rows.some((row, t) => values[row] !== values[members[0][t]])),
  );
  if (!differ) {
    const why =
      joint.move === 'rows'
        ? `${name} is the same in all rows that may change places.`
        : `No two units have the same periods and another history of ${name}.`;
    throw wrong('nothing-to-permute', why, 'Choose move: rows, or kind: bootstrap.');
  }
  const flat = classes.flat(2);
  const place = new Map(flat.map((row, i) => [row, i]));
  const parts = drafts.map(
    ({ design, estimated, column, sources }): CurvePart => ({
      estimate: estimated.fit.coef[column],
      column,
      coef: estimated.fit.coef,
      design: { ...design, notes: [], sample: { ...design.sample, dropped: [] } },
      source: sources.map((row) => place.get(row)!),
    }),
  );
  const still = classes.reduce((sum, members) => sum + (members.length === 1 ? members[0].length : 0), 0);
  const moved = {
    values: Float64Array.from(flat, (row) => values[row]),
    members: Int32Array.from(classes, (members) => members.length),
    lengths: Int32Array.from(classes, (members) => members[0].length),
  };
  const what = joint.move === 'rows' || !frame.panel ? 'rows' : `histories of ${frame.panel.unit.join(' × ')}`;
  const where = joint.within ?? (what === 'rows' && frame.panel ? frame.panel.time : undefined);
  return {
    name: where === undefined ? what : `${what} within ${where}`,
    clusters: still,
    curve: { parts, moved } satisfies CurveReplicates,
  };
}

const sizeOf = ({ parts }: CurveReplicates) =>
  parts.reduce((sum, { refit, design }) => sum + (refit?.problem.x.length ?? design!.x.length), 0);

/**
 * The joint test of a curve as one resampling job.
 * @throws PanelError multiverse/…, vcov/split-unit.
 */
export function curveJob(frame: Frame, { of, joint, id }: PlannedCurve, good: Estimated[]): ResampleJob {
  const all = good as Required<Estimated>[];
  const { name, clusters, curve } =
    joint!.kind === 'permutation' ? permutationParts(frame, joint!, all, of) : bootstrapParts(frame, joint!, all, of);
  if (sizeOf(curve) > MOST_NUMBERS || all.length * joint!.reps > MOST_NUMBERS)
    throw wrong(
      'too-large',
      `${all.length} specifications of this table take more memory than the joint test may have.`,
      'Declare fewer choices or fewer reps, or joint: none.',
    );
  const none = new Float64Array(0);
  return {
    scheme: joint!.kind === 'permutation' ? 'permutation' : 'pairs',
    kernel: 'ols',
    problem: { n: 0, k: 0, y: none, x: none },
    factors: [],
    coef: none,
    bread: none,
    eta: none,
    reported: Int32Array.from(all, (_, s) => s),
    names: all.map((_, s) => `${id} ${s + 1}`),
    clusters: [{ name, codes: new Int32Array(0), count: clusters }],
    reps: joint!.reps,
    seed: joint!.seed,
    method: 'exact',
    points: 'rademacher',
    studentise: true,
    spread: 1,
    maxIter: DEFAULT_MAX_ITER,
    curve,
  };
}
