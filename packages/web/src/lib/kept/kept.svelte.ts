/** Keeps the study over a reload: edits, files and the last run, in this browser. A study as it ships needs no keeping. */
import firstUrl from '../../../generated/first.json?url';
import { SHIPPED } from '../../../generated/studies.ts';
import { stopEngine } from '../engine.ts';
import { openFirst, openShipped, openStudy, session } from '../session.svelte.ts';

/** Says that there is something, so that a first visitor need not wait for a database to say no. */
const FLAG = 'gravpanel.kept';
/** A study at rest this long is written, ms. */
const REST = 400;
/** Its address has the hash of what this build makes of the first study. */
const BUILD = firstUrl;

type Standing = 'none' | 'kept' | 'full';
let standing = $state<Standing>('none');
let restored = $state<string>();

export const keeping = {
  /** none: nothing to keep; full: the browser would not keep it. */
  get standing() {
    return standing;
  },
  /** Whether what is open is the study that was left here before. */
  get restored() {
    return restored === session.name && standing !== 'none';
  },
};

const store = () => import('./store.ts');
function flag(on: boolean): void {
  try {
    if (on) localStorage.setItem(FLAG, '1');
    else localStorage.removeItem(FLAG);
  } catch {
    // Without storage nothing is kept.
  }
}
function flagged(): boolean {
  try {
    return localStorage.getItem(FLAG) !== null;
  } catch {
    return false;
  }
}

const [first] = SHIPPED;
/** The first study untouched is what a page begins with anyway. */
const worthKeeping = () =>
  session.text !== '' && !(session.shipped?.name === first.name && session.shipped.text === session.text);

let queue: Promise<unknown> = Promise.resolve();
async function write(): Promise<void> {
  if (!worthKeeping()) {
    standing = 'none';
    flag(false);
    return;
  }
  const { name, text, shipped, run, files } = session;
  const study = {
    name,
    text,
    build: BUILD,
    ...(shipped && { shipped: shipped.name }),
    ...(run && { run }),
  };
  try {
    await (await store()).keep(study, files);
    flag(true);
    standing = 'kept';
  } catch {
    flag(false);
    standing = 'full';
  }
}

let watching = false;
/** Writes whatever changes, from now on. */
export function watch(): void {
  if (watching) return;
  watching = true;
  let timer: ReturnType<typeof setTimeout> | undefined;
  $effect.root(() => {
    $effect(() => {
      void [session.name, session.text, session.files, session.run, session.shipped];
      clearTimeout(timer);
      timer = setTimeout(() => {
        queue = queue.then(write);
      }, REST);
    });
  });
}

/** Opens what was left here; false where there is nothing. */
export async function openKept(): Promise<boolean> {
  if (!flagged()) return false;
  try {
    const found = await (await store()).kept();
    if (!found) return false;
    const { name, text, shipped, run, build } = found.study;
    const finished = build === BUILD ? run : undefined;
    restored = name;
    standing = 'kept';
    if (shipped !== undefined) await openShipped(shipped, { text, ...(finished && { finished }) });
    else await openStudy(name, text, found.files, finished && { finished });
    return session.openError === undefined;
  } catch {
    return false;
  }
}

/** Forgets study, data, runs and replicates, and begins as a first visitor would. */
export async function startAfresh(): Promise<void> {
  stopEngine();
  flag(false);
  restored = undefined;
  await queue.catch(() => {});
  await (await store()).forgetAll().catch(() => {});
  standing = 'none';
  await openFirst();
}
