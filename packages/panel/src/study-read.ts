/** Text (YAML or JSON) → Study, with the place of everything that is wrong. No code runs from a study. */
import { type Document, isAlias, isMap, LineCounter, type Node, parseAllDocuments, visit } from 'yaml';
import { PanelError } from './errors.ts';
import { type Study, studySchema } from './study.ts';
import { schemaError } from './study-issues.ts';
import { placeAt, rangesOf, type StudySource } from './study-places.ts';

/** Characters of a study's text, and levels below its top. */
const MOST_CHARACTERS = 1_000_000;
const MOST_LEVELS = 12;
/** Brackets open at once, before the parser sees them (it recurses). */
const MOST_BRACKETS = 100;

interface Text {
  file: string;
  text: string;
}

function fault(source: Text, code: string, message: string, offset: number, hint?: string, length = 1): PanelError {
  return new PanelError({ code, message, ...(hint && { hint }), at: placeAt(source, offset, length) });
}

function checkSize(source: Text): void {
  if (source.text.length > MOST_CHARACTERS)
    throw new PanelError({
      code: 'study/too-long',
      message: `${source.file} has ${source.text.length} characters; at most ${MOST_CHARACTERS} were expected of a study.`,
      hint: 'Name the data file under data.path instead of writing the data here.',
      at: { file: source.file },
    });
  let open = 0;
  for (let i = 0; i < source.text.length; i++) {
    const c = source.text.charCodeAt(i);
    if (c === 0x5b || c === 0x7b) open++;
    else if ((c === 0x5d || c === 0x7d) && open > 0) open--;
    if (open > MOST_BRACKETS) throw tooDeep(source, i);
  }
}

const tooDeep = (source: Text, offset: number) =>
  fault(
    source,
    'study/too-deep',
    `The study is nested too deeply; at most ${MOST_LEVELS} levels were expected.`,
    offset,
    'Check the indentation and the brackets before this place.',
  );

const PLAIN: Record<string, [message: string, hint: string]> = {
  DUPLICATE_KEY: ['This key is written twice in one map.', 'Keep one of the two.'],
  TAB_AS_INDENT: ['A tab indents this line; spaces were expected.', 'Indent with two spaces.'],
  BAD_INDENT: ['This line is indented differently from its neighbours.', 'Align it with the keys of its level.'],
  MISSING_CHAR: ['A character is missing here.', 'Check quotes, brackets, commas and the space after ":".'],
};

/** Of a list or map that is begun and not ended, where the next line stands. */
const unclosed = (end: string): [message: string, hint: string] => [
  `A "${end === ']' ? '[' : '{'}" before this line is not closed.`,
  `Write its "${end}".`,
];

/** The parser's own message, without its trailing place. */
const parserWords = (message: string) => `${message.replace(/ at line \d+.*$/s, '').replace(/[.:]?$/, '.')}`;

function checkSyntax(source: Text, documents: Document.Parsed[]): Document.Parsed {
  for (const document of documents) {
    const [problem] = [...document.errors, ...document.warnings];
    if (!problem) continue;
    const open = /^Flow (map|sequence)\b.* must .* end with a ([\]}])/.exec(problem.message);
    const [plain, hint] = (open ? unclosed(open[2]) : PLAIN[problem.code]) ?? [
      undefined,
      'Check quotes, colons and indentation here.',
    ];
    const duplicate = problem.code === 'DUPLICATE_KEY';
    const named = duplicate ? /^[^\s:]+/.exec(source.text.slice(problem.pos[0]))?.[0] : undefined;
    throw fault(
      source,
      duplicate ? 'study/duplicate-key' : 'study/syntax',
      named ? `"${named}" is written twice in one map.` : (plain ?? parserWords(problem.message)),
      problem.pos[0],
      hint,
      named?.length,
    );
  }
  if (documents.length > 1)
    throw fault(
      source,
      'study/several-documents',
      `${source.file} holds ${documents.length} YAML documents; one was expected.`,
      documents[1].range[0],
      'Put each study in a file of its own.',
    );
  return documents[0];
}

function checkContents(source: Text, document: Document.Parsed | undefined): Node {
  if (!document?.contents || (isMap(document.contents) && document.contents.items.length === 0))
    throw new PanelError({
      code: 'study/empty',
      message: `${source.file} is empty; a study was expected.`,
      hint: 'Start with "version: 1", "title: …" and "data: { path: …, unit: …, time: … }".',
      at: { file: source.file },
    });
  const contents = document.contents as Node;
  visit(document, (_, node) => {
    if (isAlias(node) || (node as Node & { anchor?: string })?.anchor)
      throw fault(
        source,
        'study/alias',
        'A study has no anchors (&) and aliases (*).',
        (node as Node).range?.[0] ?? 0,
        'Write the value out, or quote a text that starts with & or *.',
      );
  });
  if (!isMap(contents))
    throw fault(
      source,
      'study/not-a-map',
      'The study is not a map of keys.',
      contents.range?.[0] ?? 0,
      'Start with "version: 1".',
    );
  return contents;
}

function checkVersion(source: StudySource, value: unknown): void {
  const version = (value as { version?: unknown }).version;
  if (version === 1) return;
  const at = placeAt(source, source.ranges['/version']?.[0] ?? 0);
  if (version === undefined)
    throw new PanelError({
      code: 'study/no-version',
      message: 'The study has no version; "version: 1" was expected.',
      hint: 'Write "version: 1" as its first line.',
      at,
    });
  throw new PanelError({
    code: 'study/unknown-version',
    message: `Version ${JSON.stringify(version)} of the study file is not known; 1 was expected.`,
    hint: 'Write "version: 1", or use the gravpanel that wrote this file.',
    at: { ...at, pointer: '/version' },
  });
}

/** A study with the places of its values. */
export interface ReadStudy {
  study: Study;
  source: StudySource;
}

/**
 * Reads and validates a study file.
 * @param text YAML 1.2 or JSON, at most 10⁶ characters and 12 levels; anchors, aliases and tags are refused.
 * @throws PanelError study/syntax, study/duplicate-key, study/alias, study/too-long, study/too-deep, study/empty,
 * study/not-a-map, study/several-documents, study/no-version, study/unknown-version, study/unknown-key,
 * study/missing-key, study/wrong-value, study/wrong-name, study/not-in-this-version; each with file, line and column.
 */
export function readStudy(text: string, o: { file: string }): ReadStudy {
  const plain = { file: o.file, text: text.replace(/^\ufeff/, '') };
  checkSize(plain);
  const parsed = parseAllDocuments(plain.text, {
    lineCounter: new LineCounter(),
    prettyErrors: false,
    uniqueKeys: true,
    version: '1.2',
  });
  const document = checkSyntax(plain, Array.isArray(parsed) ? (parsed as Document.Parsed[]) : []);
  const contents = checkContents(plain, document);
  const ranges = rangesOf(contents, MOST_LEVELS, (at) => tooDeep(plain, at));
  const source: StudySource = { ...plain, ranges };
  const value: unknown = document.toJS({ maxAliasCount: 0 });
  checkVersion(source, value);
  const result = studySchema.safeParse(value);
  if (!result.success) throw schemaError(result.error.issues, source, value);
  return { study: result.data, source };
}

/** The study of a text, without the places: see {@link readStudy}. */
export function parseStudy(text: string, o: { file: string }): Study {
  return readStudy(text, o).study;
}
