/** What a cell and the finding about it have in common. */
export const cellKey = (table: string, column: string, term: string): string => JSON.stringify([table, column, term]);
/** As an element's id. */
export const cellId = (key: string): string => `cell-${encodeURIComponent(key)}`;
