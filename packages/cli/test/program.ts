/** Runs the built program as a user does. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const bin = fileURLToPath(new URL('../bin/gravpanel.mjs', import.meta.url));
export const studyPath = (name: string) =>
  fileURLToPath(new URL(`../../../studies/${name}/study.yaml`, import.meta.url));

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

const env = (extra: Record<string, string> = {}) => {
  const { NO_COLOR: _, FORCE_COLOR: __, CI: ___, ...rest } = process.env;
  return { ...rest, ...extra };
};

/** A folder of its own for one test, with the files given. */
export function workspace(files: Record<string, string> = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'gravpanel-test-'));
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  };
  for (const [name, text] of Object.entries(files)) write(name, text);
  return {
    dir,
    path: (name: string) => join(dir, name),
    write,
    /** Names of everything in the folder, hidden files too. */
    names: () => readdirSync(dir).sort(),
    run: (args: string[], o: { input?: string; env?: Record<string, string> } = {}): Outcome => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], {
        cwd: dir,
        encoding: 'utf8',
        input: o.input ?? '',
        env: env(o.env),
        maxBuffer: 1 << 26,
      });
      return { code: status, stdout, stderr };
    },
    start: (args: string[]) => spawn(process.execPath, [bin, ...args], { cwd: dir, env: env() }),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

export type Workspace = ReturnType<typeof workspace>;

/** rows of units × periods as CSV. */
export function panelCsv(
  units: number,
  periods: number,
  row: (unit: number, period: number) => Record<string, number | string>,
): string {
  const rows: string[] = [];
  for (let i = 1; i <= units; i++)
    for (let t = 1; t <= periods; t++) {
      const cells = { id: i, year: 2000 + t, ...row(i, t) };
      if (rows.length === 0) rows.push(Object.keys(cells).join(','));
      rows.push(Object.values(cells).join(','));
    }
  return `${rows.join('\n')}\n`;
}

/** A fixed sequence in [0, 1) that has no pattern a regression could see. */
export const noise = (i: number, t: number, k = 0) => {
  const x = Math.sin(i * 12.9898 + t * 78.233 + k * 37.719) * 43758.5453;
  return x - Math.floor(x);
};

/** Overdispersed counts that differ between units. */
export const count = (i: number, t: number) =>
  Math.floor(9 * noise(i, 0, 3) * -Math.log(1 - noise(i, t)) * (0.5 + noise(i, t, 1)));

export const goodPanel = () =>
  panelCsv(12, 6, (i, t) => ({ y: count(i, t), x: noise(i, t, 1).toFixed(6), z: noise(i, t, 2).toFixed(6) }));

export const goodStudy = (models: string, more = '') => `version: 1
title: A small panel
data: { path: panel.csv, unit: id, time: year }
models:
${models}
${more}`;
