/**
 * The study: one declarative value that is the library's input, the CLI's file and (later) the web app's state.
 * One zod schema gives the types, the validation and the JSON Schema. Parsing and error places are in study-read.ts.
 */
import * as z from 'zod';
import { models } from './models/index.ts';
import { STATISTICS } from './regression-style.ts';
import { influenceSchema, multiverseSchema, rollingSchema } from './study-curves.ts';
import { NUMBERS } from './table-cells.ts';
import { ENCODINGS } from './table-text.ts';
import type { ModelKey } from './types.ts';

// A study is read once: compiling a parser for its schema takes longer than walking it.
z.config({ jitless: true });

const name = z.string().min(1);
const expression = z.string().min(1);
/** Names of models, tables and figures: they name files too. */
const id = z.string().regex(/^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u, { error: 'letters, digits, "_", "-" and "." only' });
const span = { error: 'a span such as 2008:2011' };
const range = z.union([z.string().regex(/^-?\d+:-?\d+$/, span), z.tuple([z.number().int(), z.number().int()])], span);
const modelKey = z.enum(Object.keys(models) as [ModelKey, ...ModelKey[]]);

/** How a text table is read: found, or as everybody writes it, where absent. */
const textKeys = {
  delimiter: z.string().length(1).optional(),
  encoding: z.enum(ENCODINGS).optional(),
  /** How numbers are written, by an example. */
  numbers: z.enum(NUMBERS).optional(),
  missing: z.array(z.string()).optional(),
};

/** A further table: no panel, no derived columns; descriptive parts read it by its name. */
export const extraTableSchema = z.strictObject({
  path: name,
  sha256: z.string().optional(),
  ...textKeys,
  sheet: name.optional(),
  simulated: z.boolean().optional(),
});

const columnNames = z.union([name, z.array(name).min(1), z.record(name, name)], {
  error: 'a column, a list of columns or a map of columns',
});
/** Another table whose columns are joined to the panel by key: join.ts. */
export const joinSchema = z.strictObject({
  path: name,
  sha256: z.string().optional(),
  ...textKeys,
  sheet: name.optional(),
  /** Lines before the header. */
  skip: z.number().int().min(0).optional(),
  wide: z.strictObject({ time: name, value: name }).optional(),
  derive: z.record(name, z.union([expression, z.number()], { error: 'an expression or a number' })).optional(),
  where: expression.optional(),
  on: columnNames,
  country: name.optional(),
  alias: z.record(name, name).optional(),
  take: z
    .union([z.array(name).min(1), z.record(name, name)], { error: 'a list of columns, or new name: column' })
    .optional(),
  /** All that is taken was made by a generator. */
  simulated: z.boolean().optional(),
});

export const dataSchema = z.strictObject({
  path: name,
  sha256: z.string().optional(),
  unit: z.union([name, z.array(name).min(1)], { error: 'a column name or a list of them' }),
  time: name,
  ...textKeys,
  sheet: name.optional(),
  /** Columns of this table that unit and time need: year(date). */
  derive: z.record(name, z.union([expression, z.number()], { error: 'an expression or a number' })).optional(),
  /** Which row counts where several repeat unit and period. */
  duplicates: z.enum(['first', 'last', 'sum']).optional(),
  tables: z.record(id, extraTableSchema).optional(),
  join: z.array(joinSchema).min(1).optional(),
});

export const variableSchema = z.strictObject({
  label: z.string().optional(),
  unit: z.string().optional(),
  source: z.string().optional(),
  meaning: z.string().optional(),
  expected: z.enum(['+', '-', '?']).optional(),
  role: z.string().optional(),
  /** Made by a generator, not measured: every table and figure that rests on it says so. */
  simulated: z.boolean().optional(),
});

const vcovWords = 'iid, hc0, hc1, hc2, hc3, cluster:COLUMN, bootstrap, jackknife or { type: …, by: [COLUMN] }';
/** How replicates are drawn: of vcov bootstrap and jackknife, and of boot. */
const resampleKeys = {
  reps: z.number().int().min(2).optional(),
  seed: z.number().int().min(0).optional(),
  by: z.union([name, z.array(name).min(1)], { error: 'a column name or a list of them' }).optional(),
  kind: z.enum(['pairs', 'block', 'two-way', 'wild', 'score', 'parametric']).optional(),
  method: z.enum(['exact', 'second-order', 'one-step']).optional(),
  points: z.enum(['rademacher', 'webb']).optional(),
  block: z.number().int().min(1).optional(),
  studentise: z.boolean().optional(),
};
export const bootSchema = z.strictObject(resampleKeys);

