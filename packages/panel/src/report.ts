/** Everything a run found → the Report, in reading order. */
import type { Consequence } from './consequences.ts';
import { variablesTable } from './describe-variables.ts';
import { duplicateNotes } from './duplicates.ts';
import { curveSentence } from './figures-curve.ts';
import { identificationTable } from './identification-table.ts';
import { joinNotes } from './join-report.ts';
import { lowered } from './labels.ts';
import { VERSION } from './later.ts';
import { provenanceOf, withProvenance } from './provenance.ts';
import { isFit } from './regression-style.ts';
import { FRONTIER, frontierSection, isFrontierTable } from './report-frontiers.ts';
import { computedLede, factsOf } from './report-opening.ts';
import {
  courseFigures,
  estimatorsFigure,
  fitFigures,
  leadFigure,
  type RegressionParts,
  replicatesFigure,
  splitFigure,
  tablesOf,
  withNumbers,
} from './report-regressions.ts';
import {
  certificatesTable,
  comparedTable,
  expectedTable,
  sampleTable,
  testsTable,
  unitsLostTable,
} from './report-tables.ts';
import { type CurveParts, curveSections, movingItems } from './run-curves.ts';
import type { ColumnFailure, RunOptions } from './run-types.ts';
import type { Study } from './study.ts';
import type { TestOutcome } from './study-tests.ts';
import type { Figure, Frame, Manifest, Report, Section, Table, VariableShares } from './types.ts';

/** What the report is made of. */
export interface ReportParts extends RegressionParts, CurveParts {
  frame: Frame;
  described: (Table | Figure)[];
  shares: VariableShares[];
  consequences: Consequence[];
  tests: TestOutcome[];
  failures: ColumnFailure[];
}

const present = <T>(items: (T | undefined)[]): T[] => items.filter((item) => item !== undefined);

const section = (id: string, title: string, prose: string[], items: (Table | Figure | undefined)[]): Section => ({
  id,
  title,
  prose,
  items: present(items),
});

const IDENTIFICATION =
  'Share of each variable’s variance between units, common to all units in a period, and within units net of both. Only the last part survives unit and period effects.';

const escaped = (name: string) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** The panel's column names in the words of the study. */
function readingIn(study: Study, names: string[], reading: string): string {
  return names.reduce((text, name) => {
    const label = study.variables?.[name]?.label;
    if (!label) return text;
    return text.replace(new RegExp(`(?<![\\p{L}\\p{N}_])${escaped(name)}(?![\\p{L}\\p{N}_])`, 'gu'), () =>
      lowered(label),
    );
  }, reading);
}

/** Variance shares in the words of the study, with what they mean for its models; undefined without a panel or variables. */
export function identificationOf(
  study: Study,
  { panel }: Frame,
  shares: VariableShares[],
  consequences: Consequence[] = [],
): Table | undefined {
  if (!panel || shares.length === 0) return undefined;
  const rows = shares.map((s) => ({ ...s, reading: readingIn(study, [...panel.unit, panel.time], s.reading) }));
  return identificationTable(rows, {
    id: 'identification',
    period: panel.time,
    notes: consequences.map(({ message }) => message),
    ...(study.variables && { variables: study.variables }),
  });
}

const identification = ({ shares, consequences, study, frame }: ReportParts) =>
  section(
    'identification',
    'What the data can and cannot tell',
    [IDENTIFICATION],
    [identificationOf(study, frame, shares, consequences)],
  );

function robustness(parts: ReportParts): Section {
  const [first, ...others] = parts.plan.tables;
  const figures = [
    estimatorsFigure(parts) ?? leadFigure(parts),
    splitFigure(parts),
    ...courseFigures(parts),
    replicatesFigure(parts),
    ...fitFigures(parts),
  ];
  const companions = first ? tablesOf(parts, first).slice(1) : [];
  const rest = others.filter((one) => !isFrontierTable(parts, one)).flatMap((planned) => tablesOf(parts, planned));
  return section(
    'robustness',
    'Does it hold?',
    [],
    [...figures, ...companions, ...rest, ...movingItems(parts, parts.study)],
  );
}

const MULTIVERSE =
  'Every specification that the study declares as defensible, and whether their curve as a whole is more than chance (Simonsohn, Simmons and Nelson 2020).';

const multiverse = (parts: ReportParts) =>
  section('multiverse', 'Every declared choice', [MULTIVERSE], curveSections(parts, parts.study));

/** The parts in the order of the study; the variables follow the first tables and figures unless a part shows them. */
function data({ described, study, plan, frame }: ReportParts): Section {
  const shown = plan.describe.some(({ kind }) => kind === 'variables');
  const table = shown ? undefined : allVariablesTable(study);
  const statistics = described.findIndex((item) => item.kind === 'table' && item.id === 'summary');
  const at = statistics < 0 ? described.length : statistics;
  // A study without models has no results to print its notes under.
  const notes = plan.tables.length === 0 ? (study.notes ?? []) : [];
  const joined = [...duplicateNotes(frame), ...joinNotes(frame)].map(({ message }) => message);
  return section('data', 'The data', [...notes, ...joined], [...described.slice(0, at), table, ...described.slice(at)]);
}

