/** The finished run of the first study. It is made while this module is loaded: afterwards a module runner can import nothing more. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { models } from '@gravpanel/panel';
import { firstVisit } from '../src/engine/first.ts';
import { FIRST, studyIn } from './first-study.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = path.resolve(root, '../../studies', FIRST);
const { text, files } = studyIn(folder);
const bytes = Object.fromEntries(files.map((file) => [file, new Uint8Array(readFileSync(path.join(folder, file)))]));
const atlas = path.join(root, 'node_modules/world-atlas/countries-50m.json');

export const made = await firstVisit(text, bytes, () => JSON.parse(readFileSync(atlas, 'utf8')));

/** What each estimator can use: the form offers nothing else. */
export const uses = Object.fromEntries(
  Object.values(models).map(({ key, needs: { vcov, like } }) => [key, { vcov, like }]),
);
