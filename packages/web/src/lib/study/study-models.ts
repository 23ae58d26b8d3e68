/** Models of a study's text: added, copied, renamed and taken out, with every place that names them. */
import { parse } from 'yaml';
import { type Path, pairAfter, renameKey, setValue } from '../study-edit.ts';

type Loose = Record<string, unknown>;
const mapOf = (value: unknown): Loose =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Loose) : {};
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
function read(text: string): Loose {
  try {
    return mapOf(parse(text, { maxAliasCount: 0 }));
  } catch {
    return {};
  }
}

/** What the schema of a study takes as a name that also names files. */
const NAME = /^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u;
export type NameFault = 'taken' | 'characters';
export function nameFault(text: string, section: 'models' | 'tables', name: string): NameFault | undefined {
  if (!NAME.test(name)) return 'characters';
  return Object.hasOwn(mapOf(read(text)[section]), name) ? 'taken' : undefined;
}

/** `wanted`, or with the first number behind it that makes it a name of its own. */
function freeName(text: string, section: 'models' | 'tables', wanted: string): string {
  const stem = wanted.replace(/-\d+$/, '');
  for (let n = 2, name = wanted; ; name = `${stem}-${n++}`) if (!nameFault(text, section, name)) return name;
}

/** Lists of models in a table: its own, or one a panel. */
interface ModelList {
  path: Path;
  models: string[];
  /** Title of the panel. */
  panel?: string;
}
function listsOf(table: unknown, id: string): ModelList[] {
  const { models, panels } = mapOf(table);
  if (panels === undefined) return [{ path: ['tables', id, 'models'], models: listOf(models).map(String) }];
  return listOf(panels).map((panel, i) => ({
    path: ['tables', id, 'panels', i, 'models'],
    models: listOf(mapOf(panel).models).map(String),
    panel: String(mapOf(panel).title ?? i + 1),
  }));
}

const TESTS = ['tests', 'influence', 'rolling'] as const;
const namesOf = (item: unknown) => ['of', 'against'].filter((key) => mapOf(item)[key] !== undefined);

/** "full.1.lnpatent1" names the model full. */
const expectedOf = (key: string) => /^(.+?)(\.\d+\..+)$/.exec(key);

/** Every place that names a model as a value. */
function placesOf(study: Loose, id: string): Path[] {
  const places: Path[] = [];
  for (const [name, table] of Object.entries(mapOf(study.tables)))
    for (const { path, models } of listsOf(table, name))
      models.forEach((model, i) => {
        if (model === id) places.push([...path, i]);
      });
  for (const section of TESTS)
    listOf(study[section]).forEach((item, i) => {
      for (const key of namesOf(item)) if (String(mapOf(item)[key]) === id) places.push([section, i, key]);
    });
  return places;
}

/** The model under another name, in every place. */
export function renamed(text: string, id: string, name: string): string {
  const study = read(text);
  let next = text;
  for (const path of placesOf(study, id)) next = setValue(next, path, name);
  for (const key of Object.keys(mapOf(study.expected))) {
    const parts = expectedOf(key);
    if (parts?.[1] === id) next = renameKey(next, ['expected', key], `${name}${parts[2]}`);
  }
  return renameKey(next, ['models', id], name);
}

/** What goes with a model that is taken out. `n`: how many numbers. */
export interface Loss {
  what: 'columns' | 'table' | 'panel' | 'panels' | 'groups' | 'tests' | 'influence' | 'rolling' | 'expected';
  name: string;
  n: number;
}

/** A list that is emptied goes whole. */
function withoutItems(text: string, path: Path, length: number, out: number[]): string {
  if (out.length === length) return setValue(text, path, undefined);
  return [...out].reverse().reduce((next, i) => setValue(next, [...path, i], undefined), text);
}
const indexesOf = <T>(list: T[], is: (item: T) => boolean) => list.flatMap((item, i) => (is(item) ? [i] : []));

