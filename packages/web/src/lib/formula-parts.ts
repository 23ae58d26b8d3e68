/** A formula as parts that a form can move, and back to text; the text itself stays the only truth. */

/** Ways of adding terms one after another: see docs/formula.md. */
export const STEPS = ['csw0', 'csw', 'sw0', 'sw', 'mvsw'] as const;
export type StepKind = (typeof STEPS)[number];

export interface TermPart {
  sign: '+' | '-';
  term: string;
}
export interface StepPart {
  sign: '+' | '-';
  step: StepKind;
  terms: string[];
}
export type FormulaPart = TermPart | StepPart;
export interface FormulaParts {
  left: string;
  /** The right-hand side in its order. */
  right: FormulaPart[];
  /** Effects after "|". */
  effects: string[];
}
/** Where a term stands: which part of the right-hand side and, in a step, which of its terms. */
export interface TermPlace {
  part: number;
  term?: number;
}

export const isStep = (part: FormulaPart): part is StepPart => 'step' in part;
/** "0", "1": not a term but the constant. */
export const isConstant = (term: string) => /^[01]$/.test(term);

interface Piece {
  /** What stands before it: a separator, or nothing. */
  before: string;
  text: string;
}

/** Splits at `separators` outside of brackets, backticks and quotes; a sign after another operator belongs to what follows. */
export function splitTop(text: string, separators: string): Piece[] {
  const pieces: Piece[] = [];
  let [depth, quote, from, before] = [0, '', 0, ''];
  const take = (to: number) => {
    const piece = text.slice(from, to).trim();
    if (piece) pieces.push({ before, text: piece });
  };
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quote) {
      if (c === quote) quote = '';
    } else if ('`"\''.includes(c)) quote = c;
    else if (c === '(') depth++;
    else if (c === ')') depth--;
    else if (depth === 0 && separators.includes(c) && !/[\^*:/]\s*$/.test(text.slice(from, i))) {
      take(i);
      from = i + 1;
      before = c;
    }
  }
  take(text.length);
  return pieces;
}

const listed = (text: string, separator: string) => splitTop(text, separator).map((piece) => piece.text);
const STEP = new RegExp(`^(${STEPS.join('|')})\\s*\\((.*)\\)$`, 's');

function partOf({ before, text }: Piece): FormulaPart {
  const sign = before === '-' ? '-' : '+';
  const [, step, inner] = STEP.exec(text) ?? [];
  return step ? { sign, step: step as StepKind, terms: listed(inner, ',') } : { sign, term: text };
}

export function formulaParts(formula: string): FormulaParts {
  const [left = '', right = ''] = listed(formula.replaceAll(/[−–]/g, '-'), '~');
  const [terms = '', effects = ''] = listed(right, '|');
  return { left, right: splitTop(terms, '+-').map(partOf), effects: listed(effects, '+') };
}

const partText = (part: FormulaPart) => (isStep(part) ? `${part.step}(${part.terms.join(', ')})` : part.term);

/** The text of the parts. A right-hand side without any term is the constant alone. */
export function formulaText({ left, right, effects }: FormulaParts): string {
  const terms = right.map((part, i) =>
    i === 0 ? (part.sign === '-' ? '-' : '') + partText(part) : ` ${part.sign} ${partText(part)}`,
  );
  return `${left} ~ ${terms.join('') || '1'}${effects.length > 0 ? ` | ${effects.join(' + ')}` : ''}`;
}

const withRight = (parts: FormulaParts, change: (right: FormulaPart[]) => FormulaPart[]): FormulaParts => ({
  ...parts,
  right: change(parts.right).filter((part) => !isStep(part) || part.terms.length > 0),
});

/** The term of a place as another one; an empty text takes it out. */
export const setTerm = (parts: FormulaParts, { part: at, term: j }: TermPlace, text: string): FormulaParts =>
  withRight(parts, (right) =>
    right.flatMap((part, i) => {
      if (i !== at) return [part];
      if (!isStep(part)) return text ? [{ ...part, term: text }] : [];
      return [{ ...part, terms: part.terms.flatMap((old, k) => (k !== j ? [old] : text ? [text] : [])) }];
    }),
  );

export const termAt = ({ right }: FormulaParts, { part: at, term: j }: TermPlace): string | undefined => {
  const part = right[at];
  return part && (isStep(part) ? part.terms[j ?? -1] : part.term);
};

