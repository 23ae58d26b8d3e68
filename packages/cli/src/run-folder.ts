/** A finished run and the study that it came from. */
import path from 'node:path';
import { type Manifest, PanelError } from '@gravpanel/panel';
import { exists, readBytes } from './files.ts';

export interface RunFolder {
  dir: string;
  manifest: Manifest;
  /** The study file, as it can be opened from here. */
  study: string;
}

const notARun = (dir: string, why: string) =>
  new PanelError({
    code: 'data/not-a-run',
    message: `"${dir}" is not a run of gravpanel: ${why}.`,
    hint: 'Name the folder that gravpanel run wrote.',
    at: { file: dir },
  });

function readManifest(dir: string): Manifest {
  const file = path.join(dir, 'manifest.json');
  if (!exists(file)) throw notARun(dir, 'it has no manifest.json');
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(readBytes(file, 'manifest').bytes));
  } catch (error) {
    if (error instanceof PanelError) throw error;
    throw notARun(dir, 'its manifest.json is not JSON');
  }
  if ((value as Manifest)?.schema !== 'manifest/1') throw notARun(dir, 'its manifest.json has another schema');
  return value as Manifest;
}

/** The study under the path that the manifest records: from here, or from a folder above the run. */
function findStudy(dir: string, name: string): string | undefined {
  const bases = [process.cwd()];
  for (let base = path.resolve(dir); ; base = path.dirname(base)) {
    bases.push(base);
    if (base === path.dirname(base)) break;
  }
  const found = bases.map((base) => path.resolve(base, name)).find(exists);
  if (!found) return undefined;
  const shown = path.relative(process.cwd(), found);
  return shown.startsWith('..') ? found : shown;
}

/** @throws PanelError data/not-a-run, data/study-missing. */
export function openRun(dir: string, study?: string): RunFolder {
  const manifest = readManifest(dir);
  const found = study ?? findStudy(dir, manifest.study);
  if (found) return { dir, manifest, study: found };
  throw new PanelError({
    code: 'data/study-missing',
    message: `The study of this run, "${manifest.study}", is neither here nor above "${dir}".`,
    hint: 'Name it: --study FILE.',
    at: { file: dir },
  });
}
