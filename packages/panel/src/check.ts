/** What can be said about a study and its data before anything is estimated. */

import type { Kernels } from '@gravpanel/core-wasm';
import { companionSpecs } from './companions.ts';
import { type Consequence, consequencesOf } from './consequences.ts';
import { duplicateNotes, duplicateWords } from './duplicates.ts';
import type { PanelErrorFields } from './errors.ts';
import { count } from './format.ts';
import { identify } from './identify.ts';
import { joinFacts, joinNotes } from './join-report.ts';
import { checkDesigns } from './multiverse.ts';
import { planStudy } from './plan.ts';
import { identificationOf } from './report.ts';
import { span } from './report-opening.ts';
import { deriveStudy, designsOf, placedError, variablesOf } from './run-designs.ts';
import { withoutSeparated } from './separated.ts';
import type { Study } from './study.ts';
import type { StudySource } from './study-places.ts';
import type {
  Cell,
  Design,
  Failure,
  FitSpec,
  Frame,
  JoinLog,
  Note,
  SampleLog,
  Table,
  VariableShares,
} from './types.ts';

/** One column of a model, ready to be estimated or not. */
export interface CheckedColumn {
  formula: string;
  depvar: string;
  sampleName: string;
  /** Rows and right-hand columns. */
  nobs?: number;
  terms?: string[];
  collinear?: string[];
  sample?: SampleLog;
  notes: Note[];
  error?: PanelErrorFields;
}
export interface StudyCheck {
  facts: { label: string; value: string }[];
  data: {
    name: string;
    sha256?: string;
    rows: number;
    columns: string[];
    units?: number;
    periods?: number[];
    balanced?: boolean;
    gaps: { unit: string; missing: number[] }[];
    joins?: JoinLog[];
  };
  notes: Note[];
  variables: VariableShares[];
  /** What the variables' shares mean for each model and its companions. */
  consequences: Consequence[];
  models: { id: string; model: string; columns: CheckedColumn[] }[];
  /** For people: columns and identification. */
  tables: Table[];
}

const MOST_GAPS = 5;
/** Periods that are listed of one unit. */
const MOST_PERIODS = 8;

function gapNotes({ panel }: Frame): Note[] {
  if (!panel || panel.gaps.length === 0) return [];
  const some = panel.gaps.slice(0, MOST_GAPS).map(({ unit, missing }) => {
    const more = missing.length > MOST_PERIODS ? ' and more' : '';
    return `${unit} lacks ${missing.slice(0, MOST_PERIODS).join(', ')}${more}`;
  });
  const more = panel.gaps.length > MOST_GAPS ? `; … ${count(panel.gaps.length)} units in all` : '';
  return [{ code: 'gaps', message: `${some.join('; ')}${more}. A lag across a gap is missing, never the row before.` }];
}

function checkedColumn(result: Design | Failure): CheckedColumn {
  const { formula, depvar, sampleName } = result;
  if ('failed' in result) return { formula, depvar, sampleName, notes: [], error: result.error };
  const { n, terms, collinear, sample, notes } = result;
  return { formula, depvar, sampleName, nobs: n, terms: terms.map(({ name }) => name), collinear, sample, notes };
}

const text = (value: string): Cell => ({ text: value, kind: value ? 'text' : 'empty' });
const whole = (value: number): Cell => ({ text: count(value), value, kind: 'count' });

