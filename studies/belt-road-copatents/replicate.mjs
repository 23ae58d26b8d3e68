/** One replicate of the Monte Carlo: new counts for the study's panel, and what a set of estimates says of the truth. */
import { drawCounts, TERMS } from './model.mjs';
import { uniform } from './random.mjs';
import { TOTALS, TRUTH } from './targets.mjs';

const lagged = (model, formula, terms, vcov) => ({
  title:
    model === 'nb-fe'
      ? 'Conditional negative binomial (column 6)'
      : 'Poisson with partner effects, clustered by partner',
  spec: { id: model, model, formula, vcov, lag: 1 },
  terms,
});

const SLOPES = TERMS.slice(0, 6);
const rhs = (terms) =>
  terms
    .map((t) => ({ lnpatent1: 'log(patent1)', lnpatent2: 'log(patent2)', lngd: 'log(dist_km * wti)' })[t] ?? t)
    .join(' + ');

/** Estimators of the study; fixed-effects Poisson has the same slopes, and no border and language. */
export const MODELS = [
  lagged('nb-fe', `collaboration ~ ${rhs(TERMS)}`, [...TERMS, 'constant'], { type: 'iid' }),
  lagged('poisson', `collaboration ~ ${rhs(SLOPES)} | partner`, SLOPES, { type: 'cluster', by: [['partner']] }),
];

/** Covariates of a row of the panel. */
const at = ({ columns: c }, i) => ({
  lnpatent1: Math.log(c.patent1.values[i]),
  lnpatent2: Math.log(c.patent2.values[i]),
  lngd: Math.log(c.dist_km.values[i] * c.wti.values[i]),
  in: c.in.values[i],
  re: c.re.values[i],
  gdp: c.gdp.values[i],
  tig: c.tig.values[i],
  lan: c.lan.values[i],
});

/** New counts of every row, by partner given its total. */
export function drawn(frame, seed) {
  const u = uniform(seed * 7919);
  const { panel, columns } = frame;
  const counts = new Float64Array(frame.rows);
  const { order, unitOf } = panel;
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && unitOf[order[to]] === unitOf[order[from]]) to++;
    const rows = [...order.slice(from, to)];
    const total = TOTALS[columns.iso3.values[rows[0]]] ?? 0;
    const before = rows.map((_, t) => at(frame, rows[Math.max(0, t - 1)]));
    drawCounts(u, TRUTH, total, before).forEach((n, t) => {
      counts[rows[t]] = n;
    });
    from = to;
  }
  return counts;
}

export const withCounts = (frame, values) => ({
  ...frame,
  columns: { ...frame.columns, collaboration: { kind: 'number', values } },
});

const mean = (list) => list.reduce((a, b) => a + b, 0) / list.length;
const Z = 1.959963984540054;

/** Mean, bias with its Monte Carlo SE, SD, mean SE and coverage of the 95% interval, a row a term. */
export function summarised(fits, terms, truth) {
  return terms.map((term) => {
    const found = fits.map(
      (coefficients) =>
        coefficients[
          term === 'constant'
            ? 0
            : coefficients[0].term === '(Intercept)'
              ? terms.indexOf(term) + 1
              : terms.indexOf(term)
        ],
    );
    const estimates = found.map((c) => c.estimate);
    const centre = mean(estimates);
    const sd = Math.sqrt(estimates.reduce((sum, e) => sum + (e - centre) ** 2, 0) / (estimates.length - 1));
    const holds = found.filter(({ estimate, se }) => Math.abs(estimate - truth[term]) < Z * se).length;
    return {
      term,
      truth: truth[term],
      mean: centre,
      bias: centre - truth[term],
      mcse: sd / Math.sqrt(estimates.length),
      sd,
      se: mean(found.map((c) => c.se)),
      coverage: holds / found.length,
    };
  });
}
