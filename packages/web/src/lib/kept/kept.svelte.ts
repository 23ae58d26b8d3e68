/** Keeps the study over a reload: edits, files and the last run, in this browser. A study as it ships needs no keeping. */
import firstUrl from '../../../generated/first.json?url';
import { SHIPPED } from '../../../generated/studies.ts';
import type { StudyFileMap } from '../../protocol.ts';
import { boot, restoreBoots } from '../boot/boot.svelte.ts';
import { forgetPending } from '../boot/pending.ts';
import { stopEngine } from '../engine.ts';
import { openFirst, openShipped, openStudy, session } from '../session.svelte.ts';
import type { KeptStudy, Slot } from './store.ts';

/** Says that there is something, so that a first visitor need not wait for a database to say no. */
const FLAG = 'gravpanel.kept';
/** A study at rest this long is written, ms. */
const REST = 400;
/** Its address has the hash of what this build makes of the first study. */
const BUILD = firstUrl;

type Standing = 'none' | 'kept' | 'full';
let standing = $state<Standing>('none');
let restored = $state<string>();
let aside = $state.raw<{ slot: Slot; name: string }>();

export const keeping = {
  /** none: nothing to keep; full: the browser would not keep it. */
  get standing() {
    return standing;
  },
  /** The reader's own study that another took the place of, by name. */
  get aside() {
    return aside?.name;
  },
  /** Whether what is open is the study that was left here before. */
  get restored() {
    return restored === session.name && standing !== 'none';
  },
};

const store = () => import('./store.ts');
/** '1': the open study is kept; '0': it is not, another may be. */
function flag(on: boolean): void {
  try {
    if (on) localStorage.setItem(FLAG, '1');
    else if (everKept()) localStorage.setItem(FLAG, '0');
  } catch {
    // Without storage nothing is kept.
  }
}
function flagIs(test: (value: string | null) => boolean): boolean {
  try {
    return test(localStorage.getItem(FLAG));
  } catch {
    return false;
  }
}
const everKept = () => flagIs((value) => value !== null);
const flagged = () => flagIs((value) => value === '1');

const [first] = SHIPPED;
/** The first study untouched is what a page begins with anyway, unless something was drawn of it. */
const worthKeeping = () =>
  session.text !== '' &&
  (boot.finished.length > 0 || !(session.shipped?.name === first.name && session.shipped.text === session.text));

let opened = -1;
let queue: Promise<unknown> = Promise.resolve();
async function write(): Promise<void> {
  if (!worthKeeping()) {
    standing = 'none';
    flag(false);
    await lookAside();
    return;
  }
  const fresh = opened !== session.opened;
  opened = session.opened;
  const { name, text, shipped, run, files } = session;
  const study: KeptStudy = {
    name,
    text,
    own: shipped?.text !== text,
    build: BUILD,
    ...(shipped && { shipped: shipped.name }),
    ...(run && { run, builtIn: session.builtIn, otherData: session.otherData }),
    ...(boot.finished.length > 0 && { boots: boot.finished }),
  };
  try {
    await (await store()).keep(study, files, fresh);
    flag(true);
    standing = 'kept';
    if (fresh) await lookAside();
  } catch {
    flag(false);
    standing = 'full';
  }
}

/** Looks for a study of the reader's own that another took the place of: where nothing was kept yet there is none. */
async function lookAside(): Promise<void> {
  if (!everKept()) return;
  try {
    aside = await (await store()).setAside(standing === 'kept');
  } catch {
    aside = undefined;
  }
}

/** Opens the reader's own study that another took the place of. */
export async function openAside(): Promise<void> {
  const found = aside && (await (await store()).kept(aside.slot));
  if (found) await reopen(found);
}

let watching = false;
/** Writes whatever changes, from now on. */
export function watch(): void {
  if (watching) return;
  watching = true;
  let timer: ReturnType<typeof setTimeout> | undefined;
  $effect.root(() => {
    $effect(() => {
      void [session.name, session.text, session.files, session.run, session.shipped, boot.finished];
      clearTimeout(timer);
      timer = setTimeout(() => {
        queue = queue.then(write);
      }, REST);
    });
  });
}

async function reopen({ study, files }: { study: KeptStudy; files: StudyFileMap }): Promise<void> {
  const { name, text, shipped, run, builtIn, otherData, boots, build } = study;
  const made = build === BUILD && run ? { finished: run, builtIn, otherData } : {};
  if (shipped !== undefined) await openShipped(shipped, { text, ...made });
  else await openStudy(name, text, files, made);
  if (build === BUILD && boots && session.name === name) restoreBoots(boots);
}

/** Opens what was left here; false where there is nothing. */
export async function openKept(): Promise<boolean> {
  if (!flagged()) return false;
  try {
    const found = await (await store()).kept();
    if (!found) return false;
    restored = found.study.name;
    standing = 'kept';
    await reopen(found);
    await lookAside();
    return session.openError === undefined;
  } catch {
    return false;
  }
}

/** Forgets study, data, runs and replicates, and begins as a first visitor would. */
export async function startAfresh(): Promise<void> {
  stopEngine();
  forgetPending();
  try {
    localStorage.removeItem(FLAG);
  } catch {
    // Then nothing was kept.
  }
  restored = undefined;
  await queue.catch(() => {});
  await (await store()).forgetAll().catch(() => {});
  standing = 'none';
  aside = undefined;
  await openFirst();
}
