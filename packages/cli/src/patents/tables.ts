/** The bulk tables of PatentsView that a build reads, and the columns it needs of each. */

export type TableName =
  | 'g_patent'
  | 'g_application'
  | 'g_location_disambiguated'
  | 'g_inventor_disambiguated'
  | 'g_assignee_disambiguated'
  | 'g_ipc_at_issue'
  | 'g_cpc_current';

export type Role = 'inventor' | 'assignee';
export type FieldTable = 'ipc' | 'cpc';

/** What `patents build` was asked for. */
export interface BuildOptions {
  dir: string;
  /** Alpha-3. */
  home: string;
  partners: { iso3: string; written: string; region?: string }[];
  years: { from: number; to: number };
  count: 'whole' | 'fractional';
  date: 'grant' | 'application';
  role: Role;
  fields?: FieldTable;
  skip: ('applicants' | 'fields')[];
  badDates: 'error' | 'drop';
  format: 'csv' | 'parquet';
  threads: number;
}

export const COLUMNS: Record<TableName, string[]> = {
  g_patent: ['patent_id', 'patent_date', 'withdrawn'],
  g_application: ['patent_id', 'filing_date'],
  g_location_disambiguated: ['location_id', 'disambig_country'],
  g_inventor_disambiguated: ['patent_id', 'location_id'],
  g_assignee_disambiguated: [
    'patent_id',
    'assignee_id',
    'disambig_assignee_individual_name_first',
    'disambig_assignee_individual_name_last',
    'disambig_assignee_organization',
    'assignee_type',
    'location_id',
  ],
  g_ipc_at_issue: ['patent_id', 'section', 'ipc_class', 'subclass'],
  g_cpc_current: ['patent_id', 'cpc_subclass'],
};

export const PARTY_TABLE: Record<Role, TableName> = {
  inventor: 'g_inventor_disambiguated',
  assignee: 'g_assignee_disambiguated',
};

export const FIELD_TABLE: Record<FieldTable, TableName> = { ipc: 'g_ipc_at_issue', cpc: 'g_cpc_current' };

/** Columns that a build needs of a table; the applicants' names only where they are written. */
export const columnsOf = (table: TableName, { skip }: BuildOptions) =>
  table === 'g_assignee_disambiguated' && skip.includes('applicants') ? ['patent_id', 'location_id'] : COLUMNS[table];
