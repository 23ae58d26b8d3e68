/** The PanelError that a function throws; fails the test where it throws none. */
import { expect } from 'vitest';
import { PanelError } from '../src/errors.ts';

export function thrown(f: () => unknown): PanelError {
  try {
    f();
  } catch (error) {
    if (error instanceof PanelError) return error;
    throw error;
  }
  return expect.fail('no error was thrown');
}
