/** Values of flags, read strictly: what cannot be read is a usage error that says what was expected. */
import { nearestHint } from '@gravpanel/panel';
import { usageError } from './usage.ts';

export const wrong = (flag: string, text: string, expected: string, hint: string) =>
  usageError('wrong-value', `${flag} is "${text}"; ${expected} was expected.`, hint, flag);

/** A finite number that passes `test`. */
export function numberOf(flag: string, expected: string, hint: string, test: (x: number) => boolean) {
  return (text: string): number => {
    const x = text.trim() === '' ? Number.NaN : Number(text);
    if (!Number.isFinite(x) || !test(x)) throw wrong(flag, text, expected, hint);
    return x;
  };
}

/** One of `choices`. */
export function choiceOf<T extends string>(flag: string, choices: readonly T[]) {
  return (text: string): T => {
    if ((choices as readonly string[]).includes(text)) return text as T;
    throw wrong(flag, text, `one of ${choices.join(', ')}`, nearestHint(text, choices));
  };
}
