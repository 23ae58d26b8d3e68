/** Fitted values and residuals row by row, as CSV. */
import { PanelError } from './errors.ts';
import type { Estimation } from './fit.ts';
import { fitted, residuals } from './predict.ts';
import type { Frame } from './types.ts';

const quote = (text: string) => (/[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Residuals where the model has them. */
function defined(estimation: Estimation, type: 'pearson' | 'deviance'): Float64Array | undefined {
  try {
    return residuals(estimation, type);
  } catch (error) {
    if (error instanceof PanelError) return undefined;
    throw error;
  }
}

/**
 * One line a row used: column (1-based), line of the file, unit and time where there is a panel, y, fitted value, and response,
 * Pearson and deviance residual; a residual that the model does not have is an empty cell. Full precision, RFC 4180, CRLF.
 * @param estimations by 1-based column.
 * @throws PanelError fitted/not-defined.
 */
export function fittedCsv(frame: Frame, estimations: { column: number; estimation: Estimation }[]): string {
  const { panel } = frame;
  const place = panel ? ['unit', 'time'] : [];
  const lines = [['column', 'line', ...place, 'y', 'fitted', 'residual', 'pearson', 'deviance'].join(',')];
  for (const { column, estimation } of estimations) {
    const { rows, y } = estimation.design;
    const mean = fitted(estimation);
    const [pearson, deviance] = [defined(estimation, 'pearson'), defined(estimation, 'deviance')];
    rows.forEach((row, i) => {
      const where = panel ? [quote(panel.units[panel.unitOf[row]]), panel.timeOf[row]] : [];
      const numbers = [y[i], mean[i], y[i] - mean[i], pearson?.[i] ?? '', deviance?.[i] ?? ''];
      lines.push([column, frame.line[row], ...where, ...numbers].join(','));
    });
  }
  return `${lines.join('\r\n')}\r\n`;
}
