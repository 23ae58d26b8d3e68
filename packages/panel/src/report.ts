/** Everything a run found → the Report, in reading order. */
import { coefficientFigure } from './figures.ts';
import { identificationTable } from './identification-table.ts';
import { variableLabel } from './labels.ts';
import { VERSION } from './later.ts';
import type { PlannedTable, StudyPlan } from './plan.ts';
import { isFit } from './regression-style.ts';
import { regressionTable } from './regression-table.ts';
import { computedLede, factsOf, leadFit } from './report-opening.ts';
import {
  certificatesTable,
  comparedTable,
  expectedTable,
  sampleTable,
  testsTable,
  unitsLostTable,
  variablesTable,
} from './report-tables.ts';
import type { ColumnFailure, CompanionFits, RunOptions, TestOutcome } from './run.ts';
import type { Study } from './study.ts';
import type { Figure, FitResult, Frame, Manifest, Report, Section, Table, VariableShares } from './types.ts';

/** What the report is made of. */
export interface ReportParts {
  study: Study;
  plan: StudyPlan;
  frame: Frame;
  fits: Record<string, FitResult[]>;
  companions: Record<string, CompanionFits[]>;
  described: (Table | Figure)[];
  shares: VariableShares[];
  tests: TestOutcome[];
  failures: ColumnFailure[];
}

/** Columns that stand beside each other on one page. */
const MOST_COLUMNS = 7;

const present = <T>(items: (T | undefined)[]): T[] => items.filter((item) => item !== undefined);

function mainTable(parts: ReportParts, planned: PlannedTable): Table {
  const { id, models, title, ...style } = planned;
  const results = models.flatMap((model) => parts.fits[model] ?? []);
  const named = title ?? (models.length === 1 ? parts.plan.models.find((m) => m.id === models[0])?.title : undefined);
  return regressionTable(results, {
    id,
    ...(named && { title: named }),
    ...style,
    ...(parts.study.variables && { variables: parts.study.variables }),
  });
}

const MOST_TOGETHER = 2;

/** The table's columns by the companion estimators: beside the nb-fe columns where few, else one table an estimator. */
function companionTables(parts: ReportParts, planned: PlannedTable): Table[] {
  const { id, models, omit, stars, digits, show } = planned;
  const style = {
    ...(omit && { omit }),
    ...(stars && { stars }),
    ...(digits !== undefined && { digits }),
    ...(show && { show }),
  };
  const variables = parts.study.variables;
  const withThem = models.filter((model) => parts.companions[model]);
  if (withThem.length === 0) return [];
  const own = withThem.flatMap((model) => parts.fits[model]);
  const estimators = [...new Set(withThem.flatMap((model) => parts.companions[model].map(({ spec }) => spec.model)))];
  const of = (estimator: string) =>
    withThem.flatMap((model) =>
      parts.companions[model].filter(({ spec }) => spec.model === estimator).flatMap((c) => c.results),
    );
  const depvar = variableLabel(own[0]?.depvar ?? '', variables);
  const make = (results: FitResult[], suffix: string, title: string) =>
    regressionTable(results, { id: `${id}-${suffix}`, title, ...style, ...(variables && { variables }) });
  if (own.length <= MOST_TOGETHER && own.length * (1 + estimators.length) <= MOST_COLUMNS)
    return [
      make([...own, ...estimators.flatMap(of)], 'companions', `${depvar} by other estimators, columns of ${id} first`),
    ];
  return estimators.map((estimator) => {
    const results = of(estimator);
    return make(results, estimator, `${depvar}: the columns of ${id} by ${results[0]?.title ?? estimator}`);
  });
}

/** Terms that a figure draws: those the table shows, without dummies and the constant. */
function drawnTerms(results: FitResult[], omit: string[] = []): string[] {
  const terms = results.filter(isFit).flatMap((fit) => fit.coefficients.map(({ term }) => term));
  return [...new Set(terms)].filter((term) => term !== '(Intercept)' && !term.includes('::') && !omit.includes(term));
}

