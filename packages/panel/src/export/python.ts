/** A run as a Python script: numpy, pandas and statsmodels; models that Python lacks are named. */
import { type ExportColumn, type ExportFactor, type ExportPlan, factorOf } from './column.ts';
import { lackingReason } from './lacking.ts';
import { type Words, write, writeShifted } from './words.ts';

const quote = (text: string) => JSON.stringify(text);
const CALLS: Record<string, string> = {
  log: 'np.log',
  log1p: 'np.log1p',
  exp: 'np.exp',
  sqrt: 'np.sqrt',
  abs: 'np.abs',
  floor: 'np.floor',
  round: 'np.round',
  if: 'np.where',
  missing: 'pd.isna',
  I: '',
};

const PYTHON: Words = {
  number: String,
  text: quote,
  missing: 'np.nan',
  name: (name) => `d[${quote(name)}]`,
  not: '~',
  operators: { and: '&', or: '|', '^': '**' },
  call: (name, args) => {
    if (name === 'min' || name === 'max') return args.reduce((a, b) => `np.${name}imum(${a}, ${b})`);
    return `${CALLS[name] ?? name}(${args.join(', ')})`;
  },
  lag: (inner, k) => `lagged(${inner}, ${k})`,
};

function factorText(factor: ExportFactor): string {
  if (factor.kind !== 'level') return writeShifted(PYTHON, factor.node, factor.shift);
  const dummy = `equal(${PYTHON.name(factor.variable)}, ${typeof factor.level === 'number' ? factor.level : quote(factor.level)})`;
  return factor.shift === 0 ? dummy : `lagged(${dummy}, ${factor.shift})`;
}

const list = (items: string[]) => `[${items.join(', ')}]`;
const joined = (names: string[]) =>
  names.length === 1 ? PYTHON.name(names[0]) : `key(${names.map(PYTHON.name).join(', ')})`;

function columnText(c: ExportColumn): string {
  const { fit, spec } = c;
  const { model } = c;
  const head = `# ${c.id} (${c.column}): ${fit.formula}${fit.sampleName ? `, ${fit.sampleName}` : ''}${spec.lag ? `, lagged ${spec.lag}` : ''}; ${fit.title}; ${fit.vcov}`;
  const lacking = lackingReason('python', c);
  if (lacking) return `${head}\nprint(${quote(`${c.id} (${c.column}): ${lacking}`)})\n`;
  const part = c.part
    ? [
        `(${PYTHON.name(c.part.by)} ${c.part.op} ${typeof c.part.value === 'number' ? c.part.value : quote(c.part.value)})`,
      ]
    : [];
  const needs = [...new Set(c.needs.map(({ node, shift }) => writeShifted(PYTHON, node, shift)))];
  const means = c.terms.flatMap((t) => (t.factors.some((f) => f.kind === 'mean') ? [quote(t.name)] : []));
  const offsets = [
    ...c.offsets.map((node) => write(PYTHON, node)),
    ...(c.exposure ? [`np.log(${PYTHON.name(c.exposure)})`] : []),
  ];
  const args = [
    `${quote(c.id)}, ${c.column}, ${quote(model)}`,
    `y=${write(PYTHON, c.y)}`,
    `x={${c.terms.map((t) => `${quote(t.name)}: ${t.factors.map(factorText).join(' * ')}`).join(', ')}}`,
    `intercept=${c.intercept ? 'True' : 'False'}`,
    `conditions=${list([...(c.where ? [write(PYTHON, c.where)] : []), ...part])}`,
    `needs=${list(needs)}`,
    `vcov=${quote(spec.vcov.type)}`,
    `factor=${factorOf(c)}`,
    `clusters=${list(c.clusters.map(joined))}`,
    `effects=${list(c.fixef.map(joined))}`,
    `offset=${offsets.length > 0 ? offsets.join(' + ') : '0.0'}`,
    `weights=${c.weights ? PYTHON.name(c.weights) : '1.0'}`,
    `means=${list(means)}`,
    `expected={${fit.coefficients.map((r) => `${quote(r.term)}: (${r.estimate}, ${r.se})`).join(', ')}}, nobs=${fit.nobs}`,
  ];
  return `${head}\ncolumn(${args.join(',\n       ')})\n`;
}

