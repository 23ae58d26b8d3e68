/** Fits every model to generated panels and says what came of each fit. Runs in a worker, so that a fit that hangs can be ended. */
import { parentPort, workerData } from 'node:worker_threads';
import { loadKernels } from '../packages/core-wasm/dist/index.js';
import { buildDesigns, estimateSpec, readTable, setPanel } from '../packages/panel/dist/index.js';
import { panelCsv, panelOf } from '../test-fixtures/panels.mjs';
import { judge, MODELS, specOf } from '../test-fixtures/robustness.mjs';

const kernels = await loadKernels();

const list = (values) => values && Array.from(values);
const effectsOf = ({ fixef }) => (fixef.length > 0 ? list(fixef[0].codes) : undefined);

/** The design before separated rows left it, and which rows those are. */
function separation(whole, design) {
  if (whole.n === design.n) return undefined;
  const used = new Set(design.rows);
  const { n, k, y, x } = whole;
  const gone = list(whole.rows).map((row) => !used.has(row));
  return { n, k, y: list(y), x: list(x), effects: effectsOf(whole), gone };
}

/** The numbers a second program needs to fit the same model, and what was found. */
function exported(frame, spec, result, fitted) {
  const [whole] = buildDesigns(frame, spec, kernels);
  if ('failed' in whole) return undefined;
  const design = fitted ?? whole;
  const { n, k, y, x, offset, groupStart, terms } = design;
  const found = result.failed
    ? { code: result.error.code }
    : {
        boundary: result.notes.some(({ code }) => code === 'poisson-boundary'),
        loglik: result.loglik,
        coef: result.coefficients.map(({ estimate }) => estimate),
        se: result.coefficients.map(({ se }) => se),
        parameters: result.parameters,
      };
  return {
    ...{ n, k, y: list(y), x: list(x), offset: list(offset), groupStart: list(groupStart), effects: effectsOf(design) },
    terms: terms.map(({ name }) => name),
    separation: separation(whole, design),
    found,
  };
}

const { seed, from, to, every } = workerData;
for (let number = from; number < to; number++) {
  const panel = panelOf(seed, number);
  const frame = setPanel(readTable(panelCsv(panel), { name: `panel ${number}` }), ['id'], 'year');
  for (const model of MODELS) {
    parentPort.postMessage({ start: { number, model } });
    const spec = specOf(panel, model);
    const start = performance.now();
    let outcome;
    let result;
    let fitted;
    try {
      const [found] = estimateSpec(frame, spec, kernels);
      fitted = found.design;
      result = found.fit ?? found;
      outcome = judge(result);
    } catch (error) {
      outcome = { kind: 'thrown', code: error.code ?? 'internal', defect: String(error.stack ?? error) };
    }
    const seconds = (performance.now() - start) / 1000;
    const small = panel.y.length <= 400 && panel.mean < 5000;
    const out = every && small && result ? exported(frame, spec, result, fitted) : undefined;
    const { noise, defect, mean } = panel;
    parentPort.postMessage({ end: { number, model, seconds, ...outcome, noise, design: defect, mean, out } });
  }
}
