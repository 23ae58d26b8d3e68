/** Signals during a run that keeps what it has. */
import { EXIT } from './exit-codes.ts';

const CODES = { SIGINT: EXIT.interrupted, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * Until the function returned is called, SIGINT, SIGTERM and the closing of the terminal end the program at once, after
 * `keep` has closed what is open. `keep` says what is left behind, in one sentence.
 */
export function onInterrupt(keep: () => string): () => void {
  const before = new Map<string, NodeJS.SignalsListener[]>();
  for (const [signal, code] of Object.entries(CODES) as [keyof typeof CODES, number][]) {
    before.set(signal, process.listeners(signal));
    process.removeAllListeners(signal);
    process.on(signal, () => {
      const words = keep();
      const line = process.stderr.isTTY ? `\r\u001b[2K\u001b[?25h${words}\n` : `${words}\n`;
      try {
        process.stderr.write(line);
      } catch {}
      process.exit(code);
    });
  }
  return () => {
    for (const [signal, listeners] of before) {
      process.removeAllListeners(signal);
      for (const listener of listeners) process.on(signal as NodeJS.Signals, listener);
    }
  };
}
