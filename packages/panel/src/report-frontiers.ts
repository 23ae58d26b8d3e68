/** The section on frontiers: each table of them, how their laws order the units, and the units of the first of each in full. */
import { efficiencyMap } from './frontier-map.ts';
import { frontierOrderItems } from './frontier-orders.ts';
import { frontierItems } from './frontier-ranking.ts';
import { frontierYearsItems } from './frontier-years.ts';
import type { PlannedTable } from './plan-tables.ts';
import { isFit } from './regression-style.ts';
import type { ReportParts } from './report.ts';
import { tablesOf } from './report-regressions.ts';
import type { Figure, Fit, MapPlot, Table } from './types.ts';

export const FRONTIER =
  'Potential is what a unit of the same mass, distance and other terms would have without inefficiency; efficiency is the share of it that is reached. The model tells shortfall from noise by the skewness of the distribution alone: another law of inefficiency may order the units otherwise.';

/** Tables after the first whose columns are frontiers only stand with their units. */
export const isFrontierTable = ({ plan }: ReportParts, { models }: PlannedTable) =>
  models.every((id) => plan.models.find((one) => one.id === id)?.spec.model.endsWith('frontier'));

interface Column {
  fit: Fit;
  of: string;
  column: number;
}

const columnsOf = ({ fits }: ReportParts, of: string): Column[] =>
  (fits[of] ?? []).flatMap((fit, i) => (isFit(fit) ? [{ fit, of, column: i + 1 }] : []));

/** The units of one column: dumbbells and ranking, the map where the study has one of them, periods. */
function unitsOf({ described, frame, study }: ReportParts, { fit, of, column }: Column): (Table | Figure)[] {
  const options = {
    ...{ of, column, unit: frame.panel?.unit ?? [] },
    ...(study.variables && { variables: study.variables }),
  };
  const reach = frontierItems(fit, options);
  if (reach.length === 0) return [];
  const maps = described.filter((item): item is Figure & MapPlot => item.kind === 'figure' && item.plot === 'map');
  const shaded = maps.map((map) => efficiencyMap(fit, map, options)).find((found) => found !== undefined);
  return [...(shaded ? [shaded] : []), ...reach, ...frontierYearsItems(fit, options)];
}

/** Every frontier column: by tables of several of them, whose first column that has units is read in full, then the others each in full. */
export function frontierSection(parts: ReportParts): (Table | Figure)[] {
  const { fits, frame, study, plan } = parts;
  const tables = plan.tables.filter((one) => isFrontierTable(parts, one));
  const grouped = tables.flatMap((planned) => {
    const columns = planned.models.flatMap((of) => columnsOf(parts, of));
    const inefficient = columns.filter(({ fit }) => (fit.frontier?.efficiencies.length ?? 0) > 0);
    const orders = frontierOrderItems(
      inefficient.map(({ fit }) => fit),
      {
        of: planned.id,
        unit: frame.panel?.unit ?? [],
        heads: inefficient.map((one) => `(${columns.indexOf(one) + 1})`),
        ...(study.variables && { variables: study.variables }),
      },
    );
    const full = orders.length > 0 ? inefficient.slice(0, 1) : inefficient;
    const printed = planned === plan.tables[0] ? [] : tablesOf(parts, planned);
    return [...printed, ...full.flatMap((one) => unitsOf(parts, one)), ...orders];
  });
  const inTables = new Set(tables.flatMap(({ models }) => models));
  const alone = Object.keys(fits).filter((of) => !inTables.has(of));
  return [...grouped, ...alone.flatMap((of) => columnsOf(parts, of).flatMap((one) => unitsOf(parts, one)))];
}
