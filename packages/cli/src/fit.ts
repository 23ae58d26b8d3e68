/** `gravpanel fit`: one formula, one regression table. */
import { isFrontier, type Kernels, loadKernels } from '@gravpanel/core-wasm';
import {
  type Estimation,
  efficienciesCsv,
  estimateSpec,
  type Failure,
  type FitResult,
  type Frame,
  fittedCsv,
  isFit,
  isResampled,
  PanelError,
  type PanelErrorFields,
  readingsOf,
  regressionTable,
  withReadings,
} from '@gravpanel/panel';
import { Command } from 'commander';
import { type DrawnColumn, drawsCsv } from './draws-file.ts';
import { exitCodeOfAll } from './exit-codes.ts';
import { checkOutputFile, writeFileAtomically } from './files.ts';
import { fitJson } from './fit-json.ts';
import { commonFlags, type FitFlags, fitFlags, specOf } from './flags.ts';
import { describeCommand } from './help.ts';
import { loadFrame } from './load.ts';
import { errorJson, errorText } from './print-error.ts';
import { terminal, write } from './streams.ts';
import { renderedTable, type TableFormat } from './table-formats.ts';
import { runCommand, usageError } from './usage.ts';

/** Formats by the extension of -o; json is that of the fit. */
const FORMATS: Record<string, TableFormat> = {
  txt: 'txt',
  md: 'md',
  tex: 'tex',
  docx: 'docx',
  typ: 'typ',
  csv: 'csv',
  html: 'html',
  htm: 'html',
  json: 'json',
};

function formatOf({ output, json }: FitFlags): TableFormat {
  if (json || output === undefined || output === '-') return json ? 'json' : 'txt';
  const extension = /\.([^./]+)$/.exec(output)?.[1].toLowerCase() ?? 'txt';
  if (Object.hasOwn(FORMATS, extension)) return FORMATS[extension];
  throw usageError(
    'unknown-format',
    `.${extension} is not a format of fit.`,
    `Known: ${Object.keys(FORMATS)
      .filter((e) => e !== 'htm')
      .map((e) => `.${e}`)
      .join(', ')}.`,
  );
}

function distinct(errors: PanelErrorFields[]): PanelErrorFields[] {
  const seen = new Map(errors.map((error) => [`${error.code} ${error.message}`, error]));
  return [...seen.values()];
}

/** Hints name the keys of a study; here they are flags. */
async function inFlags<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof PanelError)) throw error;
    throw new PanelError(withFlags(error.toJSON()));
  }
}

const withFlags = (error: PanelErrorFields): PanelErrorFields =>
  error.hint ? { ...error, hint: error.hint.replace(/\bdata\.(missing|delimiter)\b/g, '--$1') } : error;

/** A failed search has no place of its own: its column's formula is it. */
function placed({ error, formula }: Failure): PanelErrorFields {
  const fields = withFlags(error);
  return fields.at
    ? fields
    : { ...fields, at: { file: 'formula', column: 1, source: formula, length: formula.length } };
}

/** `--logged` says something about elasticities only, and a file of rows cannot share stdout. */
function checkShow({ show, logged, fitted, efficiencies, model }: FitFlags): void {
  if (efficiencies !== undefined && (efficiencies === '-' || efficiencies === '' || !isFrontier(model as 'frontier')))
    throw usageError(
      'wrong-value',
      `--efficiencies is for a frontier and writes a file; ${model} and "${efficiencies}" were given.`,
      'Write --model frontier --efficiencies rows.csv.',
      '--efficiencies',
    );
  if (logged && show !== 'elasticity')
    throw usageError(
      'unused-flag',
      '--logged is for --show elasticity.',
      'Add --show elasticity, or leave --logged out.',
      '--logged',
    );
  if (fitted === '-' || fitted === '')
    throw usageError(
      'wrong-value',
      `--fitted is "${fitted}"; a file was expected.`,
      'Name a file: --fitted rows.csv.',
      '--fitted',
    );
}

/** The fits, with the reading that was asked for. */
function readAs(found: (Estimation | Failure)[], { show, logged }: FitFlags, kernels: Kernels): FitResult[] {
  return found.map((one) => {
    if ('failed' in one) return one;
    if (show === undefined || show === 'coef') return one.fit;
    return { ...one.fit, readings: readingsOf(show, one.fit, one.design, kernels, { ...(logged && { logged }) }) };
  });
}

