/** The report side of the library (entry "@gravpanel/panel/report"): everything that turns tables and figures into text. */
export { renderAuditPage } from './audit.ts';
export { isAligned, isWide, labelOf, panelsOf, type SplitNumber, spannerRows, spansOf, splitNumber } from './cells.ts';
export { AUDIT_CSS } from './css-audit.ts';
export { FONT_CSS, PAGE_CSS } from './css-page.ts';
export { TABLE_CSS, TABLE_CSS_APP } from './css-table.ts';
export { fileStem, renderCsv } from './csv.ts';
export type { DrawingDocument } from './draw.ts';
export { fitsJson, jsonText } from './fits-json.ts';
export { FONT_CHARACTERS, FONTS } from './fonts.generated.ts';
export { columnBoxes, renderTableHtml } from './html.ts';
export { readFigure, readTable, renderFigureJson, renderJson } from './json.ts';
export { renderLatex } from './latex.ts';
export { renderMarkdown } from './markdown.ts';
export { type ReportOptions, renderReport } from './report.ts';
export {
  itemFiles,
  RUN_FORMATS,
  type RunFileTools,
  runFiles,
  stemOf,
  TABLE_FORMATS,
  type TableFormat,
} from './run-files.ts';
export { position, type Strip, stripOf, ticksOf, zeroAt } from './strip.ts';
export { type FigureOptions, MAP_WIDTH, renderFigureSvg } from './svg.ts';
export { renderTablePage } from './table-page.ts';
export { renderText, type TextOptions } from './text.ts';
export { cssTokens, MONO, SANS, SERIF, THEMES } from './theme.ts';
export { renderTypst } from './typst.ts';
