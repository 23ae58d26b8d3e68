/** One table in every format that is written. */
import type { Table } from '@gravpanel/panel';
import { renderCsv, renderJson, renderMarkdown, renderText, type TableFormat } from '@gravpanel/panel/report';

export { TABLE_FORMATS, type TableFormat } from '@gravpanel/panel/report';

const formats = () => require('./formats.cjs') as typeof import('./formats.ts');
const docx = () => require('./docx.cjs') as typeof import('./docx.ts');

/** Bytes for Word, text for all else; width and colour are those of the text. */
export async function renderedTable(
  table: Table,
  format: TableFormat,
  o: { width?: number; color?: boolean } = {},
): Promise<string | Uint8Array> {
  switch (format) {
    case 'md':
      return renderMarkdown(table);
    case 'csv':
      return renderCsv(table);
    case 'json':
      return renderJson(table);
    case 'tex':
      return formats().renderLatex(table);
    case 'typ':
      return formats().renderTypst(table);
    case 'html':
      return formats().renderTablePage(table);
    case 'docx':
      return docx().renderDocx(table);
    default:
      return renderText(table, o);
  }
}
