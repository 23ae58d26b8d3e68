/** Digits of gravpanel and of its peers against certified values: the rows of docs/accuracy.md. Test code only. */
import type { Kernels } from '@gravpanel/core-wasm';
import {
  type Certified,
  type CertifiedFit,
  certified,
  digits,
  fixtureJson,
  fixtureText,
} from '@gravpanel/test-fixtures';
import { fitSpec } from '../src/fit.ts';
import { setPanel } from '../src/frame.ts';
import { readTable } from '../src/table-read.ts';
import type { Fit, FitSpec, Frame, ModelKey, VcovSpec } from '../src/types.ts';

/** One result of an R tool (test-fixtures/peers/matrix.R). */
export interface Peer {
  data: string;
  model: string;
  tool: string;
  terms: string[];
  coef: (number | null)[];
  se: (number | null)[] | null;
  cluster: (number | null)[] | null;
  loglik: number | null;
  note: string;
  error?: string;
}
export interface Matrix {
  date: string;
  R: string;
  packages: Record<string, string>;
  results: Peer[];
}
export const matrix = () => fixtureJson<Matrix>('peers', 'matrix.json');

/** Fewest correct digits, rounded down; undefined where there is nothing to compare. */
export interface Row {
  data: string;
  model: string;
  tool: string;
  coef?: number;
  se?: number;
  cluster?: number;
  loglik?: number;
  /** What the tool said instead of an estimate, or the log-likelihood that it printed where that is impossible. */
  remark?: string;
}

/** What is certified of one fit, by term. */
export interface Target {
  data: string;
  model: string;
  params: string[];
  coef: number[];
  se: number[];
  cluster?: number[];
  loglik?: number;
}

interface CertifiedOls {
  params: string[];
  coef: number[];
  se: number[];
  se_cluster_group_raw: number[];
  lnL: number;
}
interface CertifiedPpml {
  names: string[];
  coef: number[];
  se_oim: number[];
  se_cluster_pair_raw: number[];
  lnL: number;
}
interface Nist {
  y: number[];
  x: number[][];
  coef: number[];
  se: number[];
}

const MODELS: [ModelKey, 'fe_nb' | 're_nb' | 'nb2' | 'nb1' | 'pois' | 're_pois'][] = [
  ['nb-fe', 'fe_nb'],
  ['nb-re', 're_nb'],
  ['nb2', 'nb2'],
  ['nb1', 'nb1'],
  ['poisson', 'pois'],
  ['poisson-re', 're_pois'],
];

const MOST = 15;
export const whole = (value: number) => Math.min(MOST, Math.floor(value));

/** Fewest digits over the terms certified; a missing number counts 0. */
function fewest(found: ArrayLike<number | null>, want: number[]): number {
  return whole(Math.min(...want.map((v, i) => digits(found[i] ?? Number.NaN, v))));
}

function frameOf(set: Certified, name: string): Frame {
  const lines = fixtureText('data', set.csv).trim().split(/\r?\n/);
  const text = name === 'ships' ? lines.map((line, i) => `${line},${i === 0 ? 'row' : i}`) : lines;
  return setPanel(readTable(`${text.join('\n')}\n`, { name: set.csv }), [set.group], name === 'ships' ? 'row' : 'year');
}

function fitted(frame: Frame, spec: Omit<FitSpec, 'id'>, kernels: Kernels): Fit {
  const [result] = fitSpec(frame, { id: 'fit', ...spec }, kernels);
  if ('failed' in result) throw new Error(`${spec.formula}: ${result.error.code} ${result.error.message}`);
  return result;
}

/** Without a core there are only the peers' rows. */
type Core = Kernels | undefined;

/** Digits of one fit: coefficients and the log-likelihood, SEs under iid and under clusters, without small-sample factor. */
function ownRow(target: Target, frame: Frame, spec: Omit<FitSpec, 'id' | 'vcov'>, by: string, kernels: Core): Row[] {
  if (!kernels) return [];
  const { data, model, params, coef, se, cluster, loglik } = target;
  const run = (vcov: VcovSpec) => fitted(frame, { ...spec, vcov }, kernels);
  const plain = run({ type: 'iid' });
  const order = (fit: Fit, pick: (c: Fit['coefficients'][number]) => number) =>
    params.map((term) => pick(fit.coefficients.find((c) => c.term === term)!));
  const row: Row = {
    data,
    model,
    tool: 'gravpanel',
    coef: fewest(
      order(plain, (c) => c.estimate),
      coef,
    ),
  };
  row.se = fewest(
    order(plain, (c) => c.se),
    se,
  );
  if (cluster) {
    const fit = run({ type: 'cluster', by: by.split('+').map((part) => part.split('^')) });
    const factor = Math.sqrt(fit.vcovInfo.factor);
    row.cluster = fewest(
      order(fit, (c) => c.se / factor),
      cluster,
    );
  }
  if (loglik !== undefined) row.loglik = whole(digits(plain.loglik, loglik));
  return [row];
}

function peerRow(target: Target, peer: Peer): Row {
  const { data, model, params, coef, se, cluster, loglik } = target;
  const { tool, error } = peer;
  if (error) return { data, model, tool, remark: `fails: ${error.trim()}` };
  const order = (values: (number | null)[]) => params.map((term) => values[peer.terms.indexOf(term)]);
  const row: Row = { data, model, tool, coef: fewest(order(peer.coef), coef) };
  if (peer.se) row.se = fewest(order(peer.se), se);
  if (peer.cluster && cluster) row.cluster = fewest(order(peer.cluster), cluster);
  if (peer.loglik !== null && loglik !== undefined) {
    row.loglik = whole(digits(peer.loglik, loglik));
    if (peer.loglik > 0)
      row.remark = `log-likelihood +${Math.round(peer.loglik).toLocaleString('en')}, “${peer.note.trim()}”`;
  }
  return row;
}

