/** The tables that every report has beside the regressions: variables, tests, sample, certificates, expected numbers. */
import { count, decimal, display, fixed, pValue, scientific } from './format.ts';
import { termLabel, type Variables, variableLabel } from './labels.ts';
import { isFit } from './regression-style.ts';
import { replicatedCells } from './replicate.ts';
import type { Study } from './study.ts';
import type { StudySource } from './study-places.ts';
import type { TestOutcome } from './study-tests.ts';
import type { Cell, DropReason, Fit, FitResult, Table, TableRow, TestResult } from './types.ts';

const text = (value: string): Cell => (value ? { text: value, kind: 'text' } : { text: '', kind: 'empty' });
const whole = (value: number): Cell => ({ text: count(value), value, kind: 'count' });
const number = (value: number | undefined, show: (x: number) => string): Cell =>
  value === undefined || !Number.isFinite(value) ? text('') : { text: show(value), value, kind: 'number' };
const power = (x: number) => display(scientific(x, 1));

const table = (id: string, title: string, rest: Partial<Table>): Table => ({
  kind: 'table',
  id,
  title,
  spanners: [],
  stub: '',
  columns: [],
  body: [],
  foot: [],
  notes: [],
  ...rest,
});

const row = (label: string, cells: Cell[], rest: Partial<TableRow> = {}): TableRow => ({
  label,
  cells,
  kind: 'only',
  ...rest,
});

const left = (head: string) => ({ head, align: 'left' as const });
const right = (head: string) => ({ head, align: 'right' as const });

const where = ({ spec, column }: TestOutcome) => `${spec.of} (${column})`;

const LAW = { chi2: 'χ²', F: 'F', z: 'z' };

function statisticWords({ distribution, df, df2 }: TestResult): string {
  return distribution === 'z' ? 'z' : `${LAW[distribution]}(${[df, df2].filter((d) => d !== undefined).join(', ')})`;
}

/** Why a statistic is missing, and the tests' notes: each sentence once, with the columns it is about. */
function testNotes(tests: TestOutcome[]): string[] {
  const said = new Map<string, { title: string; message: string; columns: Set<string> }>();
  for (const test of tests) {
    const { title, reason, notes } = test.result;
    for (const message of [...(reason ? [reason] : []), ...notes.map((n) => n.message)]) {
      const entry = said.get(`${title}\n${message}`) ?? { title, message, columns: new Set() };
      entry.columns.add(where(test));
      said.set(`${title}\n${message}`, entry);
    }
  }
  return [...said.values()].map(({ title, message, columns }) => `${title}, ${[...columns].join(', ')}: ${message}`);
}

/** One row a test; what is not defined says why in the notes. */
export function testsTable(tests: TestOutcome[], id: string): Table | undefined {
  if (tests.length === 0) return undefined;
  const eigenvalues = tests.some(({ result }) => result.smallestEigenvalue !== undefined);
  return table(id, 'Specification tests', {
    stub: 'Test',
    columns: [
      left('Model'),
      right('Statistic'),
      left('Law'),
      right('p'),
      ...(eigenvalues ? [right('Smallest eigenvalue')] : []),
    ],
    body: tests.map((test) => {
      const { title, statistic, p, smallestEigenvalue, form } = test.result;
      const defined = statistic !== undefined;
      return row(title, [
        text(where(test)),
        defined
          ? number(statistic, (x) => decimal(x, 2))
          : text(form === 'bootstrap' && smallestEigenvalue === undefined ? 'not computed' : 'not defined'),
        text(defined ? statisticWords(test.result) : ''),
        number(p, pValue),
        ...(eigenvalues ? [number(smallestEigenvalue, power)] : []),
      ]);
    }),
    notes: testNotes(tests),
  });
}

