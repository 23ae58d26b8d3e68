/**
 * A disk that fills up: a clear error, nothing half-written, nothing lost, and the same command goes on once there is room. On a tmpfs of a few
 * pages where this user may mount one; elsewhere under a limit on the size of files, which fails at the same write.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goodTables } from './patent-tables.ts';
import { bin, count, goodStudy, noise, type Outcome, panelCsv, type Workspace, workspace } from './program.ts';

let w: Workspace;
let mounted = false;

const mount = (...args: string[]) => spawnSync('mount', args, { encoding: 'utf8' }).status === 0;
const size = (text: string) => mount('-o', `remount,size=${text}`, w.path('disk'));

/** With room for a few pages, or under a limit of as many blocks of 512 bytes. */
function cramped(args: string[], { pages, blocks }: { pages: number; blocks: number }): Outcome {
  if (mounted) {
    expect(size(`${4 * pages}k`)).toBe(true);
    return w.run(args);
  }
  // Node ends with its write's error, not by the signal.
  const command = `ulimit -f ${blocks}; exec "$0" "$@"`;
  const { status, stdout, stderr } = spawnSync('sh', ['-c', command, process.execPath, bin, ...args], {
    cwd: w.dir,
    encoding: 'utf8',
  });
  return { code: status, stdout, stderr };
}

const roomy = (args: string[]) => {
  if (mounted) expect(size('64m')).toBe(true);
  return w.run(args);
};

beforeAll(() => {
  const tables = Object.entries(goodTables()).map(([name, text]) => [
    name.endsWith('.tsv') ? `tables/${name}` : name,
    text,
  ]);
  w = workspace({
    ...Object.fromEntries(tables),
    'panel.csv': panelCsv(30, 8, (i, t) => ({
      y: count(i, t),
      x: noise(i, t, 1).toFixed(6),
      z: noise(i, t, 2).toFixed(6),
    })),
    'study.yaml': goodStudy(
      '  a: { model: nb-fe, formula: "y ~ x + z" }',
      'multiverse:\n  main: { of: x, formula: y ~ x, estimators: [nb-fe], vcov: [iid], optional: [z] }\n',
    ),
  });
  mkdirSync(w.path('disk'));
  mounted = process.platform === 'linux' && mount('-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', w.path('disk'));
  if (!mounted)
    process.stderr.write('No tmpfs can be mounted: full disks are stood in for by a limit on the size of files.\n');
});
afterAll(() => {
  if (mounted) spawnSync('umount', [w.path('disk')]);
  w.remove();
});

function expectFull({ code, stdout, stderr }: Outcome): string {
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/the disk is full|may not grow that large/);
  expect(stderr).toMatch(/output\/not-written/);
  return stderr;
}
const left = () => readdirSync(w.path('disk'));

/** Curves or columns, without what is no part of the result. */
function numbers(text: string): unknown {
  const { columns, curves } = JSON.parse(text);
  for (const { resampling } of columns ?? []) {
    delete resampling.threads;
    delete resampling.seconds;
  }
  return { columns, curves };
}

describe('a full disk', () => {
  it('stops boot at its checkpoint, on one thread and on workers; with room the same command goes on to the same bits', () => {
    const boot = ['boot', 'study.yaml', '-B', '40000', '--json'];
    const whole = numbers(w.run([...boot, '--quiet']).stdout);
    for (const threads of ['1', '2']) {
      const args = [...boot, '--threads', threads, '--checkpoint', `disk/${threads}.checkpoint`];
      const stderr = expectFull(cramped(args, { pages: 40, blocks: 320 }));
      const kept = Number(
        /(\d+) replicates are kept in it: make room and give the same command again/.exec(stderr)![1],
      );
      expect(kept).toBeGreaterThan(0);
      const again = roomy(args);
      expect(again.code, again.stderr).toBe(0);
      expect(Number(/Going on from (\d+) replicates/.exec(again.stderr)![1])).toBeGreaterThanOrEqual(kept);
      expect(numbers(again.stdout)).toEqual(whole);
    }
    expect(left()).toEqual([]);
  }, 60_000);

  it('stops multiverse where its folder is written; its curves are kept', () => {
    const args = ['multiverse', 'study.yaml', '-B', '60', '--seed', '2', '-o', 'disk/curves'];
    const whole = numbers(w.run(['multiverse', 'study.yaml', '-B', '60', '--seed', '2', '--json', '--quiet']).stdout);
    expectFull(cramped(args, { pages: 12, blocks: 96 }));
    expect(left()).toEqual([]);
    const again = roomy([...args, '--json']);
    expect([again.code, again.stderr]).toEqual([0, expect.stringMatching(/Going on from 60 curves/)]);
    expect(numbers(again.stdout)).toEqual(whole);
    expect(left()).toEqual(['curves']);
    rmSync(w.path('disk/curves'), { recursive: true });
  }, 60_000);

  it.each([
    ['run', ['run', 'study.yaml', '-o', 'disk/out', '--quiet']],
    [
      'patents build',
      [
        'patents',
        'build',
        'tables',
        '--home',
        'CN',
        '--partners',
        'partners.yaml',
        '--years',
        '2010:2011',
        '-o',
        'disk/pat',
        '--quiet',
      ],
    ],
  ])(
    'stops %s with nothing left behind',
    (_, args) => {
      // The results of patents build are smaller than a page each.
      expectFull(cramped(args, args[0] === 'run' ? { pages: 60, blocks: 96 } : { pages: 1, blocks: 0 }));
      expect(left()).toEqual([]);
      expect(roomy(args).code).toBe(0);
      expect(left()).toHaveLength(1);
      rmSync(w.path(`disk/${left()[0]}`), { recursive: true });
    },
    60_000,
  );
});
