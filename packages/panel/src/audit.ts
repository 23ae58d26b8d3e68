/** The audit of printed tables: rules of docs/audit.md over everything that a paper prints. */
import { auditCells } from './audit-cells.ts';
import { auditClaims } from './audit-claims.ts';
import { contextFindings, countsContexts } from './audit-counts.ts';
import type { Audit, Finding } from './audit-findings.ts';
import { groupFindings, listFindings, nestedFindings, numberFindings, seriesFindings } from './audit-groups.ts';
import type { Published } from './audit-published.ts';
import { auditRanges } from './audit-range.ts';
import { auditSample } from './audit-sample.ts';
import { auditSteps } from './audit-steps.ts';
import type { Frame } from './types.ts';

/** sum, share, cross-table and numbers of rows over everything that is counted. */
const auditCounts = (published: Published): Finding[] => [
  ...countsContexts(published).flatMap((context) => [
    ...contextFindings(published, context),
    ...numberFindings(published, context),
  ]),
  ...groupFindings(published),
  ...nestedFindings(published),
  ...seriesFindings(published),
  ...listFindings(published),
];

/**
 * All findings on a paper's tables, in the order of its stars, counts, sample, ranges, signs, steps and sentences.
 * @param sources tables of `sources`, by the file that they name.
 * @throws PanelError audit/unknown-stars, audit/source-empty, data/unknown-column, expression/…
 */
export function auditPublished(published: Published, sources: Record<string, Frame> = {}): Audit {
  const { verdicts, findings } = auditCells(published);
  const all = [
    ...findings,
    ...auditCounts(published),
    ...auditSample(published),
    ...auditRanges(published, sources),
    ...auditSteps(published),
    ...auditClaims(published),
  ];
  return { schema: 'audit/1', cells: verdicts.length, findings: all, verdicts, unread: published.unread };
}
