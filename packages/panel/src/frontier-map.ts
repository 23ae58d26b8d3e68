/** Efficiencies of a frontier on the countries of a map that the study describes. */
import { decimal } from './format.ts';
import { frontierRanking } from './frontier-ranking.ts';
import { lowered, type Variables, variableLabel } from './labels.ts';
import type { Figure, Fit, MapPlot, Table } from './types.ts';

/** Named from each end. */
const NAMED = 4;
const LEAST_PLACES = 3;

export interface EfficiencyMapOptions {
  of: string;
  column: number;
  unit: string[];
  variables?: Variables;
}

const SOURCE =
  'Equal Earth projection, cut to the partners. Shapes: Natural Earth 1:50m (world-atlas 2.0.2), borders as drawn there.';

/**
 * The units of a fit where the map has them as partners; undefined where it has fewer than three of them or not a half.
 * Countries of the map without an efficiency stay grey.
 */
export function efficiencyMap(fit: Fit, map: Figure & MapPlot, o: EfficiencyMapOptions): Figure | undefined {
  const reaches = frontierRanking(fit);
  const byLabel = new Map(map.partners.map((partner) => [partner.label, partner]));
  const found = reaches.flatMap(({ unit, efficiency }) => {
    const partner = byLabel.get(unit);
    return partner ? [{ label: unit, id: partner.id, at: partner.at, value: efficiency }] : [];
  });
  if (found.length < LEAST_PLACES || 2 * found.length < reaches.length) return undefined;
  const held = new Set(found.map(({ id }) => id));
  const name = lowered(o.unit.map((one) => variableLabel(one, o.variables)).join(' × '));
  const low = found.filter(({ value }) => value < 0.4).length;
  const title = `${low} of ${found.length} reach less than two fifths of what they could: ${o.of} (${o.column})`;
  const id = `frontier-${o.of}-${o.column}-map`;
  const table: Table = {
    kind: 'table',
    id: `${id}-data`,
    title: `Numbers of “${title}”`,
    spanners: [],
    stub: o.unit.map((one) => variableLabel(one, o.variables)).join(' × '),
    columns: [{ head: 'Efficiency', align: 'right' }],
    body: found.map(({ label, value }) => ({
      label,
      kind: 'only',
      cells: [{ text: decimal(value, 3), value, kind: 'number' }],
    })),
    foot: [],
    notes: [],
  };
  return {
    kind: 'figure',
    plot: 'shades',
    id,
    title,
    subtitle: `Mean efficiency of each ${name}, in fifths; named are the ${NAMED} that fall farthest short and the ${NAMED} that fall least. Grey: not in the model${reaches.length > found.length ? `, or one of the ${reaches.length - found.length} that the study’s map leaves out` : ''}.`,
    source: SOURCE,
    label: 'Efficiency',
    home: map.home,
    shapes: map.shapes.map((shape) =>
      shape.role === 'home'
        ? shape
        : { ...shape, role: held.has(shape.id) ? ('partner' as const) : ('other' as const) },
    ),
    places: found.map((place, i) => ({ ...place, named: i < NAMED || i >= found.length - NAMED })),
    table,
  };
}
