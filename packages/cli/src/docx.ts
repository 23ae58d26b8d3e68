/** A bundle of its own: the Word library is loaded only where a document is written. */
export { renderDocx } from '@gravpanel/panel/docx';
