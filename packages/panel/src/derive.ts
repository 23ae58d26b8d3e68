/** Derived columns and row filters. */
import { nearestHint, PanelError, type Place } from './errors.ts';
import { evaluateExpression, evaluateNumbers } from './expression-eval.ts';
import { parseExpression } from './expression-parse.ts';
import { type Expression, namesIn } from './expression-tree.ts';
import type { Frame } from './types.ts';

const pointer = (place: Place | undefined, name: string) =>
  `${place?.pointer ?? '/derive'}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;

function parseAll(frame: Frame, defs: Record<string, string | number>, place?: Place): Map<string, Expression> {
  const parsed = new Map<string, Expression>();
  for (const [name, source] of Object.entries(defs)) {
    const at: Place = { ...place, pointer: pointer(place, name) };
    if (Object.hasOwn(frame.columns, name))
      throw new PanelError({
        code: 'derive/redefined',
        message: `"${name}" is already a column of "${frame.source.name}"; a derived column needs a name of its own.`,
        hint: `Choose another name, e.g. ${name}_new.`,
        at: { ...at, variable: name },
      });
    parsed.set(name, parseExpression(String(source), at));
  }
  return parsed;
}

/** Definitions in an order in which each one comes after those it reads. */
function ordered(frame: Frame, parsed: Map<string, Expression>): string[] {
  const done: string[] = [];
  const path: string[] = [];
  const visit = (name: string) => {
    if (done.includes(name)) return;
    const expression = parsed.get(name)!;
    if (path.includes(name)) {
      const cycle = [...path.slice(path.indexOf(name)), name].join(' → ');
      throw new PanelError({
        code: 'derive/cycle',
        message: `Derived columns define each other in a circle: ${cycle}.`,
        hint: 'Define one of them from columns of the file.',
        at: { ...expression.text.place, variable: name },
      });
    }
    path.push(name);
    for (const used of namesIn(expression.node)) {
      if (parsed.has(used)) visit(used);
      else if (!Object.hasOwn(frame.columns, used)) throw unknown(frame, expression, used, parsed);
    }
    path.pop();
    done.push(name);
  };
  for (const name of parsed.keys()) visit(name);
  return done;
}

function unknown(frame: Frame, { text }: Expression, name: string, parsed: Map<string, Expression>): PanelError {
  const column = text.source.indexOf(name) + 1;
  return new PanelError({
    code: 'expression/unknown-column',
    message: `"${name}" is neither a column of "${frame.source.name}" nor derived.`,
    hint: nearestHint(name, [...Object.keys(frame.columns), ...parsed.keys()]),
    at: { ...text.place, column, source: text.source, length: name.length },
  });
}

/**
 * The frame with derived columns after its own, in the order of `defs`; they may use each other in any order, and
 * l(), f(), d() where the frame has a panel.
 * @param defs name → expression (or a number).
 * @param place what stands around the definitions; each name is added to its pointer (default "/derive").
 * @throws PanelError derive/redefined, derive/cycle, expression/… with the position, data/not-finite-result with the row.
 */
export function derive(frame: Frame, defs: Record<string, string | number>, place?: Place): Frame {
  const parsed = parseAll(frame, defs, place);
  let result = frame;
  for (const name of ordered(frame, parsed)) {
    const column = evaluateExpression(result, parsed.get(name)!);
    result = { ...result, columns: { ...result.columns, [name]: column } };
  }
  const columns = { ...frame.columns };
  for (const name of parsed.keys()) columns[name] = result.columns[name];
  return { ...frame, columns };
}

/** What a filter says of each row. */
export enum Keep {
  no = 0,
  yes = 1,
  /** The condition is missing there. */
  missing = 2,
}

/** 1 keeps, 0 drops, 2: the condition is missing. @throws as evaluateExpression. */
export function filterStates(frame: Frame, where: string, place: Place = { file: '--where' }): Uint8Array {
  const values = evaluateNumbers(frame, parseExpression(where, place));
  return Uint8Array.from(values, (v) => (Number.isNaN(v) ? Keep.missing : v !== 0 ? Keep.yes : Keep.no));
}

/**
 * Mask of the rows that a condition keeps (1); rows where it is missing are not kept.
 * @throws PanelError expression/… with the position, data/not-finite-result with the row.
 */
export function filterRows(frame: Frame, where: string, place?: Place): Uint8Array {
  return filterStates(frame, where, place).map((state) => (state === Keep.yes ? 1 : 0));
}
