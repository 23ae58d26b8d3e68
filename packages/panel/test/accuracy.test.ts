/**
 * docs/accuracy.md is what a run of all models says now: digits against certified values, beside the peers' recorded ones, and
 * the recorded long runs. GRAVPANEL_UPDATE=accuracy rewrites the file.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { loadKernels } from '@gravpanel/core-wasm';
import { fixtureJson } from '@gravpanel/test-fixtures';
import { describe, expect, it } from 'vitest';
import { countRows, matrix, nistRows, olsRows, ppmlRows, type Row } from './accuracy-rows.ts';
import { accuracyText, type Report } from './accuracy-text.ts';

const file = new URL('../../../docs/accuracy.md', import.meta.url);
const kernels = await loadKernels();
const peers = matrix();
const report: Report = {
  count: countRows(kernels, peers.results),
  ppml: ppmlRows(kernels, peers.results),
  ols: olsRows(kernels, peers.results),
  nist: nistRows(kernels, peers.results),
  matrix: peers,
  robustness: fixtureJson('..', 'bench', 'robustness.json'),
  montecarlo: fixtureJson('..', 'bench', 'montecarlo.json'),
};

const own = (rows: Row[]) => rows.filter(({ tool }) => tool === 'gravpanel');

describe('docs/accuracy.md', () => {
  it('is what this run says', () => {
    const text = accuracyText(report);
    if (process.env.GRAVPANEL_UPDATE === 'accuracy') writeFileSync(file, text);
    expect(readFileSync(file, 'utf8'), 'GRAVPANEL_UPDATE=accuracy rewrites it').toBe(text);
  });

  it.each(own([...report.count, ...report.ppml, ...report.ols]))('$data, $model: 10 digits, 9, 9 and 13', (row) => {
    expect(row.coef).toBeGreaterThanOrEqual(10);
    expect(row.se).toBeGreaterThanOrEqual(9);
    expect(row.cluster).toBeGreaterThanOrEqual(9);
    if (row.loglik !== undefined) expect(row.loglik).toBeGreaterThanOrEqual(13);
  });

  it.each(own(report.nist))('$data: 9 digits, Filip 7', ({ data, coef, se }) => {
    const need = data === 'Filip' ? 7 : 9;
    expect(coef).toBeGreaterThanOrEqual(need);
    expect(se).toBeGreaterThanOrEqual(need);
  });

  it('has no peer that is better than gravpanel by more than two digits where gravpanel has fewer than 12', () => {
    const all = [...report.count, ...report.ppml, ...report.ols, ...report.nist];
    for (const row of own(all))
      for (const peer of all.filter((r) => r.data === row.data && r.model === row.model && r.tool !== row.tool))
        if (row.coef! < 12) expect(peer.coef ?? 0, `${peer.tool} on ${row.data}`).toBeLessThanOrEqual(row.coef! + 2);
  });

  it('rests on long runs without a hang, a defect or a contradiction', () => {
    const { hangs, defects, confirmed, panels } = report.robustness;
    expect(panels).toBeGreaterThanOrEqual(1000);
    expect([hangs, defects, confirmed.wrong]).toEqual([[], [], []]);
    expect(report.montecarlo.reps).toBeGreaterThanOrEqual(1000);
  });
});