/** The coefficients that a Hausman test compares. */
export function comparedTable(test: TestOutcome, variables: Variables, id: string): Table | undefined {
  const { compared } = test.result;
  if (!compared || compared.length === 0) return undefined;
  return table(id, `Coefficients compared by the Hausman test of ${where(test)}`, {
    stub: 'Term',
    columns: ['Fixed effects', 'Random effects', 'Difference', 'SE of the difference'].map((head) => ({
      head,
      align: 'decimal' as const,
    })),
    body: compared.map(({ term, a, b, difference, se }) =>
      row(
        termLabel(term, variables).label,
        [a, b, difference].map((x) => number(x, decimal)).concat(se === undefined ? text('–') : number(se, decimal)),
      ),
    ),
    notes: compared.some(({ se }) => se === undefined)
      ? ['–: the variance of the difference is not positive, so its standard error is not defined.']
      : [],
  });
}

/** Columns of fits that used the same rows, in words: "full (1)–(6)". */
interface SampleGroup {
  names: string[];
  fit: Fit;
}

function sampleGroups(fits: Record<string, FitResult[]>): SampleGroup[] {
  const groups = new Map<string, SampleGroup>();
  for (const [id, results] of Object.entries(fits))
    for (const [i, fit] of results.entries()) {
      if (!isFit(fit)) continue;
      const key = JSON.stringify(fit.sample);
      const group = groups.get(key) ?? { names: [], fit };
      group.names.push(results.length === 1 ? id : `${id} (${i + 1})`);
      groups.set(key, group);
    }
  return [...groups.values()];
}

const REASONS: Record<string, string> = {
  lag: 'lost to the lag',
  filter: 'outside the filter',
  'all-zero group': 'in units without any count above zero',
  'one-row group': 'in units of one row',
  separated: 'separated (predicted to be 0 perfectly)',
};
const reasonWords = ({ reason }: DropReason) =>
  REASONS[reason] ?? (reason.startsWith('missing ') ? `without ${reason.slice('missing '.length)}` : reason);

/** "full (1), full (2), full (3)" → "full (1)–(3)". */
function shortNames(names: string[]): string {
  const byModel = new Map<string, number[]>();
  for (const name of names) {
    const found = /^(.*) \((\d+)\)$/.exec(name);
    const id = found?.[1] ?? name;
    byModel.set(id, [...(byModel.get(id) ?? []), ...(found ? [Number(found[2])] : [])]);
  }
  const runs = (columns: number[]) =>
    columns
      .reduce<[number, number][]>((spans, c) => {
        const last = spans.at(-1);
        if (last && c === last[1] + 1) last[1] = c;
        else spans.push([c, c]);
        return spans;
      }, [])
      .map(([a, b]) => (a === b ? `(${a})` : `(${a})–(${b})`))
      .join(', ');
  return [...byModel].map(([id, columns]) => [id, runs(columns)].filter(Boolean).join(' ')).join('; ');
}

/** Rows given → used by reason, one column for each sample in use. */
export function sampleTable(fits: Record<string, FitResult[]>, id: string): Table | undefined {
  const groups = sampleGroups(fits);
  if (groups.length === 0) return undefined;
  const reasons = [...new Set(groups.flatMap(({ fit }) => fit.sample.dropped.map((d) => d.reason)))];
  const rowsOf = (reason: string) =>
    row(
      `− ${reasonWords({ reason, rows: 0 })}`,
      groups.map(({ fit }) => {
        const rows = fit.sample.dropped.filter((d) => d.reason === reason).reduce((sum, d) => sum + d.rows, 0);
        return rows === 0 ? text('') : whole(rows);
      }),
    );
  return table(id, 'Rows given and used', {
    stub: 'Rows',
    columns: groups.map(({ names }) => right(shortNames(names))),
    body: [
      row(
        'given',
        groups.map(({ fit }) => whole(fit.sample.rows)),
      ),
      ...reasons.map(rowsOf),
      row(
        '= used',
        groups.map(({ fit }) => whole(fit.sample.used)),
        { tone: 'strong' },
      ),
    ],
    foot: groups.some(({ fit }) => fit.sample.unitsUsed !== undefined)
      ? [
          row(
            'Units used / given',
            groups.map(
              ({ fit: { sample } }): Cell =>
                sample.unitsUsed === undefined
                  ? text('')
                  : {
                      text: count(sample.unitsUsed),
                      quiet: `/${count(sample.units ?? 0)}`,
                      value: sample.unitsUsed,
                      kind: 'count',
                    },
            ),
          ),
        ]
      : [],
  });
}