export const vcovSchema = z.union(
  [
    z.enum(['iid', 'hc0', 'hc1', 'hc2', 'hc3', 'bootstrap', 'jackknife']),
    z.string().regex(/^cluster:.+/, { error: vcovWords }),
    z.discriminatedUnion('type', [
      z.strictObject({
        type: z.enum(['iid', 'hc0', 'hc1', 'hc2', 'hc3', 'cluster']),
        /** One column a dimension; "a^b" combines columns. */
        by: z.array(name).min(1).optional(),
        like: z.enum(['stata', 'fixest', 'sandwich']).optional(),
      }),
      z.strictObject({ type: z.enum(['bootstrap', 'jackknife']), ...resampleKeys }),
    ]),
  ],
  { error: vcovWords },
);

export const sampleSchema = z.strictObject({
  where: expression.optional(),
  common: z.boolean().optional(),
});

/** Options of the frontiers. */
const frontierKeys = {
  distribution: z.enum(['half-normal', 'exponential', 'truncated-normal']).optional(),
  inefficiency: z.enum(['rows', 'units', 'decay']).optional(),
  /** Right-hand side whose value is the location of a truncated normal. */
  inefficiency_effects: z.string().min(1).optional(),
  noise: z.boolean().optional(),
  /** A normal effect of the unit beside v and u of each row. */
  random_effects: z.boolean().optional(),
};

export const modelSchema = z.strictObject({
  model: modelKey,
  formula: z.string().min(3),
  title: z.string().optional(),
  lag: z.number().int().min(0).optional(),
  where: expression.optional(),
  split: z.strictObject({ by: name, at: z.number().optional() }).optional(),
  offset: name.optional(),
  exposure: name.optional(),
  weights: name.optional(),
  ...frontierKeys,
  vcov: vcovSchema.optional(),
  /** nb-fe only: also estimate nb2 with unit dummies and fixed-effects Poisson, in columns beside it. */
  companions: z.boolean().optional(),
});

const whole = z.number().int();
const describeBase = {
  id: id.optional(),
  title: z.string().optional(),
  where: expression.optional(),
  from: name.optional(),
};
export const describeSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('summary'), variables: z.array(name).min(1).optional(), ...describeBase }),
  z.strictObject({
    kind: z.literal('series'),
    count: name,
    by: name.optional(),
    time: name.optional(),
    regions: name.optional(),
    top: whole.min(0).optional(),
    stages: z.array(range).optional(),
    log: z.boolean().optional(),
    ...describeBase,
  }),
  z.strictObject({
    kind: z.literal('shares'),
    count: name,
    by: name,
    regions: name.optional(),
    top: whole.min(1).optional(),
    all: z.boolean().optional(),
    figure: z.boolean().optional(),
    records: z.strictObject({ from: name, id: name, by: name.optional() }).optional(),
    ...describeBase,
  }),
  /** Either a column of groups, or a region scheme. */
  z.strictObject({
    kind: z.literal('mapping'),
    unit: name,
    group: name.optional(),
    regions: name.optional(),
    ...describeBase,
  }),
  z.strictObject({
    kind: z.literal('top'),
    count: name,
    name: name,
    over: z.number().min(0).optional(),
    show: z.array(name).min(1).optional(),
    merge: z.enum(['company', 'exact']).optional(),
    ...describeBase,
  }),
  z.strictObject({
    kind: z.literal('crosstab'),
    count: name,
    rows: name,
    columns: name,
    regions: name.optional(),
    top: whole.min(1).optional(),
    limit: whole.min(1).optional(),
    definitions: z.boolean().optional(),
    ...describeBase,
  }),
  z.strictObject({ kind: z.literal('variables'), variables: z.array(name).min(1).optional(), ...describeBase }),
  z.strictObject({ kind: z.literal('correlation'), variables: z.array(name).min(2), ...describeBase }),
  z.strictObject({
    kind: z.literal('map'),
    count: name,
    by: name,
    code: name,
    home: name,
    latitude: name.optional(),
    longitude: name.optional(),
    top: whole.min(0).optional(),
    ...describeBase,
  }),
  z.strictObject({
    kind: z.literal('network'),
    count: name,
    by: name,
    home: name,
    own: name,
    size: name,
    top: whole.min(1).optional(),
    ...describeBase,
  }),
]);

