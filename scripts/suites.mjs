/** Every vitest suite, one package after the other, and the sum of their counts. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { root, run, say } from './shell.mjs';

const packages = () =>
  ['test-fixtures', ...readdirSync(`${root}/packages`).map((name) => `packages/${name}`)].filter((name) =>
    existsSync(`${root}/${name}/vitest.config.ts`),
  );

/** Arguments that are paths choose packages and files; all others go to vitest. */
function choose(args) {
  const paths = args.filter((arg) => !arg.startsWith('-') && existsSync(resolve(root, arg)));
  const rest = args.filter((arg) => !paths.includes(arg));
  const all = packages();
  if (paths.length === 0) return { rest, chosen: all.map((name) => ({ name, files: [] })) };
  const inside = (name) =>
    paths.map((p) => relative(root, resolve(root, p))).filter((p) => p === name || p.startsWith(`${name}/`));
  const chosen = all
    .map((name) => ({
      name,
      files: inside(name)
        .filter((p) => p !== name)
        .map((p) => relative(name, p)),
      any: inside(name).length > 0,
    }))
    .filter(({ any }) => any);
  return { rest, chosen };
}

async function suite({ name, files }, rest) {
  const cwd = join(root, name);
  const file = join(cwd, '.vitest.json');
  rmSync(file, { force: true });
  say(`\n${name}`);
  const vitest = [process.execPath, join(root, 'node_modules/vitest/vitest.mjs')];
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const env = { GRAVPANEL_PAGE: join(root, 'packages/web/dist') };
  const { code } = await run([...vitest, 'run', ...reporters, '--passWithNoTests', ...rest, ...files], { cwd, env });
  if (!existsSync(file)) return { name, passed: 0, failed: code === 0 ? 0 : 1 };
  const { numPassedTests, numFailedTests, numFailedTestSuites, numPendingTests } = JSON.parse(
    readFileSync(file, 'utf8'),
  );
  // A file that cannot be loaded fails without a failed test in it.
  const failed = numFailedTests + (numFailedTests === 0 && (numFailedTestSuites > 0 || code !== 0) ? 1 : 0);
  return { name, passed: numPassedTests, failed, skipped: numPendingTests };
}

/** @returns one entry a package: name, passed, failed, skipped. */
export async function suites(args) {
  const { rest, chosen } = choose(args);
  const results = [];
  for (const one of chosen) results.push(await suite(one, rest));
  return results;
}
