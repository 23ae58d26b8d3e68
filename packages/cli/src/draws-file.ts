/** Replicates as a CSV file. */
import { type Draws, hasEstimate, type ResampleJob, statusWords } from '@gravpanel/panel';

const cell = (text: string) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** The replicates of one column of results. */
export interface DrawnColumn {
  column: string;
  job: ResampleJob;
  draws: Draws;
}

/** replicate, one column a coefficient (auxiliaries as estimated), status; with several columns of results, column first. */
export function drawsCsv(all: DrawnColumn[]): string {
  const names = [...new Set(all.flatMap(({ job }) => job.names))];
  const several = all.length > 1;
  const lines = [[...(several ? ['column'] : []), 'replicate', ...names, 'status'].map(cell).join(',')];
  for (const { column, job, draws } of all) {
    const width = job.names.length;
    const at = names.map((name) => job.names.indexOf(name));
    for (let r = 0; r < draws.count; r++) {
      const good = hasEstimate(draws.status[r]);
      const numbers = at.map((j) => (j >= 0 && good ? String(draws.estimates[r * width + j]) : ''));
      lines.push([...(several ? [cell(column)] : []), r, ...numbers, statusWords(draws.status[r])].join(','));
    }
  }
  return `${lines.join('\n')}\n`;
}
