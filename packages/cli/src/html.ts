/** A bundle of its own: the page's styles and fonts are loaded only where something is written as HTML. */
export { renderAuditPage, renderTablePage } from '@gravpanel/panel/report';
