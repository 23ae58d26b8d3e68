/** The folder of a plan: manifest, one file a column with all it depends on, shards, and scripts that run them. */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import path from 'node:path';
import {
  type Design,
  type Draws,
  emptyDraws,
  modelOf,
  PanelError,
  type PlannedCurve,
  packRecord,
  placeDraws,
  type Range,
  type ResampleJob,
  type ResampleSpec,
  resampleJob,
  runsOf,
  type StartedCurve,
  type StartedFit,
  unpackRecord,
  VERSION,
} from '@gravpanel/panel';
import { readBytes, writeFileAtomically } from './files.ts';
import { sha256 } from './hash.ts';
import { parallelScript, slurmScripts } from './plan-scripts.ts';
import type { OpenedRun } from './run-folder.ts';

export interface PlanJob {
  model: string;
  column: number;
  formula: string;
  /** Path in the plan. */
  file: string;
  sha256: string;
  reps: number;
}

export interface PlanManifest {
  schema: 'boot-plan/1';
  /** Whole specification curves; without it columns of a run. */
  kind?: 'multiverse';
  gravpanel: string;
  study: string;
  data: { name: string; sha256?: string };
  /** Replicates of the largest job. */
  reps: number;
  seed: number;
  shards: number;
  jobs: PlanJob[];
  /** SHA-256 of all the above. */
  planHash: string;
}

/** Numbers of one shard: replicates of each job. */
export interface ShardPart extends Range {
  job: number;
  draws: Draws;
}
interface ShardRecord {
  schema: 'boot-shard/1';
  planHash: string;
  shard: number;
  parts: ShardPart[];
}

const HASH = 32;

const hashOf = ({ planHash: _, ...rest }: PlanManifest) => sha256(JSON.stringify(rest));

/** A started fit without what is no data: the model goes by its key. */
function packStarted({ design, estimated }: StartedFit): Uint8Array {
  const { model, ...rest } = estimated;
  return packRecord({ schema: 'boot-job/1', design, estimated: { ...rest, model: model.key } });
}

/** The files of a plan, by path. */
export function planFiles(
  run: Planned,
  started: { model: string; column: number; fit: StartedFit }[],
  shards: number,
): PlanFiles {
  const jobs = started.map(({ model, column, fit }) => ({
    job: { model, column, formula: fit.design.formula, reps: fit.runs!.main.reps },
    bytes: packStarted(fit),
  }));
  return filesOf(run, jobs, started[0].fit.runs!.main.seed, shards);
}

/** A curve whose replicates are made elsewhere, with all that its result needs beside them. */
export interface PlanCurve {
  started: StartedCurve & { job: ResampleJob };
  joint: NonNullable<PlannedCurve['joint']>;
}

/** The same for specification curves. */
export function curvePlanFiles(run: Planned, curves: PlanCurve[], shards: number): PlanFiles {
  const jobs = curves.map(({ started, joint }) => ({
    job: {
      model: started.result.id,
      column: 1,
      formula: `${started.result.outcome} ~ ${started.result.of}`,
      reps: started.job.reps,
    },
    bytes: packRecord({ schema: 'curve-job/1', started, joint }),
  }));
  return filesOf(run, jobs, curves[0].started.job.seed, shards, 'multiverse');
}

type Planned = Pick<OpenedRun, 'study' | 'frame'>;
interface PlanFiles {
  files: Record<string, string | Uint8Array>;
  manifest: PlanManifest;
}

function filesOf(
  { study, frame: { source } }: Planned,
  made: { job: Omit<PlanJob, 'file' | 'sha256'>; bytes: Uint8Array }[],
  seed: number,
  shards: number,
  kind?: 'multiverse',
): PlanFiles {
  const files: Record<string, string | Uint8Array> = {};
  const jobs = made.map(({ job: { reps: own, ...job }, bytes }, i): PlanJob => {
    const file = `jobs/${i + 1}.bin`;
    files[file] = bytes;
    return { ...job, file, sha256: sha256(bytes), reps: own };
  });
  const reps = Math.max(...jobs.map((job) => job.reps));
  const bare: PlanManifest = {
    schema: 'boot-plan/1',
    ...(kind && { kind }),
    gravpanel: VERSION,
    study: study.title,
    data: { name: source.name, ...(source.sha256 && { sha256: source.sha256 }) },
    reps,
    seed,
    shards,
    jobs,
    planHash: '',
  };
  const manifest = { ...bare, planHash: hashOf(bare) };
  Object.assign(files, slurmScripts(shards, kind), { 'parallel.sh': parallelScript(shards, kind) });
  files['manifest.json'] = `${JSON.stringify(manifest, null, 2)}\n`;
  return { files, manifest };
}

