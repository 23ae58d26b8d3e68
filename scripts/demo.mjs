/** The studies that ship, from their files to their reports. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { root, run, say } from './shell.mjs';

const HEAD = 22;

function mainTable(dir) {
  const manifest = JSON.parse(readFileSync(`${dir}/manifest.json`, 'utf8'));
  const [first] = manifest.outputs?.tables ?? [];
  const file = first && `${dir}/tables/${first}.txt`;
  return file && existsSync(file) ? readFileSync(file, 'utf8') : '';
}

/** @returns the exit code. */
export async function demo() {
  const names = readdirSync(`${root}/studies`).filter((name) => existsSync(`${root}/studies/${name}/study.yaml`));
  const reports = [];
  for (const name of names) {
    const study = `studies/${name}/study.yaml`;
    const dir = `demo-report/${name}`;
    say(`\n$ gravpanel run ${study} -o ${dir} --force\n`);
    const { code } = await run([
      process.execPath,
      `${root}/packages/cli/bin/gravpanel.mjs`,
      'run',
      study,
      '-o',
      dir,
      '--force',
    ]);
    if (code !== 0) return code;
    const lines = mainTable(`${root}/${dir}`).split('\n');
    say(`\n${lines.slice(0, HEAD).join('\n')}\n${lines.length > HEAD ? '…' : ''}`);
    reports.push(`${root}/${dir}/report.html`);
  }
  say('\nOpen in a browser:');
  for (const report of reports) say(`  ${report}`);
  return 0;
}
