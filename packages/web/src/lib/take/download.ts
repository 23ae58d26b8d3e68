/** A file to the reader's own folder. */
import type { TakenFile } from '../../protocol.ts';

/** Long enough for a browser that asks where to put it. */
const KEPT = 60_000;

export function download({ name, type, content }: TakenFile | { name: string; type: string; content: Blob }): void {
  const address = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  const anchor = document.createElement('a');
  anchor.href = address;
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(address), KEPT);
}
