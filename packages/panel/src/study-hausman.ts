/** The Hausman test of a study: both sides from one model, and the replicates of its third form. */
import { PanelError, type PanelErrorFields } from './errors.ts';
import { drawsHere, type Estimation, estimateDesign, startFit } from './fit.ts';
import { count } from './format.ts';
import { hausmanForms } from './hausman.ts';
import { modelOf } from './models/index.ts';
import { DEFAULT_REPS } from './resample-job.ts';
import { type DifferenceDraws, differenceDraws, differenceJobs } from './resample-joint.ts';
import { resampleSpecOf } from './spec-parts.ts';
import type { TestSpec } from './study.ts';
import type { TestWork } from './study-tests.ts';
import { type Twins, twinSpec, twinsOf } from './twins.ts';
import type { Design, Failure, FitResult, FitSpec, ResampleSpec, TestResult } from './types.ts';

/** Rows × replicates that are drawn without being asked for: minutes, not hours. */
const MOST_UNASKED = 2e7;

const words = ({ code, message }: PanelErrorFields) => `${code}: ${message}`;

const failed = (reason: string): TestResult => ({
  kind: 'hausman',
  title: 'Hausman test',
  reason,
  distribution: 'chi2',
  notes: [],
});

/** The one column of a twin that has the same part of a split. */
function designOf(work: TestWork, spec: FitSpec, sampleName: string): Design | Failure {
  const designs = work.designs(spec);
  return designs.find((one) => one.sampleName === sampleName) ?? designs[0];
}

function estimationOf(work: TestWork, spec: FitSpec, sampleName: string): Estimation | Failure {
  const design = designOf(work, spec, sampleName);
  return 'failed' in design ? design : estimateDesign(design, work.kernels);
}

/** Mundlak's form takes the study's standard errors where the random-effects model has them. */
function mundlakDesign(work: TestWork, spec: FitSpec, random: FitSpec, sampleName: string): Design | undefined {
  if (!modelOf(random.model).needs.vcov.includes(spec.vcov.type)) return undefined;
  const design = work.designs({ ...random, vcov: spec.vcov }).find((one) => one.sampleName === sampleName);
  return design && !('failed' in design) ? design : undefined;
}

/** Pairs of clusters: replicates, seed and clusters of the test, then of the study's boot. */
function drawSpec({ boot }: TestWork, { reps, seed }: HausmanSpec): ResampleSpec {
  const given = resampleSpecOf({ type: 'bootstrap' }, boot);
  const [asked, from] = [reps ?? given.reps, seed ?? given.seed];
  return {
    type: 'bootstrap',
    ...(given.by && { by: given.by }),
    reps: asked ?? DEFAULT_REPS,
    ...(from !== undefined && { seed: from }),
  };
}

/** Both models refitted under the same draws, or why not. */
async function drawnOf(work: TestWork, test: HausmanSpec, pair: [FitSpec, FitSpec], sampleName: string) {
  const vcov = drawSpec(work, test);
  const [a, b] = pair.map((spec) => designOf(work, { ...spec, vcov }, sampleName));
  if ('failed' in a || 'failed' in b) return words((('failed' in a ? a : b) as Failure).error);
  const asked = test.reps !== undefined || work.boot !== undefined;
  if (!asked && b.n * vcov.reps! > MOST_UNASKED)
    return `${count(vcov.reps!)} refits of both models on ${count(b.n)} rows take long and were not asked for: add boot to the study, reps to the test, or --reps.`;
  try {
    const jobs = differenceJobs(startFit(a, work.kernels), startFit(b, work.kernels));
    const run = work.runner ?? drawsHere(work.kernels);
    const drawsA = await run({ main: jobs.a }, a);
    const drawsB = await run({ main: jobs.b }, b);
    return differenceDraws(jobs, drawsA.main, drawsB.main);
  } catch (error) {
    if (error instanceof PanelError) return words(error.toJSON());
    throw error;
  }
}

type HausmanSpec = TestSpec & { kind: 'hausman' };

/** Four forms for one column of a model; what cannot be computed has a reason. */
export async function studyHausman(
  work: TestWork,
  spec: FitSpec,
  test: HausmanSpec,
  { formula, sampleName }: FitResult,
): Promise<TestResult[]> {
  const twins: Twins | undefined = twinsOf(spec.model, formula, work.frame.panel!.unit);
  if (!twins) return [failed(`${spec.model} without effects of units has no twin to be compared with.`)];
  const [fixed, random] = [twinSpec(spec, twins.fixed), twinSpec(spec, twins.random)];
  const a = estimationOf(work, fixed, sampleName);
  if ('failed' in a) return [failed(`The fixed-effects side failed, ${words(a.error)}`)];
  const b = estimationOf(work, random, sampleName);
  if ('failed' in b) return [failed(`The random-effects side failed, ${words(b.error)}`)];
  const drawn: DifferenceDraws | string = await drawnOf(work, test, [fixed, random], sampleName);
  const mundlak = mundlakDesign(work, spec, random, sampleName);
  return hausmanForms(a, b, work.kernels, { drawn, ...(mundlak && { mundlak }) });
}
