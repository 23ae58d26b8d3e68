/** The tables that a study joins to its panel: read from their files, their errors placed in the study. */
import path from 'node:path';
import {
  type CountryCode,
  type Frame,
  joinFrame,
  PanelError,
  type PanelErrorFields,
  readTable,
  relocate,
  type Study,
  type StudySource,
} from '@gravpanel/panel';
import { resolveCountry } from '@gravpanel/panel/countries';
import { readBytes } from './files.ts';
import { sha256 } from './hash.ts';

type Join = NonNullable<Study['data']['join']>[number];

const countryCode: CountryCode = (text, at) => {
  try {
    return { iso3: resolveCountry(text, at).iso3 };
  } catch (error) {
    if (error instanceof PanelError) return { error: error.toJSON() };
    throw error;
  }
};

const KEY_OF: Record<string, string> = {
  'data/file-missing': 'path',
  'data/file-not-read': 'path',
  'data/changed': 'sha256',
  'join/country-not-a-key': 'country',
  'join/not-wide': 'wide',
  'join/column-exists': 'take',
  'join/key-types': 'on',
  'join/no-match': 'on',
};

/** The part of a join that an error is about. */
function pointerOf({ code, message, at }: PanelErrorFields, i: number): string {
  const base = `/data/join/${i}`;
  if (at?.pointer?.startsWith('/derive')) return `${base}${at.pointer}`;
  if (at?.file === 'where') return `${base}/where`;
  if (code === 'data/unknown-column') return message.includes('(taken by the join)') ? `${base}/take` : `${base}/on`;
  return KEY_OF[code] ? `${base}/${KEY_OF[code]}` : base;
}

function placed(fields: PanelErrorFields, source: StudySource, i: number): PanelErrorFields {
  const { at } = fields;
  if ((at?.row !== undefined || at?.line !== undefined) && at.source === undefined) return fields;
  return relocate(fields, source, pointerOf(fields, i));
}

function tableOf(join: Join, base: string): Frame {
  const full = path.resolve(base, join.path);
  const shown = path.relative(process.cwd(), full);
  const { name, bytes } = readBytes(shown.startsWith('..') ? full : shown, 'joined table');
  const { delimiter, missing, skip } = join;
  const hash = sha256(bytes);
  if (join.sha256 !== undefined && join.sha256.toLowerCase() !== hash)
    throw new PanelError({
      code: 'data/changed',
      message: `"${join.path}" has SHA-256 ${hash.slice(0, 12)}…; the study expects ${join.sha256.slice(0, 12)}….`,
      hint: 'Bring the file back that the study was written for, or put the new hash there.',
    });
  const frame = readTable(bytes, {
    name,
    sha256: hash,
    ...(delimiter && { delimiter }),
    ...(missing && { missing }),
    ...(skip && { skip }),
  });
  return { ...frame, source: { ...frame.source, name: join.path } };
}

/**
 * The frame with the columns of data.join, in the order of the list; a join may use columns of those before it.
 * @param base folder from which paths count.
 * @throws PanelError data/…, join/…, country/…, with the place in the study or in the table.
 */
export function joinTables(frame: Frame, joins: Join[], base: string, source: StudySource): Frame {
  return joins.reduce((left, join, i) => {
    try {
      const {
        path: _path,
        sha256: _hash,
        delimiter: _delimiter,
        missing: _missing,
        skip: _skip,
        simulated: _simulated,
        ...spec
      } = join;
      return joinFrame(left, tableOf(join, base), spec, countryCode);
    } catch (error) {
      if (!(error instanceof PanelError)) throw error;
      throw new PanelError(placed(error.toJSON(), source, i));
    }
  }, frame);
}
