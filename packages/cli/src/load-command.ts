/** A command's bundle, with the code that V8 compiled when it was built (scripts/warm.mjs) where that fits this Node. */
import fs from 'node:fs';
import { createRequire, Module } from 'node:module';
import path from 'node:path';
import vm from 'node:vm';

export interface CommandModule {
  main(args: string[]): Promise<void>;
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return fs.readFileSync(file);
  } catch {
    return undefined;
  }
}

/** Loads dist/NAME.cjs. V8 itself refuses a cache of another version or of other source. */
export function loadCommand(name: string): CommandModule {
  const file = path.join(__dirname, `${name}.cjs`);
  const cachedData = readIfThere(`${file}.cache`);
  const source = Module.wrap(fs.readFileSync(file, 'utf8'));
  const script = new vm.Script(source, { filename: file, ...(cachedData && { cachedData }) });
  const module = { exports: {} as CommandModule };
  script.runInThisContext()(module.exports, createRequire(file), module, file, path.dirname(file));
  return module.exports;
}
