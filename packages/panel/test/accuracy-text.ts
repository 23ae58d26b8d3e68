/** docs/accuracy.md as text, from the digits measured now and the recorded results of long runs. Test code only. */
import type { Matrix, Peer, Row } from './accuracy-rows.ts';

interface Robustness {
  date: string;
  machine: string;
  panels: number;
  seed: number;
  fits: number;
  hangs: unknown[];
  defects: unknown[];
  tally: Record<string, Record<string, number>>;
  slowestSeconds: number;
  confirmed: {
    fits: number;
    maxima: number;
    attained: number;
    separated: number;
    errors: number;
    byCode: Record<string, number>;
    wrong: unknown[];
  };
}

interface MonteCarlo {
  date: string;
  machine: string;
  reps: number;
  seed: number;
  units: number;
  years: number;
  draws: number;
  bootReps: number;
  designs: { name: string; title: string; rows: McRow[] }[];
}
interface McRow {
  estimator: string;
  term: string;
  truth: number;
  used: number;
  failed: number;
  bias: number;
  sd: number;
  seIid: number;
  seCluster: number;
  coverIid: number;
  coverCluster: number;
  coverBootstrap: number;
}

export interface Report {
  count: Row[];
  ppml: Row[];
  ols: Row[];
  nist: Row[];
  matrix: Matrix;
  robustness: Robustness;
  montecarlo: MonteCarlo;
}

const cell = (digits: number | undefined) => (digits === undefined ? '–' : String(digits));

/** One block of rows for each data set and model; gravpanel first. */
function table(rows: Row[], loglik = true, cluster = true): string {
  const head = ['data', 'model', 'tool', 'coefficients', 'SE', ...(cluster ? ['cluster SE'] : [])];
  if (loglik) head.push('log-likelihood');
  const lines = rows.map(({ data, model, tool, remark, ...digits }) => {
    const own = tool === 'gravpanel';
    const cells = [cell(digits.coef), cell(digits.se), ...(cluster ? [cell(digits.cluster)] : [])];
    if (loglik) cells.push(cell(digits.loglik));
    if (remark) cells[cells.length - 1] = digits.coef === undefined ? remark : `${cells.at(-1)} (${remark})`;
    const bold = own ? cells.map((v) => (v === '–' ? v : `**${v}**`)) : cells;
    return `| ${[own ? data : '', own ? model.replace('|', '\\|') : '', tool, ...bold].join(' | ')} |`;
  });
  const align = head.map((_, j) => (j < 3 ? '---' : '---:'));
  return [`| ${head.join(' | ')} |`, `| ${align.join(' | ')} |`, ...lines].join('\n');
}

/** NIST: one line a set, tools side by side. */
function nistTable(rows: Row[]): string {
  const tools = [...new Set(rows.map(({ tool }) => tool))];
  const sets = [...new Set(rows.map(({ data }) => data))];
  const of = (data: string, tool: string) => rows.find((row) => row.data === data && row.tool === tool);
  const pair = (row: Row | undefined) => (row ? `${cell(row.coef)} / ${cell(row.se)}` : '–');
  const lines = sets.map((data) => {
    const cells = tools.map((tool) => (tool === 'gravpanel' ? `**${pair(of(data, tool))}**` : pair(of(data, tool))));
    return `| ${data} | ${cells.join(' | ')} |`;
  });
  return [`| set | ${tools.join(' | ')} |`, `| --- | ${tools.map(() => '---:').join(' | ')} |`, ...lines].join('\n');
}

const find = (matrix: Matrix, data: string, model: string, tool: string): Peer => {
  const peer = matrix.results.find((p) => p.data === data && p.model === model && p.tool === tool);
  if (!peer) throw new Error(`${tool} on ${data} is not in matrix.json`);
  return peer;
};

