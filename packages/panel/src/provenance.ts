/** Which parts of a study are simulated, and the words that say so at each table and figure that rests on them. */
import { parseExpression } from './expression-parse.ts';
import { namesIn } from './expression-tree.ts';
import { isFit } from './regression-style.ts';
import type { Study } from './study.ts';
import type { Figure, Section, Table, Uses } from './types.ts';

/** Columns that a join marked as simulated takes; planStudy sees to it that they are named. */
const joinedSimulated = ({ data }: Study) =>
  (data.join ?? []).flatMap(({ simulated, take = [] }) =>
    simulated ? (Array.isArray(take) ? take : Object.keys(take)) : [],
  );

/** Columns marked as simulated by themselves or by their join. */
const markedColumns = (study: Study) => [
  ...new Set([
    ...Object.entries(study.variables ?? {}).flatMap(([name, v]) => (v.simulated ? [name] : [])),
    ...joinedSimulated(study),
  ]),
];

/** Columns marked as simulated, and those derived from them. */
export function simulatedColumns(study: Study): Set<string> {
  const found = new Set(markedColumns(study));
  const derived = Object.entries(study.derive ?? {}).map(([name, source]) => ({
    name,
    reads: namesIn(parseExpression(String(source)).node),
  }));
  for (let before = -1; before < found.size; ) {
    before = found.size;
    for (const { name, reads } of derived) if ([...reads].some((read) => found.has(read))) found.add(name);
  }
  return found;
}

const simulatedTables = (study: Study) =>
  Object.entries(study.data.tables ?? {}).flatMap(([name, t]) => (t.simulated ? [name] : []));

const labels = (study: Study, names: string[]) => [...new Set(names.map((n) => study.variables?.[n]?.label ?? n))];

/** The lines at the top of the report; none in a study of real data. */
export function provenanceOf(study: Study): string[] {
  const marked = Object.entries(study.variables ?? {});
  const simulated = markedColumns(study);
  const tables = simulatedTables(study);
  if (simulated.length === 0 && tables.length === 0) return [];
  const derived = simulatedColumns(study);
  const real = marked.flatMap(([name, v]) => (v.source && !derived.has(name) ? [name] : []));
  const realTables = Object.keys(study.data.tables ?? {}).filter((name) => !tables.includes(name));
  const list = (names: string[], more: string[]) =>
    [...labels(study, names), ...more.map((name) => `table “${name}”`)].join('; ');
  return [
    `Simulated, not measured: ${list(simulated, tables)}.`,
    ...(real.length + realTables.length > 0 ? [`Real: ${list(real, realTables)}.`] : []),
  ];
}

/** Column names that a formula reads, functions and all: what is not a column is never marked as one. */
const namesOf = (formula: string) =>
  [...formula.matchAll(/`([^`]+)`|[\p{L}_.][\p{L}\p{N}_.]*/gu)].map(([word, quoted]) => quoted ?? word);

/** Columns that the item reads; undefined where that is not known. */
function usesOf(item: Table | Figure): Uses | undefined {
  if (item.uses || item.kind === 'figure') return item.uses;
  const fits = [...(item.fits ?? []), ...(item.panelFits ?? []).flat()].filter(isFit);
  if (fits.length === 0) return undefined;
  return { columns: fits.flatMap(({ formula }) => namesOf(formula)) };
}

function wordsFor(study: Study, item: Table | Figure): string {
  const uses = usesOf(item);
  if (!uses) return 'Rests on simulated data.';
  if (uses.table !== undefined)
    return simulatedTables(study).includes(uses.table) ? `Simulated: table “${uses.table}”.` : 'Real data.';
  const simulated = simulatedColumns(study);
  const found = uses.columns.filter((name) => simulated.has(name));
  return found.length > 0 ? `Simulated: ${labels(study, found).join('; ')}.` : 'Real data.';
}

/** Every table and figure with its provenance; unchanged in a study of real data. */
export function withProvenance(study: Study, sections: Section[]): Section[] {
  if (provenanceOf(study).length === 0) return sections;
  return sections.map((section) => ({
    ...section,
    items: section.items.map((item) => ({ ...item, provenance: item.provenance ?? wordsFor(study, item) })),
  }));
}