/** One more term, in every column: after the last such, before any step. "y ~ 1" is the constant alone: the term takes its place. */
export function addTerm(parts: FormulaParts, term: string): FormulaParts {
  const right = parts.right.filter((part) => isStep(part) || part.sign === '-' || part.term !== '1');
  const last = right.findLastIndex((part) => !isStep(part) && part.sign === '+' && !isConstant(part.term));
  const first = right.findIndex(isStep);
  const at = last >= 0 ? last + 1 : first >= 0 ? first : right.length;
  return { ...parts, right: [...right.slice(0, at), { sign: '+', term }, ...right.slice(at)] };
}

/** A term of every column into the last step, or into a new one; a term of a step into every column. */
export function switchTerm(parts: FormulaParts, place: TermPlace): FormulaParts {
  const term = termAt(parts, place);
  if (term === undefined) return parts;
  if (place.term !== undefined) return addTerm(setTerm(parts, place, ''), term);
  const out = setTerm(parts, place, '');
  const step = out.right.findLastIndex(isStep);
  return withRight(out, (right) =>
    step < 0
      ? [...right, { sign: '+', step: 'csw0', terms: [term] }]
      : right.map((part, i) => (i === step && isStep(part) ? { ...part, terms: [...part.terms, term] } : part)),
  );
}

const swapped = <T>(list: T[], a: number, b: number): T[] => list.map((_, i) => list[i === a ? b : i === b ? a : i]);

/** A term one place up (−1) or down (+1) among those of its kind. */
export function moveTerm(parts: FormulaParts, { part: at, term: j }: TermPlace, by: -1 | 1): FormulaParts {
  const part = parts.right[at];
  if (!part) return parts;
  if (isStep(part)) {
    const to = j! + by;
    if (to < 0 || to >= part.terms.length) return parts;
    return withRight(parts, (right) =>
      right.map((other, i) => (i === at ? { ...part, terms: swapped(part.terms, j!, to) } : other)),
    );
  }
  const plain = parts.right.flatMap((other, i) => (!isStep(other) && other.sign === part.sign ? [i] : []));
  const to = plain[plain.indexOf(at) + by];
  return to === undefined ? parts : withRight(parts, (right) => swapped(right, at, to));
}

export const setStep = (parts: FormulaParts, at: number, step: StepKind): FormulaParts =>
  withRight(parts, (right) => right.map((part, i) => (i === at && isStep(part) ? { ...part, step } : part)));

const PLAIN = /^[\p{L}_.][\p{L}\p{N}_.]*$/u;
/** A column as it stands in a formula: a name with blanks or signs needs backticks. */
export const quotedName = (name: string): string => (PLAIN.test(name) ? name : `\`${name}\``);

/** The parts with backticks around every term that is a column's bare name and needs them. */
export function withQuotes({ left, right, effects }: FormulaParts, columns: string[]): FormulaParts {
  const odd = new Set(columns.filter((name) => !PLAIN.test(name)));
  const quote = (term: string) => (odd.has(term) ? quotedName(term) : term);
  return {
    left: quote(left),
    right: right.map((part) =>
      isStep(part) ? { ...part, terms: part.terms.map(quote) } : { ...part, term: quote(part.term) },
    ),
    effects: effects.map(quote),
  };
}

const LAG = /^l\(\s*(.+?)\s*,\s*(\d+)\s*\)$/s;
/** "l(x, 2)" → x and 2; any other term and 0. */
export function lagOf(term: string): { inner: string; lag: number } {
  const [, inner, lag] = LAG.exec(term) ?? [];
  return inner === undefined ? { inner: term, lag: 0 } : { inner, lag: Number(lag) };
}
export const lagged = (term: string, lag: number): string => (lag === 0 ? term : `l(${term}, ${lag})`);

/** The variable whose label a term bears: the term itself, or the one inside "l(x, 1)", "i(year)" and "x::3". */
export function variableOf(term: string, known: Record<string, unknown> = {}): string {
  const inner = /^[ldfi]\(\s*([^,)]+?)\s*[,)]/.exec(term)?.[1];
  const names = [term, inner, term.split('::')[0]];
  const named = names.find((name) => name !== undefined && Object.hasOwn(known, name));
  return named ?? inner?.replaceAll('`', '') ?? term.replaceAll('`', '');
}
