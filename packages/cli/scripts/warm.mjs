/** node warm.mjs COMMAND.CJS DATA: runs a bundle on a small panel and writes V8's compiled code to COMMAND.CJS.cache (src/load-command.ts reads it). */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { basename, dirname, join } from 'node:path';
import vm from 'node:vm';

const [, , file, data] = process.argv;
const script = new vm.Script(Module.wrap(readFileSync(file, 'utf8')), { filename: file });
const module = { exports: {} };
script.runInThisContext()(module.exports, createRequire(file), module, file, data);
const { main } = module.exports;
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
for (const args of RUNS[basename(file, '.cjs')])
  await main(args).catch((error) => {
    if (error.name !== 'PanelError') throw error;
  });
writeFileSync(`${file}.cache`, script.createCachedData());