/** Why the peers' digits are what they are. */
function differences({ matrix }: Report): string {
  const failing = matrix.results.filter(({ error }) => error).map(({ data, model }) => `${model} on ${data}`);
  const above = matrix.results.filter(({ loglik }) => (loglik ?? 0) > 0);
  const boundary = find(matrix, 'boundary', 'nb2', 'fenegbin').note;
  const glmNb = find(matrix, 'boundary', 'nb2', 'glm.nb').note;
  const ships = find(matrix, 'ships', 'nb-fe', 'pglm nr');
  const filip = find(matrix, 'Filip', 'ols', 'lm').coef.filter((v) => v === null).length;
  return `- **glm.nb**: its standard errors hold θ fixed at its estimate, so they share one or two digits with those of the joint information,
  which gravpanel, Stata's nbreg and fenegbin give. The coefficients stop where its two alternating fits do, at six or seven digits.
- **glm, fepois** stop on the change of the deviance and take the covariance from the weights of the step before: coefficients at 8
  digits and more, standard errors at 4 to 8, as long as the last step was. Both get better with a smaller \`epsilon\` or \`glm.tol\`.
- **fixest** multiplies its default iid and robust covariances by (n − 1)/(n − K), Poisson included, and clustered ones by
  G/(G − 1) · (n − 1)/(n − K) with nested effects counted once. The table has them without factors; \`--like fixest\` gives them
  with theirs (\`--like stata\`, \`--like sandwich\` likewise), and a table prints the factor.
- **fenegbin** ends at ${boundary} and **glm.nb** at ${glmNb} where counts are no more dispersed than Poisson ones (rounded means of
  synth45): a number that is a limit of the search, without a word. gravpanel reports α = 0 and says that the fit is the Poisson one.
- **pglm, bfgs**: ${above.length} of its fits end at a log-likelihood above 0 with “successful convergence”. The differences of lgamma values
  in its likelihood lose all digits at large λ, and the search runs there. A probability of counts is at most 1.
- **pglm, nr** has 6 digits or more where it runs; ${failing.length > 0 ? `${failing.join(', ')} fail with “NA in Hessian”` : 'it ran everywhere'}.
- **pglm on ships**: it takes an \`offset\` argument and ignores it, so these are estimates of another model (constant ${signed(ships.coef[0] ?? 0, 3)}
  instead of −5.995).
- **pglm, poisson within** and the conditional certificate print the conditional log-likelihood; gravpanel and fepois that of the model with dummies. They
  differ by Σ [Yᵢ ln Yᵢ − Yᵢ − ln Yᵢ!], a constant of the data, which a test checks to 13 digits; here the column is left empty.
- **plm**: vcovHC(type = "HC0", cluster = "group") is the cluster covariance without factor; its iid one divides by n − G − k, as gravpanel and feols do.
- **Filip**: lm at its default tolerance drops ${filip === 1 ? 'the last column' : `${filip} columns`} and feols solves normal equations of condition 10²⁰: no digit is left. gravpanel
  keeps all eleven columns and refines its QR; the 7 digits left are those of the powers of x as doubles (8 from the
  program's own \`I(x^2)\` …).
- **Longley, Wampler** with feols: normal equations again (it has no QR), 6 to 9 digits.
- **nb1** has no peer among these tools.
- **Wampler1, Wampler2** are exact; their certified standard errors are 0, and the digits are −log₁₀ of what is reported. gravpanel
  reports the rounding of the outcome itself and notes the exact fit.`;
}

function robustnessText({
  date,
  machine,
  panels,
  seed,
  fits,
  hangs,
  defects,
  tally,
  slowestSeconds,
  confirmed,
}: Robustness): string {
  const models = Object.keys(tally);
  const codes = [...new Set(models.flatMap((model) => Object.keys(tally[model])))];
  const order = ['ok', 'boundary', ...codes.filter((code) => code.includes('/')).sort()].filter((c) =>
    codes.includes(c),
  );
  const lines = order.map((code) => `| ${code} | ${models.map((model) => tally[model][code] ?? '').join(' | ')} |`);
  const share = Object.entries(confirmed.byCode).map(([code, count]) => `${code} ${count}`);
  return `${panels.toLocaleString('en')} panels from seed ${seed} (\`test-fixtures/panels.mjs\`): 5–500 units, 2–30 periods, mean counts 0.05–10⁵, regressor scales
10⁻⁶–10⁶, gaps, collinear and nearly collinear columns, separation, Poisson, underdispersed, near-Poisson, NB1, NB2 and HHG counts; every model on each,
${fits.toLocaleString('en')} fits. ${date}, ${machine}; \`node bench/robustness.mjs --record\`. npm test repeats a slice of it.

**${hangs.length} hangs, ${defects.length} results that are not finite, uncertified or without a named error.** The slowest fit took ${slowestSeconds} s (shared machine).

| end | ${models.map((model) => model.replace('|', '\\|')).join(' | ')} |
| --- | ${models.map(() => '---:').join(' | ')} |
${lines.join('\n')}

*boundary*: the dispersion is 0 and the Poisson fit is reported as such. *fit/no-interior-maximum*: half of the panels have counts that
are Poisson or less dispersed within units, where nb-fe and nb-re mostly have their supremum at infinity (FE Poisson, poisson-re,
nb1). *fit/not-identified*: a column that is another to seven digits net of the effects. *data/…*: all counts 0, one unit left, as
many parameters as rows left, or effects that absorb every regressor.

${confirmed.fits} of the fits (small panels, evenly chosen) went to an independent program (\`bench/peers/robustness.py\`: likelihoods written anew, scipy's BFGS
from several starts, linear programming for separation). Of ${confirmed.maxima} maxima none was surpassed, and BFGS reached ${confirmed.attained} of them to 1e-6
itself; in ${confirmed.separated} the rows left out as separated are those that one linear program finds. ${confirmed.errors} errors were found true
(${share.join(', ')}). ${confirmed.wrong.length} contradictions.`;
}

const signed = (value: number, places: number) => value.toFixed(places).replace('-', '−');
const percent = (share: number) => (100 * share).toFixed(1);

