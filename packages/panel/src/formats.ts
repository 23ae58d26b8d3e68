/** Readers of the binary table formats (entry "@gravpanel/panel/formats"), each loaded with the first table that needs it. */
import type { FormatReaders } from './table-open.ts';

export const FORMATS: FormatReaders = {
  dta: async () => (await import('./table-dta.ts')).readDta,
  parquet: async () => (await import('./table-parquet.ts')).readParquet,
  arrow: async () => (await import('./table-arrow.ts')).readArrow,
  xlsx: async () => (await import('./table-xlsx.ts')).readXlsx,
};
