/** `gravpanel doctor`: what this machine has, and whether the core gives certified numbers here. */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import os from 'node:os';
import { type Kernels, loadKernels, log } from '@gravpanel/core-wasm';
import { VERSION } from '@gravpanel/panel';
import { Command } from 'commander';
import { EXIT } from './exit-codes.ts';
import { commonFlags } from './flags.ts';
import { describeCommand } from './help.ts';
import { terminal, write } from './streams.ts';
import { runCommand } from './usage.ts';

interface Line {
  name: string;
  ok: boolean;
  value: string;
  /** What it is needed for, where it is missing. */
  need?: string;
}

/** Longley (1967), as NIST StRD gives it: y; deflator, GNP, unemployed, armed forces, population, year. */
const LONGLEY = `60323 83 234289 2356 1590 107608 1947;61122 88.5 259426 2325 1456 108632 1948;60171 88.2 258054 3682 1616 109773 1949;
61187 89.5 284599 3351 1650 110929 1950;63221 96.2 328975 2099 3099 112075 1951;63639 98.1 346999 1932 3594 113270 1952;
64989 99 365385 1870 3547 115094 1953;63761 100 363112 3578 3350 116219 1954;66019 101.2 397469 2904 3048 117388 1955;
67857 104.6 419180 2822 2857 118734 1956;68169 108.4 442769 2936 2798 120445 1957;66513 110.8 444546 4681 2637 121950 1958;
68655 112.6 482704 3813 2552 123366 1959;69564 114.2 502601 3931 2514 125368 1960;69331 115.7 518173 4806 2572 127852 1961;
70551 116.9 554894 4007 2827 130081 1962`;
/** NIST StRD, certified values of the Longley coefficients. */
const CERTIFIED = [
  -3482258.63459582, 15.0618722713733, -0.35819179292591e-1, -2.02022980381683, -1.03322686717359,
  -0.511041056535807e-1, 1829.15146461355,
];

/** Digits that the core's least squares has in common with the certified ones. */
function longleyDigits(kernels: Kernels): number {
  const rows = LONGLEY.split(';').map((row) => row.trim().split(' ').map(Number));
  const k = CERTIFIED.length;
  const x = Float64Array.from(rows.flatMap(([, ...values]) => [1, ...values]));
  const { coef } = kernels.fit('ols', { n: rows.length, k, y: Float64Array.from(rows, ([y]) => y), x });
  const worst = Math.max(...CERTIFIED.map((value, j) => Math.abs(coef[j] / value - 1)));
  return worst === 0 ? 15 : Math.min(15, Math.floor(-log(worst) / log(10)));
}

const onPath = (command: string) =>
  spawnSync('sh', ['-c', `command -v ${command}`], { encoding: 'utf8' }).stdout?.trim() ?? '';

const PARTS: { name: string; commands: string[]; need: string }[] = [
  { name: 'Rscript', commands: ['Rscript'], need: 'to run exported R scripts' },
  { name: 'pdflatex', commands: ['pdflatex'], need: 'to compile tables written as .tex' },
  { name: 'LibreOffice', commands: ['soffice'], need: 'to open tables written as .docx, or Word' },
  { name: 'Slurm', commands: ['sbatch'], need: 'to resample on a cluster' },
  {
    name: 'chromium',
    commands: ['chromium', 'chromium-browser', 'google-chrome'],
    need: 'to open reports, or any browser',
  },
];

function partLine({ name, commands, need }: (typeof PARTS)[number]): Line {
  const found = commands.map(onPath).find((path) => path !== '');
  return { name, ok: found !== undefined, value: found ?? 'not found', ...(found === undefined && { need }) };
}

function duckdbLine(): Line {
  try {
    createRequire(__filename).resolve('@duckdb/node-api');
    return { name: 'DuckDB', ok: true, value: '@duckdb/node-api' };
  } catch {
    return {
      name: 'DuckDB',
      ok: false,
      value: 'not found',
      need: 'to read bulk patent tables: npm install @duckdb/node-api',
    };
  }
}

async function coreLines(): Promise<Line[]> {
  try {
    const start = performance.now();
    const kernels = await loadKernels();
    const ms = performance.now() - start;
    const digits = longleyDigits(kernels);
    return [
      { name: 'WebAssembly core', ok: true, value: `SIMD, ready in ${ms.toFixed(1)} ms` },
      { name: 'Certified numbers', ok: digits >= 9, value: `${digits} digits of NIST Longley (9 or more expected)` },
    ];
  } catch (error) {
    return [{ name: 'WebAssembly core', ok: false, value: error instanceof Error ? error.message : String(error) }];
  }
}

async function act(flags: { json: boolean; color?: 'always' | 'never' | 'auto' }): Promise<void> {
  const t = terminal(flags);
  const gib = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  const core = await coreLines();
  const needed: Line[] = [
    { name: 'gravpanel', ok: true, value: VERSION },
    { name: 'Node', ok: true, value: `${process.version}, ${process.platform} ${process.arch}` },
    {
      name: 'Machine',
      ok: true,
      value: `${os.availableParallelism()} cores, ${gib(os.freemem())} of ${gib(os.totalmem())} free`,
    },
    ...core,
  ];
  const optional = [...PARTS.map(partLine), duckdbLine()];
  const ok = core.every((line) => line.ok);
  if (!ok) process.exitCode = EXIT.internal;
  if (t.json)
    return write(process.stdout, `${JSON.stringify({ schema: 'doctor/1', ok, needed, optional }, null, 2)}\n`);
  const line = ({ name, ok: here, value, need }: Line) =>
    `  ${here ? '✓' : '–'} ${name.padEnd(19)}${value}${need ? ` (${need})` : ''}`;
  await write(
    process.stdout,
    `${needed.map(line).join('\n')}\n\nOptional\n${optional.map(line).join('\n')}\n${ok ? '' : '\nThe core does not work here: report this with the lines above.\n'}`,
  );
}

function define(): Command {
  const command = new Command('doctor');
  for (const option of commonFlags('json', 'quiet', 'color')) command.addOption(option);
  describeCommand(command, {
    purpose: 'Tells what this machine has, and checks that the core gives certified numbers on it.',
    usage: 'doctor [--json]',
    examples: ['gravpanel doctor', 'gravpanel doctor --json'],
    after: 'Exit codes: 0 ok, 1 the core does not work here. Optional parts may be missing.',
  });
  return command.action(act);
}

export const main = (args: string[]) => runCommand(define(), args);
