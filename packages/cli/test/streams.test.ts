/** Pipes, files and signals: results on stdout, everything else on stderr, nothing half-written. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bin, count, goodPanel, goodStudy, noise, panelCsv, type Workspace, workspace } from './program.ts';

let w: Workspace;
const panel = goodPanel();
beforeAll(() => {
  w = workspace({
    'panel.csv': panel,
    'study.yaml': goodStudy('  a: { model: nb2, formula: "y ~ csw0(x, z)" }'),
  });
});
afterAll(() => w.remove());

const FIT = ['fit', '--model', 'nb2', 'y ~ x'];
const shell = (line: string) =>
  spawnSync('bash', ['-o', 'pipefail', '-c', line], { cwd: w.dir, encoding: 'utf8', env: { ...process.env, G: bin } });

describe('stdin and stdout', () => {
  it('gives the same from a pipe as from the file', () => {
    const file = w.run([...FIT, '--data', 'panel.csv', '--json']);
    const pipe = w.run([...FIT, '--data', '-', '--json'], { input: panel });
    expect(file.code).toBe(0);
    expect(pipe.stdout).toBe(file.stdout);
    expect(file.stderr).toBe('');
  });

  it('reads a study from stdin, its data counted from the working folder', () => {
    const input = readFileSync(w.path('study.yaml'), 'utf8');
    const { code, stdout } = w.run(['check', '-', '--json'], { input });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'check/1', ok: true });
  });

  it('writes to stdout for -o -', () => {
    expect(w.run([...FIT, '--data', 'panel.csv', '-o', '-']).stdout).toMatch(/Log-likelihood/);
  });

  it('ends quietly with 0 when the reader goes away', () => {
    const line = shell(
      `node "$G" fit --data panel.csv --model nb2 --json 'y ~ csw(x, z, I(x*z))' | head -c 1 >/dev/null; echo "\${PIPESTATUS[0]}"`,
    );
    expect(line.stdout.trim()).toBe('0');
    expect(line.stderr).toBe('');
    // A reader that has gone before anything is written.
    const gone = shell(`node "$G" fit --data panel.csv --model nb2 'y ~ x' | true; echo "\${PIPESTATUS[0]}"`);
    expect(gone.stdout.trim()).toBe('0');
    expect(gone.stderr).toBe('');
  });

  it('draws to the end where nobody reads its progress, or its table', () => {
    const boot = 'node "$G" boot study.yaml -B 99 --seed 1 --json';
    const whole = shell(boot).stdout;
    const unseen = shell(`${boot} 2>&1 >unseen.json | true; echo "\${PIPESTATUS[0]}"`);
    expect(unseen.stdout.trim()).toBe('0');
    // How long it took, and how many threads had a part in it, is the machine's.
    const timeless = (text: string) => text.replace(/"(seconds|threads)": ?[\d.e-]+/g, '');
    expect(timeless(readFileSync(w.path('unseen.json'), 'utf8'))).toBe(timeless(whole));
    const unread = shell(`${boot} | true; echo "\${PIPESTATUS[0]}"`);
    expect([unread.stdout.trim(), unread.stderr]).toEqual(['0', '']);
    // What nobody read is not lost: it is not drawn again.
    const again = shell(boot);
    expect(again.stderr).toMatch(/^Going on from \d+ replicates in /);
    expect(timeless(again.stdout)).toBe(timeless(whole));
  });

  it('colours only where asked', () => {
    const run = (args: string[], env = {}) => w.run([...FIT, '--data', 'panel.csv', ...args], { env }).stdout;
    const ansi = '\u001b[';
    expect(run([])).not.toContain(ansi);
    expect(run(['--color'])).toContain(ansi);
    expect(run(['--color', 'always'], { NO_COLOR: '1' })).toContain(ansi);
    expect(run(['--color', 'auto'], { NO_COLOR: '1' })).not.toContain(ansi);
  });
});

describe('fit -o', () => {
  it.each([
    ['txt', /Log-likelihood/],
    ['md', /^\|/m],
    ['csv', /,/],
    ['html', /^<!doctype html>/],
    ['json', /"schema": "fit\/1"/],
  ])('writes .%s', (extension, content) => {
    const name = `fit.${extension}`;
    const { code, stdout } = w.run([...FIT, '--data', 'panel.csv', '-o', name]);
    expect([code, stdout]).toEqual([0, '']);
    expect(readFileSync(w.path(name), 'utf8')).toMatch(content);
  });

  it('refuses to overwrite without --force, and leaves the file as it was', () => {
    w.write('mine.txt', 'mine');
    const refused = w.run([...FIT, '--data', 'panel.csv', '-o', 'mine.txt']);
    expect([refused.code, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toMatch(/"mine\.txt" exists already[\s\S]*--force/);
    expect(readFileSync(w.path('mine.txt'), 'utf8')).toBe('mine');
    expect(w.run([...FIT, '--data', 'panel.csv', '-o', 'mine.txt', '--force']).code).toBe(0);
    expect(readFileSync(w.path('mine.txt'), 'utf8')).toMatch(/Log-likelihood/);
    expect(w.names().filter((name) => name.includes('.gravpanel-'))).toEqual([]);
  });

  it('says that the folder is not there', () => {
    const { code, stderr } = w.run([...FIT, '--data', 'panel.csv', '-o', 'no/such/fit.json']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/its folder does not exist/);
  });

  it('refuses a format it does not have', () => {
    const { code, stderr } = w.run([...FIT, '--data', 'panel.csv', '-o', 'fit.pdf']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/\.pdf is not a format of fit[\s\S]*\.html/);
  });
});

describe('run -o', () => {
  const run = (...args: string[]) => w.run(['run', 'study.yaml', '--quiet', ...args]);

  it('writes out/NAME of the folder where none is named', () => {
    mkdirSync(w.path('my-panel'));
    w.write('my-panel/study.yaml', readFileSync(w.path('study.yaml'), 'utf8'));
    w.write('my-panel/panel.csv', panel);
    expect(w.run(['run', 'my-panel/study.yaml']).code).toBe(0);
    expect(existsSync(w.path('out/my-panel/report.html'))).toBe(true);
  });

  it('replaces a run with --force and keeps other files of the folder', () => {
    expect(run('-o', 'again').code).toBe(0);
    w.write('again/notes.txt', 'mine');
    w.write('again/tables/stale.csv', 'old');
    expect(run('-o', 'again').code).toBe(2);
    expect(run('-o', 'again', '--force').code).toBe(0);
    expect(readFileSync(w.path('again/notes.txt'), 'utf8')).toBe('mine');
    expect(existsSync(w.path('again/tables/stale.csv'))).toBe(false);
    expect(w.names().filter((name) => name.includes('.gravpanel-'))).toEqual([]);
  });

  it('never replaces files that no run wrote, even with --force', () => {
    w.write('precious/tables/mine.csv', 'mine');
    const { code, stderr } = run('-o', 'precious', '--force');
    expect(code).toBe(2);
    expect(stderr).toMatch(/holds tables, and no run of gravpanel wrote it/);
    expect(readFileSync(w.path('precious/tables/mine.csv'), 'utf8')).toBe('mine');
  });

  it('leaves nothing where the folder cannot be written', () => {
    if (process.getuid?.() === 0) {
      // Root may write anywhere; a file in the way is a wall for it too.
      w.write('wall', 'a file');
      const { code, stderr } = run('-o', 'wall/out');
      expect(code).toBe(2);
      expect(stderr).toMatch(/cannot be written/);
      return;
    }
    mkdirSync(w.path('locked'));
    chmodSync(w.path('locked'), 0o555);
    expect(run('-o', 'locked/out').code).toBe(2);
    expect(statSync(w.path('locked')).isDirectory()).toBe(true);
  });
});

describe('an interrupt', () => {
  it('ends with 130 and leaves nothing behind', async () => {
    const units = 400;
    w.write(
      'panel-large.csv',
      panelCsv(units, 12, (i, t) => ({ y: count(i, t), x: noise(i, t, 1), z: noise(i, t, 2) })),
    );
    const models = Array.from(
      { length: 12 },
      (_, k) => `  m${k}: { model: nb-fe, formula: "y ~ x + z + i(year)", companions: true }`,
    );
    w.write('large.yaml', goodStudy(models.join('\n')).replace('panel.csv', 'panel-large.csv'));
    const before = w.names();
    const child = w.start(['run', 'large.yaml', '-o', 'large', '--quiet']);
    const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    await new Promise((resolve) => setTimeout(resolve, 500));
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(stderr).toMatch(/Stopped\. Nothing was written\./);
    expect(w.names()).toEqual(before);
  });
});

describe('help', () => {
  it.each(['fit', 'run', 'check'])('of %s has a purpose, two examples and flags', (name) => {
    const { code, stdout, stderr } = w.run([name, '--help']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^[A-Z][\s\S]*\.\n\nUsage: gravpanel /);
    expect(stdout.match(/^ {2}gravpanel /gm)).toHaveLength(2);
    expect(stdout).toMatch(/Flags:\n[\s\S]*--json/);
    expect(stdout.indexOf('Examples:')).toBeLessThan(stdout.indexOf('Flags:'));
    expect(stdout).not.toMatch(/undefined|\[object/);
    expect(w.run(['help', name]).stdout).toBe(stdout);
  });

  it('of the program lists the commands; without a command it is an error', () => {
    expect(w.run(['--help']).stdout).toMatch(/run[\s\S]*fit[\s\S]*check/);
    const none = w.run([]);
    expect([none.code, none.stdout]).toEqual([2, '']);
    expect(w.run(['--version']).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
