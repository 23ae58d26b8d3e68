/** Descriptive parts of a study, one function a kind. */
import { correlationTable } from './describe-correlation.ts';
import { crosstabTable } from './describe-crosstab.ts';
import { mapFigure } from './describe-map.ts';
import { mappingTable } from './describe-mapping.ts';
import { networkItems } from './describe-network.ts';
import { byRegion, type CountryBook, isRegional, withNotes } from './describe-regions.ts';
import { seriesFigure } from './describe-series.ts';
import { sharesItems } from './describe-shares.ts';
import { summaryTable } from './describe-summary.ts';
import { topTable } from './describe-top.ts';
import { variablesTable } from './describe-variables.ts';
import { nearestHint, PanelError } from './errors.ts';
import type { World } from './map-shapes.ts';
import type { DescribeSpec, Study, VariableSpec } from './study.ts';
import type { Figure, Frame, Table, Uses } from './types.ts';

/** What descriptive parts may read beside the study's table. */
export interface DescribeContext {
  /** The study's further tables by name. */
  tables?: Record<string, Frame>;
  /** Boundaries, for maps. */
  world?: World;
  /** For maps and regions. */
  countries?: CountryBook;
  study?: Study;
}

/** The context of a study's parts; boundaries and countries are loaded only where a part needs them. */
export async function contextOf(
  study: Study,
  parts: DescribeSpec[],
  o: {
    tables?: Record<string, Frame>;
    world?: () => World | Promise<World>;
    countries?: () => CountryBook | Promise<CountryBook>;
  },
): Promise<DescribeContext> {
  const maps = parts.some(({ kind }) => kind === 'map');
  const world = maps ? await o.world?.() : undefined;
  const countries = maps || parts.some(isRegional) ? await o.countries?.() : undefined;
  return { study, ...(o.tables && { tables: o.tables }), ...(world && { world }), ...(countries && { countries }) };
}

/** @throws PanelError describe/unknown-table. */
function tableNamed(name: string, { tables = {} }: DescribeContext): Frame {
  if (Object.hasOwn(tables, name)) return tables[name];
  throw new PanelError({
    code: 'describe/unknown-table',
    message: `"${name}" is not one of the study's tables.`,
    hint: nearestHint(name, Object.keys(tables)) || 'Name its file under data.tables.',
  });
}

/** Columns that a part reads; those of a further table with its name. */
export function usesOf(spec: DescribeSpec, frame: Frame): Uses | undefined {
  if (spec.kind === 'variables') return undefined;
  const panel = frame.panel ? [...frame.panel.unit, frame.panel.time] : [];
  const named = Object.entries(spec).flatMap(([key, value]) => {
    if (key === 'variables') return value as string[];
    return typeof value === 'string' && Object.hasOwn(frame.columns, value) ? [value] : [];
  });
  const all = spec.kind === 'summary' && !spec.variables ? Object.keys(frame.columns) : named;
  const columns = [...new Set(all)].filter((name) => !panel.includes(name));
  return { ...(spec.from && { table: spec.from }), columns };
}

function itemsOf(frame: Frame, spec: DescribeSpec, variables: Record<string, VariableSpec>, context: DescribeContext) {
  const idOr = (id: string) => spec.id ?? id;
  switch (spec.kind) {
    case 'summary':
      return [summaryTable(frame, spec, idOr('summary'), variables)];
    case 'series':
      return [seriesFigure(frame, spec, idOr(`series-${spec.count}`), variables)];
    case 'shares': {
      const records = spec.records && tableNamed(spec.records.from, context);
      return sharesItems(frame, spec, idOr(`shares-${spec.count}`), variables, records);
    }
    case 'mapping':
      return [mappingTable(frame, spec, idOr(`mapping-${spec.regions ? 'region' : spec.group}`), variables)];
    case 'top':
      return [topTable(frame, spec, idOr(`top-${spec.name}`), variables)];
    case 'crosstab':
      return [crosstabTable(frame, spec, idOr(`${spec.rows}-by-${spec.columns}`), variables)];
    case 'variables':
      return [
        variablesTable(
          context.study ?? { version: 1, title: '', data: { path: '', unit: '', time: '' }, variables },
          idOr('variables'),
          spec,
        ),
      ];
    case 'correlation':
      return [correlationTable(frame, spec, idOr('correlation'), variables)];
    case 'map':
      return [mapFigure(frame, spec, idOr(`map-${spec.count}`), variables, context.world, context.countries)];
    case 'network':
      return networkItems(frame, spec, idOr(`network-${spec.count}`), variables);
  }
}

/**
 * The tables and figures of one describe entry; ids are the entry's own or made of its kind and columns. `from` reads a
 * further table of the study, `regions` groups its countries by a scheme.
 * @throws PanelError describe/*, data/unknown-column, data/not-numeric, study/unknown-variable.
 */
export function describe(
  frame: Frame,
  spec: DescribeSpec,
  variables: Record<string, VariableSpec> = {},
  context: DescribeContext = {},
): (Table | Figure)[] {
  const own = spec.from === undefined ? frame : tableNamed(spec.from, context);
  const uses = usesOf(spec, own);
  const {
    frame: read,
    spec: part,
    notes,
  } = isRegional(spec) ? byRegion(own, spec, context.countries) : { frame: own, spec, notes: [] };
  return itemsOf(read, part, variables, context).map((item) => ({ ...withNotes(item, notes), ...(uses && { uses }) }));
}
