/** The bootstrap that runs, was stopped or is done: one at a time; and those that were finished for the study that is open. */
import type { PanelErrorFields } from '@gravpanel/panel';
import type { BootEvent, BootRequest, BootView, StudyFileMap } from '../../protocol.ts';
import { bootStored, controlBoot, errorFields, runBoot, Stopped, stopEngine } from '../engine.ts';
import { session } from '../session.svelte.ts';
import { bounded, type FinishedBoot, sameRequest } from './finished.ts';
import { forgetPending, remember } from './pending.ts';

type BootState = 'idle' | 'running' | 'paused' | 'stopped' | 'done' | 'failed';

let state = $state<BootState>('idle');
let progress = $state.raw<BootEvent>();
let error = $state.raw<PanelErrorFields>();
let stored = $state(0);
/** The study that the state is of. */
let of = $state(-1);
/** Newest first. */
let finished = $state.raw<FinishedBoot[]>([]);
let shown = $state.raw<FinishedBoot>();
/** The job that the request of what is shown comes to with the study and the files that are open. */
let now = $state.raw<{ of: FinishedBoot; files: StudyFileMap; job: string }>();

/** How long a worker may take to answer a cancel before it is ended, ms: one that computes hears nothing. */
const PATIENCE = 100;

const isOpen = () => of === session.opened;
const NONE: FinishedBoot[] = [];
const current = () => (isOpen() ? shown : undefined);
const isEdited = (one: FinishedBoot) => one.text !== session.text;
/** Whether it is known what the open data make of the request. */
const isChecked = (one: FinishedBoot) => now?.of === one && now.files === session.files;

export const boot = {
  /** Of the study that is open; of an earlier one nothing is shown. */
  get state(): BootState {
    return isOpen() ? state : 'idle';
  },
  /** text: the study was edited since; data: its replicates are not those that the open data would give. */
  get stale(): 'text' | 'data' | undefined {
    const one = current();
    if (!one) return undefined;
    if (isEdited(one)) return 'text';
    return isChecked(one) && now?.job !== one.view.job ? 'data' : undefined;
  },
  get progress() {
    return progress;
  },
  /** What was drawn, once it is known whether it is of the study and the data that are open. */
  get view(): BootView | undefined {
    const one = current();
    return one && (isEdited(one) || isChecked(one)) ? one.view : undefined;
  },
  /** The request of what is shown. */
  get request(): BootRequest | undefined {
    const one = current();
    return one && !isEdited(one) ? one.request : undefined;
  },
  get finished(): FinishedBoot[] {
    return isOpen() ? finished : NONE;
  },
  get error() {
    return isOpen() ? error : undefined;
  },
  /** Replicates of the request last looked for that are kept from before. */
  get stored() {
    return stored;
  },
};

/** The job and the replicates that are kept of a request; no job where the study cannot be read now. */
async function found(request: BootRequest): Promise<{ job: string; stored: number }> {
  try {
    return await bootStored(session.text, request);
  } catch {
    return { job: '', stored: 0 };
  }
}

function show(one: FinishedBoot): void {
  shown = one;
  state = 'done';
}

/** Looks whether replicates of a request are kept: after a reload, or after it was stopped; all of them are shown. */
export async function lookFor(request: BootRequest): Promise<void> {
  const { files } = session;
  const same = boot.finished.find((one) => sameRequest(one.request, request));
  if (same) show(same);
  const { job, stored: kept } = await found(request);
  stored = kept;
  if (same && shown === same) now = { of: same, files, job };
}

/** Finds out whether what is shown is of the data that are open. */
export async function checkShown(): Promise<void> {
  const [one, { files }] = [current(), session];
  if (!one || isEdited(one) || isChecked(one)) return;
  const { job } = await found(one.request);
  if (shown === one) now = { of: one, files, job };
}

let serial = 0;

/** Puts those in place that were kept of the study that was opened just now. */
export function restoreBoots(kept: FinishedBoot[]): void {
  // One of a study that is no longer open.
  if (state === 'running' || state === 'paused') stopEngine();
  serial++;
  of = session.opened;
  finished = kept;
  shown = kept[0];
  error = undefined;
  progress = undefined;
  state = shown ? 'done' : 'idle';
}
export const forgetBoots = (): void => restoreBoots([]);

export async function startBoot(request: BootRequest): Promise<void> {
  // One of a study that is no longer open.
  if (state === 'running' || state === 'paused') stopEngine();
  if (!isOpen()) finished = [];
  of = session.opened;
  const { text, files } = session;
  const mine = ++serial;
  state = 'running';
  remember(request, text);
  progress = undefined;
  shown = undefined;
  error = undefined;
  try {
    const view = await runBoot(text, request, (event) => {
      if (mine === serial) progress = event;
    });
    if (mine !== serial) return;
    forgetPending();
    const one = { request, text, view };
    finished = bounded([one, ...finished.filter((other) => !sameRequest(other.request, request))]);
    now = { of: one, files, job: view.job };
    show(one);
    stored = 0;
  } catch (cause) {
    if (mine !== serial) return;
    const fields = errorFields(cause);
    if (cause instanceof Stopped || fields.code === 'run/cancelled') {
      state = 'stopped';
      stored = boot.progress?.done ?? 0;
      return;
    }
    forgetPending();
    error = fields;
    state = 'failed';
  }
}

export function pauseBoot(): void {
  if (state !== 'running') return;
  state = 'paused';
  void controlBoot('pause');
}

export function resumeBoot(): void {
  if (state !== 'paused') return;
  state = 'running';
  void controlBoot('resume');
}

/** Ends it at once: what is finished is kept. */
export function cancelBoot(): void {
  const mine = serial;
  void controlBoot('cancel').catch(() => {});
  setTimeout(() => {
    if (mine === serial && (state === 'running' || state === 'paused')) stopEngine();
  }, PATIENCE);
}
