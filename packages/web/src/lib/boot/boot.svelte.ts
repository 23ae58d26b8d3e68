/** The bootstrap that runs, was stopped or is done: one at a time. */
import type { PanelErrorFields } from '@gravpanel/panel';
import type { BootEvent, BootRequest, BootView } from '../../protocol.ts';
import { bootStored, controlBoot, errorFields, runBoot, Stopped, stopEngine } from '../engine.ts';
import { session } from '../session.svelte.ts';

type BootState = 'idle' | 'running' | 'paused' | 'stopped' | 'done' | 'failed';

let state = $state<BootState>('idle');
let progress = $state.raw<BootEvent>();
let view = $state.raw<BootView>();
let error = $state.raw<PanelErrorFields>();
let stored = $state(0);
/** The study that the state is of, and its text. */
let of = $state(-1);
let text = $state('');

/** How long a worker may take to answer a cancel before it is ended, ms: one that computes hears nothing. */
const PATIENCE = 100;

export const boot = {
  /** Of the study that is open; of an earlier one nothing is shown. */
  get state(): BootState {
    return of === session.opened ? state : 'idle';
  },
  /** Whether the study was edited since. */
  get stale() {
    return text !== session.text;
  },
  get progress() {
    return progress;
  },
  get view() {
    return of === session.opened ? view : undefined;
  },
  get error() {
    return of === session.opened ? error : undefined;
  },
  /** Replicates of the request last looked for that are kept from before. */
  get stored() {
    return stored;
  },
};

/** Looks whether replicates of a request are kept: after a reload, or after it was stopped. */
export async function lookFor(request: BootRequest): Promise<void> {
  try {
    stored = await bootStored(session.text, request);
  } catch {
    stored = 0;
  }
}

let serial = 0;

export async function startBoot(request: BootRequest): Promise<void> {
  // One of a study that is no longer open.
  if (state === 'running' || state === 'paused') stopEngine();
  of = session.opened;
  text = session.text;
  const mine = ++serial;
  state = 'running';
  progress = undefined;
  view = undefined;
  error = undefined;
  try {
    const found = await runBoot(text, request, (event) => {
      if (mine === serial) progress = event;
    });
    if (mine !== serial) return;
    view = found;
    state = 'done';
    stored = 0;
  } catch (cause) {
    if (mine !== serial) return;
    const fields = errorFields(cause);
    if (cause instanceof Stopped || fields.code === 'run/cancelled') {
      state = 'stopped';
      stored = boot.progress?.done ?? 0;
      return;
    }
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