function monteCarloText({ date, machine, reps, seed, units, years, draws, bootReps, designs }: MonteCarlo): string {
  const row = (r: McRow) =>
    `| ${[
      r.estimator.replace('|', '\\|'),
      r.term,
      r.truth,
      signed(r.bias, 3),
      r.sd.toFixed(3),
      r.seIid.toFixed(3),
      r.seCluster.toFixed(3),
      percent(r.coverIid),
      percent(r.coverCluster),
      percent(r.coverBootstrap),
      r.failed,
    ].join(' | ')} |`;
  const of = (name: string, estimator: string, term: string) =>
    designs.find((d) => d.name === name)!.rows.find((r) => r.estimator === estimator && r.term === term)!;
  const own = of('own', 'nb-fe', 'x');
  const wrong = of('nb2', 'nb-fe', 'x');
  const wrongZ = of('nb2', 'nb-fe', 'z');
  const poisson = of('nb2', 'poisson | unit', 'x');
  const nb2 = of('nb2', 'nb2 | unit', 'x');
  const error = 100 * Math.sqrt((0.95 * 0.05) / reps);
  const bootError = 100 * Math.sqrt((0.95 * 0.05) / bootReps);
  return `${units} units × ${years} years, ${reps.toLocaleString('en')} replications a design, seed ${seed}. x varies over time around a level of its unit; z is constant within units, moves with that
level, and has no effect. Coverage of nominal 95% intervals in %; its simulation error is ±${error.toFixed(1)}. Bootstrap: percentile intervals of ${draws} exact refits under pairs
of units, in the first ${bootReps} replications (error ±${bootError.toFixed(1)}). ${date}, ${machine}; \`node bench/montecarlo.mjs --record\`.

${designs
  .map(
    ({ title, rows }) => `**Data from ${title}**

| estimator | term | truth | bias | sd | mean SE, iid | mean SE, cluster | cover, iid | cover, cluster | cover, bootstrap | failed |
| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${rows.map(row).join('\n')}`,
  )
  .join('\n\n')}

Read: under its own model nb-fe does what it promises (bias ${signed(own.bias, 3)}, ${percent(own.coverIid)}% with observed-information errors; clusters of
${units} units make intervals a little short). Where the effects of units sit in the mean, as gravity models assume, and move with x, **nb-fe is not a
fixed-effects estimator**: it misses the slope by ${signed(wrong.bias, 3)} (its interval covers the truth ${percent(wrong.coverIid)}% of the time, clustered
${percent(wrong.coverCluster)}%, bootstrapped ${percent(wrong.coverBootstrap)}%: no standard error repairs a bias), and gives a variable without any effect a coefficient of ${signed(wrongZ.bias, 2)} on average. Poisson with
effects of units has no such bias (${signed(poisson.bias, 3)}) but needs clustered errors, and with ${units} units even those fall short (${percent(poisson.coverCluster)}%); nb2 with
effects of units does best here (${percent(nb2.coverIid)}%). \`companions: true\` prints both beside every nb-fe column, and rows that are not identified from within units carry ‡.`;
}

export function accuracyText(report: Report): string {
  const { matrix, count, ppml, ols, nist, robustness, montecarlo } = report;
  const versions = Object.entries(matrix.packages).map(([name, version]) => `${name} ${version}`);
  return `# Accuracy

This file is written by \`packages/panel/test/accuracy.test.ts\`: it fits every model anew, counts digits, and fails where the text differs.
\`GRAVPANEL_UPDATE=accuracy npx vitest run test/accuracy.test.ts\` in \`packages/panel\` rewrites it.

**Digits** are correct significant ones, −log₁₀ of the relative error (NIST's LRE; of the absolute error where the certified value is 0), of the
worst coefficient or standard error, rounded down, 15 at most. **Certified** values are computed with 40 digits or exactly (\`test-fixtures/certified\`, each
with the script that made it). **Peers** ran with their default settings on the same files (\`test-fixtures/peers/matrix.R\`, ${matrix.date}; R ${matrix.R},
${versions.join(', ')}); npm test repeats those that are installed. SE: observed information. Cluster SE: by unit, without small-sample factor. –: not given by the tool.

What must hold and is tested (\`certified.test.ts\` of core-wasm and of the command line): coefficients 10 digits, standard errors 9, log-likelihood 13; NIST 9, Filip 7.

## Count models

${table(count)}

## PPML with two and four effects

trade: 38,325 rows, counts to 10⁹; trade_fta: 5,950 rows, importer-year and exporter-year effects. Cluster SE by pair.

${table(ppml)}

## Least squares on panels

${table(ols)}

## NIST StRD, linear regression

Digits of coefficients / standard errors. Regressors as typed by NIST; polynomials as powers of x.

${nistTable(nist)}

## Where the peers differ, and why

${differences(report)}

## A thousand generated panels

${robustnessText(robustness)}

## Bias and coverage

${monteCarloText(montecarlo)}
`;
}
