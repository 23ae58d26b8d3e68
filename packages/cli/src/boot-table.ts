/** Resampled columns as the boot/1 object. */
import type { BootResult } from '@gravpanel/panel';
import { fitColumn, jsonText } from './fit-json.ts';

export { type BootResult, bootTable } from '@gravpanel/panel';

/** `{ "schema": "boot/1", "columns": [ … ] }`: each as in fit/1, with the model's id and its column. */
export const bootJson = (results: BootResult[], extra: Record<string, unknown> = {}) =>
  jsonText({
    schema: 'boot/1',
    ...extra,
    columns: results.map(({ model, column, fit }) => ({ id: model, column, ...fitColumn(fit) })),
  });
