/** Small bulk tables in the PatentsView layout, written by hand, so that every count can be done in the head. */

export type Tables = Record<string, string>;

/** Rows of cells → tab-separated text. */
export const tsv = (header: string, rows: (string | number)[][]) =>
  `${[header.replaceAll(' ', '\t'), ...rows.map((row) => row.join('\t'))].join('\n')}\n`;

const PATENT = 'patent_id patent_type patent_date patent_title wipo_kind num_claims withdrawn filename';
const INVENTOR =
  'patent_id inventor_sequence inventor_id disambig_inventor_name_first disambig_inventor_name_last gender_code location_id';
const LOCATION =
  'location_id disambig_city disambig_state disambig_country latitude longitude county state_fips county_fips';
const ASSIGNEE =
  'patent_id assignee_sequence assignee_id disambig_assignee_individual_name_first disambig_assignee_individual_name_last disambig_assignee_organization assignee_type location_id';
const APPLICATION = 'application_id patent_id patent_application_type filing_date series_code rule_47_flag';
const IPC =
  'patent_id ipc_sequence classification_level section ipc_class subclass main_group subgroup classification_value classification_status classification_data_source action_date ipc_version_indicator';
const CPC = 'patent_id cpc_sequence cpc_section cpc_class cpc_subclass cpc_group cpc_type';

const patent = (id: string, date: string, withdrawn: string | number = 0, title = 'A thing') => [
  id,
  'utility',
  date,
  title,
  'B2',
  1,
  withdrawn,
  '',
];
/** "cn": the location of China; an empty place stays empty. */
const inventors = (id: string, ...places: string[]) =>
  places.map((place, i) => [id, i, `p${id}-${i}`, 'A', 'B', 'U', place]);

/**
 * Home CN, 2010–2011. P1: CN CN SG (2010). P2: CN IN SG US (2010). P3: CN, a place without location, SG (2011). P4: SG IN (2011).
 * P5: withdrawn CN SG (2010). P6: CN SG of 2009. P7: CN and "Korea" (2011). P8: nothing known (2011). P9: CN alone (2011).
 */
export function goodTables(): Tables {
  return {
    'g_location_disambiguated.tsv': tsv(LOCATION, [
      ['cn', 'Beijing', '', 'CN', '', '', '', '', ''],
      ['cn2', 'Shanghai', '', 'China', '', '', '', '', ''],
      ['sg', '', '', 'SG', '', '', '', '', ''],
      ['in', '', '', 'IN', '', '', '', '', ''],
      ['us', '', '', 'US', '', '', '', '', ''],
      ['kx', '', '', 'Korea', '', '', '', '', ''],
      ['no', '', '', '', '', '', '', '', ''],
    ]),
    'g_patent.tsv': tsv(PATENT, [
      patent('P1', '2010-01-05'),
      patent('P2', '2010-02-02', 0, '"A ""smart"" thing,\twith a tab\nand a line break"'),
      patent('P3', '2011-03-01'),
      patent('P4', '2011-03-08', ''),
      patent('P5', '2010-04-06', 1),
      patent('P6', '2009-05-05'),
      patent('P7', '2011-06-07'),
      patent('P8', '2011-07-05'),
      patent('P9', '2011-12-27'),
    ]),
    'g_application.tsv': tsv(APPLICATION, [
      ['a1', 'P1', 15, '2008-01-01', 15, 0],
      ['a2', 'P2', 15, '2010-01-31', 15, 0],
      ['a3', 'P3', 15, '2010-06-30', 15, 0],
      ['a4', 'P4', 15, '2010-06-30', 15, 0],
      ['a6', 'P6', 15, '2008-06-30', 15, 0],
      ['a7', 'P7', 15, '2010-06-30', 15, 0],
      ['a8', 'P8', 15, '2010-06-30', 15, 0],
      ['a9', 'P9', 15, '2011-06-30', 15, 0],
    ]),
    'g_inventor_disambiguated.tsv': tsv(INVENTOR, [
      ...inventors('P1', 'cn', 'cn2', 'sg'),
      ...inventors('P2', 'cn', 'in', 'sg', 'us'),
      ...inventors('P3', 'cn', '', 'sg'),
      ...inventors('P4', 'sg', 'in'),
      ...inventors('P5', 'cn', 'sg'),
      ...inventors('P6', 'cn', 'sg'),
      ...inventors('P7', 'cn', 'kx'),
      ...inventors('P8', 'no', 'gone'),
      ...inventors('P9', 'cn'),
      ...inventors('P10', 'cn', 'in'),
    ]),
    'g_assignee_disambiguated.tsv': tsv(ASSIGNEE, [
      ['P1', 0, 'x', '', '', 'Acme Pte. Ltd.', 3, 'sg'],
      ['P1', 1, 'x', '', '', 'Acme Pte. Ltd.', 3, 'sg'],
      ['P2', 0, 'x', '', '', 'Acme Pte. Ltd.', 3, 'sg'],
      ['P2', 1, 'y', 'Li', 'Wei', '', 15, 'cn'],
      ['P4', 0, 'z', '', '', 'Other Inc.', 2, 'us'],
      ['P9', 0, 'z', '', '', 'Other Inc.', 2, 'us'],
      ['P9', 1, 'w', '', '', '"Huawei, Ltd."', 3, 'cn'],
    ]),
    'g_ipc_at_issue.tsv': tsv(IPC, [
      ['P1', 0, 'A', 'G', '06', 'F', 1, 0, 'I', 'B', 'H', '2010-01-05', ''],
      ['P1', 1, 'A', 'G', '06', 'F', 3, 0, 'I', 'B', 'H', '2010-01-05', ''],
      ['P1', 2, 'A', 'H', '4', 'w', 3, 0, 'I', 'B', 'H', '2010-01-05', ''],
      ['P2', 0, 'A', 'G', '06', 'F', 3, 0, 'I', 'B', 'H', '2010-02-02', ''],
      ['P2', 1, 'A', 'G', '', 'F', 3, 0, 'I', 'B', 'H', '2010-02-02', ''],
      ['P4', 0, 'A', 'A', '61', 'K', 3, 0, 'I', 'B', 'H', '2011-03-08', ''],
    ]),
    'partners.yaml': '- Singapore\n- India\n- Bhutan\n',
  };
}

/** The fields of the CPC in place of those of the IPC. */
export const cpcTable = () => tsv(CPC, [['P1', 0, 'H', 'H04', 'H04W', 'H04W4/00', 'inventional']]);
