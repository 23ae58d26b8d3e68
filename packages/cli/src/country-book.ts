/** Countries and region schemes of a study, by the names and paths that it writes. */
import path from 'node:path';
import { type CountryBook, nearestHint, PanelError } from '@gravpanel/panel';
import { countryBook, type RegionScheme, readScheme, schemeNames, shippedScheme } from '@gravpanel/panel/regions';
import { exists, readBytes } from './files.ts';

function schemeAt(name: string, base: string): RegionScheme {
  if (schemeNames().includes(name)) return shippedScheme(name);
  const full = path.resolve(base, name);
  if (!exists(full))
    throw new PanelError({
      code: 'countries/unknown-scheme',
      message: `"${name}" is neither a region scheme that ships nor a file beside the study.`,
      hint:
        nearestHint(name, schemeNames()) || `Schemes: ${schemeNames().join(', ')}. Paths count from the study file.`,
    });
  const { bytes } = readBytes(full, 'region scheme');
  return readScheme(new TextDecoder().decode(bytes), name);
}

/** `file`: the study's; paths of schemes count from it ("-": from here). @throws PanelError countries/…, country/…. */
export const bookOfStudy = (file: string) => (): CountryBook => {
  const base = file === '-' ? process.cwd() : path.dirname(path.resolve(file));
  return countryBook((name) => schemeAt(name, base));
};
