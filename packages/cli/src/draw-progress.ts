/** Progress of replicates on stderr: rate and time left; a live line on a terminal, else a plain one every ten seconds. */
import pc from 'picocolors';

export interface DrawProgress {
  /** `done` of `total` replicates are there; `fresh` of them were made in this run. */
  show(label: string, done: number, total: number, fresh: number): void;
  end(): void;
}

const EVERY = 10_000;
const LIVE_EVERY = 100;
/** Nothing is shown of what is over sooner. */
const WORTH = 300;
const BAR = 24;

const whole = (n: number) => Math.round(n).toLocaleString('en-US');

/** "8 s", "3 min 05 s", "2 h 10 min". */
export function duration(seconds: number): string {
  if (seconds < 99.5) return `${Math.max(0, Math.round(seconds))} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 100) return `${minutes} min ${String(Math.round(seconds % 60)).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

function words(done: number, total: number, fresh: number, ms: number): string {
  const rate = fresh / Math.max(1e-3, ms / 1000);
  const left = rate > 0 ? `, ${duration((total - done) / rate)} left` : '';
  return `${whole(done)} of ${whole(total)} replicates, ${whole(rate)}/s${left}`;
}

/** Times come from the monotonic clock: setting the wall clock moves nothing. */
export function drawProgress(stream: NodeJS.WriteStream, o: { quiet: boolean; color: boolean }): DrawProgress {
  if (o.quiet) return { show: () => {}, end: () => {} };
  const live = stream.isTTY && process.env.TERM !== 'dumb' && !process.env.CI;
  const c = pc.createColors(o.color);
  let [since, last, drawn, before] = [performance.now(), performance.now(), false, ''];
  return {
    show(label, done, total, fresh) {
      const now = performance.now();
      if (label !== before) [since, before] = [now, label];
      if (now - last < (live ? (drawn ? LIVE_EVERY : WORTH) : EVERY)) return;
      last = now;
      const text = words(done, total, fresh, now - since);
      if (!live) {
        stream.write(`${label}: ${text}\n`);
        return;
      }
      drawn = true;
      const filled = Math.round((BAR * done) / Math.max(1, total));
      const room = Math.max(20, (stream.columns || 80) - BAR - 2);
      const line = `${label}: ${text}`;
      stream.write(
        `\r\u001b[2K\u001b[?25l${c.cyan('━'.repeat(filled))}${c.dim('━'.repeat(BAR - filled))} ${line.length > room ? `${line.slice(0, room - 1)}…` : line}`,
      );
    },
    end() {
      if (drawn) stream.write('\r\u001b[2K\u001b[?25h');
      drawn = false;
    },
  };
}
