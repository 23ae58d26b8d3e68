/**
 * The draws as bulk tables in the layout of PatentsView, so that `gravpanel patents build` reads them as it reads the real ones.
 * Every number of the study's tables comes out of the build; what is drawn here only has to add up to it.
 */
import { countryOf } from '../../packages/panel/dist/countries.js';
import { china, counts, theirs, u } from './draw.mjs';
import { choose, sample } from './random.mjs';
import { partners, YEARS } from './sources.mjs';
import { APPLICANTS, FIELDS, OTHER_FIELDS } from './targets.mjs';

const HEADERS = {
  g_location_disambiguated:
    'location_id disambig_city disambig_state disambig_country latitude longitude county state_fips county_fips',
  g_patent: 'patent_id patent_type patent_date patent_title wipo_kind num_claims withdrawn filename',
  g_inventor_disambiguated:
    'patent_id inventor_sequence inventor_id disambig_inventor_name_first disambig_inventor_name_last gender_code location_id',
  g_assignee_disambiguated:
    'patent_id assignee_sequence assignee_id disambig_assignee_individual_name_first disambig_assignee_individual_name_last disambig_assignee_organization assignee_type location_id',
  g_ipc_at_issue:
    'patent_id ipc_sequence classification_level section ipc_class subclass main_group subgroup classification_value classification_status classification_data_source action_date ipc_version_indicator',
};
const OUTSIDE = ['USA', 'DEU', 'FIN'];
/** Of Malaysia's co-patents, those that have an inventor in Singapore too. */
const SHARED = 0.12;
/** What a build has to leave out: withdrawn co-patents, co-patents of the years around, inventors of unlisted patents. */
const LEFT_OUT = { withdrawn: 12, otherYears: 20, unlisted: 5 };

const places = [...new Set(['CHN', ...partners.map((p) => p.iso3), ...OUTSIDE, 'HKG'])];

/** A patent before it has its number: the countries of its inventors, one entry an inventor; '' where no place is known. */
const patent = (year, inventors, more = {}) => ({ year, inventors, withdrawn: 0, copatent: false, ...more });
const some = (iso, most) => Array.from({ length: 1 + Math.floor(most * u()) }, () => iso);
/** One patent in six has an inventor of a third country beside, one in sixty an inventor without a place. */
const beside = () => (u() < 1 / 6 ? [choose(u, OUTSIDE)] : u() < 0.02 ? [''] : []);

function copatentsOf(year) {
  const of = (iso) =>
    Array.from({ length: counts.get(`${iso} ${year}`) }, () =>
      patent(year, [...some('CHN', 3), ...some(iso, 2), ...beside()], { copatent: true, partners: [iso] }),
    );
  const byPartner = new Map(partners.map(({ iso3 }) => [iso3, of(iso3)]));
  const singapore = sample(u, byPartner.get('SGP'), byPartner.get('SGP').length);
  byPartner.set(
    'MYS',
    byPartner.get('MYS').filter(() => {
      const other = u() < SHARED && singapore.pop();
      if (!other) return true;
      other.inventors.push('MYS');
      other.partners.push('MYS');
      return false;
    }),
  );
  return [...byPartner.values()].flat();
}

/** Patents with inventors of one side alone, as many as the side's total wants. */
function othersOf(year, copatents) {
  const alone = (iso, total) => {
    const held = copatents.filter(({ inventors }) => inventors.includes(iso)).length;
    return Array.from({ length: total - held }, () => patent(year, [...some(iso, 2), ...beside()]));
  };
  return [
    ...alone('CHN', china.get(year)),
    ...partners.flatMap(({ iso3 }) => alone(iso3, theirs.get(`${iso3} ${year}`))),
    ...Array.from({ length: 30 }, () => patent(year, some('USA', 2))),
  ];
}

const leftOut = () => [
  ...Array.from({ length: LEFT_OUT.withdrawn }, () => patent(choose(u, YEARS), ['CHN', 'SGP'], { withdrawn: 1 })),
  ...Array.from({ length: LEFT_OUT.otherYears }, () => patent(choose(u, [2007, 2018]), ['CHN', 'IND'])),
];

/** Every patent with a number in the order of the years: SIM000001, … none is a patent. */
function patents() {
  const own = YEARS.flatMap((year) => {
    const copatents = copatentsOf(year);
    return [...copatents, ...othersOf(year, copatents)];
  });
  const all = [...own, ...leftOut()];
  const mixed = sample(u, all, all.length).sort((a, b) => a.year - b.year);
  return mixed.map((p, i) => ({ ...p, id: `SIM${String(i + 1).padStart(6, '0')}` }));
}

