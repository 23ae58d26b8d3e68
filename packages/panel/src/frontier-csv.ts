/** Efficiencies row by row, as CSV. */
import { PanelError } from './errors.ts';
import { isFit } from './regression-style.ts';
import type { FitResult } from './types.ts';

const quote = (text: string) => (/[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/**
 * One line a row used: column (1-based), line of the file, unit and time where there is a panel, outcome, potential, E(u), efficiency
 * E(e⁻ᵘ) and its limits. Full precision, RFC 4180, CRLF. At the boundary every efficiency is 1.
 * @throws PanelError frontier/no-efficiencies where no column has any.
 */
export function efficienciesCsv(results: FitResult[], model: string): string {
  const lines = ['column,line,unit,time,outcome,potential,inefficiency,efficiency,lower,upper'];
  results.forEach((result, i) => {
    if (!isFit(result) || !result.frontier) return;
    for (const r of result.frontier.efficiencies)
      lines.push(
        [
          i + 1,
          r.line,
          quote(r.unit ?? ''),
          r.time ?? '',
          r.outcome,
          r.potential,
          r.inefficiency,
          r.efficiency,
          r.lower,
          r.upper,
        ].join(','),
      );
  });
  if (lines.length === 1)
    throw new PanelError({
      code: 'frontier/no-efficiencies',
      message: `${model} found no inefficiency (sigma_u = 0), or no column of it was estimated: there are no efficiencies to write.`,
      hint: 'Every efficiency is 1 then; leave --efficiencies out.',
    });
  return `${lines.join('\r\n')}\r\n`;
}
