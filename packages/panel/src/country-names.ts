/**
 * Spellings of countries that the name libraries do not know, names that more than one country bears, and states that no
 * longer exist. Keys are in the normal form of {@link normalName}.
 */

/** Lower case, no accents, no punctuation, no article, single spaces. */
export const normalName = (text: string) =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/&/g, ' and ')
    .replace(/['’‘ʻ`.]/g, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .replace(/^the | the$/g, '')
    .trim();

/** World Bank, CEPII, NCSES and USPTO spellings, and codes that were renamed (ISO 3166-3) → ISO 3166-1 alpha-3. */
export const SPELLINGS: Record<string, string> = {
  // World Bank
  'congo dem rep': 'COD',
  'congo rep': 'COG',
  'egypt arab rep': 'EGY',
  'micronesia fed sts': 'FSM',
  'iran islamic rep': 'IRN',
  'korea rep': 'KOR',
  'korea dem peoples rep': 'PRK',
  'lao pdr': 'LAO',
  'macao sar china': 'MAC',
  'st martin french part': 'MAF',
  'west bank and gaza': 'PSE',
  'venezuela rb': 'VEN',
  'yemen rep': 'YEM',
  // CEPII
  'belgium and luxembourg': 'BEL',
  kazakstan: 'KAZ',
  'libyan arab jamahiriya': 'LBY',
  'macau aomen': 'MAC',
  'macedonia fyr': 'MKD',
  'fyr macedonia': 'MKD',
  'macedonia former yugoslav rep of': 'MKD',
  'macedonia the former yugoslav rep of': 'MKD',
  'congo democratic republic of': 'COD',
  'french southern antartic territories': 'ATF',
  'moldova repof': 'MDA',
  'korea dem peoples rep of': 'PRK',
  'tanzania united rep of': 'TZA',
  pal: 'PSE',
  // renamed, or joined to one successor
  burma: 'MMR',
  bu: 'MMR',
  bur: 'MMR',
  rom: 'ROU',
  tp: 'TLS',
  tmp: 'TLS',
  zr: 'COD',
  zar: 'COD',
  zaire: 'COD',
  dd: 'DEU',
  ddr: 'DEU',
  'german democratic republic': 'DEU',
  'east germany': 'DEU',
  'west germany': 'DEU',
  'germany federal republic of': 'DEU',
  fx: 'FRA',
  fxx: 'FRA',
  yd: 'YEM',
  ymd: 'YEM',
  hv: 'BFA',
  hvo: 'BFA',
  'upper volta': 'BFA',
  // elsewhere
  el: 'GRC',
  xk: 'XKX',
  xkk: 'XKX',
  xkx: 'XKX',
  'korea south': 'KOR',
  'korea north': 'PRK',
  'congo kinshasa': 'COD',
  'congo brazzaville': 'COG',
  'north macedonia': 'MKD',
  'republic of north macedonia': 'MKD',
  'netherlands kingdom of': 'NLD',
  'china mainland': 'CHN',
  'mainland china': 'CHN',
  'china pr': 'CHN',
  'united kingdom of great britain and northern ireland': 'GBR',
};

/** Names that several countries answer to, and divided states with what followed them: never a guess. */
export const SEVERAL: Record<string, string[]> = {
  korea: ['KOR', 'PRK'],
  congo: ['COG', 'COD'],
  'virgin islands': ['VGB', 'VIR'],
  'saint martin': ['MAF', 'SXM'],
  'st martin': ['MAF', 'SXM'],
  'new guinea': ['PNG', 'IDN'],
  timor: ['TLS', 'IDN'],
  su: ['RUS', 'UKR', 'BLR', 'KAZ'],
  sun: ['RUS', 'UKR', 'BLR', 'KAZ'],
  ussr: ['RUS', 'UKR', 'BLR', 'KAZ'],
  'soviet union': ['RUS', 'UKR', 'BLR', 'KAZ'],
  yu: ['SRB', 'MNE', 'HRV', 'SVN', 'BIH', 'MKD'],
  yug: ['SRB', 'MNE', 'HRV', 'SVN', 'BIH', 'MKD'],
  yugoslavia: ['SRB', 'MNE', 'HRV', 'SVN', 'BIH', 'MKD'],
  cs: ['CZE', 'SVK', 'SRB', 'MNE'],
  csk: ['CZE', 'SVK'],
  czechoslovakia: ['CZE', 'SVK'],
  scg: ['SRB', 'MNE'],
  'serbia and montenegro': ['SRB', 'MNE'],
  an: ['CUW', 'SXM', 'BES'],
  ant: ['CUW', 'SXM', 'BES'],
  'netherlands antilles': ['CUW', 'SXM', 'BES'],
  'netherland antilles': ['CUW', 'SXM', 'BES'],
};