function broken(folder: string, message: string, hint: string): PanelError {
  return new PanelError({ code: 'plan/changed', message, hint, at: { file: path.join(folder, 'manifest.json') } });
}

/** @param kind what the command at hand works on; any without it. @throws PanelError plan/not-a-plan, plan/changed, plan/other-kind. */
export function openPlan(folder: string, kind?: 'boot' | 'multiverse'): { manifest: PlanManifest } {
  const file = path.join(folder, 'manifest.json');
  let manifest: PlanManifest | undefined;
  if (fs.existsSync(file)) {
    try {
      manifest = JSON.parse(new TextDecoder().decode(readBytes(file, 'manifest').bytes));
    } catch {}
  }
  if (manifest?.schema !== 'boot-plan/1' || !Array.isArray(manifest.jobs))
    throw new PanelError({
      code: 'plan/not-a-plan',
      message: `"${folder}" is no plan of gravpanel.`,
      hint: 'Make one: gravpanel boot plan RUN -B N --shards S -o PLAN.',
      at: { file: folder },
    });
  if (hashOf(manifest) !== manifest.planHash)
    throw broken(
      folder,
      `The manifest of "${folder}" was changed by hand: its hash is not that of its content.`,
      'Make a new plan; shards of this one belong to what it was.',
    );
  if (manifest.gravpanel !== VERSION)
    throw broken(
      folder,
      `The plan was made by gravpanel ${manifest.gravpanel}; this is ${VERSION}.`,
      'Use the same version on every machine, or make a new plan.',
    );
  const own = manifest.kind ?? 'boot';
  if (kind !== undefined && kind !== own)
    throw new PanelError({
      code: 'plan/other-kind',
      message: `"${folder}" is a plan of gravpanel ${own}; one of ${kind} was expected.`,
      hint: `Write gravpanel ${own} in place of gravpanel ${kind}.`,
      at: { file: folder },
    });
  return { manifest };
}

/** The bytes of a job, as the plan was made with. @throws PanelError plan/changed. */
function jobBytes(folder: string, { jobs }: PlanManifest, i: number): Uint8Array {
  const { file, sha256: wanted } = jobs[i];
  const { bytes } = readBytes(path.join(folder, file), 'job');
  if (sha256(bytes) !== wanted)
    throw broken(
      folder,
      `"${path.join(folder, file)}" is not the file that the plan was made with.`,
      'Copy the whole plan again, or make a new one.',
    );
  return bytes;
}

/** A curve of the plan, ready for its replicates. @throws PanelError plan/changed. */
export const curveOf = (folder: string, manifest: PlanManifest, i: number): PlanCurve =>
  unpackRecord<PlanCurve>(jobBytes(folder, manifest, i));

/** What the replicates of a job depend on. @throws PanelError plan/changed. */
export const jobOf = (folder: string, manifest: PlanManifest, i: number): ResampleJob =>
  manifest.kind === 'multiverse' ? curveOf(folder, manifest, i).started.job : startedOf(folder, manifest, i).runs!.main;

/** A column of the plan, at its maximum. @throws PanelError plan/changed. */
export function startedOf(folder: string, manifest: PlanManifest, i: number): StartedFit {
  const bytes = jobBytes(folder, manifest, i);
  const { design, estimated } = unpackRecord<{
    design: Design;
    estimated: Omit<StartedFit['estimated'], 'model'> & { model: string };
  }>(bytes);
  const full = { ...estimated, model: modelOf(estimated.model) };
  return { design, estimated: full, runs: runsOf(resampleJob(design, full, design.spec.vcov as ResampleSpec)) };
}

