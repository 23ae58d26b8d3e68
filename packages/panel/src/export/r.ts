/** A run as an R script in base R: the same rows, likelihoods and standard errors, with gravpanel's numbers beside them. */
import { type ExportColumn, type ExportFactor, type ExportPlan, factorOf } from './column.ts';
import { lackingReason } from './lacking.ts';
import { R_BASE } from './r-base.ts';
import { type Words, write, writeShifted } from './words.ts';

const quote = (text: string) => JSON.stringify(text);
const FUNCTIONS: Record<string, string> = { min: 'pmin', max: 'pmax', if: 'ifelse', missing: 'is.na', I: '' };

const R: Words = {
  number: String,
  text: quote,
  missing: 'NA',
  name: (name) => `d[[${quote(name)}]]`,
  not: '!',
  operators: { and: '&', or: '|' },
  call: (name, args) => `${FUNCTIONS[name] ?? name}(${args.join(', ')})`,
  lag: (inner, k) => `lagged(${inner}, ${k})`,
};

function factorText(factor: ExportFactor): string {
  if (factor.kind !== 'level') return writeShifted(R, factor.node, factor.shift);
  const { variable, level, shift } = factor;
  const dummy = `(${R.name(variable)} == ${typeof level === 'number' ? level : quote(level)}) * 1`;
  return shift === 0 ? `(${dummy})` : `lagged(${dummy}, ${shift})`;
}

const list = (items: string[]) => `list(${items.join(', ')})`;
const vector = (values: (number | string)[]) =>
  `c(${values.map((v) => (typeof v === 'number' ? String(v) : quote(v))).join(', ')})`;
const joined = (names: string[]) =>
  names.length === 1 ? `as.character(${R.name(names[0])})` : `as.character(level_of(${names.map(R.name).join(', ')}))`;

function useText({ where, part, needs }: ExportColumn): string {
  const conditions = [
    ...(where ? [`(${write(R, where)}) %in% TRUE`] : []),
    ...(part
      ? [`(${R.name(part.by)} ${part.op} ${typeof part.value === 'number' ? part.value : quote(part.value)}) %in% TRUE`]
      : []),
    ...[...new Set(needs.map(({ node, shift }) => writeShifted(R, node, shift)))].map((text) => `!is.na(${text})`),
  ];
  return conditions.join(' &\n      ');
}

/** Law, kind, regressors of the location and a start of a frontier. */
function frontierText({ frontier, model }: ExportColumn): string[] {
  if (!frontier || model !== 'frontier') return [];
  const z = [
    ...(frontier.intercept ? [`${quote('(Intercept)')} = 1`] : []),
    ...frontier.effects.map((t) => `${quote(t.name)} = ${t.factors.map(factorText).join(' * ')}`),
  ];
  return [
    `frontier = list(law = ${quote(frontier.law)}, inefficiency = ${quote(frontier.inefficiency)}, z = ${list(z)}, start = ${vector(frontier.start)})`,
  ];
}

function columnText(c: ExportColumn): string {
  const { fit, spec } = c;
  const lacking = lackingReason('r', c);
  const offsets = [...c.offsets.map((node) => write(R, node)), ...(c.exposure ? [`log(${R.name(c.exposure)})`] : [])];
  const means = c.terms.filter(({ factors }) => factors.some((f) => f.kind === 'mean')).map((t) => t.name);
  const x = c.terms.map((t) => `${quote(t.name)} = ${t.factors.map(factorText).join(' * ')}`);
  const rows = fit.coefficients;
  const args = [
    `${quote(c.id)}, ${c.column}, ${quote(c.model)}`,
    `y = ${write(R, c.y)}`,
    `x = ${list(x)}`,
    `intercept = ${c.intercept ? 'TRUE' : 'FALSE'}`,
    `use = ${useText(c)}`,
    `vcov = ${quote(spec.vcov.type)}`,
    ...(c.clusters.length > 0 ? [`clusters = ${list(c.clusters.map(joined))}`] : []),
    ...(factorOf(c) !== 1 ? [`factor = ${factorOf(c)}`] : []),
    ...frontierText(c),
    ...(c.fixef.length > 0 ? [`effects = ${list(c.fixef.map(joined))}`] : []),
    ...(offsets.length > 0 ? [`offset = ${offsets.join(' + ')}`] : []),
    ...(c.weights ? [`weights = ${R.name(c.weights)}`] : []),
    ...(means.length > 0 ? [`means = list(${means.map((m) => `${quote(m)} = TRUE`).join(', ')})`] : []),
    `expected = list(term = ${vector(rows.map((r) => r.term))},\n    estimate = ${vector(rows.map((r) => r.estimate))},\n    se = ${vector(rows.map((r) => r.se))}, nobs = ${fit.nobs})`,
  ];
  const factor = fit.vcovInfo.factor === 1 ? '' : `; covariance × ${fit.vcovInfo.factorRule}`;
  const head = `# ${c.id} (${c.column}): ${fit.formula}${fit.sampleName ? `, ${fit.sampleName}` : ''}${spec.lag ? `, lagged ${spec.lag}` : ''}; ${fit.title}; ${fit.vcov}${factor}`;
  if (lacking) return `${head}\ncat(${quote(`${c.id} (${c.column}): ${lacking}\n`)})\n`;
  return `${head}\ncolumn(${args.join(',\n  ')})\n`;
}

/** The script; `data` is the path of the table from the script's folder. */
export function exportR(plan: ExportPlan, data: string): string {
  const derive = plan.derive.map(({ name, node }) => `${R.name(name)} <- ${write(R, node)}`);
  return `# ${plan.title.replace(/\s+/g, ' ')}
# Written by gravpanel ${plan.gravpanel}, run ${plan.runHash.slice(0, 12)}. Base R only: Rscript models.R, from this folder.
# Writes estimates-R.csv and says how far R is from gravpanel.
options(digits.secs = 0, digits = 12)
d <- read.table(${quote(data)}, header = TRUE, sep = ${quote(plan.delimiter)}, quote = "\\"", na.strings = ${vector(plan.missing)}, strip.white = TRUE,
  comment.char = "", check.names = FALSE, stringsAsFactors = FALSE, encoding = "UTF-8", colClasses = ${vector(plan.file.map((f) => (f.number ? 'numeric' : 'character')))})
unit_ <- ${joined(plan.unit)}
time_ <- ${R.name(plan.time)}
d <- d[order(unit_, time_), , drop = FALSE]
unit_ <- ${joined(plan.unit)}
time_ <- ${R.name(plan.time)}
${R_BASE}
# ---- derived columns ------------------------------------------------------------------------------------------------------
${derive.join('\n')}

# ---- the columns of the run -----------------------------------------------------------------------------------------------
${plan.failed.map((f) => `# ${f} gave no estimate in the run\n`).join('')}${plan.columns.map(columnText).join('\n')}
write.csv(results, "estimates-R.csv", row.names = FALSE)
`;
}
