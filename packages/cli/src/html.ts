/** A bundle of its own: the page's styles and fonts are loaded only where a table is written as HTML. */
export { renderTablePage } from '@gravpanel/panel/report';
