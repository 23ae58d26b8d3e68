/**
 * The shared values of gravpanel: Study → Plan → Frame → Design → Fit → Report.
 * All of them are plain records (no classes, no methods), so they cross a worker boundary and serialise to JSON.
 */

export type * from './types-figure.ts';
export type * from './types-fit.ts';
export type * from './types-frame.ts';
export type * from './types-report.ts';
export type * from './types-spec.ts';
