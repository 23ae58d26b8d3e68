/** What interface.md names and this version does not do yet, with what to use instead. */

export const VERSION = '0.1.0';

export const laterModels: Record<string, string> = {};

/** Keys of a study that later versions read. */
export const laterKeys: Record<string, string> = {
  audit: 'Leave it out.',
};
