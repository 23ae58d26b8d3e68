/** The parts of a study that estimate one model many times: specification curves, units left out, moving windows. */
import * as z from 'zod';

const name = z.string().min(1);
const expression = z.string().min(1);
const whole = z.number().int();

/** A list, where each choice is called what it is, or a map of names to choices. */
const choices = <T extends z.ZodType>(one: T, words: string) =>
  z.union([z.array(one).min(1), z.record(name, one)], { error: words });

export const jointSchema = z.strictObject({
  /** bootstrap: the data resampled, each estimate centred on its own; permutation: the regressor moved between units. */
  kind: z.enum(['bootstrap', 'permutation']).optional(),
  reps: whole.min(2).optional(),
  seed: whole.min(0).optional(),
  /** bootstrap: what is drawn whole. */
  by: z.union([name, z.array(name).min(1)], { error: 'a column name or a list of them' }).optional(),
  /** permutation: whole histories of units, or single rows. */
  move: z.enum(['histories', 'rows']).optional(),
  /** permutation: only between rows, or units, that have the same value of this column. */
  within: name.optional(),
  alpha: z.number().gt(0).lt(1).optional(),
});

const covariances = z
  .string()
  .regex(/^(iid|hc[0-3]|cluster:.+)$/, { error: 'iid, hc0, hc1, hc2, hc3 or cluster:COLUMN' });

export const multiverseSchema = z.strictObject({
  title: z.string().optional(),
  /** The term whose coefficient makes the curve. */
  of: name,
  sign: z.enum(['+', '-']).optional(),
  /** Outcome, that term, and what is in every specification. */
  formula: z.string().min(3),
  /** "nb-fe", "poisson | partner + year". */
  estimators: choices(name, 'a list of estimators such as nb-fe or "poisson | id", or a map of names to them'),
  vcov: choices(covariances, 'a list of iid, hc0 … hc3, cluster:COLUMN, or a map of names to them').optional(),
  /** Filters; "all" keeps every row. */
  samples: choices(expression, 'a list of filters, or a map of names to them').optional(),
  lags: z.array(whole.min(0)).min(1).optional(),
  /** Sets of further terms, one at a time; "none" is the empty one. */
  controls: choices(z.string(), 'a list of sets of terms such as "a + b", or a map of names to them').optional(),
  /** Terms that are in or out, each by itself. */
  optional: z.array(name).min(1).max(12).optional(),
  /** What becomes of rows whose outcome is zero. */
  zeros: z
    .array(z.enum(['keep', 'drop']))
    .min(1)
    .optional(),
  /** Combinations that are no specification of anyone. */
  exclude: z
    .array(z.record(name, z.union([z.string(), z.number(), z.array(z.union([z.string(), z.number()])).min(1)])))
    .optional(),
  where: expression.optional(),
  offset: name.optional(),
  exposure: name.optional(),
  weights: name.optional(),
  joint: z.union([z.literal('none'), jointSchema], { error: 'none or a map of keys' }).optional(),
});

const column = whole.min(1);
export const influenceSchema = z.strictObject({
  of: name,
  column: column.optional(),
  by: z.union([name, z.array(name).min(1)], { error: 'a column name or a list of them' }).optional(),
  terms: z.array(name).min(1).optional(),
});

export const rollingSchema = z.strictObject({
  of: name,
  column: column.optional(),
  /** Periods in a window, and from one window's start to the next one's. */
  width: whole.min(1),
  step: whole.min(1).optional(),
  terms: z.array(name).min(1).optional(),
});

export type MultiverseSpec = z.infer<typeof multiverseSchema>;
export type JointSpec = z.infer<typeof jointSchema>;
export type InfluenceSpec = z.infer<typeof influenceSchema>;
export type RollingSpec = z.infer<typeof rollingSchema>;
