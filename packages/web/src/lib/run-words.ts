/** What a run does now, in words. */
import type { RunEvent } from '../protocol.ts';
import { t } from './i18n.svelte.ts';

export function stepWords({ stage, label, detail }: Extract<RunEvent, { kind: 'step' }>): string {
  const named = detail ? `${label}, ${detail}` : label;
  if (stage === 'data') return t('run.stage.data');
  if (stage === 'describe') return t('run.stage.describe', { label });
  if (stage === 'model') return t('run.stage.model', { label: named });
  if (stage === 'test') return t('run.stage.test', { label });
  return t('run.stage.report');
}
