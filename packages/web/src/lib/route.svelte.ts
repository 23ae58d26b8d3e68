/** The station that the address names: "#/read", "#/read/tests" (a part of it). */
export const STATIONS = ['data', 'study', 'run', 'read', 'audit'] as const;
/** Pages of the app: its stations, and how fast the browser is. */
const PAGES = [...STATIONS, 'speed'] as const;
export type Station = (typeof PAGES)[number];

export interface Route {
  station: Station;
  /** The part of the station, or what the link carries. */
  rest: string;
}

/** An address that was changed by hand or by a mail program names no part. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

export function parseRoute(hash: string): Route {
  const [, station = '', rest = ''] = /^#\/(\w*)\/?(.*)$/.exec(hash) ?? [];
  const known = PAGES.find((name) => name === station);
  return { station: known ?? 'read', rest: known ? decoded(rest) : '' };
}

let current = $state.raw(parseRoute(location.hash));
addEventListener('hashchange', () => {
  current = parseRoute(location.hash);
});

export const route = () => current;
export const linkTo = (station: Station, rest = '') => `#/${station}${rest && `/${encodeURIComponent(rest)}`}`;
export const goTo = (station: Station, rest = '') => {
  location.hash = linkTo(station, rest);
};