function figureOf(
  parts: ReportParts,
  id: string,
  title: string,
  results: FitResult[],
  labels: string[],
  omit?: string[],
) {
  const terms = drawnTerms(results, omit);
  if (terms.length === 0 || results.filter(isFit).length < 1) return undefined;
  return coefficientFigure(results, {
    id,
    title,
    labels,
    terms,
    ...(parts.study.variables && { variables: parts.study.variables }),
  });
}

/** The last column of the main table by each estimator that was asked for. */
function estimatorsFigure(parts: ReportParts): Figure | undefined {
  for (const planned of parts.plan.tables)
    for (const id of planned.models) {
      const companions = parts.companions[id];
      if (!companions) continue;
      const results = [parts.fits[id].at(-1)!, ...companions.map((c) => c.results.at(-1)!)];
      const depvar = variableLabel(results[0].depvar, parts.study.variables);
      const column = parts.fits[id].length > 1 ? `, column (${parts.fits[id].length}) of ${id}` : '';
      const title = `Does the estimator matter? ${depvar}${column}`;
      return figureOf(
        parts,
        `${planned.id}-estimators`,
        title,
        results,
        results.map((r) => r.title),
        planned.omit,
      );
    }
  return undefined;
}

/** The parts of the first split model beside each other. */
function splitFigure(parts: ReportParts): Figure | undefined {
  const model = parts.plan.models.find(({ id, spec }) => spec.split && parts.fits[id].length > 1);
  if (!model) return undefined;
  const results = parts.fits[model.id];
  const omit = parts.plan.tables.find(({ models }) => models.includes(model.id))?.omit;
  const depvar = variableLabel(results[0].depvar, parts.study.variables);
  const title = `Is it the same by ${model.spec.split!.by}? ${depvar}`;
  return figureOf(
    parts,
    `${model.id}-by-${model.spec.split!.by}`,
    title,
    results,
    results.map((r) => r.sampleName),
    omit,
  );
}

function leadFigure(parts: ReportParts): Figure | undefined {
  const planned = parts.plan.tables[0];
  const lead = leadFit(parts.plan, parts.fits);
  if (!planned || !lead) return undefined;
  const depvar = variableLabel(lead.fit.depvar, parts.study.variables);
  const title = `${depvar}: what goes with it, column (${lead.column})`;
  return figureOf(parts, `${planned.id}-coefficients`, title, [lead.fit], [lead.fit.title], planned.omit);
}

const section = (id: string, title: string, prose: string[], items: (Table | Figure | undefined)[]): Section => ({
  id,
  title,
  prose,
  items: present(items),
});

const IDENTIFICATION =
  'Share of each variable’s variance between units, common to all units in a period, and within units net of both. Only the last part survives unit and period effects.';

function identification({ shares, study, frame }: ReportParts): Section {
  const items =
    shares.length > 0
      ? [
          identificationTable(shares, {
            id: 'identification',
            ...(study.variables && { variables: study.variables }),
            ...(frame.panel && { period: frame.panel.time }),
          }),
        ]
      : [];
  return section(
    'identification',
    'What the data can and cannot tell',
    items.length > 0 ? [IDENTIFICATION] : [],
    items,
  );
}

function robustness(parts: ReportParts): Section {
  const [first, ...others] = parts.plan.tables;
  const figures = [estimatorsFigure(parts) ?? leadFigure(parts), splitFigure(parts)];
  const companionsOfFirst = first ? companionTables(parts, first) : [];
  const rest = others.flatMap((planned) => [mainTable(parts, planned), ...companionTables(parts, planned)]);
  return section('robustness', 'Does it hold?', [], [...figures, ...companionsOfFirst, ...rest]);
}

function data({ described, study }: ReportParts): Section {
  const figures = described.filter((item) => item.kind === 'figure');
  const tables = described.filter((item) => item.kind === 'table');
  const shares = tables.filter((t) => t.columns.some(({ align }) => align === 'bar'));
  const rest = tables.filter((t) => !shares.includes(t));
  return section('data', 'The data', [], [...figures, ...shares, variablesTable(study, 'variables'), ...rest]);
}

