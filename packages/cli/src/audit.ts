/** `gravpanel audit`: printed tables in, a verdict on each cell and findings out. */
import path from 'node:path';
import {
  type Audit,
  auditHeadline,
  auditPublished,
  auditTables,
  type Frame,
  isGrid,
  PanelError,
  type Published,
  publishedJsonSchema,
  readGrid,
  readLaw,
  readPublished,
  readStars,
  unreadWords,
} from '@gravpanel/panel';
import { renderText } from '@gravpanel/panel/report';
import { Command, Option } from 'commander';
import { pasteCommand } from './audit-paste.ts';
import { EXIT } from './exit-codes.ts';
import { checkOutputFile, readBytes, writeFileAtomically } from './files.ts';
import { commonFlags } from './flags.ts';
import { describeCommand } from './help.ts';
import { loadFrame } from './load.ts';
import { type Terminal, terminal, write } from './streams.ts';
import { runCommand, usageError } from './usage.ts';

interface AuditFlags {
  stars?: string;
  dist?: string;
  html?: string;
  schema?: boolean;
  json: boolean;
  force: boolean;
  quiet: boolean;
  color?: 'always' | 'never' | 'auto';
}

/** UTF-8 text of a file. @throws PanelError audit/not-text. */
export function readText(file: string, what: string): { text: string; name: string } {
  const { name, bytes } = readBytes(file, what);
  try {
    return { name, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    throw new PanelError({
      code: 'audit/not-text',
      message: `"${name}" is not UTF-8 text; tables as YAML, JSON or CSV were expected.`,
      hint: 'From a PDF, copy the table and pipe it into gravpanel audit paste.',
      at: { file: name },
    });
  }
}

const inFlag = <T>(flag: string, read: () => T): T => {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof PanelError)) throw error;
    throw usageError('wrong-value', error.message, error.hint ?? '', flag);
  }
};

/** The published tables of a file, with the flags' stars and law in place of the file's. */
function openTables(file: string, flags: AuditFlags): Published {
  const { text, name } = readText(file, 'tables file');
  const published = isGrid(name, text) ? readGrid(text, { file: name }) : readPublished(text, { file: name });
  const stars = flags.stars === undefined ? undefined : inFlag('--stars', () => readStars(flags.stars!));
  const law = flags.dist === undefined ? undefined : inFlag('--dist', () => readLaw(flags.dist!));
  return { ...published, ...(stars && { stars, starsSpoken: true }), ...(law && { law }) };
}

/** Tables that `sources` names, from the folder of the audited file. */
async function openSources({ sources }: Published, file: string): Promise<Record<string, Frame>> {
  const base = file === '-' ? process.cwd() : path.dirname(path.resolve(file));
  const names = [...new Set(Object.values(sources).map((s) => s.file))];
  const frames = names.map(async (name) => [name, await loadFrame(path.resolve(base, name), {})] as const);
  return Object.fromEntries(await Promise.all(frames));
}

function reportText(audit: Audit, published: Published, t: Terminal): string {
  const name = published.title || published.file;
  const tables = auditTables(audit, published).map((table) =>
    renderText(table, { width: t.width, color: t.color.out }),
  );
  const kinds = new Map<string, number>();
  for (const { rule } of audit.findings) kinds.set(rule, (kinds.get(rule) ?? 0) + 1);
  const counted = [...kinds].map(([rule, n]) => `${rule} ${n}`).join(', ');
  return [
    `${name}: ${auditHeadline(audit)}.`,
    audit.findings.length > 0 ? `Findings: ${audit.findings.length} (${counted}).` : 'No findings.',
    ...[unreadWords(audit)].filter(Boolean),
    '',
    ...tables,
  ].join('\n');
}

const finite = (_: string, value: unknown) =>
  typeof value === 'number' && !Number.isFinite(value) ? undefined : value;

async function act(file: string | undefined, flags: AuditFlags): Promise<void> {
  if (flags.schema) return write(process.stdout, `${JSON.stringify(publishedJsonSchema(), null, 2)}\n`);
  if (file === undefined)
    throw usageError('missing-argument', 'gravpanel audit needs TABLES.', 'gravpanel audit --help has examples.');
  const t = terminal(flags);
  if (flags.html) checkOutputFile(flags.html, flags.force);
  const published = openTables(file, flags);
  if (published.regressions.length + published.counts.length + published.series.length + published.tests.length === 0)
    throw new PanelError({
      code: 'audit/nothing-to-check',
      message: `"${file}" has no table, count or test that an audit could check${published.unread.length > 0 ? ` (not read: ${published.unread.join(', ')})` : ''}.`,
      hint: 'docs/audit.md shows the form of each section.',
      at: { file },
    });
  const audit = auditPublished(published, await openSources(published, file));
  if (flags.html) {
    const { renderAuditPage } = require('./formats.cjs') as typeof import('./formats.ts');
    writeFileAtomically(flags.html, renderAuditPage(audit, published), flags.force);
  }
  await write(process.stdout, t.json ? `${JSON.stringify(audit, finite, 2)}\n` : reportText(audit, published, t));
  process.exitCode = audit.findings.length > 0 ? EXIT.differences : EXIT.ok;
}

function define(): Command {
  const command = new Command('audit')
    .argument('[tables]', 'published tables (YAML, JSON) or a CSV grid of cells; - is stdin')
    .addOption(new Option('--stars <levels>', "what the stars mean (default '***=0.01,**=0.05,*=0.10')"))
    .addOption(
      new Option(
        '--dist <law>',
        'normal or t:DF; without it normal, and t with rows − coefficients where rows are printed',
      ),
    )
    .addOption(new Option('--html <file>', 'also write the report as a page'))
    .addOption(new Option('--schema', 'print the JSON Schema of the tables file'));
  for (const option of commonFlags()) command.addOption(option);
  describeCommand(command, {
    purpose:
      'Checks printed tables against themselves: stars against estimates and standard errors, totals, shares, rows, degrees of freedom, ranges, signs, steps and sentences. A cell is inconsistent only if no value that rounds to the printed ones is consistent.',
    usage: 'audit TABLES.yaml|GRID.csv [flags]; audit paste [FILE]',
    examples: [
      'gravpanel audit studies/belt-road-copatents/published.yaml --html audit.html',
      "gravpanel audit grid.csv --stars '***=0.001,**=0.01,*=0.05' --dist t:28 --json",
    ],
    after:
      'A grid has the columns table,column,term,estimate,se,stars[,nobs] (t or p in place of se), digits as printed.\nExit codes: 0 nothing found, 2 usage, 3 the file cannot be read, 5 findings.',
  });
  return command.action(act);
}

export const main = (args: string[]) =>
  args[0] === 'paste' ? runCommand(pasteCommand(), args.slice(1)) : runCommand(define(), args);
