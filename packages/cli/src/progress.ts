/** Progress of a run on stderr: a live view on a terminal, else a plain line every ten seconds. */
import type { ProgressEvent } from '@gravpanel/panel';
import pc from 'picocolors';

export interface Progress {
  /** Before a piece of work. Resolves once the terminal has been given a chance to draw and signals to arrive. */
  step(event: ProgressEvent): Promise<void>;
  /** The end of all work: finished lines stay, the live line goes. */
  end(): void;
}

const EVERY = 10_000;
/** Work that was shorter leaves no line behind. */
const WORTH_A_LINE = 100;
const BAR = 24;
const breathe = () => new Promise<void>((resolve) => setImmediate(resolve));
const seconds = (ms: number) => (ms < 9950 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`);

const silent: Progress = { step: breathe, end: () => {} };

const words = ({ label, detail }: ProgressEvent) => [label, detail].filter(Boolean).join(', ');

function plain(stream: NodeJS.WriteStream): Progress {
  const start = Date.now();
  let last = start;
  return {
    async step(event) {
      await breathe();
      if (Date.now() - last < EVERY) return;
      last = Date.now();
      stream.write(`${event.done} of ${event.total} done after ${seconds(last - start)}; now ${words(event)}\n`);
    },
    end: () => {},
  };
}

const VERBS: Record<ProgressEvent['stage'], string> = {
  data: 'Preparing',
  describe: 'Describing',
  model: 'Fitting',
  test: 'Testing',
  curve: 'Fitting',
  report: 'Writing',
};

/** A line for every finished label that took a while, and below them a bar with what is being done. */
function live(stream: NodeJS.WriteStream, color: boolean): Progress {
  const c = pc.createColors(color);
  const start = Date.now();
  let current: { event: ProgressEvent; since: number } | undefined;
  const clear = () => stream.write('\r\u001b[2K');
  const finish = () => {
    if (!current) return;
    const { event, since } = current;
    clear();
    const took = Date.now() - since;
    if (took < WORTH_A_LINE) return;
    stream.write(`${c.green('✓')} ${VERBS[event.stage]} ${event.label} ${c.dim(seconds(took))}\n`);
  };
  const same = (event: ProgressEvent) =>
    current !== undefined && current.event.stage === event.stage && current.event.label === event.label;
  return {
    async step(event) {
      if (!same(event)) {
        finish();
        current = { event, since: Date.now() };
      }
      current!.event = event;
      const filled = Math.round((BAR * event.done) / Math.max(1, event.total));
      const bar = c.cyan('━'.repeat(filled)) + c.dim('━'.repeat(BAR - filled));
      const text = `${VERBS[event.stage]} ${words(event)}`;
      const room = Math.max(20, (stream.columns ?? 80) - BAR - 14);
      clear();
      stream.write(
        `\u001b[?25l${bar} ${text.length > room ? `${text.slice(0, room - 1)}…` : text} ${c.dim(seconds(Date.now() - start))}`,
      );
      await breathe();
    },
    end() {
      finish();
      current = undefined;
      stream.write('\u001b[?25h');
    },
  };
}

/** The view that fits the stream; none with --quiet. */
export function progressOn(stream: NodeJS.WriteStream, o: { quiet: boolean; color: boolean }): Progress {
  if (o.quiet) return silent;
  return stream.isTTY && process.env.TERM !== 'dumb' && !process.env.CI ? live(stream, o.color) : plain(stream);
}
