/** The report side of the library (entry "@gravpanel/panel/report"): everything that turns tables and figures into text. */
export { fileStem, renderCsv } from './csv.ts';
export { renderJson } from './json.ts';
export { renderMarkdown } from './markdown.ts';
export { renderText, type TextOptions } from './text.ts';
