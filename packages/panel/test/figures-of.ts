/** One figure of each kind beyond those of the paper, from small records with known numbers. */
import { describe } from '../src/describe.ts';
import { bootstrapFigure } from '../src/figures-bootstrap.ts';
import { curveFigure } from '../src/figures-curve.ts';
import { influenceFigure, residualFigure, rootogramFigure } from '../src/figures-diagnostics.ts';
import { lagFigures } from '../src/figures-lags.ts';
import { readTable } from '../src/table-read.ts';
import type { Figure, Fit } from '../src/types.ts';
import { fitOf, paperVariables, table8Fits } from './paper-fits.ts';

/** A normal quantile by its logistic approximation: a smooth set of replicates, no random numbers. */
const spread = (share: number) => Math.log(share / (1 - share)) / 1.702;

const fit = table8Fits[5] as Fit;
const options = { id: 'full', where: 'column (6) of Table 8', variables: paperVariables };

export const lagFit = fitOf({
  rd: [0.3, 0.05],
  'l(rd, 1)': [-0.1, 0.07],
  'l(rd, 2)': [0.04, 0.06],
  'f(rd, 1)': [0.02, 0.05],
});

export const bootstrap = bootstrapFigure(
  fit.coefficients
    .filter(({ term }) => term !== '(Intercept)')
    .map(({ term, estimate, se, lower, upper, within }) => ({
      term,
      estimate,
      within,
      draws: Array.from({ length: 1999 }, (_, i) => (i === 7 ? Number.NaN : estimate + se * spread((i + 0.5) / 1999))),
      intervals: { percentile: [estimate - 1.9 * se, estimate + 2.1 * se] as const, analytic: [lower, upper] as const },
    })),
  { id: 'boot', title: 'Bootstrap by partner, column (6)', variables: paperVariables },
);

export const rootogram = rootogramFigure(
  [
    { from: 0, to: 0, observed: 120, expected: 118.4 },
    { from: 1, to: 1, observed: 60, expected: 66.1 },
    { from: 2, to: 3, observed: 49, expected: 44 },
    { from: 4, observed: 32, expected: 32.5 },
  ],
  fit,
  options,
);

export const residuals = residualFigure(
  Array.from({ length: 100 }, (_, i) => ({
    label: `P${i}, 2010`,
    fitted: 0.1 * (i + 1),
    residual: i === 40 ? 4.2 : spread((i + 0.5) / 100),
  })),
  fit,
  options,
)!;

export const influence = influenceFigure(
  Array.from({ length: 29 }, (_, i) => ({
    unit: `Partner ${i + 1}`,
    dfbetas: fit.coefficients.map((_, j) =>
      i === 3 && j === 2 ? 1.31 : 0.4 * spread(((((i + 3) * (j + 2)) % 29) + 0.5) / 29),
    ),
  })),
  fit,
  options,
)!;

/** Three ties of a home with 500 documents. */
export const network = describe(
  readTable('who,n,own,size\nAland,20,500,100\nBland,5,500,400\nCland and its long name,1,500,10\n', {
    name: 'ties.csv',
  }),
  { kind: 'network', count: 'n', by: 'who', home: 'Home', own: 'own', size: 'size' },
)[1] as Figure;

/** Estimates −0.3 … 0.6 of eleven specifications, every other with twice the error; one failed. */
export const curve = curveFigure(
  {
    id: 'gdp',
    of: 'gdp',
    outcome: 'collaboration',
    level: 0.95,
    alpha: 0.05,
    excluded: 0,
    dimensions: [
      {
        key: 'estimators',
        title: 'Estimator',
        options: ['nb-fe', 'poisson | partner', 'a name that is longer than its place'],
      },
      { key: 'vcov', title: 'Standard errors', options: ['iid'] },
      { key: 'optional', title: 'Optional control', options: ['tig', 'lan'], any: true },
    ],
    specifications: Array.from({ length: 12 }, (_, i) => {
      const plain = {
        number: i + 1,
        choices: [[i % 3], [0], i % 4 === 0 ? [] : i % 4 === 3 ? [0, 1] : [(i % 4) - 1]],
        model: 'poisson' as const,
        formula: 'collaboration ~ gdp',
        vcov: 'iid',
      };
      if (i === 11) return { ...plain, error: { code: 'fit/no-convergence', message: 'It did not converge.' } };
      const [estimate, se] = [0.09 * ((i * 7) % 11) - 0.3, i % 2 === 0 ? 0.05 : 0.1];
      return {
        ...plain,
        estimate,
        se,
        statistic: estimate / se,
        p: Math.abs(estimate / se) > 1.96 ? 0.01 : 0.4,
        lower: estimate - 1.96 * se,
        upper: estimate + 1.96 * se,
        nobs: 100,
      };
    }),
  },
  paperVariables,
);

export const pictures: Figure[] = [
  network,
  ...lagFigures([lagFit], { id: 'lags', labels: ['Whole sample'] }),
  bootstrap,
  rootogram,
  residuals,
  influence,
  curve,
];
