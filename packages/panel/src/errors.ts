/** One error class for everything a user can cause or meet. Codes are stable: `area/what-is-wrong`. */

/** Where an error is: a file position, a data row, or a JSON pointer into a study. Each field only if known. */
export interface Place {
  /** File name, or a word such as "formula" or "--where". */
  file?: string;
  /** 1-based. */
  line?: number;
  /** 1-based column in the line, for files; 1-based character position, for formulas. */
  column?: number;
  /** 1-based line number of the data row in its file (the header is line 1). */
  row?: number;
  /** Column name of a table. */
  variable?: string;
  /** JSON pointer into a study, e.g. /models/full/formula. */
  pointer?: string;
  /** The text that `column` points into, shown with a caret under it. */
  source?: string;
  /** Characters that the caret underlines; default 1. */
  length?: number;
}

export interface PanelErrorFields {
  code: string;
  message: string;
  hint?: string;
  at?: Place;
  /** Further facts a caller may want as data, e.g. the duplicate rows. Plain JSON. */
  details?: unknown;
}

/** Says what is wrong with the value and what was expected (message), and what to do (hint). */
export class PanelError extends Error implements PanelErrorFields {
  readonly code: string;
  readonly hint?: string;
  readonly at?: Place;
  readonly details?: unknown;

  constructor(fields: PanelErrorFields, options?: ErrorOptions) {
    super(fields.message, options);
    this.name = 'PanelError';
    this.code = fields.code;
    this.hint = fields.hint;
    this.at = fields.at;
    this.details = fields.details;
  }

  toJSON(): PanelErrorFields {
    const { code, message, hint, at, details } = this;
    return { code, message, ...(hint && { hint }), ...(at && { at }), ...(details !== undefined && { details }) };
  }

  static fromJSON(fields: PanelErrorFields): PanelError {
    return new PanelError(fields);
  }
}

/** Damerau–Levenshtein distance (adjacent transpositions count 1), case-insensitive. */
function editDistance(a: string, b: string): number {
  const s = a.toLowerCase();
  const t = b.toLowerCase();
  const d = Array.from({ length: s.length + 1 }, (_, i) => [i, ...new Array<number>(t.length).fill(0)]);
  for (let j = 0; j <= t.length; j++) d[0][j] = j;
  for (let i = 1; i <= s.length; i++)
    for (let j = 1; j <= t.length; j++) {
      const cost = s[i - 1] === t[j - 1] ? 0 : 1;
      d[i][j] = Math.min(d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + cost);
      if (i > 1 && j > 1 && s[i - 1] === t[j - 2] && s[i - 2] === t[j - 1])
        d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
    }
  return d[s.length][t.length];
}

/** Up to `most` of `names` that a writer of `name` may have meant, nearest first; empty when none is close. */
export function nearestNames(name: string, names: Iterable<string>, most = 3): string[] {
  const limit = Math.max(1, Math.floor(name.length / 3) + 1);
  return [...names]
    .map((candidate) => ({ candidate, d: editDistance(name, candidate) }))
    .filter(
      ({ candidate, d }) => d <= limit || (name.length > 2 && candidate.toLowerCase().includes(name.toLowerCase())),
    )
    .sort((a, b) => a.d - b.d || a.candidate.localeCompare(b.candidate))
    .slice(0, most)
    .map(({ candidate }) => candidate);
}

/** "Nearest: a, b." or "Known: a, b, c." when nothing is near. */
export function nearestHint(name: string, names: Iterable<string>): string {
  const all = [...names];
  const near = nearestNames(name, all);
  if (near.length > 0) return `Nearest: ${near.join(', ')}.`;
  const shown = all.slice(0, 12).join(', ');
  return all.length === 0 ? '' : `Known: ${shown}${all.length > 12 ? `, … (${all.length} in all)` : ''}.`;
}
