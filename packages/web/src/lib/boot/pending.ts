/** What a bootstrap was asked for until it is finished: after a reload its kept replicates are offered, not only found by who asks for the same again. */
import type { BootRequest } from '../../protocol.ts';

const KEY = 'gravpanel.drawing';

/** FNV-1a: the text of the study that was asked, not worth a copy of it. */
function markOf(text: string): number {
  let mark = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) mark = Math.imul(mark ^ text.charCodeAt(i), 0x01000193);
  return mark >>> 0;
}

export function remember(request: BootRequest, text: string): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...request, mark: markOf(text) }));
  } catch {
    // Without storage nothing is kept anyway.
  }
}

export function forgetPending(): void {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // Then nothing was kept.
  }
}

/** The request that was not finished with a study of this text. */
export function pendingOf(text: string): BootRequest | undefined {
  try {
    const { model, column, reps, seed, mark } = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    const sound = typeof model === 'string' && [column, reps, seed].every(Number.isInteger);
    return sound && mark === markOf(text) ? { model, column, reps, seed } : undefined;
  } catch {
    return undefined;
  }
}