/** Units named in a table cell, at most; fits.json has them all. */
const MOST_UNITS = 400;

/** Which units each sample lost, by name. */
export function unitsLostTable(fits: Record<string, FitResult[]>, id: string): Table | undefined {
  const lost = new Map<string, { samples: string[]; reason: DropReason }>();
  for (const { names, fit } of sampleGroups(fits))
    for (const reason of fit.sample.dropped) {
      if (!reason.groups || reason.groups.length === 0) continue;
      const key = `${reason.reason}\n${reason.groups.join('\n')}`;
      const entry = lost.get(key) ?? { samples: [], reason };
      entry.samples.push(...names);
      lost.set(key, entry);
    }
  if (lost.size === 0) return undefined;
  return table(id, 'Units left out', {
    stub: 'Columns',
    columns: [left('Why'), right('Units'), left('Which')],
    body: [...lost.values()].map(({ samples, reason }) => {
      const groups = reason.groups!;
      const named = groups.slice(0, MOST_UNITS).join(', ');
      const more = groups.length > MOST_UNITS ? `, … ${count(groups.length - MOST_UNITS)} more in fits.json` : '';
      return row(shortNames(samples), [text(reasonWords(reason)), whole(groups.length), text(`${named}${more}`)]);
    }),
  });
}

/** The evidence that each estimate is the maximum. */
export function certificatesTable(columns: { id: string; column: number; result: FitResult }[], id: string): Table {
  return table(id, 'Certificates of the estimates', {
    stub: 'Column',
    columns: [
      left('Estimator'),
      right('Log-likelihood'),
      right('Iterations'),
      right('Scaled gradient'),
      right('Condition'),
      right('Starts that agree'),
    ],
    body: columns.map(({ id: model, column, result }) => {
      const name = `${model} (${column})`;
      if (!isFit(result))
        return row(name, [text(result.title), text(`failed: ${result.error.code}`), ...Array(4).fill(text(''))]);
      const { starts, agreeing, scaledGradient, hessianCondition } = result.certificate;
      return row(name, [
        text(result.title),
        number(result.loglik, (x) => decimal(x, 4)),
        whole(result.iterations),
        number(scaledGradient, power),
        number(hessianCondition, (x) => (x < 1e6 ? count(Math.round(x)) : power(x))),
        text(`${agreeing} of ${starts}`),
      ]);
    }),
    notes: [
      'Scaled gradient: √(g′H⁻¹g), how far in standard errors the maximum can still be. Condition: of the Hessian after scaling. Models with a concave log-likelihood need one start.',
    ],
  });
}

/** "base.1.logr" → model, column, term. */
/** The study's expected numbers beside the recomputed ones. */
export function expectedTable(
  study: Study,
  fits: Record<string, FitResult[]>,
  id: string,
  source?: StudySource,
): Table | undefined {
  const cells = replicatedCells(study, fits, source);
  if (cells.length === 0) return undefined;
  return table(id, 'Expected and recomputed', {
    stub: 'Number',
    columns: [right('Expected'), right('Recomputed'), right('Difference'), right('Tolerance'), left('Verdict')],
    body: cells.map(
      ({ model, column, term, what, expected, printed, recomputed, difference, tolerance, agrees, reason }) =>
        row(`${model} (${column}), ${variableLabel(term, study.variables)}, ${what === 'se' ? 'SE' : what}`, [
          { text: display(printed), value: expected, kind: 'number' },
          recomputed === null ? text(reason ?? 'not there') : number(recomputed, exact),
          difference === null ? text('') : number(difference, power),
          number(tolerance, power),
          text(agrees ? 'agrees' : 'differs'),
        ]),
    ),
  });
}

const exact = (x: number) => display(fixed(x, 9).replace(/0+$/, '').replace(/\.$/, ''));
