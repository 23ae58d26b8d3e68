/** Columns and specifications that failed, each message once. */
import type { PanelErrorFields, StudyRun } from '@gravpanel/panel';
import { errorJson, errorText } from './print-error.ts';
import { type Terminal, write } from './streams.ts';

export async function printFailures(run: Pick<StudyRun, 'failures'>, t: Terminal): Promise<void> {
  const seen = new Set<string>();
  for (const { model, column, error } of run.failures) {
    const key = `${model} ${error.code} ${error.message}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const where =
      column === 0
        ? `${model}, joint test`
        : `${model}, ${model.startsWith('multiverse.') ? 'specification' : 'column'} ${column}`;
    const fields: PanelErrorFields = { ...error, message: `${where}: ${error.message}` };
    await write(process.stderr, t.json ? errorJson(fields) : errorText(fields, { color: t.color.err }));
  }
}