function tests({ tests: outcomes, study }: ReportParts): Section {
  const compared = outcomes.map((test, i) => comparedTable(test, study.variables ?? {}, `hausman-${i + 1}`));
  return section('tests', 'Tests', [], [testsTable(outcomes, 'tests'), ...compared]);
}

/** Every estimated column, in the order of the report. */
function allColumns({ fits, companions }: ReportParts) {
  return Object.entries(fits).flatMap(([id, results]) => [
    ...results.map((result, i) => ({ id, column: i + 1, result })),
    ...(companions[id] ?? []).flatMap(({ spec, results: beside }) =>
      beside.map((result, i) => ({ id: `${id}, ${spec.model}`, column: i + 1, result })),
    ),
  ]);
}

/** "Table 1", "Figure 1" … in reading order; ids stay unique. */
function numbered(sections: Section[]): Section[] {
  const numbers = { table: 0, figure: 0 };
  const ids = new Set<string>();
  const named = (item: Table | Figure): Table | Figure => {
    let id = item.id;
    for (let k = 2; ids.has(id); k++) id = `${item.id}-${k}`;
    ids.add(id);
    const number = `${item.kind === 'table' ? 'Table' : 'Figure'} ${++numbers[item.kind]}`;
    return { ...item, id, number };
  };
  return sections.map((s) => ({ ...s, items: s.items.map(named) }));
}

async function manifestOf(parts: ReportParts, sections: Section[], o: RunOptions): Promise<Manifest> {
  const { frame, plan } = parts;
  const { name, sha256, bytes } = frame.source;
  const plain: Omit<Manifest, 'runHash'> = {
    schema: 'manifest/1',
    study: o.name ?? 'study.yaml',
    gravpanel: VERSION,
    inputs: [{ name, ...(sha256 && { sha256 }), bytes, rows: frame.rows }],
    seeds: { starts: plan.seed },
    models: allColumns(parts).map(({ id, column, result }) =>
      isFit(result)
        ? {
            id,
            column,
            formula: result.formula,
            status: 'converged',
            certificate: result.certificate,
            loglik: result.loglik,
          }
        : { id, column, formula: result.formula, status: result.error.code },
    ),
  };
  // The hash says which question was asked of which data; results and machine stay out of it.
  const { study: _name, models, ...identity } = plain;
  const asked = {
    ...identity,
    inputs: [{ sha256, bytes, rows: frame.rows }],
    models: models.map(({ id, column, formula }) => ({ id, column, formula })),
  };
  const runHash = (await o.sha256?.(JSON.stringify([asked, parts.study]))) ?? '';
  const items = sections.flatMap((s) => s.items);
  const idsOf = (kind: 'table' | 'figure') => items.filter((item) => item.kind === kind).map(({ id }) => id);
  const outputs = { tables: idsOf('table'), figures: idsOf('figure') };
  return { ...plain, outputs, ...(o.versions && { versions: o.versions }), runHash };
}

/**
 * The report of a run, in reading order: answer and sample box, main table, identification, does it hold, the data, tests,
 * the sample in full, certificates, expected numbers. Sections without anything to show are left out.
 */
export async function assembleReport(parts: ReportParts, o: RunOptions): Promise<Report> {
  const { study, plan, fits, frame } = parts;
  const [first] = plan.tables;
  const sections = numbered(
    [
      section('results', 'Results', study.notes ?? [], first ? [mainTable(parts, first)] : []),
      identification(parts),
      robustness(parts),
      data(parts),
      tests(parts),
      section(
        'sample',
        'The sample in full',
        [],
        [sampleTable(fits, 'sample'), unitsLostTable(fits, 'units-left-out')],
      ),
      section(
        'certificates',
        'Certificates',
        [],
        allColumns(parts).length > 0 ? [certificatesTable(allColumns(parts), 'certificates')] : [],
      ),
      section('expected', 'Expected against recomputed', [], [expectedTable(study, fits, 'expected')]),
    ].filter(({ items }) => items.length > 0),
  );
  return {
    title: study.title,
    ...(study.question && { question: study.question }),
    lede: study.lede ?? computedLede(study, plan, fits, frame),
    facts: factsOf(study, plan, fits, frame),
    sections,
    manifest: await manifestOf(parts, sections, o),
  };
}
