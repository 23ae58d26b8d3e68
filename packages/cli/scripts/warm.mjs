/**
 * node warm.mjs DIST DATA COMMAND…: loads the bundle of each command, lets `fit` and `boot` run on DATA, and writes V8's compiled
 * code beside each as COMMAND.cjs.cache (src/load-command.ts reads it).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { dirname, join } from 'node:path';
import vm from 'node:vm';

const [, , dist, data, ...commands] = process.argv;
const common = ['--data', data, '--panel', 'id,year', '--quiet'];
const study = join(dirname(data), 'study.yaml');
writeFileSync(
  study,
  `version: 1
title: warm
data: { path: ${JSON.stringify(data)}, unit: id, time: year }
models: { m: { model: nb-fe, formula: "y ~ x" } }
`,
);
const RUNS = {
  fit: [
    [...common, '--model', 'nb-fe', '-o', `${data}.json`, 'y ~ x + l(x, 1)'],
    [...common, '--model', 'poisson', '--vcov', 'cluster:id', '-o', `${data}.txt`, 'y ~ x + i(year)'],
  ],
  boot: [
    [study, '-B', '99', '--threads', '1', '--quiet', '-o', `${data}.boot.txt`],
    [study, '-B', '99', '--threads', '1', '--quiet', '-o', `${data}.boot.json`],
  ],
};

for (const command of commands) {
  const file = join(dist, `${command}.cjs`);
  const script = new vm.Script(Module.wrap(readFileSync(file, 'utf8')), { filename: file });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(file), module, file, dist);
  for (const args of RUNS[command] ?? [])
    await module.exports.main(args).catch((error) => {
      if (error.name !== 'PanelError') throw error;
    });
  writeFileSync(`${file}.cache`, script.createCachedData());
}
