/** Running other programs: quietly, with their output only where they fail, or in the open. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';

export const root = new URL('..', import.meta.url).pathname.replace(/\/$/, '');
const { packageManager } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'));
/** "pnpm@10.34.8": the same for everyone, fetched by npx where it is not there. */
export const pnpm = ['npx', '--yes', packageManager];

const { FORCE_COLOR: _, ...inherited } = process.env;
const env = {
  ...inherited,
  TURBO_TELEMETRY_DISABLED: '1',
  TURBO_NO_UPDATE_NOTIFIER: '1',
  DO_NOT_TRACK: '1',
  ...(process.stdout.isTTY ? {} : { NO_COLOR: '1' }),
};

/** Runs a command; resolves with its exit code and (where quiet) its output. `beside` other work: with the time that it leaves. */
export function run([command, ...args], { quiet = false, beside = false, cwd = root, env: more = {} } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...env, ...more },
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    });
    if (beside && child.pid) {
      try {
        setPriority(child.pid, constants.priority.PRIORITY_LOW);
      } catch {
        // It has ended already, or the system does not let us.
      }
    }
    const chunks = [];
    child.stdout?.on('data', (chunk) => chunks.push(chunk));
    child.stderr?.on('data', (chunk) => chunks.push(chunk));
    child.on('error', (error) => resolve({ code: 127, output: `${command}: ${error.message}\n` }));
    child.on('close', (code) => resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString() }));
  });
}

export const say = (line = '') => console.log(line);

/** A step with a title, its time, and its output only where it fails. `beside` other work: nothing is said before it ends. @returns whether it succeeded. */
export async function step(title, command, { beside = false } = {}) {
  const start = Date.now();
  if (!beside) process.stdout.write(`${title} … `);
  const { code, output } = await run(command, { quiet: true, beside });
  const end = `${code === 0 ? 'done' : 'FAILED'} (${((Date.now() - start) / 1000).toFixed(1)} s)`;
  say(beside ? `\n${title} … ${end}` : end);
  if (code !== 0) say(`\n${tail(output)}\n$ ${command.join(' ')}\n`);
  return code === 0;
}

const tail = (text) => text.trimEnd().split('\n').slice(-80).join('\n');
