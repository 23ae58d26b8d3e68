/** Optional parts of the machine: where one is missing its tests do not run and say so; under CI they fail. */
import { spawnSync } from 'node:child_process';

export function missingPart(name: string, what: string): void {
  const words = `${name} is missing: ${what} was NOT tested (.ci/run installs it).`;
  if (process.env.CI === 'true') throw new Error(words);
  process.stderr.write(`${words}\n`);
}

export const hasCommand = (name: string) =>
  spawnSync('sh', ['-c', `command -v ${name}`], { stdio: 'ignore' }).status === 0;
