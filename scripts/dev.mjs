/**
 * npm run demo | test | build | dev | bench, from a fresh clone with Node and npm alone.
 * npm test -- packages/panel            one package
 * npm test -- packages/panel -t lag     … and vitest's own flags
 */
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`gravpanel needs Node 20.19 or newer; this is ${process.versions.node}.`);
  process.exit(2);
}
const { root, run, say, step, pnpm } = await import('./shell.mjs');
const { prepare, turbo } = await import('./prepare.mjs');

async function test(args) {
  const start = Date.now();
  const { missing, partLines, parts } = await import('./parts.mjs');
  const { suites } = await import('./suites.mjs');
  const list = parts();
  const some = args.length > 0;
  say(`Tests of gravpanel: style, types, then every suite. Optional parts:\n${partLines(list).join('\n')}\n`);
  const lacking = process.env.CI ? missing(list) : [];
  if (lacking.length > 0) {
    say(`CI needs ${lacking.join(' and ')}; .ci/run installs them on Debian.\n\n0 passed, ${lacking.length} failed`);
    return 1;
  }
  if (!(await prepare())) {
    say('\n0 passed, 1 failed');
    return 1;
  }
  const checks = [];
  // The suites wait for other programs and leave time for the types. What these need is built: it must not be written anew now.
  const types = some ? undefined : step('Checking types', turbo('typecheck', '--only'), { beside: true });
  if (!some)
    checks.push({ name: 'style', ok: await step('Checking style', [`${root}/node_modules/.bin/biome`, 'check', '.']) });
  const results = await suites(args);
  if (types) checks.push({ name: 'types', ok: await types });
  say('\nOptional parts:');
  say(partLines(list).join('\n'));
  say();
  for (const { name, ok } of checks) say(`  ${name.padEnd(22)}${ok ? 'ok' : 'FAILED'}`);
  for (const { name, passed, failed, skipped } of results)
    say(`  ${name.padEnd(22)}${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  const sum = (of) => results.reduce((total, result) => total + of(result), 0);
  const failed = sum((r) => r.failed) + checks.filter(({ ok }) => !ok).length;
  say(`  ${Math.round((Date.now() - start) / 1000)} s\n`);
  say(`${sum((r) => r.passed)} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

const tasks = {
  build: async () => ((await prepare()) ? 0 : 1),
  demo: async () => ((await prepare()) ? (await import('./demo.mjs')).demo() : 1),
  test,
  dev: async (args) =>
    (await prepare()) ? (await run([...pnpm, '--filter', '@gravpanel/web', 'run', 'dev', ...args])).code : 1,
  bench: async (args) =>
    (await prepare()) ? (await run([process.execPath, `${root}/bench/run.mjs`, ...args])).code : 1,
};

const [name, ...args] = process.argv.slice(2);
if (!Object.hasOwn(tasks, name ?? '')) {
  console.error(`"${name ?? ''}" is not a task; one of ${Object.keys(tasks).join(', ')} was expected.`);
  process.exit(2);
}
process.exitCode = await tasks[name](args);
