/**
 * The published-tables file: sections named as in the paper, each told by its shape or by the end of its name (docs/audit.md).
 * Numbers may be written as texts; a reader that keeps digits hands every number over as its text.
 */
import * as z from 'zod';
import { readPrinted } from './audit-number.ts';

const wanted = { error: 'a number as printed' };
/** A printed number: its text keeps the digits; a plain number stands for its shortest text. */
export const printed = z.union([z.string().refine((t) => readPrinted(t) !== undefined, wanted), z.number()], wanted);
const text = z.string();
const cellWords = { error: '[estimate, standard error, stars] or { estimate, se, stars }' };
/** [estimate, second, stars]; an estimate without anything beside it is not judged. */
const cellList = z
  .array(z.union([printed, text, z.null()]))
  .min(1)
  .max(3)
  .refine(
    ([estimate, second, stars]) => {
      const isNumber = (v: unknown) => v !== null && v !== undefined && printed.safeParse(v).success;
      const blank = (v: unknown) => v === undefined || v === null || v === '';
      return isNumber(estimate) && (isNumber(second) || blank(second)) && (blank(stars) || !isNumber(stars));
    },
    { ...cellWords },
  );
const cellMap = z.strictObject({
  estimate: printed,
  se: printed.optional(),
  t: printed.optional(),
  p: printed.optional(),
  stars: text.nullish(),
});
export const cell = z.union([cellList, cellMap], cellWords);

/** Coefficients by term; a plain number is a row of the foot (observations, R²). */
const column = z.record(text, z.union([cell, printed], cellWords));
const starMap = z.record(text, printed);
const span = z.union([z.tuple([printed, printed]), text], { error: 'two periods, [2008, 2017]' });

export const settingsSchema = z.strictObject({
  title: text.optional(),
  /** What stands beside or under the estimates. */
  second: z.enum(['se', 't', 'p']).optional(),
  /** exp: incidence-rate or odds ratios with errors by the delta method. */
  scale: z.enum(['exp']).optional(),
  dist: text.optional(),
  stars: starMap.optional(),
  estimator: text.optional(),
  lag: printed.optional(),
  period: span.optional(),
  columns: z.array(text).optional(),
  /** counts: name of the section or series whose total this is a part of. */
  whole: text.optional(),
});

export const metaSchema = z.looseObject({
  title: text.optional(),
  author: text.optional(),
  year: z.union([printed, text]).optional(),
  home: text.optional(),
  period: span.optional(),
  estimator: text.optional(),
  lag: printed.optional(),
  stars: starMap.optional(),
  dist: text.optional(),
});

export const sampleSchema = z.strictObject({
  partners_total: printed.optional(),
  partners_used: printed.optional(),
  units_total: printed.optional(),
  units_used: printed.optional(),
  years: printed.optional(),
  periods: printed.optional(),
  used: z.array(text).optional(),
});

/** Where a variable can be computed again: file (from the audited one), columns, one or more readings of its definition. */
export const sourceSchema = z.strictObject({
  file: text.min(1),
  unit: text.min(1),
  time: text.min(1),
  value: z.union([text.min(1), z.array(text.min(1)).min(1)]),
  note: text.optional(),
});

/** A sentence of the text with its numbers. */
export const claimSchema = z.strictObject({
  text: text.optional(),
  from: printed.optional(),
  to: printed.optional(),
  times: printed.optional(),
  part: printed.optional(),
  whole: printed.optional(),
  percent: printed.optional(),
  /** A printed count, by section and row ("figure2_regions", "West Asia"), and what the sentence says of it. */
  of: text.optional(),
  row: text.optional(),
  value: printed.optional(),
  /** Regression cells: section, term, columns (all without), and what the sentence says. */
  table: text.optional(),
  term: text.optional(),
  columns: z.array(text).optional(),
  above: printed.optional(),
  below: printed.optional(),
  /** "0.01": significant at that level; "not 0.1": not significant at it. */
  significant: text.optional(),
});

const series = z.strictObject({
  counts: z.record(text, printed),
  total: printed.optional(),
  stated: z.array(claimSchema).optional(),
});
const test = z.strictObject({ statistic: printed, p: printed, df: printed.optional(), of: text.optional() });
const variable = z.looseObject({
  role: text.optional(),
  meaning: text.optional(),
  source: text.optional(),
  expected: z.enum(['+', '-', '?', '−']).optional(),
  varies: z.enum(['time', 'unit', 'both']).optional(),
});
const nested = z.looseObject({ definition: text.optional(), partners: z.record(text, printed) });

/** By kind; the order is the order in which shapes are told apart. */
export const sectionSchemas = {
  nobs: z.union([printed, z.record(text, printed)], { error: 'a number of rows, or one for each column' }),
  settings: settingsSchema,
  stated: z.record(text, z.union([printed, z.record(text, printed), text])),
  series,
  test,
  variables: z.record(text, variable),
  regression: z.union([column, z.record(text, column)]),
  descriptives: z.record(text, z.array(printed).min(2).max(5)),
  groups: z.record(text, z.array(text)),
  nested: z.record(text, nested),
  counts: z.record(text, printed),
  list: z.array(z.array(z.union([printed, text, z.null()]))),
};
export type SectionKind = keyof typeof sectionSchemas;

export const reserved = {
  meta: metaSchema,
  sample: sampleSchema,
  sources: z.record(text, sourceSchema),
  claims: z.array(claimSchema),
};

/** The whole file, for editors: reserved keys, and sections of any of the kinds under other names. */
export const publishedSchema = z
  .object({
    meta: metaSchema.optional(),
    sample: sampleSchema.optional(),
    sources: reserved.sources.optional(),
    claims: reserved.claims.optional(),
  })
  .catchall(z.union(Object.values(sectionSchemas) as z.ZodType[] as [z.ZodType, z.ZodType]));

/** JSON Schema of the published-tables file (draft 2020-12). */
export const publishedJsonSchema = (): unknown => ({
  title: 'gravpanel published tables',
  ...z.toJSONSchema(publishedSchema, { io: 'input', unrepresentable: 'any' }),
});

export type Settings = z.infer<typeof settingsSchema>;
export type Claim = z.infer<typeof claimSchema>;
export type SourceSpec = z.infer<typeof sourceSchema>;
