/** Reasons for which rows are not used, in the words of the page and of the study. */
import type { DropReason } from '@gravpanel/panel';
import { t } from '../i18n.svelte.ts';

export function reasonWords(
  { reason, groups }: Pick<DropReason, 'reason' | 'groups'>,
  variables: Record<string, { label?: string }> = {},
): string {
  if (reason === 'filter') return t('waterfall.filter');
  if (reason === 'lag') return t('waterfall.lag');
  if (reason === 'all-zero group') return t('waterfall.allZero', { n: groups?.length ?? 0 });
  if (reason === 'one-row group') return t('waterfall.oneRow');
  if (reason === 'all-zero fixed effect') return t('waterfall.allZeroLevel');
  if (reason === 'separated') return t('waterfall.separated');
  if (reason.startsWith('missing ')) {
    const variable = reason.slice('missing '.length);
    return t('waterfall.missing', { variable: variables[variable]?.label ?? variable });
  }
  return reason.charAt(0).toUpperCase() + reason.slice(1);
}
