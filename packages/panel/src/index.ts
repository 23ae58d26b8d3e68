/** The public names of the panel package, listed by hand. */
export * from './errors.ts';
export type * from './types.ts';
