/** Designs straight from a fixture file, without the data layer: for tests of estimation and inference alone. */
import { certified, fixtureText } from '@gravpanel/test-fixtures';
import type { Design, FitSpec, FixefFactor, ModelKey, VcovSpec } from '../src/types.ts';

/** Columns of a plain CSV fixture without quotes. */
export function columnsOf(csv: string): Record<string, string[]> {
  const [head, ...rows] = fixtureText('data', csv)
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(','));
  return Object.fromEntries(head.map((name, j) => [name, rows.map((row) => row[j])]));
}

export interface DesignOptions {
  vcov?: VcovSpec;
  like?: FitSpec['like'];
  /** Column names after "|". */
  fixef?: string[];
  clusters?: string[];
  intercept?: boolean;
  weights?: Float64Array;
}

const codesOf = (values: string[]) => {
  const levels = [...new Set(values)];
  return { levels, codes: Int32Array.from(values, (v) => levels.indexOf(v)) };
};

/** Design of a certified data set; grouped models and unit effects lose all-zero and one-row groups, as the data layer drops them. */
export function designOf(name: string, model: ModelKey, o: DesignOptions = {}): Design {
  const set = certified()[name];
  const file = columnsOf(set.csv);
  const group = file[set.group];
  const fixef = o.fixef ?? [];
  const totals = new Map<string, { rows: number; sum: number }>();
  group.forEach((g, i) => {
    const t = totals.get(g) ?? { rows: 0, sum: 0 };
    totals.set(g, { rows: t.rows + 1, sum: t.sum + Number(file[set.y][i]) });
  });
  const drops = model === 'nb-fe' || (fixef.includes(set.group) && model !== 'ols');
  const informative = (g: string) => !drops || (totals.get(g)!.sum > 0 && totals.get(g)!.rows > 1);
  const order = [...totals.keys()];
  const rows = group
    .map((_, i) => i)
    .filter((i) => informative(group[i]))
    .sort((a, b) => order.indexOf(group[a]) - order.indexOf(group[b]) || a - b);
  const used = [...new Set(rows.map((i) => group[i]))];
  const intercept = o.intercept ?? !(fixef.length > 0);
  const terms = [
    ...(intercept ? ['(Intercept)'] : []),
    ...(fixef.length > 0 ? (set.fe_poisson_regressors ?? []) : set.regressors),
  ];
  const n = rows.length;
  const k = terms.length;
  const pick = (column: string) => Float64Array.from(rows, (i) => Number(file[column][i]));
  const x = new Float64Array(n * k);
  terms.forEach((term, j) => {
    const values = term === '(Intercept)' ? new Float64Array(n).fill(1) : pick(term);
    for (let i = 0; i < n; i++) x[i * k + j] = values[i];
  });
  const starts = used.map((g) => rows.findIndex((i) => group[i] === g));
  return {
    spec: {
      id: 'fit',
      model,
      formula: `${set.y} ~ ${terms.slice(1).join(' + ')}`,
      vcov: o.vcov ?? { type: 'iid' },
      like: o.like,
    },
    formula: `${set.y} ~ ${terms.slice(1).join(' + ')}`,
    depvar: set.y,
    sampleName: '',
    n,
    k,
    y: pick(set.y),
    x,
    terms: terms.map((term) => ({
      name: term,
      variables: term === '(Intercept)' ? [] : [term],
      within: term !== '(Intercept)',
    })),
    collinear: [],
    hasIntercept: intercept,
    ...(set.offset && { offset: pick(set.offset) }),
    ...(o.weights && { weights: o.weights }),
    fixef: fixef.map((column): FixefFactor => ({ name: column, ...codesOf(rows.map((i) => file[column][i])) })),
    lines: Int32Array.from({ length: n }, (_, i) => i + 2),
    rows: Int32Array.from(rows),
    groupStart: Int32Array.from([...starts, n]),
    groups: used,
    clusters: (o.clusters ?? []).map((column) => {
      const cell = (i: number) =>
        column
          .split('^')
          .map((name) => file[name][i])
          .join('^');
      const { codes, levels } = codesOf(rows.map(cell));
      return { name: column, codes, count: levels.length };
    }),
    sample: { rows: group.length, used: n, units: totals.size, unitsUsed: used.length, dropped: [] },
    notes: [],
  };
}
