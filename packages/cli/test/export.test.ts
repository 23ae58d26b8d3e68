/** Exported scripts say the same model: R runs them where it is present, Python compiles them. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { count, noise, panelCsv, type Workspace, workspace } from './program.ts';

const present = (command: string, args: string[]) => spawnSync(command, args, { encoding: 'utf8' }).status === 0;
const hasR = present('Rscript', ['--version']);
if (!hasR && process.env.CI)
  throw new Error('Rscript is missing: install r-base-core, the exported R scripts must be run');
if (!hasR) console.warn('Rscript is not here: the exported R scripts were written but not run.');

const python = ['python3', '/usr/bin/python3'].find((p) => present(p, ['-c', 'import numpy, pandas, statsmodels.api']));
if (!python && process.env.CI)
  throw new Error('statsmodels is missing: install python3-statsmodels, the exported Python scripts must be run');
if (!python)
  console.warn('python3 with statsmodels is not here: the exported Python scripts were written but not run.');

/** Odd names, a gap, missing cells, a unit without any count, a column called in. */
const data = () =>
  panelCsv(24, 7, (i, t) => ({
    y: i === 5 ? 0 : count(i, t),
    in: (1 + noise(i, t, 1)).toFixed(5),
    'GDP (US$)': i === 3 && t === 2 ? 'NA' : (2 + 3 * noise(i, t, 2)).toFixed(5),
    size: (1 + 4 * noise(i, 0, 5)).toFixed(4),
    kind: ['farm', 'mine', 'mill'][i % 3],
    state: (i * 7) % 9,
    w: (0.5 + noise(i, t, 8)).toFixed(3),
    made: shortfall(i, t).toFixed(6),
  }))
    .split('\n')
    .filter((line) => !line.startsWith('7,2004,'))
    .join('\n');

/** Near a standard normal: twelve uniform numbers less six. */
const normal = (i: number, t: number, k: number) =>
  Array.from({ length: 12 }, (_, j) => noise(i, t, 100 * k + j)).reduce((a, b) => a + b, -6);
/** 2 + in + 0.3 v − |u|, u half of the unit and half of the row. */
const shortfall = (i: number, t: number) =>
  2 + noise(i, t, 1) + 0.3 * normal(i, t, 3) - Math.abs(0.7 * normal(i, 0, 4)) - Math.abs(0.5 * normal(i, t, 5));

const study = `version: 1
title: Everything that can be exported
data: { path: panel.csv, unit: id, time: year }
derive: { lgdp: log(\`GDP (US$)\`), late: "if(year >= 2004, 1, 0)", never: "if(id == 5 and year >= 2003, 1, 0)" }
vcov: iid
models:
  steps: { model: nb-fe, formula: "y ~ in + csw0(lgdp, l(in, 1))", vcov: { type: cluster, by: [id] }, companions: true }
  random: { model: nb-re, formula: y ~ in + lgdp }
  gamma: { model: poisson-re, formula: y ~ in + lgdp, vcov: "cluster:id" }
  nb2: { model: nb2, formula: y ~ in + i(kind) + lgdp:late, vcov: hc1, where: year >= 2003 }
  nb1: { model: nb1, formula: "y ~ in + d(lgdp, 1)", vcov: "cluster:state" }
  ppml: { model: poisson, formula: "y ~ in + i(kind, lgdp) | year", exposure: size, vcov: { type: cluster, by: [id], like: stata } }
  two: { model: poisson, formula: y ~ in + cre(lgdp), vcov: "cluster:id+year", lag: 1 }
  halves: { model: ols, formula: "c(y, log(1 + y)) ~ in + I(lgdp^2) + sqrt(size)", split: { by: year, at: 2004 }, vcov: hc3 }
  groups: { model: ols, formula: y ~ in, split: { by: kind }, vcov: hc2, weights: w }
  within: { model: ols, formula: y ~ in + lgdp | id + year, vcov: { type: cluster, by: [id], like: fixest } }
  offset: { model: poisson, formula: "y ~ in + offset(log(size))", vcov: hc0 }
  apart: { model: poisson, formula: y ~ in + never, vcov: "cluster:id" }
  front: { model: frontier, formula: made ~ in + lgdp }
  frontexp: { model: frontier, formula: made ~ in + lgdp, distribution: exponential, vcov: "cluster:state" }
  fronteff: { model: frontier, formula: made ~ in, inefficiency_effects: lgdp }
  units: { model: frontier, formula: made ~ in + lgdp, inefficiency: units, vcov: "cluster:id" }
  unitsexp: { model: frontier, formula: made ~ in, inefficiency: units, distribution: exponential }
  decay: { model: frontier, formula: made ~ in, inefficiency: decay, lag: 1 }
  none: { model: frontier, formula: I(-made) ~ in }
  lasting: { model: frontier, formula: made ~ in, random_effects: true }
  counts: { model: poisson-frontier, formula: y ~ in, inefficiency: units }
sample: { common: true }
`;

