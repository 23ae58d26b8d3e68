/** Printed tables → their audit. A part of its own: the rules are loaded with the first table that is checked. */
import {
  type Audit,
  auditHeadline,
  auditPublished,
  findingGroups,
  isGrid,
  PanelError,
  type Published,
  pasteYaml,
  proofsOf,
  readGrid,
  readLaw,
  readPaste,
  readPublished,
  readStars,
  readTable,
  starsWords,
  unreadWords,
} from '@gravpanel/panel';
import type { AuditRequest, AuditView, StudyFileMap } from '../protocol.ts';

interface ReadTables {
  read: AuditView['read'];
  published: Published;
  yaml?: string;
  doubts: string[];
}

/** The first line that is no comment opens a map. */
const looksLikeYaml = (text: string) => {
  const first = text.split('\n').find((line) => line.trim() !== '' && !/^\s*#/.test(line)) ?? '';
  return /^(?:\{|---|["']?[\w.-]+["']?\s*:(?:\s|$))/.test(first);
};

function readPasted(text: string, file: string): ReadTables {
  const table = readPaste(text);
  const yaml = pasteYaml(table);
  return { read: 'paste', published: readPublished(yaml, { file }), yaml, doubts: table.doubts };
}

const hasTables = ({ regressions, counts, series, tests }: Published) =>
  regressions.length + counts.length + series.length + tests.length > 0;

/** A grid, the tables file, or a table as it was copied from a page. */
function readTables(text: string, name: string): ReadTables {
  const file = name || 'paste';
  if (text.trim() === '')
    throw new PanelError({
      code: 'audit/no-table',
      message: 'There is no text to read; a printed table was expected.',
      hint: 'Copy the rows of a table with their labels, estimates and what stands in brackets.',
    });
  if (isGrid(name, text)) return { read: 'grid', published: readGrid(text, { file }), doubts: [] };
  const named = /\.(ya?ml|json)$/i.test(name);
  if (!named && !looksLikeYaml(text)) return readPasted(text, file);
  try {
    const published = readPublished(text, { file });
    if (named || hasTables(published)) return { read: 'tables', published, doubts: [] };
  } catch (error) {
    if (named) throw error;
    // "Table 8: …" looks like a map until it is read.
    try {
      return readPasted(text, file);
    } catch {
      throw error;
    }
  }
  return readPasted(text, file);
}

async function textOf(file: Blob | Uint8Array<ArrayBuffer>): Promise<string> {
  return new TextDecoder().decode(file instanceof Uint8Array ? file : await file.arrayBuffer());
}

/** Tables of `sources` that are at hand; the audit says which were not. */
async function framesOf(published: Published, files: StudyFileMap) {
  const names = [...new Set(Object.values(published.sources).map(({ file }) => file))];
  const here = names.filter((name) => Object.hasOwn(files, name));
  return Object.fromEntries(
    await Promise.all(here.map(async (name) => [name, readTable(await textOf(files[name]), { name })] as const)),
  );
}

export interface Audited {
  read: ReadTables;
  published: Published;
  audit: Audit;
}

/** @throws PanelError audit/…. */
export async function audited({ text, name, stars, law, sources = {} }: AuditRequest): Promise<Audited> {
  const read = readTables(text, name);
  const published = {
    ...read.published,
    ...(stars && { stars: readStars(stars, 'Stars'), starsSpoken: true }),
    ...(law && { law: readLaw(law, 'Distribution') }),
  };
  if (!hasTables(published))
    throw new PanelError({
      code: 'audit/nothing-to-check',
      message: 'No table, count or test that an audit could check was found.',
      hint: 'docs/audit.md shows the form of each section.',
    });
  return { read, published, audit: auditPublished(published, await framesOf(published, sources)) };
}

/** @throws PanelError audit/…. */
export async function auditView(request: AuditRequest): Promise<AuditView> {
  const { read, published, audit } = await audited(request);
  return {
    read: read.read,
    ...(read.yaml !== undefined && { yaml: read.yaml }),
    doubts: read.doubts,
    title: published.title || request.name,
    headline: auditHeadline(audit),
    stars: starsWords(published),
    unread: unreadWords(audit),
    cells: audit.cells,
    proofs: proofsOf(audit, published),
    groups: findingGroups(audit),
  };
}
