/**
 * The tutorial of the README: every command runs as written and prints what is printed there.
 * GRAVPANEL_UPDATE=readme npx vitest run test/readme.test.ts writes what they print now into the README: read the difference.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const tutorial = readme.slice(readme.indexOf('## Ten minutes'));
const yaml = /```yaml\n([\s\S]*?)```/.exec(tutorial)![1];
/** Commands of the tutorial with the block printed after them; the build is npm's own and is not run again here. */
const steps = [...tutorial.matchAll(/```sh\n([\s\S]*?)```(?:\n\n```\n([\s\S]*?)```)?/g)].map(([, command, output]) => ({
  command: command.replace('npm run build\n', '').trim(),
  output,
}));

/** The root of a checkout as far as the commands look at it. */
const folder = mkdtempSync(join(tmpdir(), 'gravpanel-readme-'));
const update = process.env.GRAVPANEL_UPDATE === 'readme';
const env = { ...process.env, NO_COLOR: '1' };
const plain = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trim();

beforeAll(() => {
  for (const name of ['packages', 'studies']) symlinkSync(join(root, name), join(folder, name));
  mkdirSync(join(folder, 'out/tutorial'), { recursive: true });
  writeFileSync(join(folder, 'out/tutorial/study.yaml'), yaml);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(steps)('$command', ({ command, output }) => {
  const done = spawnSync('sh', ['-c', command], { cwd: folder, env, encoding: 'utf8' });
  expect(done.stderr.includes('error:') ? done.stderr : '').toBe('');
  expect(done.status).toBe(0);
  if (output === undefined) return;
  // A slow machine is told every ten seconds how far it is.
  const printed = plain(done.stdout + done.stderr.replace(/^\d+ of \d+ done after .*\n/gm, ''));
  if (update && printed !== plain(output)) {
    const now = readFileSync(join(root, 'README.md'), 'utf8');
    writeFileSync(
      join(root, 'README.md'),
      now.replace(output, () => `${printed}\n`),
    );
  } else expect(printed).toBe(plain(output));
});

test('a mistyped column is answered as printed', () => {
  writeFileSync(join(folder, 'out/tutorial/typo.yaml'), yaml.replace('lrd + i(year)', 'lrdd + i(year)'));
  const bin = 'packages/cli/bin/gravpanel.mjs';
  const done = spawnSync(process.execPath, [bin, 'check', 'out/tutorial/typo.yaml'], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  expect(done.status).toBe(3);
  expect(plain(readme)).toContain(plain(done.stderr));
});

test('the picture exists', () => {
  const [, path] = /!\[[^\]]*\]\(([^)]+)\)/.exec(readme)!;
  expect(readFileSync(join(root, path)).subarray(1, 4).toString()).toBe('PNG');
});
