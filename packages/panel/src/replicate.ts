/** The study's `expected` numbers against the recomputed ones. */
import { halfUnit, readPrinted } from './audit-number.ts';
import { nearestHint, PanelError } from './errors.ts';
import { isFit } from './regression-style.ts';
import type { Study } from './study.ts';
import { placeOf, pointerOf, type StudySource } from './study-places.ts';
import type { FitResult } from './types.ts';

export interface ReplicatedCell {
  model: string;
  /** 1-based column of the model. */
  column: number;
  term: string;
  what: 'estimate' | 'se';
  /** As written in the study. */
  printed: string;
  expected: number;
  /** null where the column or the term is not there. */
  recomputed: number | null;
  difference: number | null;
  /** Largest difference that still agrees: `tol`, else half a unit of the last printed digit. */
  tolerance: number;
  agrees: boolean;
  /** Why nothing was recomputed. */
  reason?: string;
}

/** "full.1.lnpatent1" → its parts; the term may hold points. */
function partsOf(key: string) {
  const match = /^(.+?)\.(\d+)\.(.+)$/.exec(key);
  return match ? { model: match[1], column: Number(match[2]), term: match[3] } : undefined;
}

/** The number's own text in the study, so that 0.150 keeps its third decimal. */
function textOf(key: string, what: string, value: number, source: StudySource | undefined): string {
  const range = source?.ranges[pointerOf(['expected', key, what])];
  const text = range && source.text.slice(range[0], range[1]).trim();
  return text && readPrinted(text)?.value === value ? text : String(value);
}

/** Room for the doubles in between: a difference of exactly half a unit agrees. */
const SLACK = 1e-12;

function found(
  fits: Record<string, FitResult[]>,
  model: string,
  column: number,
  term: string,
  what: 'estimate' | 'se',
) {
  const fit = fits[model]?.[column - 1];
  if (!fit) return { reason: `${model} has ${fits[model]?.length ?? 0} columns` };
  if (!isFit(fit)) return { reason: `the column failed: ${fit.error.code}` };
  const row = fit.coefficients.find((c) => c.term === term);
  if (row) return { value: row[what] };
  const parameter = fit.parameters.find((p) => p.name === term || `/${p.name}` === term);
  if (parameter) return { value: parameter[what] };
  return {
    reason: `no such term. ${nearestHint(
      term,
      fit.coefficients.map((c) => c.term),
    )}`.trim(),
  };
}

/**
 * One cell for each expected estimate and standard error. A number agrees where it differs by no more than `tol`, or, without it,
 * where it rounds to the printed digits (ties either way).
 * @throws PanelError study/wrong-name for a key that is not model.column.term.
 */
export function replicatedCells(
  study: Study,
  fits: Record<string, FitResult[]>,
  source?: StudySource,
): ReplicatedCell[] {
  return Object.entries(study.expected ?? {}).flatMap(([key, wanted]) => {
    const parts = partsOf(key);
    if (!parts)
      throw new PanelError({
        code: 'study/wrong-name',
        message: `"${key}" cannot be a name in expected; model.column.term was expected.`,
        hint: 'Write full.1.lnpatent1 for the term lnpatent1 in the first column of full.',
        ...(source && { at: placeOf(source, pointerOf(['expected', key]), 'key') }),
      });
    return (['estimate', 'se'] as const).flatMap((what): ReplicatedCell[] => {
      const expected = wanted[what];
      if (expected === undefined) return [];
      const printed = textOf(key, what, expected, source);
      const tolerance = wanted.tol ?? halfUnit(readPrinted(printed)!);
      const { value, reason } = found(fits, parts.model, parts.column, parts.term, what);
      const difference = value === undefined ? null : Math.abs(value - expected);
      const agrees = difference !== null && difference <= tolerance + SLACK * (Math.abs(expected) + tolerance);
      const at = { ...parts, what, printed, expected };
      return [{ ...at, recomputed: value ?? null, difference, tolerance, agrees, ...(reason && { reason }) }];
    });
  });
}
