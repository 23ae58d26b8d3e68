/** Descriptive parts of a study: summary, series, shares. */
import { seriesFigure } from './describe-series.ts';
import { sharesTable } from './describe-shares.ts';
import { summaryTable } from './describe-summary.ts';
import type { DescribeSpec, VariableSpec } from './study.ts';
import type { Figure, Frame, Table } from './types.ts';

/**
 * The tables and figures of one describe entry; ids are the entry's own or "summary", "series-count", "shares-count".
 * @throws PanelError describe/*, data/unknown-column, data/not-numeric.
 */
export function describe(
  frame: Frame,
  spec: DescribeSpec,
  variables: Record<string, VariableSpec> = {},
): (Table | Figure)[] {
  switch (spec.kind) {
    case 'summary':
      return [summaryTable(frame, spec, spec.id ?? 'summary', variables)];
    case 'series':
      return [seriesFigure(frame, spec, spec.id ?? `series-${spec.count}`, variables)];
    case 'shares':
      return [sharesTable(frame, spec, spec.id ?? `shares-${spec.count}`, variables)];
  }
}
