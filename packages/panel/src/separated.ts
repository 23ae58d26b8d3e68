/**
 * Rows that a combination of regressors (and effects) predicts to be 0 perfectly: they say nothing about the other coefficients,
 * and no maximum is finite with them (Correia, Guimarães and Zylkin 2019).
 */
import type { Kernels } from '@gravpanel/core-wasm';
import { dropCollinear, packed } from './collinear.ts';
import { termInfo } from './design.ts';
import { count } from './format.ts';
import { modelOf } from './models/index.ts';
import type { Design, DropReason, FixefFactor, Note, SampleLog } from './types.ts';

const pick = (values: Float64Array | undefined, at: Int32Array) => values && Float64Array.from(at, (i) => values[i]);

/** Codes of the rows kept, numbered anew; levels without a row leave. */
function recoded(codes: Int32Array, levels: number, at: Int32Array): { codes: Int32Array; kept: number[] } {
  const used = new Uint8Array(levels);
  for (const i of at) used[codes[i]] = 1;
  const kept = [...used.keys()].filter((level) => used[level] === 1);
  const number = new Int32Array(levels);
  kept.forEach((level, code) => {
    number[level] = code;
  });
  return { codes: Int32Array.from(at, (i) => number[codes[i]]), kept };
}

function factorAt({ name, codes, levels }: FixefFactor, at: Int32Array): FixefFactor {
  const { codes: fresh, kept } = recoded(codes, levels.length, at);
  return { name, codes: fresh, levels: kept.map((level) => levels[level]) };
}

function codedAt<T extends { codes: Int32Array; count: number }>(one: T, at: Int32Array): T {
  const { codes, kept } = recoded(one.codes, one.count, at);
  return { ...one, codes, count: kept.length };
}

/** Boundaries of the groups that keep a row, and the labels of those that keep one and of those that do not. */
function groupsAt({ groupStart, groups }: Design, gone: Uint8Array) {
  if (!groupStart || !groups) return undefined;
  const start = [0];
  const labels: string[] = [];
  const lost: string[] = [];
  groups.forEach((label, g) => {
    let rows = 0;
    for (let i = groupStart[g]; i < groupStart[g + 1]; i++) if (gone[i] === 0) rows++;
    if (rows === 0) lost.push(label);
    else {
      labels.push(label);
      start.push(start.at(-1)! + rows);
    }
  });
  return { groupStart: Int32Array.from(start), groups: labels, lost };
}

/** Every line is listed, not the first few only: nothing but the fit says which rows are separated, and exported scripts need them. */
function sampleWithout(sample: SampleLog, rows: number, lines: number[], units: string[] | undefined): SampleLog {
  const reason: DropReason = {
    reason: 'separated',
    rows,
    ...(units?.length && { groups: units }),
    lines,
  };
  return {
    ...sample,
    used: sample.used - rows,
    ...(sample.unitsUsed !== undefined && { unitsUsed: sample.unitsUsed - (units?.length ?? 0) }),
    dropped: [...sample.dropped, reason],
  };
}

/** The reasons of the rows, with that of those that go now. */
function lostWith({ lost, rows }: Design, gone: number[]): Pick<Design, 'lost'> {
  if (!lost) return {};
  const codes = lost.codes.slice();
  for (const i of gone) codes[rows[i]] = lost.reasons.length + 1;
  return { lost: { codes, reasons: [...lost.reasons, 'separated'] } };
}

const said = (rows: number): Note => ({
  code: 'separated',
  message: `${count(rows)} ${rows === 1 ? 'row is' : 'rows are'} separated: a combination of regressors or effects predicts ${rows === 1 ? 'its 0' : 'their zeros'} perfectly. Left out, as ${rows === 1 ? 'it says' : 'they say'} nothing about the other coefficients.`,
});

/** The design on the rows whose flag is 0, without the columns that are spanned there. @param gone n flags, some of them 0. */
function designWithout(design: Design, gone: Uint8Array, kernels: Kernels): Design {
  const { n, k, x, terms, hasIntercept, strata } = design;
  const at = Int32Array.from([...gone.keys()].filter((i) => gone[i] === 0));
  const out = [...gone.keys()].filter((i) => gone[i] === 1);
  const fixef = design.fixef.map((factor) => factorAt(factor, at));
  const groups = groupsAt(design, gone);
  const weights = pick(design.weights, at);
  const offset = pick(design.offset, at);
  const lead = hasIntercept ? 1 : 0;
  const columns = terms.slice(lead).map(({ name, variables }, j) => ({
    ...{ name, variables, baseline: false },
    values: Float64Array.from(at, (i) => x[i * k + lead + j]),
  }));
  const kept = dropCollinear(columns, fixef, hasIntercept, at.length, kernels, weights);
  const constant = hasIntercept ? [{ ...terms[0], values: new Float64Array(at.length).fill(1), baseline: false }] : [];
  const all = [...constant, ...kept.columns];
  return {
    ...design,
    n: at.length,
    k: all.length,
    y: pick(design.y, at)!,
    x: packed(
      all.map(({ values }) => values),
      at.length,
    ),
    terms: all.map((one) => termInfo(one, groups?.groupStart)),
    collinear: [...design.collinear, ...kept.collinear],
    leftOut: [...(design.leftOut ?? []), ...kept.leftOut],
    ...(offset && { offset }),
    ...(weights && { weights }),
    fixef,
    rows: Int32Array.from(at, (i) => design.rows[i]),
    ...(groups && { groupStart: groups.groupStart, groups: groups.groups }),
    clusters: design.clusters.map((cluster) => codedAt(cluster, at)),
    ...(design.times && { times: pick(design.times, at)! }),
    ...(strata && { strata: codedAt(strata, at) }),
    lines: Int32Array.from(at, (i) => design.lines[i]),
    ...lostWith(design, out),
    sample: sampleWithout(
      design.sample,
      n - at.length,
      out.map((i) => design.lines[i]),
      groups?.lost,
    ),
    notes: [
      ...design.notes,
      said(n - at.length),
      ...kept.notes.map(({ code, message }) => ({
        code,
        message: message.replace(/\.$/, ' in the rows that are left.'),
      })),
    ],
  };
}

/**
 * The design without its separated rows, found by the iterative rectifier; undefined where the model is none of those that
 * leave them out, where no row is separated, and where all are.
 */
export function withoutSeparated(design: Design, kernels: Kernels): Design | undefined {
  if (!modelOf(design.spec.model).leavesSeparated || !design.y.includes(0)) return undefined;
  const { n, k, x, y, offset, weights, fixef } = design;
  const factors = fixef.map(({ codes }) => codes);
  const problem = { n, k, x, y, factors, ...(offset && { offset }), ...(weights && { weights }) };
  const { separated, count: rows } = kernels.separation(problem);
  return rows > 0 && rows < n ? designWithout(design, separated, kernels) : undefined;
}
