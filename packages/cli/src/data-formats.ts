/** A bundle of its own: the readers of Parquet, Arrow, Excel and Stata are loaded only where such a table comes. */
export { FORMATS } from '@gravpanel/panel/formats';