const BASE = `
def lagged(values, k):
    """Values of the same unit k periods before; a gap gives a missing value."""
    have = pd.Series(np.asarray(values, dtype=float), index=pd.MultiIndex.from_arrays([unit, time]))
    return pd.Series(have.reindex(pd.MultiIndex.from_arrays([unit, time - k])).to_numpy(), index=d.index)


def equal(values, level):
    return pd.Series(np.where(pd.isna(values), np.nan, (values == level).astype(float)), index=d.index)


def key(*columns):
    return pd.Series(list(zip(*columns)), index=d.index).map(str)


def column(name, number, model, y, x, intercept, conditions, needs, vcov, factor, clusters, effects, offset, weights, means,
           expected, nobs):
    use = np.ones(len(d), dtype=bool)
    for condition in conditions:
        use &= np.asarray(condition).astype(bool)
    for need in needs:
        use &= ~np.asarray(pd.isna(need))
    weights = np.broadcast_to(np.asarray(weights, dtype=float), len(d))
    offset = np.broadcast_to(np.asarray(offset, dtype=float), len(d))
    use &= weights > 0
    outcome = np.asarray(y, dtype=float)
    if model in ("poisson", "nb1", "nb2"):
        for effect in effects:
            total = pd.Series(np.where(use, outcome, 0.0)).groupby(np.asarray(effect)).transform("sum")
            use &= total.to_numpy() > 0
    frame = pd.DataFrame({term: np.asarray(values, dtype=float)[use] for term, values in x.items()})
    for term in means:
        frame[term] = frame.groupby(np.asarray(unit)[use])[term].transform("mean")
    if intercept:
        frame.insert(0, "(Intercept)", 1.0)
    for i, effect in enumerate(effects):
        dummies = pd.get_dummies(pd.Series(np.asarray(effect)[use]).astype(str), prefix=f"effect{i}", dtype=float)
        frame = pd.concat([frame, dummies.iloc[:, (1 if i else 0):].reset_index(drop=True)], axis=1)
    target, X, off, w = outcome[use], frame, offset[use], weights[use]
    kwds = {}
    if vcov == "cluster":
        groups = np.column_stack([pd.factorize(np.asarray(c)[use])[0] for c in clusters])
        kwds = {"cov_type": "cluster", "cov_kwds": {"groups": groups if groups.shape[1] > 1 else groups[:, 0], "use_correction": False}}
    elif vcov in ("hc2", "hc3"):
        kwds = {"cov_type": vcov.upper()}
    elif vcov != "iid":
        kwds = {"cov_type": "HC0"}
    if model == "ols":
        fit = sm.WLS(target - off, X, weights=w).fit(**kwds)
    elif model == "poisson":
        fit = sm.GLM(target, X, family=sm.families.Poisson(), offset=off, var_weights=w).fit(tol=1e-14, maxiter=200, **kwds)
    else:
        if not np.all(w == 1):
            print(f"{name} ({number}): statsmodels has no weighted negative binomial")
            return
        fit = sm.NegativeBinomial(target, X, loglike_method=model, offset=off).fit(method="bfgs", maxiter=1000, gtol=1e-10, disp=0, **kwds)
    estimates, errors = np.asarray(fit.params), np.sqrt(factor) * np.asarray(fit.bse)
    print(f"{name} ({number})  {model}  N = {len(target)} (gravpanel {nobs})")
    for i, term in enumerate(frame.columns):
        if term not in expected:
            continue
        theirs = expected[term]
        print(f"  {term:30s} {estimates[i]:.9g} ({errors[i]:.6g})   gravpanel {theirs[0]:.9g} ({theirs[1]:.6g})")
        difference = max(abs(estimates[i] - theirs[0]), abs(errors[i] - theirs[1])) / theirs[1]
        table.append([name, number, term, len(target), nobs, estimates[i], errors[i], *theirs, difference])
`;

const LAST = `
with open("estimates-python.csv", "w", newline="") as file:
    heads = "model,column,term,nobs,gravpanel_nobs,estimate,se,gravpanel_estimate,gravpanel_se,difference"
    csv.writer(file).writerows([heads.split(","), *table])
print("written: estimates-python.csv; largest difference in standard errors", max((row[-1] for row in table), default=0.0))
`;

/** The script; `data` is the path of the table from its folder. */
export function exportPython(plan: ExportPlan, data: string): string {
  const kinds = plan.file.filter((f) => !f.number).map((f) => `${quote(f.name)}: str`);
  const derive = plan.derive.map(({ name, node }) => `${PYTHON.name(name)} = ${write(PYTHON, node)}`);
  return `# ${plan.title.replace(/\s+/g, ' ')}
# Written by gravpanel ${plan.gravpanel}, run ${plan.runHash.slice(0, 12)}. In this folder: python3 models.py (numpy, pandas, statsmodels)
import csv

import numpy as np
import pandas as pd
import statsmodels.api as sm

d = pd.read_csv(${quote(data)}, sep=${quote(plan.delimiter)}, keep_default_na=False, na_values=${list(plan.missing.map(quote))}, dtype={${kinds.join(', ')}}, skipinitialspace=True)
unit = ${plan.unit.length === 1 ? `${PYTHON.name(plan.unit[0])}.astype(str)` : `pd.Series(list(zip(${plan.unit.map(PYTHON.name).join(', ')}))).map(str)`}
time = ${PYTHON.name(plan.time)}
table = []
${BASE}

${derive.join('\n')}

${plan.failed.map((f) => `# ${f} gave no estimate in the run\n`).join('')}${plan.columns.map(columnText).join('\n')}${LAST}`;
}