function columnsTable(models: StudyCheck['models']): Table {
  const rows = models.flatMap(({ id, model, columns }) =>
    columns.map((column, i) => ({ name: columns.length === 1 ? id : `${id} (${i + 1})`, model, column })),
  );
  const cells = ({ sample, terms, error, collinear, sampleName }: CheckedColumn, model: string): Cell[] => [
    text(model),
    text(sampleName),
    ...(sample
      ? [whole(sample.used), whole(sample.rows), sample.unitsUsed === undefined ? text('') : whole(sample.unitsUsed)]
      : [text(''), text(''), text('')]),
    terms ? whole(terms.length) : text(''),
    text(error ? error.code : (collinear ?? []).join(', ')),
  ];
  return {
    kind: 'table',
    id: 'columns',
    title: 'Columns that would be estimated',
    spanners: [],
    stub: 'Column',
    columns: ['Model', 'Sample', 'Rows used', 'given', 'Units used', 'Terms', 'Collinear, or why not'].map(
      (head, j) => ({
        head,
        align: j >= 2 && j <= 5 ? ('right' as const) : ('left' as const),
      }),
    ),
    body: rows.map(({ name, model, column }) => ({ label: name, cells: cells(column, model), kind: 'only' as const })),
    foot: [],
    notes: [],
  };
}

function factsOf(study: Study, frame: Frame): StudyCheck['facts'] {
  const { rows, panel, source, columns } = frame;
  const facts = [
    { label: 'Study', value: study.title },
    { label: 'Data', value: `${source.name}, ${count(rows)} rows, ${Object.keys(columns).length} columns` },
  ];
  facts.push(...joinFacts(frame));
  if (!panel) return facts;
  const shape = panel.balanced ? 'balanced' : 'unbalanced';
  return [
    ...facts,
    {
      label: 'Panel',
      value: `${count(panel.units.length)} units (${panel.unit.join(' × ')}), ${panel.periods.length} periods ${span({ panel } as Frame)}, ${shape}`,
    },
    { label: 'Duplicates', value: duplicateWords(frame) },
    { label: 'Gaps', value: panel.gaps.length === 0 ? 'none' : `${count(panel.gaps.length)} units` },
  ];
}

/**
 * Plan, derived columns, every column's sample (separated rows are out already) and the identification report; no model is estimated. A column that could not
 * be estimated has its error; what is wrong with the study as a whole is thrown.
 * @throws PanelError as planStudy and derive, with the place where `source` is given.
 */
export function checkStudy(study: Study, frame: Frame, kernels: Kernels, source?: StudySource): StudyCheck {
  const plan = planStudy(study, source);
  const derived = deriveStudy(study, frame, source);
  const used = (spec: FitSpec) =>
    designsOf(study, derived, spec, kernels, source).map((design) =>
      'failed' in design ? design : (withoutSeparated(design, kernels) ?? design),
    );
  const designs = plan.models.map(({ spec }) => used(spec));
  for (const curve of plan.curves) checkDesigns(derived, curve, kernels, source);
  const models = plan.models.map(({ id, spec }, i) => ({
    id,
    model: spec.model,
    columns: designs[i].map(checkedColumn).map((column) => ({
      ...column,
      ...(column.error && { error: placedError(column.error, id, study, source) }),
    })),
  }));
  const designed = plan.models.flatMap(({ id, spec, companions }, i) => [
    { id, spec, designs: designs[i] },
    ...(companions ? companionSpecs(spec, derived) : []).map((beside) => ({
      id: `${id} · ${beside.model}`,
      spec: beside,
      designs: used({ ...beside, id }),
    })),
  ]);
  const variables = derived.panel ? identify(derived, variablesOf(designs.flat())) : [];
  const { panel, source: file } = frame;
  const consequences = consequencesOf(designed, study.variables);
  const identification = identificationOf(study, derived, variables, consequences);
  return {
    facts: factsOf(study, frame),
    data: {
      name: file.name,
      ...(file.sha256 && { sha256: file.sha256 }),
      rows: frame.rows,
      columns: Object.keys(derived.columns),
      ...(panel && { units: panel.units.length, periods: panel.periods, balanced: panel.balanced }),
      gaps: panel?.gaps ?? [],
      ...(frame.joins && { joins: frame.joins }),
    },
    notes: [...duplicateNotes(frame), ...gapNotes(frame), ...joinNotes(frame)],
    variables,
    consequences,
    models,
    tables: [...(models.length > 0 ? [columnsTable(models)] : []), ...(identification ? [identification] : [])],
  };
}