/** The k-th Tuesday of a year: patents are granted on Tuesdays. */
function tuesday(year, k) {
  const first = (9 - new Date(Date.UTC(year, 0, 1)).getUTCDay()) % 7;
  return new Date(Date.UTC(year, 0, 1 + first + 7 * k)).toISOString().slice(0, 10);
}

/** Table 4's counts on random co-patents of one partner; all others get one further subclass. */
function fieldsOf(copatents) {
  const held = new Map(copatents.map((p) => [p, []]));
  const alone = copatents.filter((p) => p.partners.length === 1);
  for (const { iso3 } of partners) {
    const own = alone.filter((p) => p.partners[0] === iso3);
    for (const [field, by] of Object.entries(FIELDS))
      for (const p of sample(u, own, by[iso3] ?? 0)) held.get(p).push(field);
  }
  const others = sample(u, OTHER_FIELDS, OTHER_FIELDS.length);
  let next = 0;
  for (const fields of held.values()) if (fields.length === 0) fields.push(others[next++ % others.length]);
  return held;
}

/** Applicants: Table 3 by name in its spellings, the others numbered, each with ten patents at most. */
function applicants(total) {
  const out = [];
  for (const [spellings, patents, country] of APPLICANTS) {
    const parts = spellings.map((_, k) => (k === 0 ? 0 : Math.max(1, Math.floor((patents * (0.15 + 0.2 * u())) / k))));
    parts[0] = patents - parts.reduce((a, b) => a + b, 0);
    out.push(...spellings.map((name, k) => ({ name, country, patents: parts[k] })));
  }
  let left = total - out.reduce((sum, a) => sum + a.patents, 0);
  for (let k = 1; left > 0; k++) {
    const patents = Math.min(left, 1 + Math.floor(10 * u() ** 3));
    const kind = u() < 0.8 ? 'Company' : 'University';
    const name = `Simulated ${kind} ${String(k).padStart(3, '0')}`;
    out.push({ name, country: choose(u, ['CHN', 'SGP', 'IND', 'USA']), patents });
    left -= patents;
  }
  return out;
}

const line = (cells) => cells.join('\t');
const tsv = (table, rows) => `${[line(HEADERS[table].split(' ')), ...rows.map(line)].join('\n')}\n`;
const quoted = (name) => (/[",]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name);

/** The five tables as text, by name. */
export function bulkTables() {
  const all = patents();
  const copatents = all.filter((p) => p.copatent);
  const nth = new Map();
  const granted = all.map(({ id, year, withdrawn }) => {
    const k = nth.get(year) ?? 0;
    nth.set(year, k + 1);
    return [id, 'utility', tuesday(year, k % 52), 'Simulated', 'B2', 1, withdrawn, ''];
  });
  const inventor = (id, iso, i) => [id, i, `${id}-${i}`, 'Simulated', 'Inventor', '', iso && `loc-${iso}`];
  const unlisted = Array.from({ length: LEFT_OUT.unlisted }, (_, k) => [
    `GONE${k}`,
    0,
    `gone-${k}`,
    '',
    '',
    '',
    'loc-CHN',
  ]);
  const owned = sample(u, copatents, copatents.length);
  const assignees = applicants(copatents.length).flatMap(({ name, country, patents }, k) =>
    owned
      .splice(0, patents)
      .map(({ id }) => [id, 0, `org-${k}`, '', '', quoted(name), country === 'USA' ? 2 : 3, `loc-${country}`]),
  );
  const classes = [...fieldsOf(copatents)].flatMap(([{ id }, fields]) =>
    fields.map((f, i) => [id, i, 'A', f[0], f.slice(1, 3), f[3], 1, '00', 'I', 'B', 'H', '', '']),
  );
  const rows = {
    g_location_disambiguated: places.map((iso) => [`loc-${iso}`, '', '', countryOf(iso).iso2, '', '', '', '', '']),
    g_patent: granted,
    g_inventor_disambiguated: [
      ...all.flatMap(({ id, inventors }) => inventors.map((iso, i) => inventor(id, iso, i))),
      ...unlisted,
    ],
    g_assignee_disambiguated: assignees,
    g_ipc_at_issue: classes,
  };
  return Object.fromEntries(Object.entries(rows).map(([table, list]) => [table, tsv(table, list)]));
}