function withoutColumns(text: string, id: string, table: unknown, model: string, losses: Loss[]): string {
  const lists = listsOf(table, id);
  const rests = lists.map(({ models }) => models.filter((one) => one !== model));
  if (lists.every(({ models }, i) => models.length === rests[i].length)) return text;
  const lose = (what: Loss['what'], name = id) => losses.push({ what, name, n: 1 });
  const emptied = indexesOf(lists, ({ models }) => models.length > 0 && models.every((one) => one === model));
  if (emptied.length === lists.length) {
    lose('table');
    return setValue(text, ['tables', id], undefined);
  }
  lose('columns');
  let next = text;
  if (mapOf(table).groups !== undefined) {
    lose('groups');
    next = setValue(next, ['tables', id, 'groups'], undefined);
  }
  lists.forEach(({ path, models }, i) => {
    if (!emptied.includes(i))
      next = withoutItems(
        next,
        path,
        models.length,
        indexesOf(models, (one) => one === model),
      );
  });
  if (emptied.length === 0) return next;
  if (lists.length - emptied.length > 1) {
    for (const i of emptied) lose('panel', `${id}, ${lists[i].panel}`);
    return withoutItems(next, ['tables', id, 'panels'], lists.length, emptied);
  }
  lose('panels');
  const left = rests.find((models) => models.length > 0) ?? [];
  return setValue(setValue(next, ['tables', id, 'panels'], undefined), ['tables', id, 'models'], left);
}

/** Without a model and all that names it, and what that is. */
export function without(text: string, id: string): { text: string; losses: Loss[] } {
  const study = read(text);
  const losses: Loss[] = [];
  let next = text;
  for (const [name, table] of Object.entries(mapOf(study.tables))) next = withoutColumns(next, name, table, id, losses);
  for (const section of TESTS) {
    const items = listOf(study[section]);
    const out = indexesOf(items, (item) => namesOf(item).some((key) => String(mapOf(item)[key]) === id));
    for (const i of out) losses.push({ what: section, name: String(mapOf(items[i]).kind ?? ''), n: 1 });
    if (out.length > 0) next = withoutItems(next, [section], items.length, out);
  }
  const expected = Object.keys(mapOf(study.expected));
  const gone = expected.filter((key) => expectedOf(key)?.[1] === id);
  if (gone.length > 0) losses.push({ what: 'expected', name: '', n: gone.length });
  if (gone.length === expected.length && gone.length > 0) next = setValue(next, ['expected'], undefined);
  else for (const key of gone) next = setValue(next, ['expected', key], undefined);
  next = setValue(next, ['models', id], undefined);
  // No table of the study is left: each model has its own again.
  if (losses.some(({ what }) => what === 'table') && Object.keys(mapOf(read(next).tables)).length === 0)
    next = setValue(next, ['tables'], undefined);
  return { text: next, losses };
}

/** A table of its own, where the study says which tables there are. */
export function withTable(text: string, id: string): string {
  if (read(text).tables === undefined) return text;
  return setValue(text, ['tables', freeName(text, 'tables', id)], { models: [id] });
}

/** A copy of a model right after it. */
export function copied(text: string, id: string): { text: string; id: string } {
  const name = freeName(text, 'models', `${id.replace(/-\d+$/, '')}-2`);
  return { text: withTable(pairAfter(text, ['models', id], name), name), id: name };
}

/** A new model of a count with a constant alone, after `after` or as the first. */
export function added(text: string, count: string, after: string | undefined): { text: string; id: string } {
  const name = freeName(text, 'models', 'model');
  const value = { model: 'poisson', formula: `${count} ~ 1` };
  const next =
    after === undefined ? setValue(text, ['models', name], value) : pairAfter(text, ['models', after], name, value);
  return { text: withTable(next, name), id: name };
}

/** A table that can show a model. */
export interface TablePlace {
  table: string;
  holds: boolean;
  /** It is the only model there. */
  alone: boolean;
  /** Where a further model goes: one list, or one a panel, with their titles. */
  ends: { path: Path; panel?: string }[];
}
/** undefined where the study names no tables: each model has its own. */
export function tablesOf(text: string, id: string): TablePlace[] | undefined {
  const { tables } = read(text);
  if (tables === undefined) return undefined;
  return Object.entries(mapOf(tables)).map(([table, spec]) => {
    const lists = listsOf(spec, table);
    const all = lists.flatMap(({ models }) => models);
    return {
      table,
      holds: all.includes(id),
      alone: all.length > 0 && all.every((one) => one === id),
      // At the end, so that the numbers of the columns before it stay.
      ends: lists.map(({ path, models, panel }) => ({
        path: [...path, models.length],
        ...(panel !== undefined && { panel }),
      })),
    };
  });
}

/** Without a model in one table, and what goes with its columns. */
export function left(text: string, table: string, id: string): { text: string; losses: Loss[] } {
  const losses: Loss[] = [];
  const next = withoutColumns(text, table, mapOf(read(text).tables)[table], id, losses);
  return { text: next, losses: losses.filter(({ what }) => what !== 'columns' && what !== 'table') };
}
