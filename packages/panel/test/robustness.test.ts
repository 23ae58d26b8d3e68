/**
 * A slice of the generated panels of bench/robustness.mjs: every model on each ends at a maximum with its certificate or at an
 * error with a name. The panels that once went wrong are among them.
 */
import { loadKernels } from '@gravpanel/core-wasm';
import { describe, expect, it } from 'vitest';
import { type GeneratedPanel, panelCsv, panelOf } from '../../../test-fixtures/panels.mjs';
import { judge, MODELS, specOf } from '../../../test-fixtures/robustness.mjs';
import { fitSpec } from '../src/fit.ts';
import { setPanel } from '../src/frame.ts';
import { readTable } from '../src/table-read.ts';
import type { FitResult } from '../src/types.ts';

const kernels = await loadKernels();

function fitAll(panel: GeneratedPanel): Record<string, FitResult> {
  const frame = setPanel(readTable(panelCsv(panel), { name: 'panel.csv' }), ['id'], 'year');
  return Object.fromEntries(MODELS.map((model) => [model, fitSpec(frame, specOf(panel, model), kernels)[0]]));
}

const codes = (results: Record<string, FitResult>, models: string[]) =>
  models.map((model) => {
    const result = results[model];
    return 'failed' in result ? result.error.code : 'ok';
  });

describe('generated panels', () => {
  const SLICE = 60;
  it.each(Array.from({ length: SLICE / 6 }, (_, part) => part))('%i: every model ends well on six of them', (part) => {
    for (let number = 6 * part; number < 6 * part + 6; number++) {
      const panel = panelOf(2, number, { units: 60, periods: 12 });
      for (const [model, result] of Object.entries(fitAll(panel))) {
        const { defect } = judge(result);
        expect(defect, `panel ${number} (${panel.noise}, ${panel.defect}), ${model}`).toBeUndefined();
      }
    }
  });

  it('fits nearly collinear regressors', () => {
    const found = fitAll(panelOf(1, 34));
    expect(codes(found, ['poisson', 'nb1', 'nb2', 'poisson-re'])).toEqual(['ok', 'ok', 'ok', 'ok']);
  });

  it('names the limit where counts are no more dispersed than Poisson within units', () => {
    const found = fitAll(panelOf(1, 10));
    expect(codes(found, ['nb-fe', 'nb-re'])).toEqual(['fit/no-interior-maximum', 'fit/no-interior-maximum']);
  });

  it('finds a maximum that long steps of the search go over', () => {
    const found = fitAll(panelOf(1, 90))['nb-fe'];
    // scipy's BFGS ends there too; the limit of large λ is −1920.599647
    expect('failed' in found ? found.error.code : found.loglik).toBeCloseTo(-1920.530653493, 6);
  });

  it('does not take a local maximum where units at their Poisson limit carry the likelihood higher', () => {
    // BFGS from other starts rises to −62.693559 as x1 sends λ of some units to infinity; −62.700661 is a maximum inside
    expect(codes(fitAll(panelOf(1, 575)), ['nb-fe'])).toEqual(['fit/no-interior-maximum']);
  });

  it('sees separation where counts reach 10⁷', () => {
    const found = fitAll(panelOf(1, 350));
    expect(codes(found, ['nb-re', 'poisson-re'])).toEqual(['fit/separated', 'fit/separated']);
    for (const model of ['poisson', 'nb1', 'nb2'] as const) {
      const result = found[model];
      if ('failed' in result) throw new Error(result.error.message);
      expect(result.sample.dropped.map(({ reason }) => reason)).toContain('separated');
    }
  });

  it('leaves out a column that only rounding keeps apart from others net of the effects', () => {
    const found = fitAll(panelOf(1, 333))['poisson | id'];
    expect('failed' in found ? found.error.code : found.collinear).toEqual(['x1', 'x4', 'x5']);
  });
});
