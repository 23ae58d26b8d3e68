/** Flags of a fit, and those of every command. */
import {
  DEFAULT_REPS,
  type FitSpec,
  type FrontierSpec,
  isResampled,
  type ModelKey,
  models,
  nearestHint,
  type ReadingKind,
  type VcovSpec,
} from '@gravpanel/panel';
import { Option } from 'commander';
import { choiceOf, numberOf, wrong } from './flag-values.ts';
import { type ResampleFlags, refuseResampleFlags, repsFlag, resampleFlags, resampleSpecOf } from './resample-flags.ts';

export function modelFlag(text: string): ModelKey {
  if (Object.hasOwn(models, text)) return text as ModelKey;
  const keys = Object.keys(models);
  throw wrong('--model', text, `one of ${keys.join(', ')}`, nearestHint(text, keys));
}

const PLAIN_VCOV = ['iid', 'hc0', 'hc1', 'hc2', 'hc3'] as const;

/** iid | hc0…hc3 | cluster:A | cluster:A+B | cluster:A^B. */
export function vcovFlag(text: string): VcovSpec {
  const plain = PLAIN_VCOV.find((type) => type === text);
  if (plain) return { type: plain };
  if (text === 'bootstrap' || text === 'jackknife') return { type: text };
  const by = /^cluster:(.+)$/
    .exec(text)?.[1]
    .split('+')
    .map((dimension) => dimension.split('^'));
  if (by?.flat().every((column) => column !== '')) return { type: 'cluster', by };
  const expected = 'iid, hc0, hc1, hc2, hc3, cluster:COLUMN, bootstrap or jackknife';
  throw wrong('--vcov', text, expected, 'cluster:a+b has two dimensions, cluster:a^b combines two columns into one.');
}

export interface PanelFlag {
  unit: string[];
  time: string;
}

/** ID[+ID],TIME. */
export function panelFlag(text: string): PanelFlag {
  const [units, time, ...more] = text.split(',').map((part) => part.trim());
  const unit = (units ?? '').split('+').map((part) => part.trim());
  if (time && more.length === 0 && unit.every((column) => column !== '')) return { unit, time };
  throw wrong('--panel', text, 'ID,TIME', 'Two columns may make the unit: --panel origin+destination,year.');
}

/** One character; "tab" and "\t" are the tab. */
export function delimiterFlag(text: string): string {
  const one = text === 'tab' || text === '\\t' ? '\t' : text;
  if ([...one].length === 1) return one;
  throw wrong('--delimiter', text, 'one character', 'Write --delimiter ";" or --delimiter tab.');
}

/** -o, in the words of one command. */
export const outputFlag = (words: string) => new Option('-o, --output <file>', words);

type CommonFlag = 'json' | 'force' | 'quiet' | 'color' | 'threads';

/** Flags that commands have in common: all of them, or those named. */
export const commonFlags = (...names: CommonFlag[]) =>
  allCommonFlags().filter((option) => names.length === 0 || names.includes(option.name() as CommonFlag));

const allCommonFlags = () => [
  new Option('--json', 'print one JSON object (and errors as JSON on stderr)').default(false),
  new Option('--force', 'replace an output that exists').default(false),
  new Option('--quiet', 'no progress').default(false),
  new Option('--color [when]', 'colours: always, never or auto')
    .preset('always')
    .argParser(choiceOf('--color', ['always', 'never', 'auto'])),
  new Option('--threads <n>', 'threads for replicates (default: all cores); no number depends on it').argParser(
    numberOf(
      '--threads',
      'a whole number from 1',
      'Leave it out to use what is best.',
      (n) => Number.isInteger(n) && n >= 1,
    ),
  ),
];

const whole = (n: number) => Number.isInteger(n) && n >= 0;

