/** How fast this browser is: one model of the first study fitted and resampled, beside Node where somebody answers for it. */
import type { FitResult, FitSpec, PanelErrorFields } from '@gravpanel/panel';
import { SHIPPED } from '../../../generated/studies.ts';
import type { FitRequest } from '../../protocol.ts';
import { engineApi, errorFields } from '../engine.ts';

/** Column (4) of the belt-road study: the last one whose replicates are not mostly without a maximum, which cost hundreds of others. */
const FORMULA = 'collaboration ~ log(patent1) + log(patent2) + log(dist_km * wti) + in + re + gdp';
export const TOGETHER = 25;
export const REPS = 9999;
/** Over this a task of the main thread is told of by the browser, ms. */
export const LONG = 50;

/** fits: asked for in a row; alone: one at a time, with its way to the worker and back. */
export type Task = 'fits' | 'draws' | 'alone';
interface Plan {
  vcov: FitSpec['vcov'];
  /** How many at once, and how often that in a round. */
  times: number;
  repeats: number;
}
const PLANS: Record<Task, Plan> = {
  fits: { vcov: { type: 'cluster', by: [['partner']] }, times: TOGETHER, repeats: 3 },
  draws: { vcov: { type: 'bootstrap', reps: REPS, seed: 1 }, times: 1, repeats: 1 },
  alone: { vcov: { type: 'cluster', by: [['partner']] }, times: 1, repeats: 25 },
};
export const TASKS = Object.keys(PLANS) as Task[];

/** Seconds a request, and its estimates as they are. */
interface Measured {
  seconds: number;
  bits: string;
}
export interface Row {
  task: Task;
  rounds: number;
  page: number;
  /** Of the same rounds in Node, each first in every other one; the rate of the page over Node's; whether the estimates are the same. */
  node?: { seconds: number; ratio: number; same: boolean };
}

const median = (all: number[]) => [...all].sort((a, b) => a - b)[all.length >> 1];
const bitsOf = (fits: FitResult[]) =>
  JSON.stringify(fits.map((fit) => ('coefficients' in fit ? fit.coefficients.map((c) => [c.estimate, c.se]) : fit)));

export const workers = Math.max(1, navigator.hardwareConcurrency || 1);

async function requestOf({ vcov }: Plan): Promise<FitRequest> {
  const { files } = SHIPPED[0];
  const csv = await (await fetch(files['data/panel.csv'])).text();
  return {
    csv,
    name: 'panel',
    unit: ['partner'],
    time: 'year',
    spec: { id: 'fit', model: 'nb-fe', formula: FORMULA, lag: 1, vcov },
  };
}

async function inPage(request: FitRequest, times: number): Promise<Measured> {
  const start = performance.now();
  const answers = await Promise.all(Array.from({ length: times }, () => engineApi().fit(request, workers)));
  const seconds = (performance.now() - start) / 1000 / times;
  const [answer] = answers;
  if (!answer.ok) throw Object.assign(new Error(answer.error.message), { fields: answer.error });
  return { seconds, bits: bitsOf(answer.value) };
}

/** Asked of the server of this page: that of `bench/browser.mjs` answers, a static host does not. */
async function inNode(request: FitRequest, times: number): Promise<Measured> {
  const response = await fetch('node', { method: 'POST', body: JSON.stringify({ request, times, workers }) });
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
  const { seconds, fits } = (await response.json()) as { seconds: number; fits: FitResult[] };
  return { seconds, bits: bitsOf(fits) };
}

let rows = $state.raw<Row[]>([]);
let doing = $state.raw<{ task: Task; round: number }>();
let longest = $state<number>();
let problem = $state.raw<PanelErrorFields>();
let serial = 0;

export const speed = {
  get rows() {
    return rows;
  },
  get doing() {
    return doing;
  },
  /** Of the tasks of the main thread while it was measured, ms; 0 where none was over LONG; undefined where the browser does not say. */
  get longest() {
    return longest;
  },
  get problem() {
    return problem;
  },
};

async function measureTask(task: Task, rounds: number, withNode: boolean, goesOn: () => boolean): Promise<Row> {
  const plan = PLANS[task];
  const request = await requestOf(plan);
  const once = async (side: typeof inPage): Promise<Measured> => {
    const all: Measured[] = [];
    for (let i = 0; i < plan.repeats; i++) all.push(await side(request, plan.times));
    return { seconds: median(all.map(({ seconds }) => seconds)), bits: all[0].bits };
  };
  const sides = withNode ? [inPage, inNode] : [inPage];
  for (const side of sides) await side(request, plan.times);
  const page: Measured[] = [];
  const node: Measured[] = [];
  for (let round = 0; round < rounds && goesOn(); round++) {
    doing = { task, round: round + 1 };
    for (const side of round % 2 === 0 ? sides : sides.toReversed())
      (side === inPage ? page : node).push(await once(side));
  }
  const seconds = (all: Measured[]) => median(all.map((one) => one.seconds));
  return {
    task,
    rounds: page.length,
    page: seconds(page),
    ...(withNode && {
      node: {
        seconds: seconds(node),
        ratio: median(page.map((one, i) => node[i].seconds / one.seconds)),
        same: page.every((one, i) => one.bits === node[i].bits),
      },
    }),
  };
}

/** Measures each task in rounds; what is there already stays if it is stopped. */
export async function measure(rounds: number, withNode: boolean): Promise<void> {
  const mine = ++serial;
  const goesOn = () => mine === serial;
  rows = [];
  problem = undefined;
  longest = undefined;
  let most = 0;
  const tells = PerformanceObserver.supportedEntryTypes.includes('longtask');
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) most = Math.max(most, duration);
  });
  if (tells) observer.observe({ type: 'longtask' });
  try {
    for (const task of TASKS) {
      const row = await measureTask(task, rounds, withNode, goesOn);
      if (!goesOn()) return;
      rows = [...rows, row];
    }
    if (tells) longest = most;
  } catch (error) {
    if (goesOn()) problem = (error as { fields?: PanelErrorFields }).fields ?? errorFields(error);
  } finally {
    observer.disconnect();
    if (goesOn()) doing = undefined;
  }
}

export function stopMeasuring(): void {
  serial++;
  doing = undefined;
}
