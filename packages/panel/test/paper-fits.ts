/** Estimates, SEs and samples as the paper prints them (Huan 2019, Tables 8–10), as fits. Likelihoods are placeholders. */
import type { Coefficient, Failure, Fit } from '../src/types.ts';

export const paperVariables = {
  collaboration: { label: 'Co-patents with China' },
  lnpatent1: { label: 'Patents of China', unit: 'ln' },
  lnpatent2: { label: 'Patents of the partner', unit: 'ln' },
  lngd: { label: 'Distance × oil price', unit: 'ln km·US$' },
  in: { label: 'Innovation index', unit: '1–7' },
  re: { label: 'Relation level', unit: '0–2' },
  gdp: { label: 'GDP', unit: '100 bn US$' },
  tig: { label: 'Common border', unit: '0/1' },
  lan: { label: 'Common language', unit: '0/1' },
};

type Printed = Record<string, [number, number]>;

export const table8: Printed[] = [
  { lnpatent1: [1.023, 0.15], lnpatent2: [0.206, 0.116], lngd: [-0.176, 0.199], constant: [-6.218, 3.617] },
  {
    lnpatent1: [0.91, 0.15],
    lnpatent2: [0.265, 0.12],
    lngd: [-0.11, 0.2],
    in: [0.568, 0.257],
    constant: [-8.985, 3.693],
  },
  {
    lnpatent1: [0.88, 0.151],
    lnpatent2: [0.217, 0.116],
    lngd: [-0.109, 0.96],
    in: [0.639, 0.256],
    re: [0.343, 0.19],
    constant: [-8.92, 3.714],
  },
  {
    lnpatent1: [0.783, 0.157],
    lnpatent2: [0.244, 0.096],
    lngd: [-0.11, 0.186],
    in: [0.67, 0.258],
    re: [0.345, 0.178],
    gdp: [0.056, 0.281],
    constant: [-8.688, 3.943],
  },
  {
    lnpatent1: [0.723, 0.16],
    lnpatent2: [0.255, 0.1],
    lngd: [-0.11, 0.188],
    in: [0.634, 0.283],
    re: [0.402, 0.203],
    gdp: [0.068, 0.293],
    tig: [-1.114, 0.862],
    constant: [-7.663, 4.025],
  },
  {
    lnpatent1: [0.718, 0.145],
    lnpatent2: [0.203, 0.11],
    lngd: [-0.157, 0.174],
    in: [0.427, 0.29],
    re: [0.437, 0.12],
    gdp: [0.08, 0.319],
    tig: [-1.58, 0.945],
    lan: [1.613, 0.961],
    constant: [-6.167, 3.825],
  },
];

export const table9: Record<string, Printed> = {
  '2008–2012': {
    lnpatent1: [1.396, 0.742],
    lnpatent2: [0.309, 0.662],
    lngd: [-0.317, 0.258],
    in: [-1.799, 0.753],
    re: [0.405, 0.455],
    gdp: [0.0304, 0.229],
    constant: [16.007, 24.564],
  },
  '2013–2017': {
    lnpatent1: [1.048, 0.315],
    lnpatent2: [0.315, 0.125],
    lngd: [-0.206, 0.235],
    in: [1.163, 0.364],
    re: [-0.68, 0.287],
    gdp: [0.046, 4.57],
    constant: [-16.828, 5.999],
  },
};

/** Two-sided normal p, Abramowitz–Stegun 26.2.17 (7.5e-8): enough for stars. */
export function normalP(z: number): number {
  const x = Math.abs(z);
  const t = 1 / (1 + 0.2316419 * x);
  const poly = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (2 * Math.exp((-x * x) / 2) * poly) / Math.sqrt(2 * Math.PI);
}

const CONSTANT_IN_TIME = new Set(['tig', 'lan', 'constant']);

export function coefficientsOf(printed: Printed): Coefficient[] {
  return Object.entries(printed).map(([term, [estimate, se]]) => ({
    term: term === 'constant' ? '(Intercept)' : term,
    estimate,
    se,
    statistic: estimate / se,
    p: normalP(estimate / se),
    lower: estimate - 1.959963984540054 * se,
    upper: estimate + 1.959963984540054 * se,
    within: !CONSTANT_IN_TIME.has(term),
  }));
}

export function fitOf(printed: Printed, o: Partial<Fit> = {}): Fit {
  const coefficients = coefficientsOf(printed);
  const k = coefficients.length;
  return {
    id: 'full',
    model: 'nb-fe',
    title: 'conditional negative binomial, partner effects',
    formula: `collaboration ~ ${coefficients
      .slice(0, -1)
      .map((c) => c.term)
      .join(' + ')}`,
    depvar: 'collaboration',
    sampleName: '',
    vcov: 'iid',
    vcovInfo: { type: 'iid', factor: 1, factorRule: '' },
    level: 0.95,
    nobs: 261,
    ngroups: 29,
    iterations: 6,
    converged: true,
    loglik: -498.2,
    aic: 996.4 + 2 * k,
    bic: 996.4 + k * Math.log(261),
    dof: k,
    dofResidual: 261 - k,
    distribution: 'z',
    coefficients,
    parameters: [],
    fitStatistics: {},
    fixef: [],
    collinear: [],
    sample: {
      rows: 450,
      used: 261,
      units: 45,
      unitsUsed: 29,
      dropped: [
        { reason: 'lag', rows: 45 },
        { reason: 'all-zero group', rows: 144, groups: Array.from({ length: 16 }, (_, i) => `partner ${i + 1}`) },
      ],
    },
    certificate: { scaledGradient: 1e-10, hessianCondition: 1e4, starts: 3, agreeing: 3 },
    notes: [],
    covariance: [],
    covarianceIid: [],
    parameterNames: [],
    ...o,
  };
}

export const table8Fits = table8.map((printed, j) =>
  fitOf(printed, { loglik: [-498.2, -495.7, -494.1, -492.6, -491.8, -490.3][j] }),
);
export const table9Fits = Object.entries(table9).map(([sampleName, printed]) =>
  fitOf(printed, { sampleName, nobs: 130 }),
);

export const failure: Failure = {
  id: 'full',
  model: 'nb-fe',
  title: 'conditional negative binomial, partner effects',
  formula: 'collaboration ~ lnpatent1',
  depvar: 'collaboration',
  sampleName: '',
  failed: true,
  error: {
    code: 'fit/no-convergence',
    message: 'nb-fe stopped after 50 iterations, scaled gradient 3.1e-2 (tolerance 1e-8).',
    hint: 'tig has 6 ones, all in groups with y = 0: drop it.',
  },
};
