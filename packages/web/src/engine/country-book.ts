/** Countries and region schemes of a study: those that ship, and files that are open beside it. */
import type { CountryBook, Study, StudyFiles } from '@gravpanel/panel';

export type RegionsModule = typeof import('@gravpanel/panel/regions');

/** @throws PanelError data/file-missing (a scheme that neither ships nor is open), countries/…. */
export async function countryBookOf(
  { countryBook, readScheme, schemeNames, shippedScheme }: RegionsModule,
  study: Study,
  files: StudyFiles,
): Promise<CountryBook> {
  const named = (study.describe ?? []).flatMap((part) =>
    'regions' in part && typeof part.regions === 'string' ? [part.regions] : [],
  );
  const own = new Map<string, ReturnType<typeof readScheme>>();
  for (const name of new Set(named))
    if (!schemeNames().includes(name))
      own.set(name, readScheme(new TextDecoder().decode((await files.read(name, 'region scheme')).bytes), name));
  return countryBook((name) => own.get(name) ?? shippedScheme(name));
}
