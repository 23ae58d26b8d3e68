/** The first thing a reader sees: the answer in at most 60 words, and the sample box. */
import { capital, count, percent } from './format.ts';
import { lowered, termLabel, variableLabel } from './labels.ts';
import { models } from './models/index.ts';
import type { StudyPlan } from './plan.ts';
import { comparesUnits, isFit } from './regression-style.ts';
import type { Study } from './study.ts';
import type { Coefficient, DropReason, Fit, FitResult, Frame } from './types.ts';

/** Words of the lede, at most. */
const MOST_WORDS = 60;
const ALPHA = 0.05;

const wordsIn = (text: string) => text.split(/\s+/).filter(Boolean).length;

function listed(names: string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** A column with its place: in the table, and among those of its model. */
export interface Lead {
  fit: Fit;
  /** 1-based column of the table. */
  column: number;
  model: string;
  /** 0-based column of the model. */
  index: number;
}

/** The fullest column of the first table: its last one that was estimated. */
export function leadFit(plan: StudyPlan, fits: Record<string, FitResult[]>): Lead | undefined {
  const models = plan.tables[0]?.models ?? Object.keys(fits).slice(0, 1);
  const all = models.flatMap((model) => (fits[model] ?? []).map((result, index) => ({ result, model, index })));
  const at = all.findLastIndex(({ result }) => isFit(result));
  if (at < 0) return undefined;
  const { result, model, index } = all[at];
  return { fit: result as Fit, column: at + 1, model, index };
}

/** "1970–1979" of the rows in the data. */
export function span({ panel }: Frame): string {
  if (!panel || panel.periods.length === 0) return '';
  const [first, last] = [panel.periods[0], panel.periods.at(-1)!];
  return first === last ? String(first) : `${first}–${last}`;
}

function directions(fit: Fit, study: Study, omit: string[]) {
  const name = ({ term }: Coefficient) => lowered(termLabel(term, study.variables ?? {}).label);
  const shown = fit.coefficients.filter(
    ({ term }) => term !== '(Intercept)' && !term.includes('::') && !omit.some((o) => term === o),
  );
  const identified = shown.filter((c) => !comparesUnits(fit, c));
  const clear = identified.filter(({ p }) => p < ALPHA);
  return {
    more: clear.filter(({ estimate }) => estimate > 0).map(name),
    fewer: clear.filter(({ estimate }) => estimate < 0).map(name),
    unclear: identified.filter(({ p }) => !(p < ALPHA)).map(name),
    between: shown.filter((c) => comparesUnits(fit, c)).map(name),
  };
}

/**
 * A plain sentence on the fullest column of the main table: what goes with more, what with fewer, what cannot be told
 * (5% level, from the standard errors shown), what only compares units. At most 60 words: parts are left out from the end.
 */
export function computedLede(study: Study, plan: StudyPlan, fits: Record<string, FitResult[]>, frame: Frame): string {
  const lead = leadFit(plan, fits);
  if (!lead) return 'No column was estimated; the tables say why.';
  const { fit, column } = lead;
  const { more, fewer, unclear, between } = directions(fit, study, plan.tables[0]?.omit ?? []);
  const depvar = lowered(variableLabel(fit.depvar, study.variables));
  const units = fit.ngroups === undefined ? '' : `, ${count(fit.ngroups)} units`;
  const years = span(frame) ? `, ${span(frame)}` : '';
  const head = `${capital(fit.title)} of ${depvar}${units}${years}.`;
  const lean = (names: string[], words: string) =>
    names.length > 0 ? `${listed(names)} ${names.length === 1 ? 'goes' : 'go'} with ${words}` : '';
  const outcome = models[fit.model].needs.counts === 'any' ? 'values' : 'counts';
  const found = [lean(more, `higher ${outcome}`), lean(fewer, `lower ${outcome}`)].filter(Boolean).join('; ');
  const parts = [
    `In column (${column}), ${found || `nothing ${between.length > 0 ? 'that changes within units ' : ''}is told apart from zero at 5%`}.`,
    unclear.length > 0 && found ? `No clear link: ${listed(unclear)}.` : '',
    between.length > 0
      ? `${capital(listed(between))} ${between.length === 1 ? 'compares' : 'compare'} units with each other.`
      : '',
  ].filter(Boolean);
  while (parts.length > 1 && wordsIn([head, ...parts].join(' ')) > MOST_WORDS) parts.pop();
  const text = [head, ...parts].join(' ');
  return wordsIn(text) <= MOST_WORDS ? text : head;
}

function reasonLabel({ reason }: DropReason, study: Study): string {
  if (reason === 'lag') return 'Lost to the lag';
  if (reason === 'filter') return 'Outside the filter';
  if (reason === 'all-zero group') return 'In units without any count';
  if (reason === 'one-row group') return 'In units of one row';
  if (reason.startsWith('missing '))
    return `Without ${variableLabel(reason.slice('missing '.length), study.variables)}`;
  return capital(reason);
}

/** "observed information", "clustered by cusip (338)". */
function seWords({ vcov, vcovInfo, distribution }: Fit, study: Study): string {
  if (vcovInfo.resampled) return vcovInfo.resampled;
  if (vcov === 'iid') return distribution === 't' ? 'classical' : 'observed information';
  if (!vcov.startsWith('cluster:')) return vcov.toUpperCase();
  const by = vcov
    .slice('cluster:'.length)
    .split('+')
    .map((name) => lowered(variableLabel(name, study.variables)));
  return `clustered by ${by.join(' and ')} (${(vcovInfo.clusters ?? []).map(count).join(' and ')})`;
}

/** The sample box: the fullest column of the main table. */
export function factsOf(study: Study, plan: StudyPlan, fits: Record<string, FitResult[]>, frame: Frame) {
  const facts: { label: string; value: string }[] = [];
  const add = (label: string, value: string) => facts.push({ label, value });
  const { fit } = leadFit(plan, fits) ?? {};
  const { panel } = frame;
  if (panel) {
    const unit = study.variables?.[panel.unit[0]]?.label ?? `Units (${panel.unit.join(' × ')})`;
    const all = panel.units.length;
    add(unit, fit?.sample.unitsUsed === undefined ? count(all) : `${count(fit.sample.unitsUsed)} of ${count(all)}`);
    add('Periods', span(frame));
  }
  add('Rows given', count(frame.rows));
  if (!fit) return facts;
  for (const dropped of fit.sample.dropped) if (dropped.rows > 0) add(reasonLabel(dropped, study), count(dropped.rows));
  add('Rows used', `${count(fit.nobs)} (${percent(fit.nobs / frame.rows, 0)}%)`);
  add('Standard errors', seWords(fit, study));
  return facts;
}
