/**
 * node warm.mjs DIST DATA COMMAND…: loads the bundle of each command, lets `fit` run on DATA, and writes V8's compiled code beside
 * each as COMMAND.cjs.cache (src/load-command.ts reads it).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { join } from 'node:path';
import vm from 'node:vm';

const [, , dist, data, ...commands] = process.argv;

function loaded(file) {
  const script = new vm.Script(Module.wrap(readFileSync(file, 'utf8')), { filename: file });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(file), module, file, dist);
  return { script, main: module.exports.main };
}

async function fit(main) {
  const common = ['--data', data, '--panel', 'id,year', '--quiet'];
  const fits = [
    ['--model', 'nb-fe', '-o', `${data}.json`, 'y ~ x + l(x, 1)'],
    ['--model', 'poisson', '--vcov', 'cluster:id', '-o', `${data}.txt`, 'y ~ x + i(year)'],
  ];
  for (const args of fits)
    await main([...common, ...args]).catch((error) => {
      if (error.name !== 'PanelError') throw error;
    });
}

for (const command of commands) {
  const file = join(dist, `${command}.cjs`);
  const { script, main } = loaded(file);
  if (command === 'fit') await fit(main);
  writeFileSync(`${file}.cache`, script.createCachedData());
}
