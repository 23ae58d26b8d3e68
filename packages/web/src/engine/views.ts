/** A report without what the page has no use for: covariances and fits stay in the worker. */
import {
  type Figure,
  type FitResult,
  isFit,
  type Report,
  stataDifferences,
  type Table,
  vcovWords,
} from '@gravpanel/panel';
import type { ColumnDetail, ReportView, TableView } from '../protocol.ts';

function detailOf(result: FitResult, head: string): ColumnDetail {
  const { model, title, formula, sampleName } = result;
  const base = { head, model, title, formula, sampleName };
  if (!isFit(result)) return { ...base, notes: [], error: result.error };
  const { sample, certificate, iterations, vcovInfo, notes } = result;
  return {
    ...base,
    sample,
    certificate,
    iterations,
    errors: vcovWords(result),
    ...(vcovInfo.clusters && { clusters: vcovInfo.clusters }),
    notes,
    stata: stataDifferences(result),
  };
}

export function tableView({ fits, ...table }: Table): TableView {
  const plain = fits && fits.length === table.columns.length;
  return plain ? { ...table, details: fits.map((fit, j) => detailOf(fit, table.columns[j].head)) } : table;
}

const itemView = (item: Table | Figure) => (item.kind === 'table' ? tableView(item) : item);

export const reportView = (report: Report): ReportView => ({
  ...report,
  sections: report.sections.map((section) => ({ ...section, items: section.items.map(itemView) })),
});