let w: Workspace;
let said = '';
beforeAll(() => {
  w = workspace({ 'panel.csv': data(), 'study.yaml': study });
  const run = w.run(['run', 'study.yaml', '-o', 'out', '--quiet']);
  expect([run.code, run.stderr]).toEqual([0, '']);
  const { code, stdout, stderr } = w.run(['export', 'out', '--to', 'stata,r,python', '-o', 'scripts']);
  expect(code).toBe(0);
  said = stderr;
  expect(stdout).toMatch(/models\.do.*models\.R.*models\.py/);
});
afterAll(() => w.remove());
const script = (name: string) => readFileSync(w.path(`scripts/${name}`), 'utf8');

describe('exported scripts', () => {
  it.runIf(hasR)('in R give the rows, estimates and standard errors of every column', () => {
    const { status, stdout, stderr } = spawnSync('Rscript', ['--vanilla', 'models.R'], {
      cwd: w.path('scripts'),
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
    expect(stdout.match(/largest difference/g)).toHaveLength(32);
    const [head, ...rows] = script('estimates-R.csv')
      .trim()
      .split('\n')
      .map((line) => line.replaceAll('"', '').split(','));
    const at = (row: string[], name: string) => Number(row.at(head.indexOf(name) - head.length));
    expect(rows.length).toBe(88);
    for (const row of rows) {
      expect(at(row, 'nobs'), row.join()).toBe(at(row, 'gravpanel_nobs'));
      // Newton in both; Hessians of four models are differenced in R, so 1e-6 standard errors.
      expect(at(row, 'difference'), row.join()).toBeLessThan(1e-6);
    }
  });
  it.runIf(python)(
    'in Python give the rows, estimates and standard errors of every column that Python can estimate',
    () => {
      const { status, stdout, stderr } = spawnSync(python!, ['models.py'], {
        cwd: w.path('scripts'),
        encoding: 'utf8',
      });
      expect(status, stderr).toBe(0);
      expect(stdout.match(/have no /g)).toHaveLength(13);
      const [head, ...rows] = script('estimates-python.csv')
        .trim()
        .split(/\r?\n/)
        .map((line) => line.split(','));
      const at = (row: string[], name: string) => Number(row.at(head.indexOf(name) - head.length));
      expect(rows.length).toBe(58);
      for (const row of rows) {
        expect(at(row, 'nobs'), row.join()).toBe(at(row, 'gravpanel_nobs'));
        // statsmodels stops at a gradient of 1e-10.
        expect(at(row, 'difference'), row.join()).toBeLessThan(1e-6);
      }
    },
  );
  it('what a tool cannot estimate is said in its script and on the console', () => {
    const lines = said.trim().split('\n');
    expect(lines).toHaveLength(2 + 1 + 15);
    for (const line of [
      "models.do: unitsexp (1) is not estimated there: Stata's xtfrontier has no exponential inefficiency of a unit; models.R estimates it.",
      "models.R: lasting (1) is not estimated there: R's frontier and sfaR have no stochastic frontier with a random effect of the unit, nor have the other tools' own commands.",
      'models.R: counts (1) is not estimated there: R has no stochastic frontier for counts, nor have the other tools.',
      'models.py: front (1) is not estimated there: statsmodels and pyfixest have no stochastic frontier; models.R and models.do estimate it.',
    ])
      expect(lines).toContain(line);
    expect(script('models.do')).toContain('display "counts (1): Stata has no stochastic frontier for counts');
    expect(script('models.R')).toContain('cat("counts (1): R has no stochastic frontier for counts');
  });
  it('in Python name the models that Python lacks', () => {
    expect(script('models.py')).toMatch(/statsmodels and pyfixest have no conditional fixed-effects negative binomial/);
  });
  it('in Stata use its commands, its time-series operators and names that it takes', () => {
    const text = script('models.do');
    expect(text).toMatch(/\* in is called v_in here/);
    expect(text).toMatch(/xtset unit_ year/);
    // One name a column, and what the last column made is dropped one by one: drop of several stops at the first that is not there.
    expect(new Set(text.match(/estimates store \w+/g)).size).toBe(31);
    expect(text).toMatch(/foreach v in y_ use_ offset_ x1_ .*\{\n {2}capture drop `v'\n\}/);
    // A missing value is larger than any number in Stata.
    expect(text).toMatch(/use_ = !missing\(year\) & \(+year >= 2003\)/);
    expect(text).not.toMatch(/capture drop .* /);
    expect(text).toMatch(/xtnbreg y_ x1_ .* if use_, fe\n/);
    expect(text).toMatch(/xtnbreg .* re\n/);
    expect(text).toMatch(/nbreg y_ .*dispersion\(constant\) vce\(cluster state\)/);
    expect(text).toMatch(/ppmlhdfe y_ .*absorb\(year\) keepsingletons offset\(offset_\) vce\(cluster id\)/);
    expect(text).toMatch(/quietly generate double g\d+_ = v_in\n/);
    expect(text).toMatch(/L1\.g\d+_/);
    expect(text).toMatch(/xtnbreg has no clustered errors/);
    expect(text.match(/estimates store/g)).toHaveLength(31);
    expect(text).toMatch(/\nfrontier y_ x1_ x2_ if use_, distribution\(hnormal\)\n/);
    expect(text).toMatch(/\nfrontier y_ .*, distribution\(exponential\) vce\(cluster state\)\n/);
    expect(text).toMatch(/\nfrontier y_ x1_ if use_, distribution\(tnormal\) cm\(z1_\)\n/);
    expect(text).toMatch(/\nconstraint 1 \[mu\]_cons = 0\nxtfrontier y_ x1_ x2_ if use_, ti constraints\(1\)\n/);
    expect(text).toMatch(/\nxtfrontier y_ x1_ if use_, tvd constraints\(1\)\n/);
    expect(text).toMatch(/xtfrontier has no clustered errors/);
    // Quotes and parentheses close on every line.
    for (const line of text.split('\n').filter((l) => !l.startsWith('*'))) {
      expect((line.match(/"/g) ?? []).length % 2, line).toBe(0);
      const bare = line.replace(/"[^"]*"/g, '');
      expect((bare.match(/\(/g) ?? []).length, line).toBe((bare.match(/\)/g) ?? []).length);
    }
  });
  it('are not replaced without --force, and hold no path of this machine', () => {
    expect(w.run(['export', 'out', '-o', 'scripts'])).toMatchObject({ code: 2 });
    expect(w.run(['export', 'out', '-o', 'scripts', '--force'])).toMatchObject({ code: 0 });
    for (const name of ['models.R', 'models.do', 'models.py']) expect(script(name)).not.toContain(w.dir);
    w.write('study.yaml', study.replace('Everything', 'Nearly everything'));
    expect(w.run(['export', 'out', '-o', 'other'])).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/run\/study-changed/),
    });
    w.write('study.yaml', study);
    expect(w.run(['export', 'out', '--to', 'sas']).stderr).toMatch(
      /--to is "sas"; one of stata, r, python was expected/,
    );
  });
});