/** Flags of an estimation. */
export const fitFlags = () => [
  new Option('--data <file>', 'CSV or TSV file; - is stdin').makeOptionMandatory(),
  new Option('--panel <id,time>', 'unit and time columns; a+b,time for a pair of columns').argParser(panelFlag),
  new Option('--model <key>', Object.keys(models).join(', ')).argParser(modelFlag).makeOptionMandatory(),
  new Option('--vcov <type>', 'iid, hc0, hc1, hc2, hc3, cluster:A, cluster:A+B, cluster:A^B, bootstrap, jackknife')
    .argParser(vcovFlag)
    .default({ type: 'iid' }, 'iid'),
  new Option('--like <tool>', 'small-sample factors of stata, fixest or sandwich').argParser(
    choiceOf('--like', ['stata', 'fixest', 'sandwich'] as const),
  ),
  new Option('--lag <n>', 'lag every right-hand variable by n periods').argParser(
    numberOf('--lag', 'a whole number of periods', 'Write --lag 1.', whole),
  ),
  new Option('--where <expr>', "keep these rows, e.g. 'year >= 2008'"),
  new Option('--split <col>', 'one column of results for each value of a column'),
  new Option('--offset <col>', 'column added to the linear predictor'),
  new Option('--exposure <col>', 'column whose logarithm is added to the linear predictor'),
  new Option('--weights <col>', 'column of row weights'),
  new Option('--distribution <law>', 'frontier: half-normal (default), exponential or truncated-normal').argParser(
    choiceOf('--distribution', ['half-normal', 'exponential', 'truncated-normal'] as const),
  ),
  new Option(
    '--inefficiency <of>',
    'frontier: of rows (default), of units, or decay (of units, fading over time)',
  ).argParser(choiceOf('--inefficiency', ['rows', 'units', 'decay'] as const)),
  new Option(
    '--inefficiency-effects <terms>',
    "frontier: terms that move inefficiency, e.g. 'openness + log(distance)'",
  ),
  new Option('--noise', 'count frontiers: normal noise beside inefficiency'),
  new Option('--random-effects', 'frontier: a normal effect of each unit beside v and u of each row (Greene 2005)'),
  new Option('--efficiencies <file>', 'frontier: write the efficiency of every row used to a CSV file'),
  new Option('--level <p>', 'level of confidence intervals (default 0.95)').argParser(
    numberOf('--level', 'a number between 0 and 1', 'Write --level 0.9.', (p) => p > 0 && p < 1),
  ),
  new Option('--tol <x>', 'largest scaled gradient at the maximum (default 1e-10)').argParser(
    numberOf('--tol', 'a number above 0', 'Write --tol 1e-8.', (x) => x > 0),
  ),
  new Option('--max-iter <n>', 'Newton iterations from one start (default 100)').argParser(
    numberOf('--max-iter', 'a whole number from 1', 'Write --max-iter 200.', (n) => Number.isInteger(n) && n >= 1),
  ),
  new Option('--reps <n>', `replicates of the bootstrap (default ${DEFAULT_REPS})`).argParser(repsFlag('--reps')),
  ...resampleFlags(),
  new Option('--seed <n>', 'seed of the perturbed start and of the replicates (default 1)').argParser(
    numberOf('--seed', 'a whole number', 'Write --seed 1.', Number.isSafeInteger),
  ),
  new Option(
    '--show <what>',
    'coef, irr (rate ratios), elasticity, ame (average marginal effects) or efficiency (of --inefficiency-effects)',
  ).argParser(choiceOf('--show', ['coef', 'irr', 'elasticity', 'ame', 'efficiency'] as const)),
  new Option(
    '--logged <cols>',
    'with --show elasticity: columns that are logarithms already, separated by commas',
  ).argParser((text) => text.split(',').filter(Boolean)),
  new Option('--fitted <file>', 'write fitted values and residuals of every row used to a CSV file'),
  new Option('--delimiter <c>', 'character between cells (default: found from the file)').argParser(delimiterFlag),
  new Option('--missing <cells>', 'further cells that mean missing, separated by commas').argParser((text) =>
    text.split(',').filter(Boolean),
  ),
  outputFlag('write to a file: .txt .md .tex .docx .typ .csv .html .json; - is stdout'),
];

/** What commander hands to the action of `fit`. */
export interface FitFlags extends ResampleFlags {
  threads?: number;
  data: string;
  panel?: PanelFlag;
  model: ModelKey;
  vcov: VcovSpec;
  like?: FitSpec['like'];
  lag?: number;
  where?: string;
  split?: string;
  offset?: string;
  exposure?: string;
  weights?: string;
  distribution?: FrontierSpec['distribution'];
  inefficiency?: FrontierSpec['inefficiency'];
  inefficiencyEffects?: string;
  noise?: boolean;
  randomEffects?: boolean;
  efficiencies?: string;
  level?: number;
  tol?: number;
  maxIter?: number;
  seed?: number;
  show?: 'coef' | ReadingKind;
  logged?: string[];
  fitted?: string;
  delimiter?: string;
  missing?: string[];
  output?: string;
  json: boolean;
  force: boolean;
  quiet: boolean;
  color?: 'always' | 'never' | 'auto';
}

/** Options of a frontier; undefined where none was given. */
function frontierOf({
  distribution,
  inefficiency,
  inefficiencyEffects: effects,
  noise,
  randomEffects: random,
}: FitFlags): FrontierSpec | undefined {
  const given = Object.entries({ distribution, inefficiency, effects, noise, random }).filter(
    ([, value]) => value !== undefined,
  );
  return given.length > 0 ? Object.fromEntries(given) : undefined;
}

/** The specification that the flags and the formula say. */
export function specOf(formula: string, f: FitFlags): FitSpec {
  const { model, vcov, like, lag, where, offset, exposure, weights, level, tol, maxIter, seed } = f;
  const given = { like, lag, where, offset, exposure, weights, level, tol, maxIter, seed };
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const frontier = frontierOf(f);
  if (!isResampled(vcov)) refuseResampleFlags(f);
  const covariance = isResampled(vcov) ? resampleSpecOf(vcov.type, f, seed) : vcov;
  return {
    id: 'fit',
    model,
    formula,
    vcov: covariance,
    ...(f.split && { split: { by: f.split } }),
    ...(frontier && { frontier }),
    ...set,
  };
}