function allVariablesTable(study: Study): Table | undefined {
  const table = variablesTable(study, 'variables');
  return table.body.length > 0 ? table : undefined;
}

function tests({ tests: outcomes, study }: ReportParts): Section {
  const classic = outcomes.filter(({ result }) => result.form === 'classic');
  const compared = classic.map((test, i) => comparedTable(test, study.variables ?? {}, `hausman-${i + 1}`));
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

/** "Table 1", "Figure 1" … in reading order; ids stay unique; titles that name another table get its number. */
function numbered(sections: Section[]): Section[] {
  const numbers = { table: 0, figure: 0 };
  const ids = new Set<string>();
  const numberOf = new Map<string, string>();
  const named = (item: Table | Figure): Table | Figure => {
    let { id } = item;
    for (let k = 2; ids.has(id); k++) id = `${item.id}-${k}`;
    ids.add(id);
    const number = `${item.kind === 'table' ? 'Table' : 'Figure'} ${++numbers[item.kind]}`;
    numberOf.set(id, number);
    return { ...item, id, number };
  };
  const all = sections.map((s) => ({ ...s, items: s.items.map(named) }));
  const spelled = (title: string) => withNumbers(title, (id) => numberOf.get(id));
  const titled = (item: Table | Figure): Table | Figure => {
    const title = spelled(item.title);
    return item.kind === 'table'
      ? { ...item, title }
      : {
          ...item,
          title,
          subtitle: spelled(item.subtitle),
          table: { ...item.table, title: spelled(item.table.title) },
        };
  };
  return all.map((s) => ({ ...s, items: s.items.map(titled) }));
}

const furtherInputs = (tables: Record<string, Frame> = {}) =>
  Object.values(tables).map(({ source: { name, sha256, bytes }, rows }) => ({
    name,
    ...(sha256 && { sha256 }),
    bytes,
    rows,
  }));

/** Tables that were joined, as inputs beside the panel. */
const joinedInputs = ({ joins = [] }: Frame) =>
  joins.map(({ name, sha256, bytes, rows }) => ({ name, ...(sha256 && { sha256 }), bytes, rows }));

const curveSeeds = ({ plan }: ReportParts) =>
  Object.fromEntries(plan.curves.flatMap(({ id, joint }) => (joint ? [[`multiverse.${id}`, joint.seed]] : [])));

async function manifestOf(parts: ReportParts, sections: Section[], o: RunOptions): Promise<Manifest> {
  const { frame, plan } = parts;
  const { name, sha256, bytes } = frame.source;
  const plain: Omit<Manifest, 'runHash'> = {
    schema: 'manifest/1',
    study: o.name ?? 'study.yaml',
    gravpanel: VERSION,
    inputs: [
      { name, ...(sha256 && { sha256 }), bytes, rows: frame.rows },
      ...joinedInputs(frame),
      ...furtherInputs(o.tables),
    ],
    seeds: { starts: plan.seed, ...curveSeeds(parts) },
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
    inputs: plain.inputs.map(({ sha256: hash, bytes: size, rows }) => ({ sha256: hash, bytes: size, rows })),
    models: models.map(({ id, column, formula }) => ({ id, column, formula })),
  };
  const runHash = (await o.sha256?.(JSON.stringify([asked, parts.study]))) ?? '';
  const items = sections.flatMap((s) => s.items);
  const idsOf = (kind: 'table' | 'figure') => items.filter((item) => item.kind === kind).map(({ id }) => id);
  const outputs = { tables: idsOf('table'), figures: idsOf('figure') };
  return {
    ...plain,
    outputs,
    ...(o.studyFile && { studyFile: o.studyFile }),
    ...(o.base !== undefined && { base: o.base }),
    ...(o.versions && { versions: o.versions }),
    ...(o.part && { part: o.part }),
    runHash,
  };
}

/** Of a report that has curves and no columns. */
function curveLede({ plan, curves, study }: ReportParts): string | undefined {
  if (plan.models.length > 0 || curves.length === 0) return undefined;
  return curves.map((curve) => curveSentence(curve, study.variables)).join(' ');
}

/**
 * The report of a run, in reading order: answer and sample box, main table, identification, does it hold, frontiers, curves, the data, tests,
 * the sample in full, certificates, expected numbers. Sections without anything to show are left out.
 */
export async function assembleReport(parts: ReportParts, o: RunOptions): Promise<Report> {
  const { study, plan, fits, frame } = parts;
  const [first] = plan.tables;
  const found = numbered(
    [
      section('results', 'Results', study.notes ?? [], first ? tablesOf(parts, first).slice(0, 1) : []),
      identification(parts),
      robustness(parts),
      section('frontier', 'How far below the possible', [FRONTIER], frontierSection(parts)),
      multiverse(parts),
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
      section('expected', 'Expected against recomputed', [], [expectedTable(study, fits, 'expected', o.source)]),
    ].filter(({ items }) => items.length > 0),
  );
  const sections = withProvenance(study, found);
  return {
    title: study.title,
    ...(study.question && { question: study.question }),
    lede: study.lede ?? curveLede(parts) ?? computedLede(study, plan, fits, frame),
    facts: factsOf(study, plan, fits, frame),
    provenance: provenanceOf(study),
    sections,
    manifest: await manifestOf(parts, sections, o),
  };
}
