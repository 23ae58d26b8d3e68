/** A published-tables file (YAML or JSON) → Published, with the digits as they stand in the text. */
import { type Document, isAlias, isMap, isScalar, isSeq, type Node, parseAllDocuments, visit } from 'yaml';
import type { z } from 'zod';
import { readPrinted } from './audit-number.ts';
import { emptyPublished, type Published, plainStars, readLaw, starLevels } from './audit-published.ts';
import { type metaSchema, reserved, sectionSchemas } from './audit-schema.ts';
import { type Attachments, addSection, attach } from './audit-sections.ts';
import { kindOf } from './audit-shapes.ts';
import { lagIn, periodOf } from './audit-words.ts';
import { PanelError } from './errors.ts';
import { pathWords } from './study-issues.ts';
import { placeAt, placeOf, pointerOf, rangesOf, type StudySource } from './study-places.ts';

const MOST_CHARACTERS = 4_000_000;
const MOST_LEVELS = 8;

function fault(source: StudySource, code: string, message: string, offset: number, hint: string): PanelError {
  return new PanelError({ code: `audit/${code}`, message, hint, at: placeAt(source, offset) });
}

/** Values of a tree; numbers stay the text they are. */
function plainOf(node: unknown): unknown {
  if (isMap(node))
    return Object.fromEntries(node.items.map(({ key, value }) => [keyText(key), plainOf(value)] as const));
  if (isSeq(node)) return node.items.map(plainOf);
  if (!isScalar(node)) return null;
  return typeof node.value === 'number' ? (node.source ?? String(node.value)) : node.value;
}
const keyText = (key: unknown) => String(isScalar(key) ? (key.source ?? key.value) : key);

function parse(text: string, file: string): { source: StudySource; value: Record<string, unknown> } {
  const source: StudySource = { file, text: text.replace(/^\ufeff/, ''), ranges: {} };
  if (text.length > MOST_CHARACTERS)
    throw fault(
      source,
      'too-long',
      `${file} has ${text.length} characters; at most ${MOST_CHARACTERS} were expected.`,
      0,
      'Audit a part of it.',
    );
  const brackets = /(?:[[{]\s*){40}/.exec(text);
  if (brackets) throw fault(source, 'too-deep', 'Too many brackets are opened here.', brackets.index, 'Close them.');
  const parsed = parseAllDocuments(source.text, { prettyErrors: false, uniqueKeys: true, version: '1.2' });
  const [document] = Array.isArray(parsed) ? (parsed as Document.Parsed[]) : [];
  const [problem] = document?.errors ?? [];
  if (problem) {
    const message = problem.message.replace(/ at line \d+.*$/s, '').replace(/[.:]?$/, '.');
    throw fault(source, 'syntax', message, problem.pos[0], 'Check quotes, colons and indentation here.');
  }
  if (!document || !isMap(document.contents))
    throw fault(
      source,
      'not-tables',
      `${file} holds no tables; a map of sections was expected.`,
      0,
      'docs/audit.md shows the form; gravpanel audit --schema prints it.',
    );
  visit(document, (_, node) => {
    if (isAlias(node) || (node as Node & { anchor?: string })?.anchor)
      throw fault(
        source,
        'alias',
        'Anchors (&) and aliases (*) are not read.',
        (node as Node).range?.[0] ?? 0,
        'Quote stars: "***".',
      );
  });
  source.ranges = rangesOf(document.contents, MOST_LEVELS, (at) =>
    fault(source, 'too-deep', `This is nested deeper than ${MOST_LEVELS} levels.`, at, 'Check the indentation.'),
  );
  return { source, value: plainOf(document.contents) as Record<string, unknown> };
}

/** The first issue of a section, where it stands. Unions say only that nothing fitted, so their deepest branch is told. */
function issueError(source: StudySource, name: string, issues: readonly z.core.$ZodIssue[]): PanelError {
  let [issue] = issues;
  const path: PropertyKey[] = [name, ...issue.path];
  while (issue.code === 'invalid_union') {
    const deeper = [...issue.errors].sort((a, b) => (b[0]?.path.length ?? 0) - (a[0]?.path.length ?? 0))[0]?.[0];
    if (!deeper || deeper.path.length === 0) break;
    path.push(...deeper.path);
    issue = deeper;
  }
  const pointer = pointerOf(path);
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const [from, to] = source.ranges[pointer] ?? [0, 0];
  const shown = source.text.slice(from, to).split('\n')[0].trim().slice(0, 60);
  const expected = /^Invalid|^Too/.test(issue.message) ? 'another form' : issue.message;
  return new PanelError({
    code: unknown ? 'audit/unknown-key' : 'audit/wrong-value',
    message: unknown
      ? `"${unknown}" is not a key of ${pathWords(path)}.`
      : `${pathWords(path)} is ${shown || 'empty'}; ${expected} was expected.`,
    hint: 'docs/audit.md shows each kind of section; gravpanel audit --schema prints the JSON Schema.',
    at: placeOf(source, unknown ? pointerOf([...path, unknown]) : pointer, unknown ? 'key' : 'value'),
  });
}

function checked<T>(source: StudySource, name: string, schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw issueError(source, name, result.error.issues);
}

const asPrintedIf = (value: unknown) =>
  value === undefined || value === null || value === '' ? undefined : readPrinted(String(value));

function addMeta(out: Published, meta: z.infer<typeof metaSchema>): void {
  out.title = [meta.author, meta.year && `(${meta.year})`].filter(Boolean).join(' ') || (meta.title ?? '');
  if (meta.home) out.home = meta.home;
  out.period = periodOf(meta.period);
  if (meta.estimator) out.estimator = meta.estimator;
  out.lag = meta.lag === undefined ? lagIn(meta.estimator) : Number(meta.lag);
  out.starsSpoken ||= meta.stars !== undefined;
  if (meta.stars)
    out.stars = starLevels(
      Object.entries(meta.stars).map(([symbol, level]) => [plainStars(symbol), String(level)]),
      'meta.stars',
      JSON.stringify(meta.stars),
    );
  if (meta.dist) out.law = readLaw(meta.dist, 'meta.dist');
}

/**
 * Reads a published-tables file.
 * @param text YAML 1.2 or JSON; a number keeps its printed digits, so 0.150 differs from 0.15.
 * @throws PanelError audit/syntax, audit/not-tables, audit/alias, audit/too-long, audit/too-deep, audit/unknown-key,
 * audit/wrong-value; with file, line and column.
 */
export function readPublished(text: string, o: { file: string }): Published {
  const { source, value } = parse(text, o.file);
  const out = emptyPublished(o.file);
  const later: Attachments = { settings: [], nobs: [] };
  for (const [name, section] of Object.entries(value)) {
    if (name === 'meta') addMeta(out, checked(source, name, reserved.meta, section));
    else if (name === 'sample') {
      const s = checked(source, name, reserved.sample, section);
      out.sample = {
        total: asPrintedIf(s.units_total ?? s.partners_total),
        unitsUsed: asPrintedIf(s.units_used ?? s.partners_used),
        periods: asPrintedIf(s.periods ?? s.years),
        ...(s.used && { used: s.used }),
      };
    } else if (name === 'sources') out.sources = checked(source, name, reserved.sources, section);
    else if (name === 'claims')
      out.claims.push(...checked(source, name, reserved.claims, section).map((c) => ({ ...c, section: 'claims' })));
    else {
      const kind = kindOf(name, section);
      if (!kind) out.unread.push(name);
      else
        addSection(out, name, kind, checked(source, name, sectionSchemas[kind] as z.ZodType<unknown>, section), later);
    }
  }
  attach(out, later);
  return out;
}
