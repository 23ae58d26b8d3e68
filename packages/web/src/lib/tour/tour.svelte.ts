/** A walk through the first study: each stop is a place of the page and a few words. */
import type { MessageKey } from '../i18n.svelte.ts';
import { goTo, type Station } from '../route.svelte.ts';

interface Stop {
  station: Station;
  /** What is shown there. */
  at: string;
  title: MessageKey;
  words: MessageKey;
}

export const STOPS = [
  { station: 'read', at: 'figure.table.regression', title: 'tour.table', words: 'tour.tableWords' },
  { station: 'read', at: '.waterfall', title: 'tour.sample', words: 'tour.sampleWords' },
  { station: 'read', at: '.identification', title: 'tour.identification', words: 'tour.identificationWords' },
  { station: 'read', at: '.about', title: 'tour.about', words: 'tour.aboutWords' },
  { station: 'study', at: '.study .form', title: 'tour.study', words: 'tour.studyWords' },
  { station: 'run', at: '.boot', title: 'tour.boot', words: 'tour.bootWords' },
  { station: 'data', at: '.drop', title: 'tour.data', words: 'tour.dataWords' },
] as const satisfies Stop[];

/** A page that still grows above the place is followed: so many looks, ms apart. */
const LOOKS = 5;
const APART = 400;

let stop = $state(-1);
let shown: Element | undefined;
/** Where the walk was begun. */
let from: Element | null = null;

export const tour = {
  /** −1: no walk. */
  get stop() {
    return stop;
  },
};

function mark(element: Element | undefined): void {
  shown?.classList.remove('toured');
  shown = element;
  element?.classList.add('toured');
  if (element) follow(element);
}

function bring(element: Element): void {
  const { top, height } = element.getBoundingClientRect();
  const far = Math.abs(top) > 2 * innerHeight;
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  // The panel of the walk stands over the lower part of a small screen.
  const block = innerWidth <= 700 || height > innerHeight / 2 ? 'start' : 'center';
  element.scrollIntoView({ block, behavior: calm || far ? 'auto' : 'smooth' });
}

/** Into sight, and again when what stands above it has grown; a reader who scrolls on is let go. */
function follow(element: Element): void {
  const letGo = new AbortController();
  for (const kind of ['wheel', 'touchmove', 'keydown'])
    addEventListener(kind, () => letGo.abort(), { passive: true, signal: letGo.signal });
  const look = (left: number): void => {
    if (letGo.signal.aborted || shown !== element || left === 0) {
      letGo.abort();
      return;
    }
    const { top, bottom } = element.getBoundingClientRect();
    if (left === LOOKS || bottom < 60 || top > innerHeight / 2) bring(element);
    setTimeout(() => look(left - 1), APART);
  };
  look(LOOKS);
}

/** The element of a stop, as soon as its station has it. */
function find(at: string, tries = 20): void {
  const element = document.querySelector(at);
  if (element || tries === 0) mark(element ?? undefined);
  else setTimeout(() => find(at, tries - 1), 100);
}

export function goToStop(n: number): void {
  if (stop < 0) from = document.activeElement;
  stop = n;
  const place = STOPS[n];
  if (!place) {
    stop = -1;
    mark(undefined);
    // Back where the walk began; where that is gone, to the content.
    const back = from?.isConnected ? (from as HTMLElement) : document.getElementById('content');
    back?.focus({ preventScroll: true });
    return;
  }
  goTo(place.station);
  setTimeout(() => stop === n && find(place.at), 50);
}
