/** The bootstrap that runs, was stopped or is done: one at a time. */
import type { PanelErrorFields } from '@gravpanel/panel';
import type { BootEvent, BootRequest, BootView } from '../../protocol.ts';
import { bootStored, controlBoot, errorFields, runBoot, Stopped } from '../engine.ts';
import { session } from '../session.svelte.ts';

type BootState = 'idle' | 'running' | 'paused' | 'stopped' | 'done' | 'failed';

let state = $state<BootState>('idle');
let progress = $state.raw<BootEvent>();
let view = $state.raw<BootView>();
let error = $state.raw<PanelErrorFields>();
let stored = $state(0);

export const boot = {
  get state() {
    return state;
  },
  get progress() {
    return progress;
  },
  get view() {
    return view;
  },
  get error() {
    return error;
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

export async function startBoot(request: BootRequest): Promise<void> {
  state = 'running';
  progress = undefined;
  view = undefined;
  error = undefined;
  try {
    view = await runBoot(session.text, request, (event) => {
      progress = event;
    });
    state = 'done';
    stored = 0;
  } catch (cause) {
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

export const cancelBoot = (): void => void controlBoot('cancel');