/** The replicates of job i in shard k: shards differ by one at most. */
export function shardRange({ jobs, shards }: PlanManifest, i: number, k: number): Range {
  const { reps } = jobs[i];
  const edge = (s: number) => Math.floor((s * reps) / shards);
  return { first: edge(k - 1), count: edge(k) - edge(k - 1) };
}

export const shardFile = (folder: string, k: number) => path.join(folder, 'shards', `shard-${k}.bin`);

/** Content, then its SHA-256. */
export function writeShard(folder: string, { planHash }: PlanManifest, shard: number, parts: ShardPart[]): void {
  const bytes = packRecord({ schema: 'boot-shard/1', planHash, shard, parts } satisfies ShardRecord);
  const hash = createHash('sha256').update(bytes).digest();
  fs.mkdirSync(path.join(folder, 'shards'), { recursive: true });
  writeFileAtomically(shardFile(folder, shard), Buffer.concat([bytes, hash]), true);
}

/** A shard; 'missing', 'broken' (its hash is wrong) or 'foreign' (of another plan or number). */
export function readShard(
  folder: string,
  manifest: PlanManifest,
  k: number,
): ShardPart[] | 'missing' | 'broken' | 'foreign' {
  const file = shardFile(folder, k);
  if (!fs.existsSync(file)) return 'missing';
  const bytes = fs.readFileSync(file);
  const content = bytes.subarray(0, Math.max(0, bytes.length - HASH));
  if (!createHash('sha256').update(content).digest().equals(bytes.subarray(content.length))) return 'broken';
  const record = unpackRecord<ShardRecord>(content);
  if (record.schema !== 'boot-shard/1' || record.planHash !== manifest.planHash || record.shard !== k) return 'foreign';
  return record.parts;
}

export interface FoundShards {
  good: number[];
  missing: number[];
  broken: number[];
  foreign: number[];
}

/** What there is of the shards of a plan (or of some of them). */
export function findShards(folder: string, manifest: PlanManifest, numbers?: number[]): FoundShards {
  const found: FoundShards = { good: [], missing: [], broken: [], foreign: [] };
  for (const k of numbers ?? Array.from({ length: manifest.shards }, (_, i) => i + 1)) {
    const shard = readShard(folder, manifest, k);
    found[typeof shard === 'string' ? shard : 'good'].push(k);
  }
  return found;
}

const some = (all: number[]) =>
  `${all.slice(0, 10).join(', ')}${all.length > 10 ? ` and ${all.length - 10} more` : ''}`;

function incomplete(
  folder: string,
  { shards, kind: own }: PlanManifest,
  { good, missing, broken: bad, foreign }: FoundShards,
): PanelError {
  const kind = own ?? 'boot';
  const parts = [
    missing.length > 0 ? `missing: ${some(missing)}` : '',
    bad.length > 0 ? `broken: ${some(bad)}` : '',
    foreign.length > 0 ? `of another plan: ${some(foreign)}` : '',
  ].filter(Boolean);
  return new PanelError({
    code: 'shards/incomplete',
    message: `${good.length} of ${shards} shards of "${folder}" can be merged (${parts.join('; ')}).`,
    hint: `Make them: gravpanel ${kind} run-shard ${[...missing, ...bad, ...foreign].sort((x, y) => x - y)[0]} ${folder}${bad.length + foreign.length > 0 ? ', after removing the file' : ''}.`,
    at: { file: folder },
    details: { missing, broken: bad, foreign },
  });
}

/**
 * All replicates of each job, from one look at every shard.
 * @throws PanelError shards/incomplete that names every hole, broken and foreign shard.
 */
export function mergedDraws(folder: string, manifest: PlanManifest, jobs: ResampleJob[]): Draws[] {
  const all = jobs.map((job) => emptyDraws(job, job.reps));
  const found: FoundShards = { good: [], missing: [], broken: [], foreign: [] };
  for (let k = 1; k <= manifest.shards; k++) {
    const shard = readShard(folder, manifest, k);
    found[typeof shard === 'string' ? shard : 'good'].push(k);
    if (typeof shard !== 'string')
      for (const { job, first, draws } of shard) placeDraws(all[job], first, draws, jobs[job]);
  }
  if (found.good.length < manifest.shards) throw incomplete(folder, manifest, found);
  return all;
}
