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

let stop = $state(-1);
let shown: Element | undefined;

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
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  element?.scrollIntoView({ block: 'center', behavior: calm ? 'auto' : 'smooth' });
}

/** The element of a stop, as soon as its station has it. */
function find(at: string, tries = 20): void {
  const element = document.querySelector(at);
  if (element || tries === 0) mark(element ?? undefined);
  else setTimeout(() => find(at, tries - 1), 100);
}

export function goToStop(n: number): void {
  stop = n;
  const place = STOPS[n];
  if (!place) {
    stop = -1;
    mark(undefined);
    return;
  }
  goTo(place.station);
  setTimeout(() => stop === n && find(place.at), 50);
}
