/** `gravpanel verify`: a finished run, computed again from its manifest; every table must be the same to the byte. */
import path from 'node:path';
import { loadKernels } from '@gravpanel/core-wasm';
import { curveStudy, type Manifest, runStudy } from '@gravpanel/panel';
import { Command, Option } from 'commander';
import { bookOfStudy } from './country-book.ts';
import { EXIT } from './exit-codes.ts';
import { exists, listFiles, readBytes } from './files.ts';
import { commonFlags } from './flags.ts';
import { sha256 } from './hash.ts';
import { describeCommand } from './help.ts';
import { progressOn } from './progress.ts';
import { filesOf } from './run-files.ts';
import { openRun } from './run-folder.ts';
import { terminal, write } from './streams.ts';
import { openData, openStudy, openTables } from './study-file.ts';
import { runCommand } from './usage.ts';
import { loadWorld } from './world.ts';

interface VerifyFlags {
  study?: string;
  json: boolean;
  quiet: boolean;
  force: boolean;
  color?: 'always' | 'never' | 'auto';
}

/** What a run's numbers stand in; the page and the manifest also name versions. */
const COMPARED = /^(tables|figures)\/|^fits\.json$/;

/** Why two runs answer different questions. */
function changes(before: Manifest, now: Manifest): string[] {
  const out: string[] = [];
  if (before.gravpanel !== now.gravpanel) out.push(`gravpanel was ${before.gravpanel} and is ${now.gravpanel}`);
  before.inputs.forEach((input, i) => {
    if (input.sha256 !== now.inputs[i]?.sha256) out.push(`${input.name} has other bytes than in the run`);
  });
  if (before.runHash !== now.runHash && out.length === 0) out.push('the study was edited since the run');
  return out;
}

async function act(dir: string, flags: VerifyFlags): Promise<void> {
  const t = terminal(flags);
  const kernels = loadKernels();
  const { manifest, study } = openRun(dir, flags.study);
  const opened = openStudy(study);
  const frame = await openData(opened);
  const progress = progressOn(process.stderr, { quiet: t.quiet || t.json, color: t.color.err });
  // The name that the run recorded, so that the folder from which it is verified does not matter.
  const o = {
    source: opened.source,
    name: manifest.study,
    sha256,
    versions: { node: process.versions.node },
    tables: await openTables(opened),
    world: loadWorld,
    countries: bookOfStudy(study),
  };
  const { part } = manifest;
  const asked = part ? curveStudy(opened.study, part.multiverse.curves, part.multiverse.joint) : opened.study;
  const run = await runStudy(asked, frame, await kernels, progress.step, o).finally(() => progress.end());
  const there = listFiles(dir).filter((name) => COMPARED.test(name));
  // A run made where no picture could be drawn (in the browser, or without resvg) has none to compare.
  const pictured = there.some((name) => name.endsWith('.png'));
  const files = Object.entries(await filesOf(run, opened.source.text)).filter(
    ([name]) => COMPARED.test(name) && (pictured || !name.endsWith('.png')),
  );
  const state = files.map(([name, made]) => {
    const file = path.join(dir, name);
    if (!exists(file)) return { name, state: 'missing' as const };
    return {
      name,
      state: Buffer.from(made as string).equals(readBytes(file, 'file of the run').bytes)
        ? ('equal' as const)
        : ('differs' as const),
    };
  });
  const names = new Set(files.map(([name]) => name));
  const extra = there.filter((name) => !names.has(name));
  const of = (wanted: string) => state.filter((s) => s.state === wanted).map((s) => s.name);
  const [differing, missing] = [of('differs'), of('missing')];
  const changed = changes(manifest, run.report.manifest);
  const verified = differing.length + missing.length + extra.length + changed.length === 0;
  const json = {
    schema: 'verify/1',
    run: dir,
    study,
    runHash: manifest.runHash,
    recomputedHash: run.report.manifest.runHash,
    files: files.length,
    equal: of('equal').length,
    differing,
    missing,
    extra,
    changed,
    verified,
  };
  const lines = [
    `${verified ? 'Verified' : 'Not verified'}: ${json.equal} of ${json.files} files are the same to the byte.`,
    ...changed.map((why) => `  changed  ${why}`),
    ...differing.map((name) => `  differs  ${name}`),
    ...missing.map((name) => `  missing  ${name}`),
    ...extra.map((name) => `  extra    ${name}`),
  ];
  await write(process.stdout, t.json ? `${JSON.stringify(json, null, 2)}\n` : `${lines.join('\n')}\n`);
  process.exitCode = verified ? EXIT.ok : EXIT.differences;
}

function define(): Command {
  const command = new Command('verify')
    .argument('<run>', 'folder that gravpanel run wrote')
    .addOption(new Option('--study <file>', 'the study, where it is not at the path that the manifest records'));
  for (const option of commonFlags().filter(({ long }) => long !== '--force')) command.addOption(option);
  describeCommand(command, {
    purpose:
      'Computes a finished run again from its manifest: the same study, the same bytes of the data, and every table, figure and number the same to the byte.',
    usage: 'verify RUN [flags]',
    examples: [
      'gravpanel verify out/hhg-patents',
      'gravpanel verify out/hhg-patents --study studies/hhg-patents/study.yaml --json',
    ],
    after: 'Exit codes: 0 all equal, 2 usage, 3 no run or no study, 5 something differs (named).',
  });
  return command.action(act);
}

export const main = (args: string[]) => runCommand(define(), args);
