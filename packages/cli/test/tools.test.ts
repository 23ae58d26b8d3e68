/** init, schema, doctor, completion: through the program. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseStudy } from '@gravpanel/panel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bin, studyPath, type Workspace, workspace } from './program.ts';

const odd = Array.from({ length: 40 }, (_, i) => {
  const [land, year] = [Math.floor(i / 5), 2001 + (i % 5)];
  return `L${land};${year};${(land * 7 + i * 11) % 6};${2.5 + land * 90 + i}`;
});

let w: Workspace;
beforeAll(() => {
  w = workspace({
    'odd names.csv': `Land;Jahr;count of papers;GDP in €\n${odd.join('\n')}\n`,
    'nothing.csv': 'a,b\n1.5,2\n1.5,3\n',
  });
});
afterAll(() => w.remove());

describe('init', () => {
  it('writes a study and a small panel that run as they are', () => {
    const { code, stdout } = w.run(['init', '-o', 'study.yaml']);
    expect([code, stdout]).toEqual([0, expect.stringContaining('Unit        partner')]);
    const done = w.run(['run', 'study.yaml', '-o', 'out', '--quiet']);
    expect([done.code, done.stderr]).toEqual([0, '']);
    expect(w.names()).toEqual(expect.arrayContaining(['out', 'panel.csv', 'study.yaml']));
  });

  it('guesses the patents panel as its authors use it', () => {
    const data = `${dirname(studyPath('hhg-patents'))}/data/patents_rdus.csv`;
    const { stdout } = w.run(['init', '--from', data, '-o', 'hhg.yaml', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'init/1', time: 'year', count: 'patents' });
    expect(w.run(['check', 'hhg.yaml']).code).toBe(0);
  });

  it('quotes names that are no words', () => {
    const { code } = w.run(['init', '--from', 'odd names.csv', '--panel', 'Land,Jahr', '-o', 'odd.yaml']);
    expect(code).toBe(0);
    const study = parseStudy(readFileSync(w.path('odd.yaml'), 'utf8'), { file: 'odd.yaml' });
    expect(study.data).toEqual({ path: 'odd names.csv', unit: ['Land'], time: 'Jahr' });
    expect(study.models?.main.formula).toBe('`count of papers` ~ `ln_GDP in €`');
    expect(w.run(['check', 'odd.yaml', '--json']).code).toBe(0);
  });

  it('refuses to guess where nothing fits, and to overwrite', () => {
    const none = w.run(['init', '--from', 'nothing.csv', '-o', 'none.yaml']);
    expect([none.code, none.stderr]).toEqual([3, expect.stringContaining('--panel UNIT,TIME')]);
    expect(w.names()).not.toContain('none.yaml');
    const again = w.run(['init', '--from', 'odd names.csv', '--panel', 'Land,Jahr', '-o', 'odd.yaml']);
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('exists already')]);
  });
});

describe('schema', () => {
  it('is JSON Schema that names every top-level key of the studies that ship', () => {
    const schema = JSON.parse(w.run(['schema']).stdout);
    expect(schema.$schema).toContain('json-schema.org');
    const study = parseStudy(readFileSync(studyPath('china-copublications'), 'utf8'), { file: 'study.yaml' });
    expect(Object.keys(schema.properties)).toEqual(expect.arrayContaining(Object.keys(study)));
    expect(schema.additionalProperties).toBe(false);
  });
});

describe('doctor', () => {
  it('checks the core against NIST and lists optional parts', () => {
    const { code, stdout } = w.run(['doctor', '--json']);
    expect(code).toBe(0);
    const { ok, needed, optional } = JSON.parse(stdout);
    expect(ok).toBe(true);
    expect(needed.map(({ name }: { name: string }) => name)).toContain('Certified numbers');
    expect(optional.map(({ name }: { name: string }) => name)).toEqual(expect.arrayContaining(['Rscript', 'DuckDB']));
  });
});

describe('completion', () => {
  const complete = (words: string) =>
    spawnSync(
      'bash',
      [
        '-c',
        `gravpanel() { node "$G" "$@"; }; source <(gravpanel completion bash)
         COMP_WORDS=(${words}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _gravpanel; printf '%s\\n' "\${COMPREPLY[@]}"`,
      ],
      { encoding: 'utf8', env: { ...process.env, G: bin } },
    ).stdout.trim();

  it('completes commands and their flags in bash', () => {
    expect(complete('gravpanel comp')).toBe('completion');
    expect(complete('gravpanel fit --mod')).toBe('--model');
  });

  it('names the shells it knows', () => {
    const { code, stderr } = w.run(['completion', 'tcsh']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('bash, zsh, fish')]);
  });
});
