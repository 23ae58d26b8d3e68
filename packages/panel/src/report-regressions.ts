/** Regression tables and coefficient plots of a report: what the study asked for, and each nb-fe column's companions. */

import type { Diagnostics } from './diagnostics.ts';
import { parseExpression } from './expression.ts';
import { coefficientFigure } from './figures.ts';
import { bootstrapTitle } from './figures-bootstrap.ts';
import { diagnosticFigures } from './figures-diagnostics.ts';
import { lagFigures } from './figures-lags.ts';
import { type Variables, variableLabel } from './labels.ts';
import type { StudyPlan } from './plan.ts';
import { groupsOf, type PlannedTable } from './plan-tables.ts';
import { isFit } from './regression-style.ts';
import { panelTable, type RegressionTableOptions, regressionTable } from './regression-table.ts';
import { leadFit } from './report-opening.ts';
import type { CompanionFits } from './run-types.ts';
import type { Study } from './study.ts';
import type { Figure, FitResult, Table } from './types.ts';

/** What the tables are made of. */
export interface RegressionParts {
  study: Study;
  plan: StudyPlan;
  fits: Record<string, FitResult[]>;
  companions: Record<string, CompanionFits[]>;
  /** Distributions of resampled columns, by "model column". */
  replicates?: Record<string, Figure>;
  /** Of the main column. */
  diagnostics?: Diagnostics;
}

/** Columns that stand beside each other on one page. */
const MOST_COLUMNS = 7;

/** A title's word for another table; {@link withNumbers} puts "Table 3" in its place. */
const reference = (id: string) => `\u0001${id}\u0001`;

/** The text with its references spelled out; `numberOf` gives "Table 3" for an id. */
export const withNumbers = (text: string, numberOf: (id: string) => string | undefined) =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the marks are our own and stand in no text of a study
  text.replace(/\u0001([^\u0001]*)\u0001/g, (_, id: string) => numberOf(id) ?? id);

/** Derived variables that are logarithms. */
function logsOf({ derive = {} }: Study): string[] {
  return Object.keys(derive).filter((name) => {
    const expression = derive[name];
    const node = typeof expression === 'string' ? parseExpression(expression).node : undefined;
    return node?.type === 'call' && node.name === 'log';
  });
}

/** The study's words for variables, with those of the table before them. */
function variablesOf({ variables = {} }: Study, labels: Record<string, string> = {}): Variables {
  const own = Object.entries(labels).map(([name, label]) => [name, { ...variables[name], label }]);
  return { ...variables, ...Object.fromEntries(own) };
}

function optionsOf({ study }: RegressionParts, planned: PlannedTable): Omit<RegressionTableOptions, 'id'> {
  const { models: _, panels: _p, title: _t, id: _i, labels, groups, ...style } = planned;
  return {
    ...style,
    variables: variablesOf(study, labels),
    ...(groups && { groups: groupsOf(planned) }),
    ...(style.as?.includes('elasticity') && { logs: logsOf(study) }),
  };
}

/** Results of one companion estimator for all models of a table. */
function beside({ companions }: RegressionParts, models: string[], estimator: string): FitResult[] {
  return models.flatMap((model) =>
    (companions[model] ?? []).filter(({ spec }) => spec.model === estimator).flatMap(({ results }) => results),
  );
}

const estimatorsOf = ({ companions }: RegressionParts, models: string[]) => [
  ...new Set(models.flatMap((model) => (companions[model] ?? []).map(({ spec }) => spec.model))),
];

/**
 * A table of the study. Where each nb-fe column and its companions fit beside each other they share the table; else the
 * companions follow, one table an estimator.
 */
export function tablesOf(parts: RegressionParts, planned: PlannedTable): Table[] {
  const { id, models, title } = planned;
  const own = models.flatMap((model) => parts.fits[model] ?? []);
  const estimators = estimatorsOf(parts, models);
  const others = estimators.map((estimator) => beside(parts, models, estimator));
  const wide = (planned.as?.length ?? 1) * (planned.layout === 'beside' ? 2 : 1);
  const together = !planned.panels && (own.length + others.flat().length) * wide <= MOST_COLUMNS;
  const named = title ?? (models.length === 1 ? parts.plan.models.find((m) => m.id === models[0])?.title : undefined);
  const options = optionsOf(parts, planned);
  const head = { id, ...(named && { title: named }), ...options };
  const panels = planned.panels?.map((panel) => ({
    title: panel.title,
    results: panel.models.flatMap((model) => parts.fits[model] ?? []),
  }));
  const main = panels ? panelTable(panels, head) : regressionTable(together ? [...own, ...others.flat()] : own, head);
  if (together) return [main];
  return [
    main,
    ...others.map((results, k) => {
      const words = `The columns of ${reference(id)} by another estimator: ${results[0].title}`;
      return regressionTable(results, {
        ...options,
        id: `${id}-${estimators[k]}`,
        title: words,
        notes: [],
      });
    }),
  ];
}

