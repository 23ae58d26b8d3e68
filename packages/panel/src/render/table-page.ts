/** One table as an HTML file of its own. */
import type { Table } from '../types.ts';
import { captionOf } from './cells.ts';
import { PAGE_CSS, PRINT_CSS } from './css-page.ts';
import { TABLE_CSS } from './css-table.ts';
import { escapeHtml } from './escape.ts';
import { renderTableHtml } from './html.ts';
import { POLICY } from './policy.ts';

/**
 * A table as a whole page: no script, no request. Fonts go by name (Source Serif 4 and Source Sans 3 where installed), so that
 * a file stays small; the report embeds them.
 */
export function renderTablePage(table: Table, { lang = 'en' }: { lang?: string } = {}): string {
  return `<!doctype html>
<html lang="${escapeHtml(lang)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(captionOf(table))}</title>
<style>
${PAGE_CSS}
${TABLE_CSS}
${PRINT_CSS}
main{padding-block:32px}
</style>
</head>
<body>
<main class="page">
${renderTableHtml(table)}
</main>
</body>
</html>
`;
}
