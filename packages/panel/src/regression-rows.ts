/** The coefficient rows of a regression table. */
import { pairDecimals, pValue, shown, starsOf } from './format.ts';
import { intervals } from './intervals.ts';
import { termLabel } from './labels.ts';
import { quantityOf, type Shown } from './quantities.ts';
import { comparesUnits, isFit, isNamed, type Quantity, type RegressionTableStyle } from './regression-style.ts';
import type { Cell, Coefficient, Fit, FitResult, TableRow } from './types.ts';

export const INTERCEPT = '(Intercept)';
export const EMPTY: Cell = { text: '', kind: 'empty' };

/** Table columns of one fit. */
export const columnsPerFit = ({ as, layout }: RegressionTableStyle) => as.length * (layout === 'beside' ? 2 : 1);

/** One cell a fit, over all its columns. */
export function spread(cells: Cell[], style: RegressionTableStyle): Cell[] {
  const span = columnsPerFit(style);
  if (span === 1) return cells;
  return cells.flatMap((cell) => [
    cell.kind === 'empty' ? cell : { ...cell, span },
    ...Array.from({ length: span - 1 }, () => EMPTY),
  ]);
}

const termsOf = (fit: Fit) => [...fit.coefficients.map((c) => c.term), ...fit.collinear];

/** Terms in the order in which the columns name them, those that `order` names before them, the constant last. */
export function orderedTerms(fits: Fit[], { omit, order }: Pick<RegressionTableStyle, 'omit' | 'order'>): string[] {
  const all = [...new Set(fits.flatMap(termsOf))].filter((term) => !isNamed(term, omit));
  const first = [...new Set(order.flatMap((name) => all.filter((term) => isNamed(term, [name]))))];
  const rest = all.filter((term) => !first.includes(term));
  return [...first, ...rest.filter((t) => t !== INTERCEPT), ...rest.filter((t) => t === INTERCEPT)];
}

function secondCell(c: Shown, { show, digits }: RegressionTableStyle, decimals: ReturnType<typeof pairDecimals>): Cell {
  if (show === 'p') return { text: `(${pValue(c.p)})`, value: c.p, kind: 'se' };
  if (show === 't') return { text: `(${shown(c.statistic, Math.min(digits, 2))})`, value: c.statistic, kind: 'se' };
  if (show === 'ci') {
    const ends = [c.lower, c.upper].map((end) => shown(end, decimals.estimate, digits));
    return { text: `[${ends.join(', ')}]`, kind: 'se' };
  }
  return { text: `(${shown(c.se, decimals.se, digits)})`, value: c.se, kind: 'se' };
}

function intervalOf(fit: Fit, c: Coefficient, quantity: Quantity): Pick<Cell, 'interval'> {
  if (quantity !== 'estimate' || c.term === INTERCEPT) return {};
  return { interval: { ...intervals(fit, c), ...(comparesUnits(fit, c) && { between: true as const }) } };
}

function pairOf(fit: Fit, c: Coefficient, quantity: Quantity, style: RegressionTableStyle): [Cell, Cell] {
  const number = quantityOf(fit, c, quantity, style.logs);
  if (!number) return [EMPTY, EMPTY];
  if (![number.estimate, number.se, number.lower, number.upper].every(Number.isFinite))
    return [{ text: 'beyond 1e308', kind: 'text' }, EMPTY];
  const decimals = pairDecimals(number.estimate, number.se, style.digits);
  const stars = starsOf(number.p, style.stars);
  const first: Cell = {
    text: shown(number.estimate, decimals.estimate, style.digits),
    value: number.estimate,
    ...(stars && { stars }),
    kind: 'estimate',
    ...(quantity === 'irr' && { ratio: true as const }),
    ...intervalOf(fit, c, quantity),
  };
  return [first, secondCell(number, style, decimals)];
}

/** Estimate and what is shown with it, once a quantity. */
function pairsOf(result: FitResult, term: string, style: RegressionTableStyle): [Cell, Cell][] {
  const nothing = style.as.map((): [Cell, Cell] => [EMPTY, EMPTY]);
  if (!isFit(result)) return nothing;
  const c = result.coefficients.find((row) => row.term === term);
  if (c) return style.as.map((quantity) => pairOf(result, c, quantity, style));
  if (!result.collinear.includes(term)) return nothing;
  return nothing.map(([, second], k) => [k === 0 ? { text: 'omitted', kind: 'text' } : EMPTY, second]);
}

const SECOND = { se: 'se', t: 'statistic', p: 'p', ci: 'ci' } as const;

/** One row, or the pair of estimate and SE. */
export function rowsOfTerm(results: FitResult[], term: string, style: RegressionTableStyle): TableRow[] {
  const { label, unit } = termLabel(term, style.variables, style.commonLag !== undefined);
  const pairs = results.flatMap((result) => pairsOf(result, term, style));
  const marked = results.some((r) => isFit(r) && r.coefficients.some((c) => c.term === term && comparesUnits(r, c)));
  const head = { label, ...(unit && { unit }), ...(marked && { mark: '‡' }) };
  const estimate = { term, statistic: 'estimate' as const };
  if (style.layout === 'beside') return [{ ...head, cells: pairs.flat(), kind: 'only', ...estimate }];
  const alone = !unit && pairs.every(([, second]) => second.kind === 'empty');
  const first: TableRow = { ...head, cells: pairs.map(([cell]) => cell), kind: alone ? 'only' : 'first', ...estimate };
  if (alone) return [first];
  return [
    first,
    { label: '', cells: pairs.map(([, second]) => second), kind: 'second', term, statistic: SECOND[style.show] },
  ];
}
