/** What is printed under a regression table. */
import { count, fixed, starRule } from './format.ts';
import { columnRanges, termLabel, type Variables } from './labels.ts';
import { QUANTITY_NOTES } from './quantities.ts';
import { clusterWords, comparesUnits, isFit, isNamed, type RegressionTableStyle } from './regression-style.ts';
import type { DropReason, Fit, FitResult, SampleLog } from './types.ts';

/** Sentences with the columns they hold for: said once, with column numbers only where they do not hold for all. */
function byColumns(results: FitResult[], sentenceOf: (fit: Fit) => string): { columns: string; sentence: string }[] {
  const said = new Map<string, number[]>();
  results.forEach((result, j) => {
    const sentence = isFit(result) ? sentenceOf(result) : '';
    if (sentence) said.set(sentence, [...(said.get(sentence) ?? []), j]);
  });
  const all = results.filter(isFit).length;
  return [...said].map(([sentence, columns]) => ({
    columns: columns.length === all ? '' : columnRanges(columns),
    sentence,
  }));
}

/** "from the observed information", "clustered by firm (covariance × G/(G−1))"; counts and factors stand in the foot. */
export function vcovWords({ vcovInfo, distribution }: Fit, variables: Variables = {}): string {
  const { type, factor, factorRule, repaired, resampled } = vcovInfo;
  if (resampled) return `from the ${resampled}`;
  const details = [factor !== 1 && `covariance × ${factorRule}`, repaired && 'negative eigenvalues put to zero'];
  const inner = details.some(Boolean) ? ` (${details.filter(Boolean).join('; ')})` : '';
  if (type === 'iid') return `${distribution === 't' ? 'classical' : 'from the observed information'}${inner}`;
  if (!type.startsWith('cluster:')) return `robust to heteroskedasticity, ${type.toUpperCase()}${inner}`;
  return `clustered by ${clusterWords(type, variables)}${inner}`;
}

const SHOWN = {
  se: 'Standard errors in parentheses',
  t: 'Test statistics in parentheses; standard errors',
  p: 'p values in parentheses; standard errors',
  ci: 'Confidence intervals in brackets; standard errors',
};

function inferenceNote(results: FitResult[], { show, stars, variables }: RegressionTableStyle): string {
  const kinds = byColumns(results, (fit) => vcovWords(fit, variables));
  if (kinds.length === 0) return '';
  const words = kinds.map(({ columns, sentence }) => (columns ? `${columns} ${sentence}` : sentence)).join('; ');
  const laws = byColumns(results, (fit) => (fit.distribution === 't' ? 't' : 'z'));
  const law = laws.map(({ columns, sentence }) => (columns ? `${sentence} in ${columns}` : sentence)).join(', ');
  const rule = stars.length > 0 ? ` ${starRule(stars)}, from the standard error shown (${law}).` : '';
  const levels = new Set(results.filter(isFit).map((fit) => fixed(fit.level * 100, 0)));
  const what =
    show === 'ci' && levels.size === 1
      ? `${[...levels][0]}% confidence intervals in brackets; standard errors`
      : SHOWN[show];
  const link = words.startsWith('(') ? ': ' : show === 'se' ? ', ' : ' ';
  return `${what}${link}${words}.${rule}`;
}

const MARK =
  '‡ Not identified from change within units. The conditional model keeps such a coefficient, ' +
  'but it compares units with each other and owes its size to the distribution assumed.';

function reasonWords({ reason, rows, groups }: DropReason): string {
  const n = count(rows);
  const of =
    groups && groups.length > 0 ? `${count(groups.length)} ${groups.length === 1 ? 'group' : 'groups'}` : 'groups';
  if (reason === 'lag') return `${n} lost to the lag`;
  if (reason === 'filter') return `${n} outside the filter`;
  if (reason === 'all-zero group') return `${n} in ${of} with no count above zero`;
  if (reason === 'one-row group') return `${n} in ${of} of one row`;
  if (reason === 'separated') return `${n} separated (predicted to be 0 perfectly)`;
  if (reason === 'all-zero fixed effect') return `${n} in levels of a fixed effect with no count above zero`;
  if (reason.startsWith('missing ')) return `${n} without ${reason.slice('missing '.length)}`;
  return `${n} ${reason}`;
}

/** "261 of 450 rows used: 45 lost to the lag, 144 in 16 groups with no count above zero." */
export function sampleWords({ rows, used, dropped }: SampleLog): string {
  const lost = dropped.filter((d) => d.rows > 0);
  if (lost.length === 0)
    return rows === used ? `All ${count(rows)} rows used.` : `${count(used)} of ${count(rows)} rows used.`;
  return `${count(used)} of ${count(rows)} rows used: ${lost.map(reasonWords).join(', ')}.`;
}

const sampleNote = ({ sample }: Fit) => (sample.rows === sample.used ? '' : sampleWords(sample));

/** A note that only says that a dummy went, of a set that the table does not show. */
function isAboutHidden(message: string, fit: Fit, omit: string[]): boolean {
  const named = fit.collinear.filter((term) => message.includes(term));
  return named.length > 0 && named.every((term) => isNamed(term, omit));
}

function fitNotes(results: FitResult[], omit: string[]): string[] {
  const messagesOf = (fit: Fit) => fit.notes.map((n) => n.message).filter((m) => !isAboutHidden(m, fit, omit));
  const messages = new Set(results.filter(isFit).flatMap(messagesOf));
  return [...messages].flatMap((message) =>
    withColumns(byColumns(results, (fit) => (messagesOf(fit).includes(message) ? message : ''))),
  );
}

const withColumns = (said: { columns: string; sentence: string }[]) =>
  said.map(({ columns, sentence }) => (columns ? `${columns}: ${sentence}` : sentence));

const failureNotes = (results: FitResult[]) =>
  results.flatMap((result, j) =>
    isFit(result)
      ? []
      : [
          `(${j + 1}) failed, ${result.error.code}: ${[result.error.message, result.error.hint].filter(Boolean).join(' ')}`,
        ],
  );

/** Columns whose specification lags all variables, where other columns do not. */
function lagsByColumn(results: FitResult[]): string {
  const said = byColumns(results, ({ lag }) =>
    lag ? `the explanatory variables are lagged ${lag === 1 ? 'one period' : `${lag} periods`}` : '',
  );
  return said.map(({ columns, sentence }) => `${columns}: ${sentence}.`).join(' ');
}

/** Inference and stars, ‡, lag, sample losses, the fits' own notes, failures. */
export function regressionNotes(results: FitResult[], style: RegressionTableStyle): string[] {
  const fits = results.filter(isFit);
  const marked = fits.some((fit) => fit.coefficients.some((c) => comparesUnits(fit, c)));
  const lag = style.commonLag;
  const hidden = style.omit.filter((name) => fits.some((fit) => fit.coefficients.some((c) => c.term === name)));
  const notes = [
    inferenceNote(results, style),
    ...style.as.map((quantity) => QUANTITY_NOTES[quantity]),
    marked ? MARK : '',
    lag === undefined ? lagsByColumn(results) : '',
    lag ? `All explanatory variables are lagged ${lag === 1 ? 'one period' : `${lag} periods`}.` : '',
    hidden.length > 0 ? `Not shown: ${hidden.map((name) => termLabel(name, style.variables).label).join(', ')}.` : '',
    ...withColumns(byColumns(results, sampleNote)),
    ...fitNotes(results, style.omit),
    ...failureNotes(results),
  ];
  return notes.filter(Boolean);
}
