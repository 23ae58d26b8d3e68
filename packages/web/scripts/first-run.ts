/** The finished run of the first study. It is made while this module is loaded: afterwards a module runner can import nothing more. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type FrontierSpec, models, studyJsonSchema } from '@gravpanel/panel';
import { firstVisit } from '../src/engine/first.ts';
import { FIRST, studyIn } from './first-study.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = path.resolve(root, '../../studies', FIRST);
const { text, files } = studyIn(folder);
const bytes = Object.fromEntries(files.map((file) => [file, new Uint8Array(readFileSync(path.join(folder, file)))]));
const atlas = path.join(root, 'node_modules/world-atlas/countries-50m.json');

export const made = await firstVisit(text, bytes, () => JSON.parse(readFileSync(atlas, 'utf8')));

/** The values that a key of a model can have in a study. */
function valuesOf(key: string): string[] {
  const { properties } = studyJsonSchema() as unknown as {
    properties: { models: { additionalProperties: { properties: Record<string, { enum: string[] }> } } };
  };
  return properties.models.additionalProperties.properties[key].enum;
}
/** The default first. */
export const laws = {
  distribution: valuesOf('distribution') as NonNullable<FrontierSpec['distribution']>[],
  inefficiency: valuesOf('inefficiency') as NonNullable<FrontierSpec['inefficiency']>[],
};

/** What each estimator can use, a frontier by what its inefficiency is of: the form offers nothing else. */
export const uses = Object.fromEntries(
  Object.values(models).map(({ key, needs: { vcov, like }, needs, variant }) => {
    const by = laws.inefficiency.map((inefficiency) => [
      inefficiency,
      { ...needs, ...variant?.({ inefficiency }).needs }.vcov,
    ]);
    const random = { ...needs, ...variant?.({ random: true }).needs }.vcov;
    return [key, { vcov, like, ...(variant && { frontier: { ...Object.fromEntries(by), random } }) }];
  }),
);