const column = z.number().int().min(1);
const testBase = { of: name, column: column.optional() };
export const testSchema = z.discriminatedUnion('kind', [
  /** Replicates and seed of the resampled form; those of the study's boot, or 999, by default. */
  z.strictObject({
    kind: z.literal('hausman'),
    ...testBase,
    reps: z.number().int().min(2).optional(),
    seed: z.number().int().min(0).optional(),
  }),
  z.strictObject({ kind: z.literal('wald'), ...testBase, terms: z.array(name).min(1) }),
  /** Without `against`: Poisson within nb1, nb2 or poisson-re. */
  z.strictObject({ kind: z.literal('lr'), ...testBase, against: name.optional(), againstColumn: column.optional() }),
  z.strictObject({ kind: z.literal('overdispersion'), ...testBase }),
  z.strictObject({
    kind: z.literal('reset'),
    ...testBase,
    powers: z.array(z.number().int().min(2).max(5)).min(1).optional(),
  }),
  /** Without `at`: where the model's split is. */
  z.strictObject({ kind: z.literal('period'), ...testBase, at: z.number().optional() }),
  z.strictObject({ kind: z.literal('vuong'), ...testBase, against: name, againstColumn: column.optional() }),
]);

const columns = z.union([z.number().int().min(1), range], { error: 'a column number or a span such as 1:3' });
export const tableSchema = z.strictObject({
  models: z.array(name).min(1).optional(),
  /** In place of models: sets of models one under the other. */
  panels: z
    .array(z.strictObject({ title: z.string().min(1), models: z.array(name).min(1) }))
    .min(2)
    .optional(),
  title: z.string().optional(),
  stars: z
    .union([z.literal('none'), z.array(z.number().gt(0).lt(1)).min(1)], { error: 'none or a list of p levels' })
    .optional(),
  digits: z.number().int().min(0).max(10).optional(),
  show: z.enum(['se', 't', 'p', 'ci']).optional(),
  layout: z.enum(['below', 'beside']).optional(),
  as: z
    .array(z.enum(['estimate', 'irr', 'elasticity']))
    .min(1)
    .optional(),
  stats: z.array(z.enum(STATISTICS)).optional(),
  order: z.array(name).optional(),
  omit: z.array(name).optional(),
  labels: z.record(name, z.string().min(1)).optional(),
  groups: z
    .array(z.strictObject({ label: z.string().min(1), columns }))
    .min(1)
    .optional(),
  landscape: z.boolean().optional(),
  notes: z.array(z.string()).optional(),
});

export const studySchema = z.strictObject({
  version: z.literal(1),
  title: z.string().min(1),
  question: z.string().optional(),
  lede: z.string().optional(),
  authors: z.string().optional(),
  data: dataSchema,
  derive: z.record(name, z.union([expression, z.number()], { error: 'an expression or a number' })).optional(),
  variables: z.record(name, variableSchema).optional(),
  sample: sampleSchema.optional(),
  describe: z.array(describeSchema).optional(),
  models: z.record(id, modelSchema).optional(),
  vcov: vcovSchema.optional(),
  boot: bootSchema.optional(),
  tests: z.array(testSchema).optional(),
  multiverse: z.record(id, multiverseSchema).optional(),
  influence: z.array(influenceSchema).optional(),
  rolling: z.array(rollingSchema).optional(),
  tables: z.record(id, tableSchema).optional(),
  notes: z.array(z.string()).optional(),
  level: z.number().gt(0).lt(1).optional(),
  seed: z.number().int().optional(),
  expected: z
    .record(
      name,
      z.strictObject({ estimate: z.number().optional(), se: z.number().optional(), tol: z.number().optional() }),
    )
    .optional(),
});

/** JSON Schema (draft 2020-12) of a study file, for editors. */
export const studyJsonSchema = () => ({ title: 'gravpanel study', ...z.toJSONSchema(studySchema, { io: 'input' }) });

export type Study = z.infer<typeof studySchema>;
export type BootSpec = z.infer<typeof bootSchema>;
export type DescribeSpec = z.infer<typeof describeSchema>;
export type ModelSpec = z.infer<typeof modelSchema>;
export type TestSpec = z.infer<typeof testSchema>;
export type TableSpec = z.infer<typeof tableSchema>;
export type VariableSpec = z.infer<typeof variableSchema>;