const peersOf = (peers: Peer[], target: Target) =>
  peers
    .filter(({ data, model }) => data === target.data && model === target.model)
    .map((peer) => peerRow(target, peer));

/** Auxiliary parameters stand last in a certificate; here only the coefficients count. */
function targetOf(data: string, model: string, fit: CertifiedFit): Target {
  const { params, coef, se_oim, se_cluster_group_raw, lnL } = fit;
  const k = params.filter((term) => !term.startsWith('ln_')).length;
  const cut = <T>(values: T[]) => values.slice(0, k);
  return {
    ...{ data, model, params: cut(params), coef: cut(coef), se: cut(se_oim) },
    ...{ cluster: cut(se_cluster_group_raw), loglik: lnL },
  };
}

/** Count models on the certified panels. */
export function countRows(kernels: Core, peers: Peer[]): Row[] {
  const gamma = fixtureJson<Record<string, { re_pois: CertifiedFit }>>('certified', 'certified_poisson_re.json');
  return Object.entries(certified()).flatMap(([name, set]) => {
    const frame = frameOf(set, name);
    const offset = set.offset ? { offset: set.offset } : {};
    const formula = `${set.y} ~ ${set.regressors.join(' + ')}`;
    const rows = MODELS.flatMap(([model, key]) => {
      const target = targetOf(name, model, { ...set, ...gamma[name] }[key]);
      return [...ownRow(target, frame, { model, formula, ...offset }, set.group, kernels), ...peersOf(peers, target)];
    });
    if (!set.fe_pois) return rows;
    const target = targetOf(name, 'poisson | unit', set.fe_pois);
    const within = `${set.y} ~ ${target.params.join(' + ')} | ${set.group}`;
    // the certified log-likelihood is the conditional one, ours that with dummies: a constant of the data between them
    const own = ownRow(
      { ...target, loglik: undefined },
      frame,
      { model: 'poisson', formula: within, ...offset },
      set.group,
      kernels,
    );
    return [...rows, ...own, ...peersOf(peers, target)];
  });
}

/** Least squares on the certified panels, pooled and within units. */
export function olsRows(kernels: Core, peers: Peer[]): Row[] {
  const all = fixtureJson<Record<string, { ols: CertifiedOls; unit: CertifiedOls }>>('certified', 'certified_ols.json');
  return Object.entries(all).flatMap(([name, { ols, unit }]) => {
    const set = certified()[name];
    const frame = frameOf(set, name);
    return (
      [
        ['ols', ols, ''],
        ['ols | unit', unit, ` | ${set.group}`],
      ] as const
    ).flatMap(([model, { params, coef, se, se_cluster_group_raw: cluster, lnL }, effects]) => {
      const target: Target = { data: name, model, params, coef, se, cluster, loglik: lnL };
      const terms = params.filter((term) => term !== '(Intercept)').join(' + ');
      const spec = { model: 'ols' as const, formula: `${set.y} ~ ${terms}${effects}` };
      return [...ownRow(target, frame, spec, set.group, kernels), ...peersOf(peers, target)];
    });
  });
}

/** PPML with two and four effects. */
export function ppmlRows(kernels: Core, peers: Peer[]): Row[] {
  const all = fixtureJson<Record<string, CertifiedPpml>>('certified', 'certified_multi.json');
  const fta = 'trade ~ ln_distw + contig + colony + comlang_off + comleg + fta | isoimp^year + isoexp^year';
  const specs: Record<string, { csv: string; formula: string; where?: string; by: string }> = {
    'trade/ppml_2fe': { csv: 'trade.csv', formula: 'Euros ~ ldist | Origin + Destination', by: 'Origin^Destination' },
    'trade/ppml_4fe': {
      csv: 'trade.csv',
      formula: 'Euros ~ ldist | Origin + Destination + Product + Year',
      by: 'Origin^Destination',
    },
    'trade_fta/ppml_2fe_gravity': {
      csv: 'trade_fta.csv',
      formula: fta,
      where: 'category == "TOTAL"',
      by: 'isoimp^isoexp',
    },
  };
  return Object.entries(all).flatMap(([name, { names, coef, se_oim, se_cluster_pair_raw, lnL }]) => {
    const { csv, formula, where, by } = specs[name];
    const frame = readTable(fixtureText('data', csv), { name: csv });
    const target: Target = {
      ...{ data: name, model: 'poisson', params: names, coef },
      ...{ se: se_oim, cluster: se_cluster_pair_raw, loglik: lnL },
    };
    const own = ownRow(target, frame, { model: 'poisson', formula, ...(where && { where }) }, by, kernels);
    return [...own, ...peersOf(peers, target)];
  });
}

/** NIST StRD, the regressors as columns of numbers. */
export function nistRows(kernels: Core, peers: Peer[]): Row[] {
  return Object.entries(fixtureJson<Record<string, Nist>>('certified', 'nist.json')).flatMap(([name, set]) => {
    const params = set.coef.map((_, j) => `b${j}`);
    const lines = set.y.map((y, i) => [y, ...set.x[i]].join());
    const frame = readTable(`${['y', ...params].join()}\n${lines.join('\n')}\n`, { name });
    const target: Target = { data: name, model: 'ols', params, coef: set.coef, se: set.se };
    const own = ownRow(target, frame, { model: 'ols', formula: `y ~ 0 + ${params.join(' + ')}` }, '', kernels);
    return [...own, ...peersOf(peers, target)];
  });
}
