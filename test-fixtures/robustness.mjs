/** What counts as a good end of a fit: a maximum with its certificate, or an error with a name. Shared by test and bench. */

/** Models fitted to every generated panel; "poisson | id": with absorbed effects of units. */
export const MODELS = ['poisson', 'nb1', 'nb2', 'nb-fe', 'nb-re', 'poisson-re', 'ols', 'poisson | id'];

/** Errors that a user can meet with such panels. Anything else, no-convergence included, is a defect. */
export const NAMED = [
  'fit/separated',
  'fit/no-interior-maximum',
  'fit/not-identified',
  'data/all-zero',
  'data/one-group',
  'data/too-few-rows',
  'data/all-collinear',
  'vcov/no-standard-error',
];

/** A scaled gradient above this is no certificate: the maximum could be this many standard errors away. */
export const CERTIFIED = 1e-6;

export function specOf(panel, model) {
  const [key, effects] = model.split(' | ');
  const formula = `y ~ ${panel.names.join(' + ')}${effects ? ` | ${effects}` : ''}`;
  return { id: 'fit', model: key, formula, vcov: { type: 'iid' }, ...(panel.offset && { offset: 'off' }) };
}

/** Paths of numbers that are not finite. */
function notFinite(value, path = '') {
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [path];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) => notFinite(inner, `${path}.${key}`));
}

/** @returns {{kind: 'ok' | 'boundary' | 'error', code?: string, defect?: string, scaledGradient?: number}} */
export function judge(result) {
  if (result.failed) {
    const { code, message } = result.error;
    return { kind: 'error', code, ...(!NAMED.includes(code) && { defect: message }) };
  }
  const { scaledGradient } = result.certificate;
  const bad = notFinite(result);
  const defects = [
    ...(bad.length > 0 ? [`not finite: ${bad.join()}`] : []),
    ...(result.model !== 'ols' && result.loglik > 0 ? [`log-likelihood ${result.loglik}`] : []),
    ...(scaledGradient <= CERTIFIED ? [] : [`scaled gradient ${scaledGradient}`]),
    ...(result.coefficients.every(({ se }) => se > 0) ? [] : ['a standard error that is not positive']),
  ];
  const boundary = result.notes.some(({ code }) => code === 'poisson-boundary');
  return {
    kind: boundary ? 'boundary' : 'ok',
    scaledGradient,
    ...(defects.length > 0 && { defect: defects.join('; ') }),
  };
}
