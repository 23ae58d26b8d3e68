/** Fits every model to generated panels and says what came of each fit. Runs in a worker, so that a fit that hangs can be ended. */
import { parentPort, workerData } from 'node:worker_threads';
import { loadKernels } from '../packages/core-wasm/dist/index.js';
import { buildDesigns, fitSpec, readTable, setPanel } from '../packages/panel/dist/index.js';
import { panelCsv, panelOf } from '../test-fixtures/panels.mjs';
import { judge, MODELS, specOf } from '../test-fixtures/robustness.mjs';

const kernels = await loadKernels();

/** The numbers a second program needs to fit the same model, and what was found. */
function exported(frame, spec, result) {
  const [design] = buildDesigns(frame, spec, kernels);
  if ('failed' in design) return undefined;
  const { n, k, y, x, offset, fixef, groupStart, terms } = design;
  const found = result.failed
    ? { code: result.error.code }
    : {
        boundary: result.notes.some(({ code }) => code === 'poisson-boundary'),
        loglik: result.loglik,
        coef: result.coefficients.map(({ estimate }) => estimate),
        se: result.coefficients.map(({ se }) => se),
        parameters: result.parameters,
      };
  const list = (values) => values && Array.from(values);
  const effects = fixef.length > 0 ? list(fixef[0].codes) : undefined;
  return {
    ...{ n, k, y: list(y), x: list(x), offset: list(offset), groupStart: list(groupStart), effects },
    terms: terms.map(({ name }) => name),
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
    try {
      [result] = fitSpec(frame, spec, kernels);
      outcome = judge(result);
    } catch (error) {
      outcome = { kind: 'thrown', code: error.code ?? 'internal', defect: String(error.stack ?? error) };
    }
    const seconds = (performance.now() - start) / 1000;
    const small = panel.y.length <= 400 && panel.mean < 5000;
    const out = every && small && result ? exported(frame, spec, result) : undefined;
    const { noise, defect, mean } = panel;
    parentPort.postMessage({ end: { number, model, seconds, ...outcome, noise, design: defect, mean, out } });
  }
}
