/** The Monte Carlo of the count frontiers as the table of docs/methods.md, from bench/frontier-montecarlo.json. */
export interface MonteCarloRow {
  model: string;
  n: number;
  sigma: number;
  samples: number;
  failed: number;
  atZero: number;
  sigmaQuartiles: [number, number, number];
  terms: { bias: number; cover: number }[];
  sigmaCover: number | null;
  rank: number | null;
  rankAtTruth: number | null;
  startsApart: number;
  belowBase: number;
  date: string;
  commit: string;
}

const sign = (x: number, digits: number) =>
  x
    .toFixed(digits)
    .replace(/^-(0\.?0*)$/, '$1')
    .replace('-', '−');
const share = (x: number) => `${(100 * x).toFixed(1).replace(/\.0$/, '')}%`;
const orDash = (x: number | null, show: (x: number) => string) => (x === null ? '–' : show(x));

const HEADS =
  'model | rows | samples | true σᵤ | at σᵤ = 0 | σ̂ᵤ: median (quartiles) | bias x₁, x₂ | coverage x₁, x₂ | constant: bias, coverage | coverage σᵤ | rank correlation | with true parameters | starts apart';

function lineOf(r: MonteCarloRow): string {
  const [constant, x1, x2] = r.terms;
  const [low, middle, high] = r.sigmaQuartiles.map((x) => x.toFixed(2));
  return [
    r.model,
    String(r.n).replace(/(\d)(\d{3})$/, '$1,$2'),
    r.samples,
    r.sigma,
    share(r.atZero),
    `${middle} (${low}–${high})`,
    `${sign(x1.bias, 3)}, ${sign(x2.bias, 3)}`,
    `${share(x1.cover)}, ${share(x2.cover)}`,
    `${sign(constant.bias, 2)}, ${share(constant.cover)}`,
    orDash(r.sigmaCover, share),
    orDash(r.rank, (x) => x.toFixed(2)),
    orDash(r.rankAtTruth, (x) => x.toFixed(2)),
    r.startsApart,
  ].join(' | ');
}

export const monteCarloTable = (rows: MonteCarloRow[]) =>
  [
    `| ${HEADS} |`,
    `| --- |${' ---: |'.repeat(12)}`,
    ...rows.map((row) => `| ${lineOf(row)} |`),
    '',
    `Recorded ${[...new Set(rows.map(({ date, commit }) => `${date} at ${commit}`))].join(', ')}.`,
  ].join('\n');