function rowsCsv(frame: Frame, found: (Estimation | Failure)[]): string {
  const estimations = found.flatMap((one, i) => ('failed' in one ? [] : [{ column: i + 1, estimation: one }]));
  return fittedCsv(frame, estimations);
}

const shownAs = (result: FitResult) =>
  isFit(result) && result.readings ? withReadings(result, result.readings) : result;

/** Threads and their pool, a bundle of its own: other fits start without them. */
const resampled = () => require('./fit-resampled.cjs') as typeof import('./fit-resampled.ts');

async function act(formula: string, flags: FitFlags): Promise<void> {
  const t = terminal(flags);
  const format = formatOf(flags);
  checkShow(flags);
  if (flags.output) checkOutputFile(flags.output, flags.force);
  if (flags.fitted) checkOutputFile(flags.fitted, flags.force);
  if (flags.draws) checkOutputFile(flags.draws, flags.force);
  if (flags.efficiencies) checkOutputFile(flags.efficiencies, flags.force);
  const loading = loadKernels();
  const spec = specOf(formula, flags);
  const drawn: DrawnColumn[] = [];
  const { results, rows } = await inFlags(async () => {
    const frame = await loadFrame(flags.data, flags);
    const kernels = await loading;
    const found = isResampled(spec.vcov)
      ? await resampled().fitResampled(
          frame,
          spec,
          kernels,
          { ...flags, quiet: t.quiet || t.json, color: t.color.err },
          drawn,
        )
      : estimateSpec(frame, spec, kernels);
    return { results: readAs(found, flags, kernels), rows: flags.fitted ? rowsCsv(frame, found) : undefined };
  });
  const errors = distinct(results.flatMap((r) => (isFit(r) ? [] : [placed(r)])));
  if (results.length > 0 && !results.some(isFit)) {
    const [first, ...others] = errors;
    throw new PanelError({ ...first, ...(others.length > 0 && { details: { others } }) });
  }
  const toFile = flags.output !== undefined && flags.output !== '-';
  const text =
    format === 'json'
      ? fitJson(results)
      : await renderedTable(regressionTable(results.map(shownAs), { id: 'fit' }), format, {
          width: t.width,
          color: t.color.out && !toFile,
        });
  for (const error of errors)
    await write(process.stderr, t.json ? errorJson(error) : errorText(error, { color: t.color.err }));
  if (rows !== undefined) writeFileAtomically(flags.fitted!, rows, flags.force);
  if (flags.efficiencies !== undefined)
    writeFileAtomically(flags.efficiencies, efficienciesCsv(results, flags.model), flags.force);
  if (flags.draws) writeFileAtomically(flags.draws, drawsCsv(drawn), flags.force);
  if (toFile) writeFileAtomically(flags.output!, text, flags.force);
  else await write(process.stdout, text);
  process.exitCode = exitCodeOfAll(errors);
}

const EXAMPLES = [
  "gravpanel fit --data panel.csv --panel firm,year --model nb-fe 'patents ~ log(rnd) + l(log(rnd), 1)'",
  "gravpanel fit --data - --panel origin+dest,year --model poisson --vcov cluster:origin --json 'trade ~ fta | year' < trade.csv",
];

function define(): Command {
  const command = new Command('fit').argument('<formula>', 'the formula, in quotes');
  for (const option of [...fitFlags(), ...commonFlags()]) command.addOption(option);
  describeCommand(command, {
    purpose: 'Estimates one formula and prints its regression table.',
    usage: "fit --data FILE [--panel ID[+ID],TIME] --model KEY [flags] 'FORMULA'",
    examples: EXAMPLES,
    after:
      'Formula: y ~ a + b | effects, with log() exp() sqrt() I(), l(x, 1) lags, i(year) dummies, a:b, a*b, csw0(a, b) columns step by step.\nExit codes: 0 ok, 2 usage, 3 data, 4 not converged.',
  });
  return command.action(act);
}

export const main = (args: string[]) => runCommand(define(), args);
