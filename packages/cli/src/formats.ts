/** A bundle of its own: formats with page styles, fonts or long tables of letters are loaded only where one is written. */
export { renderAuditPage, renderLatex, renderTablePage, renderTypst } from '@gravpanel/panel/report';