/** Terms that a figure draws: those the table shows, without dummies and the constant. */
function drawnTerms(results: FitResult[], omit: string[] = []): string[] {
  const terms = results.filter(isFit).flatMap((fit) => fit.coefficients.map(({ term }) => term));
  return [...new Set(terms)].filter((term) => term !== '(Intercept)' && !term.includes('::') && !omit.includes(term));
}

interface Drawing {
  id: string;
  title: string;
  results: FitResult[];
  labels: string[];
  omit?: string[];
}

function figureOf({ study }: RegressionParts, { id, title, results, labels, omit }: Drawing): Figure | undefined {
  const terms = drawnTerms(results, omit);
  if (terms.length === 0) return undefined;
  return coefficientFigure(results, {
    id,
    title,
    labels,
    terms,
    ...(study.variables && { variables: study.variables }),
  });
}

const depvarOf = ({ study }: RegressionParts, { depvar }: FitResult) => variableLabel(depvar, study.variables);

/** The last column of the first table with companions, by each estimator. */
export function estimatorsFigure(parts: RegressionParts): Figure | undefined {
  for (const { id, models, omit } of parts.plan.tables)
    for (const model of models) {
      const companions = parts.companions[model];
      const own = parts.fits[model] ?? [];
      if (!companions || own.length === 0) continue;
      const results = [own.at(-1)!, ...companions.map((c) => c.results.at(-1)!)];
      const column = own.length > 1 ? `, column (${own.length}) of ${reference(id)}` : '';
      return figureOf(parts, {
        id: `${id}-estimators`,
        title: `Does the estimator matter? ${depvarOf(parts, results[0])}${column}`,
        results,
        labels: results.map((r) => r.title),
        omit,
      });
    }
  return undefined;
}

/** The parts of the first split model beside each other. */
export function splitFigure(parts: RegressionParts): Figure | undefined {
  const model = parts.plan.models.find(({ id, spec }) => spec.split && parts.fits[id].length > 1);
  if (!model) return undefined;
  const results = parts.fits[model.id];
  const names = results.map((r) => r.sampleName);
  const distinct = [...new Set(names)];
  const when = distinct.length === 2 ? `in ${distinct.join(' and in ')}` : `by ${model.spec.split!.by}`;
  return figureOf(parts, {
    id: `${model.id}-by-${model.spec.split!.by}`,
    title: `Is it the same ${when}? ${depvarOf(parts, results[0])}`,
    results,
    labels: names,
    omit: parts.plan.tables.find(({ models }) => models.includes(model.id))?.omit,
  });
}

/** The fullest column of the main table. */
export function leadFigure(parts: RegressionParts): Figure | undefined {
  const [planned] = parts.plan.tables;
  const lead = leadFit(parts.plan, parts.fits);
  if (!planned || !lead) return undefined;
  return figureOf(parts, {
    id: `${planned.id}-coefficients`,
    title: `${depvarOf(parts, lead.fit)}: what goes with it, column (${lead.column})`,
    results: [lead.fit],
    labels: [lead.fit.title],
    omit: planned.omit,
  });
}

/** Lags of a variable, or periods around an event, in the main column. */
export function courseFigures({ study, plan, fits }: RegressionParts): Figure[] {
  const lead = leadFit(plan, fits);
  if (!lead) return [];
  return lagFigures([lead.fit], {
    id: `${lead.model}-lags`,
    labels: [lead.fit.title],
    ...(study.variables && { variables: study.variables }),
  });
}

/** Does the main column fit its counts, and who carries it. */
export function fitFigures({ study, plan, fits, diagnostics }: RegressionParts): Figure[] {
  const lead = leadFit(plan, fits);
  const [planned] = plan.tables;
  if (!lead || !diagnostics) return [];
  const where = planned ? `column (${lead.column}) of ${reference(planned.id)}` : `column (${lead.column})`;
  return diagnosticFigures(diagnostics, lead.fit, {
    id: lead.model,
    where,
    ...(study.variables && { variables: study.variables }),
    ...(planned?.omit && { omit: planned.omit }),
  });
}

/** The replicates of the main column, where it was resampled. */
export function replicatesFigure({ study, plan, fits, replicates = {} }: RegressionParts): Figure | undefined {
  const lead = leadFit(plan, fits);
  const [planned] = plan.tables;
  const figure = lead && replicates[`${lead.model} ${lead.index + 1}`];
  if (!figure || !planned) return figure;
  const title = bootstrapTitle(lead.fit, `column (${lead.column}) of ${reference(planned.id)}`, study.variables);
  return { ...figure, title, table: { ...figure.table, title: `Numbers of “${title}”` } };
}
