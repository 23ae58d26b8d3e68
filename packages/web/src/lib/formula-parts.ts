/** The right-hand side of a formula as its top-level parts, for chips; the formula itself stays the only truth. */
export interface FormulaParts {
  left: string;
  always: string[];
  stepped: { kind: string; terms: string[] }[];
  effects: string[];
}

/** Splits at `separator` outside of brackets and backticks. */
export function splitTop(text: string, separator: string): string[] {
  const parts: string[] = [];
  let [depth, quoted, from] = [0, false, 0];
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '`') quoted = !quoted;
    else if (quoted) continue;
    else if (c === '(') depth++;
    else if (c === ')') depth--;
    else if (c === separator && depth === 0) {
      parts.push(text.slice(from, i));
      from = i + 1;
    }
  }
  parts.push(text.slice(from));
  return parts.map((part) => part.trim()).filter(Boolean);
}

const STEP = /^(csw0|csw|sw0|sw|mvsw)\((.*)\)$/s;

export function formulaParts(formula: string): FormulaParts {
  const [left = '', right = ''] = splitTop(formula, '~');
  const [terms = '', effects = ''] = splitTop(right, '|');
  const parts: FormulaParts = { left, always: [], stepped: [], effects: splitTop(effects, '+') };
  for (const part of splitTop(terms, '+')) {
    const step = STEP.exec(part);
    if (step) parts.stepped.push({ kind: step[1], terms: splitTop(step[2], ',') });
    else parts.always.push(part);
  }
  return parts;
}
