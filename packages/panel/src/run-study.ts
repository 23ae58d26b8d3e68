/** A study with its descriptive parts at hand. */
import * as describing from './describe.ts';
import { runStudyWith } from './run.ts';
import type { StudyRun } from './run-types.ts';

type Args = Parameters<typeof runStudyWith> extends [unknown, ...infer Rest] ? Rest : never;

/** As {@link runStudyWith}. */
export const runStudy = (...args: Args): Promise<StudyRun> => runStudyWith(() => describing, ...args);
