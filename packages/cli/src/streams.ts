/** stdout for results, stderr for everything else; a reader that goes away ends the program quietly. */

export interface Terminal {
  /** Colours on stdout and stderr. */
  color: { out: boolean; err: boolean };
  width: number;
  quiet: boolean;
  json: boolean;
}

export type ColorChoice = 'auto' | 'always' | 'never';

/** NO_COLOR (no-color.org) wins over a terminal, --color over both. */
export function wantsColor(stream: NodeJS.WriteStream, choice: ColorChoice): boolean {
  if (choice !== 'auto') return choice === 'always';
  return !process.env.NO_COLOR && process.env.TERM !== 'dumb' && stream.isTTY === true;
}

export function terminal(o: { color?: ColorChoice; quiet?: boolean; json?: boolean }): Terminal {
  const choice = o.color ?? 'auto';
  return {
    color: { out: wantsColor(process.stdout, choice), err: wantsColor(process.stderr, choice) },
    width: Math.min(160, process.stdout.columns ?? 100),
    quiet: o.quiet ?? false,
    json: o.json ?? false,
  };
}

/** A closed pipe is the reader's way to say "enough". */
export function endQuietlyOnClosedPipe(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  process.stderr.on('error', () => {});
}

/** Resolves once the text has left the process, so that exiting cannot cut it. */
export const write = (stream: NodeJS.WriteStream, text: string | Uint8Array) =>
  new Promise<void>((resolve) => {
    stream.write(text, () => resolve());
  });
