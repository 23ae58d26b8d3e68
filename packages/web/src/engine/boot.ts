/** The bootstrap of one column of a study, to be held, stopped and gone on with. */
import type { Kernels } from '@gravpanel/core-wasm';
import {
  bootstrapFigure,
  bootTable,
  type Design,
  type Draws,
  deriveStudy,
  designsOf,
  type Fit,
  type FitSpec,
  type Frame,
  fitDesignWith,
  isFit,
  PanelError,
  type Pool,
  packRecord,
  placedError,
  planStudy,
  type ResampleJob,
  resampleSpecOf,
  type Study,
  type StudySource,
  startFit,
} from '@gravpanel/panel';
import type { BootEvent, BootRequest, BootView } from '../protocol.ts';
import { hashOf } from './files.ts';
import { jobKey } from './job-key.ts';
import { type LiveDraws, liveDraws } from './live-draws.ts';
import { type DrawStore, poolRunner } from './pool.ts';
import { tableView } from './views.ts';

/** Events at most this often, ms. */
const OFTEN = 250;

export interface OpenedStudy {
  study: Study;
  source: StudySource;
  frame: Frame;
}

/** The design of one column, as the study has it or with what `change` makes of its specification. @throws PanelError study/…, fit/… */
export function columnDesign(
  { study, source, frame }: OpenedStudy,
  model: string,
  column: number,
  kernels: Kernels,
  change: (spec: FitSpec) => FitSpec = (spec) => spec,
): Design {
  const planned = planStudy(study, source).models.find(({ id }) => id === model);
  if (!planned)
    throw new PanelError({ code: 'study/unknown-model', message: `"${model}" is not one of the study's models.` });
  const spec = change(planned.spec);
  const design = designsOf(study, deriveStudy(study, frame, source), spec, kernels, source)[column - 1];
  if (!design) throw new PanelError({ code: 'study/unknown-column', message: `${model} has no column ${column}.` });
  if ('failed' in design) throw new PanelError(placedError(design.error, model, study, source));
  return design;
}

/** The design of one column with the resampled covariance that is asked for. */
export const bootDesign = (opened: OpenedStudy, { model, column, reps, seed }: BootRequest, kernels: Kernels): Design =>
  columnDesign(opened, model, column, kernels, ({ like: _like, ...spec }) => ({
    ...spec,
    vcov: { ...resampleSpecOf({ type: 'bootstrap' }, opened.study.boot), reps, seed },
  }));

const columnOf = (draws: Draws, j: number, r: number) =>
  Array.from({ length: draws.count }, (_, i) => draws.estimates[i * r + j]);

/** The constant and dummies are not drawn. */
const isShown = (term: string) => term !== '(Intercept)' && !term.includes('::');

function figureOf(fit: Fit, job: ResampleJob, draws: Draws, study: Study, title: string) {
  const r = job.reported.length;
  const { intervals } = fit.resampling!;
  const shown = fit.coefficients.map((c, j) => ({ c, j })).filter(({ c }) => isShown(c.term));
  const records = shown.map(({ c, j }) => ({
    term: c.term,
    estimate: c.estimate,
    draws: columnOf(draws, j, r),
    within: c.within,
    intervals: {
      ...(intervals.percentile && { percentile: intervals.percentile[j] }),
      'from the standard error': [c.lower, c.upper] as const,
    },
  }));
  return bootstrapFigure(records, { id: 'bootstrap', title, ...(study.variables && { variables: study.variables }) });
}

/** What was drawn, without how long it took. */
const drawn = ({ count, estimates, status, extra }: Draws) => ({ count, estimates, status, ...(extra && { extra }) });

export async function runBoot(
  opened: OpenedStudy,
  request: BootRequest,
  {
    kernels,
    pool,
    store,
    onEvent,
  }: { kernels: Kernels; pool: Pool; store: DrawStore; onEvent: (event: BootEvent) => void },
): Promise<BootView> {
  const start = performance.now();
  const design = bootDesign(opened, request, kernels);
  let last = -Infinity;
  let main: { job: ResampleJob; draws: Draws } | undefined;
  const jobs: ResampleJob[] = [];
  const terms = new Set(design.terms.map(({ name }) => name));
  let live: LiveDraws | undefined;
  const runner = poolRunner(pool, kernels, {
    store,
    onChunk: (chunk, draws, job, key) => {
      if (key !== 'main') return;
      live ??= liveDraws(job, (name) => terms.has(name) && isShown(name), opened.study.level ?? 0.95);
      live.add(chunk, draws);
    },
    onDraws: ({ done, total, fresh }, _, job) => {
      if (!jobs.includes(job)) jobs.push(job);
      if (job !== jobs[0]) return;
      const now = performance.now();
      if (now - last < OFTEN && done < total) return;
      last = now;
      const rate = fresh / Math.max(1e-3, (now - start) / 1000);
      const shown = live?.now();
      onEvent({ done, total, rate, left: rate > 0 ? (total - done) / rate : undefined, ...(shown && { live: shown }) });
    },
    onDone: (job, draws) => {
      main = { job, draws };
    },
  });
  const fit = await fitDesignWith(design, kernels, runner);
  if (!isFit(fit)) throw new PanelError(fit.error);
  const { study } = opened;
  const title = `Replicates of ${request.model}, column (${request.column})`;
  const table = {
    ...bootTable({ model: request.model, column: request.column, fit }, study.variables),
    id: 'boot',
    title,
  };
  const figure = main && figureOf(fit, main.job, main.draws, study, title);
  for (const job of jobs) await store.remove(job);
  return {
    job: main ? jobKey(main.job) : '',
    sha256: main ? hashOf(packRecord(drawn(main.draws))) : '',
    table: tableView(table),
    ...(figure && { figure }),
    reps: fit.resampling!.reps,
    failed: fit.resampling!.failed,
    threads: fit.resampling!.threads ?? 1,
    seconds: Math.round((performance.now() - start) / 10) / 100,
    formula: fit.formula,
  };
}

/** The job of a request, to look for replicates that are kept of it. */
export function bootJob(opened: OpenedStudy, request: BootRequest, kernels: Kernels): ResampleJob | undefined {
  const design = bootDesign(opened, request, kernels);
  return startFit(design, kernels).runs?.main;
}
