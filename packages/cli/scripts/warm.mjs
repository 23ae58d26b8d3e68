/** node warm.mjs FIT.CJS DATA: runs the bundle once and writes V8's compiled code to FIT.CJS.cache (src/load-command.ts reads it). */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import vm from 'node:vm';

const [, , file, data] = process.argv;
const script = new vm.Script(Module.wrap(readFileSync(file, 'utf8')), { filename: file });
const module = { exports: {} };
script.runInThisContext()(module.exports, createRequire(file), module, file, data);
const { main } = module.exports;
const common = ['--data', data, '--panel', 'id,year', '--quiet'];
const fits = [
  ['--model', 'nb-fe', '-o', `${data}.json`, 'y ~ x + l(x, 1)'],
  ['--model', 'poisson', '--vcov', 'cluster:id', '-o', `${data}.txt`, 'y ~ x + i(year)'],
];
for (const args of fits)
  await main([...common, ...args]).catch((error) => {
    if (error.name !== 'PanelError') throw error;
  });
writeFileSync(`${file}.cache`, script.createCachedData());
