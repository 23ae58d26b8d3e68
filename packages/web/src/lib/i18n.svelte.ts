/** Texts of the page in the language chosen; keys and their values are checked by the compiler. */
import { en } from '../messages/en.ts';

export type MessageKey = keyof typeof en;
export type Catalogue = Record<MessageKey, string>;

/** Names of the values in a text: "{n|row|rows}" has n. */
type Name<S extends string> = S extends `${infer N}|${string}` ? N : S;
type Values<S extends string> = S extends `${string}{${infer P}}${infer Rest}` ? Name<P> | Values<Rest> : never;
type Args<K extends MessageKey> = [Values<(typeof en)[K]>] extends [never]
  ? []
  : [values: Record<Values<(typeof en)[K]>, string | number>];

/** Languages with their own name; a catalogue other than English is fetched when it is chosen. */
export const LANGUAGES: Record<string, { name: string; load: () => Promise<Catalogue> }> = {
  en: { name: 'English', load: async () => en },
  'zh-Hans': { name: '简体中文', load: async () => (await import('../messages/zh.ts')).zh },
};
const KEY = 'gravpanel.language';

let language = $state('en');
let catalogue = $state.raw<Catalogue>(en);

export const currentLanguage = () => language;

export async function chooseLanguage(code: string): Promise<void> {
  const found = LANGUAGES[code];
  if (!found) return;
  catalogue = await found.load();
  language = code;
  document.documentElement.lang = code;
  try {
    localStorage.setItem(KEY, code);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}

/** The reader's choice, else the first of the browser's languages that there is. */
function preferred(): string {
  try {
    const stored = localStorage.getItem(KEY);
    if (stored !== null && Object.hasOwn(LANGUAGES, stored)) return stored;
  } catch {
    // Storage may be refused.
  }
  const known = (tag: string) =>
    /^zh\b(?!-(?:Hant|TW|HK|MO))/i.test(tag) ? 'zh-Hans' : /^en\b/i.test(tag) ? 'en' : '';
  return navigator.languages.map(known).find(Boolean) ?? 'en';
}

/** Puts the preferred language in place before anything is shown. */
export async function startLanguage(): Promise<void> {
  const code = preferred();
  if (code === language) return;
  catalogue = await LANGUAGES[code].load();
  language = code;
  document.documentElement.lang = code;
}

/** A number as the language writes it. */
export const formatNumber = (value: number, digits = 0): string =>
  new Intl.NumberFormat(language, { maximumFractionDigits: digits, minimumFractionDigits: digits }).format(value);

function filled(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g, (whole, name: string, one?: string, many?: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    if (one === undefined) return typeof value === 'number' ? formatNumber(value) : value;
    return new Intl.PluralRules(language).select(Number(value)) === 'one' ? one : many!;
  });
}

/** The text of a key with its values put in. Reading it in a component follows the language. */
export function t<K extends MessageKey>(key: K, ...[values]: Args<K>): string {
  return values ? filled(catalogue[key], values) : catalogue[key];
}

/** Whether a text has that key: for keys made of data ("estimator.nb-fe"). */
export const hasMessage = (key: string): key is MessageKey => Object.hasOwn(en, key);

/** "51.8 kB". */
export function formatBytes(bytes: number): string {
  const [value, unit] = bytes < 1e3 ? [bytes, 'B'] : bytes < 1e6 ? [bytes / 1e3, 'kB'] : [bytes / 1e6, 'MB'];
  return `${formatNumber(value, unit === 'B' ? 0 : 1)}\u00a0${unit}`;
}
