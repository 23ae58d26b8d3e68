/**
 * Bulk tables in the PatentsView layout, from a seed: node bench/patents/generate.mjs DIR [--scale 0.1] [--seed 1] [--zip|--gz]; --only-pack packs what is there
 * Scale 1 has the size of the real files: 9 million patents, 25 million inventors. truth.json holds, counted while the rows are
 * drawn and by no database, what a build of home CN has to find.
 */
import {
  closeSync,
  createReadStream,
  createWriteStream,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import zlib from 'node:zlib';

const PATENTS = 9e6;
const LOCATIONS = 90_000;
export const FIRST = 1976;
export const LAST = 2025;
export const HOME = 'CN';
/** Weights roughly as at the USPTO; further countries share the rest. */
const WEIGHTS = {
  US: 46, JP: 18, KR: 6, DE: 6, CN: 5, TW: 4, GB: 2.4, FR: 2.3, CA: 2.2, IN: 1.6, IL: 1.2, NL: 1, SE: 1, CH: 1, IT: 1, SG: 0.5, RU: 0.3,
  MY: 0.15, PL: 0.12, HU: 0.1, CZ: 0.1, TR: 0.08, TH: 0.05, UA: 0.05, PH: 0.04, VN: 0.02, EG: 0.02, KZ: 0.01, PK: 0.01, LA: 0.002,
}; // biome-ignore format: one list
/** Spellings that no build may place: a divided state, a code that is none. */
const NOWHERE = ['SU', 'YU', 'XX'];

/** xoshiro-free and small: mulberry32, enough for rows without a pattern. */
export function random(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A file written in large pieces. */
function writer(file, header) {
  const fd = openSync(file, 'w');
  let text = `${header.map((name) => `"${name}"`).join('\t')}\n`;
  let rows = 0;
  return {
    row(line) {
      text += line;
      rows++;
      if (text.length < 1 << 20) return;
      writeSync(fd, text);
      text = '';
    },
    end() {
      writeSync(fd, text);
      closeSync(fd);
      return rows;
    },
  };
}

const hex = (n, length) => n.toString(16).padStart(length, '0');
const uuid = (kind, n) => `${hex(kind, 8)}-11ee-4a00-8000-${hex(n, 12)}`;
const date = (year, r) =>
  `${year}-${String(1 + Math.floor(r * 12)).padStart(2, '0')}-${String(1 + (Math.floor(r * 12 * 28) % 28)).padStart(2, '0')}`;
const SUBCLASSES = Array.from(
  { length: 640 },
  (_, i) => `${'ABCDEFGH'[i % 8]}${String(1 + (i % 79)).padStart(2, '0')}${'BCDFGHJKLMNPQ'[i % 13]}`,
);

function locationsOf(draw) {
  const codes = Object.keys(WEIGHTS);
  const sum = Object.values(WEIGHTS).reduce((a, b) => a + b, 0);
  const places = [];
  const of = {};
  for (const code of codes) {
    const many = Math.max(2, Math.round((LOCATIONS * WEIGHTS[code]) / sum));
    of[code] = [places.length, many];
    for (let i = 0; i < many; i++) places.push(code);
  }
  for (const code of NOWHERE) {
    of[code] = [places.length, 3];
    for (let i = 0; i < 3; i++) places.push(code);
  }
  const cumulative = [];
  let total = 0;
  for (const code of codes) {
    total += WEIGHTS[code] / sum;
    cumulative.push([total, code]);
  }
  const country = () => {
    const r = draw();
    return cumulative.find(([edge]) => r < edge)?.[1] ?? 'US';
  };
  const place = (code) => of[code][0] + Math.floor(draw() * of[code][1]);
  return { places, country, place };
}

/** Counts of one build, kept while rows are drawn: plain maps, keyed "CN 2008". */
function ledger() {
  const add = (map, key, n) => map.set(key, (map.get(key) ?? 0) + n);
  const [whole, share, copatents, weights] = [new Map(), new Map(), new Map(), new Map()];
  return {
    patent(year, countries, size) {
      for (const [code, n] of countries) {
        add(whole, `${code} ${year}`, 1);
        add(share, `${code} ${year}`, n / size);
      }
      if (!countries.has(HOME)) return false;
      for (const [code, n] of countries) {
        if (code === HOME) continue;
        add(copatents, `${code} ${year}`, 1);
        add(weights, `${code} ${year}`, n / size);
      }
      return countries.size > 1;
    },
    tables: () =>
      Object.fromEntries(
        Object.entries({ whole, share, copatents, weights }).map(([k, map]) => [k, Object.fromEntries(map)]),
      ),
  };
}

const inventors = (r) =>
  r < 0.3 ? 1 : r < 0.58 ? 2 : r < 0.76 ? 3 : r < 0.87 ? 4 : r < 0.93 ? 5 : 6 + Math.floor((r - 0.93) * 80);

/** Writes the tables. @returns rows by table and the truth. */
export function generate(dir, { scale = 0.1, seed = 1 } = {}) {
  mkdirSync(dir, { recursive: true });
  const draw = random(seed);
  const { places, country, place } = locationsOf(draw);
  const file = (table, header) => writer(join(dir, `${table}.tsv`), header);
  const location = file('g_location_disambiguated', [
    'location_id',
    'disambig_city',
    'disambig_state',
    'disambig_country',
    'latitude',
    'longitude',
    'county',
    'state_fips',
    'county_fips',
  ]);
  places.forEach((code, i) => {
    location.row(`"${uuid(1, i)}"\t"City ${i}"\t\t"${code}"\t${(i % 180) - 90}.5\t${(i % 360) - 180}.25\t\t\t\n`);
  });
  const patent = file('g_patent', [
    'patent_id',
    'patent_type',
    'patent_date',
    'patent_title',
    'wipo_kind',
    'num_claims',
    'withdrawn',
    'filename',
  ]);
  const application = file('g_application', [
    'application_id',
    'patent_id',
    'patent_application_type',
    'filing_date',
    'series_code',
    'rule_47_flag',
  ]);
  const inventor = file('g_inventor_disambiguated', [
    'patent_id',
    'inventor_sequence',
    'inventor_id',
    'disambig_inventor_name_first',
    'disambig_inventor_name_last',
    'gender_code',
    'location_id',
  ]);
  const assignee = file('g_assignee_disambiguated', [
    'patent_id',
    'assignee_sequence',
    'assignee_id',
    'disambig_assignee_individual_name_first',
    'disambig_assignee_individual_name_last',
    'disambig_assignee_organization',
    'assignee_type',
    'location_id',
  ]);
  const ipc = file('g_ipc_at_issue', [
    'patent_id',
    'ipc_sequence',
    'classification_level',
    'section',
    'ipc_class',
    'subclass',
    'main_group',
    'subgroup',
    'classification_value',
    'classification_status',
    'classification_data_source',
    'action_date',
    'ipc_version_indicator',
  ]);
  const grant = ledger();
  const filing = ledger();
  const applicants = new Map();
  const fields = new Map();
  const lost = { withdrawn: 0, noLocation: 0, unlisted: 0, unknown: 0 };
  const count = Math.round(PATENTS * scale);
  for (let i = 0; i < count; i++) {
    const year = FIRST + Math.floor((LAST - FIRST + 1) * Math.sqrt(draw()));
    const filed = Math.max(FIRST - 1, year - Math.floor(draw() * 5));
    const id = i % 20 === 19 ? `D${String(i).padStart(7, '0')}` : String(3_930_000 + i);
    const withdrawn = draw() < 0.004;
    const quoted =
      i % 97 === 0
        ? `A ""smart"" device,\nin two parts, No. ${i}`
        : `Method and apparatus for making thing number ${i} of a long series`;
    patent.row(
      `"${id}"\t"utility"\t${date(year, draw())}\t"${quoted}"\t"B2"\t${i % 30}\t${withdrawn ? 1 : 0}\t"ipg${year}0101.xml"\n`,
    );
    application.row(`"${hex(i, 8)}"\t"${id}"\t"15"\t${date(filed, draw())}\t"15"\t0\n`);
    const main = country();
    const size = inventors(draw());
    const found = new Map();
    for (let k = 0; k < size; k++) {
      const r = draw();
      let at = '';
      if (r < 0.004) lost.noLocation++;
      else if (r < 0.005) {
        at = `"${uuid(9, i)}"`;
        lost.unlisted++;
      } else if (r < 0.006) {
        at = `"${uuid(1, place(NOWHERE[k % NOWHERE.length]))}"`;
        lost.unknown++;
      } else {
        const code = r < 0.9 ? main : country();
        at = `"${uuid(1, place(code))}"`;
        if (!withdrawn) found.set(code, (found.get(code) ?? 0) + 1);
      }
      inventor.row(
        `"${id}"\t${k}\t"fl:${k}_ln:inventor-${(i * 7 + k) % 4_000_000}"\t"Given"\t"Family ${i % 5000}"\t"U"\t${at}\n`,
      );
    }
    if (withdrawn) lost.withdrawn++;
    const bilateral = !withdrawn && grant.patent(year, found, size);
    if (!withdrawn) filing.patent(filed, found, size);
    const partners = bilateral ? [...found.keys()].filter((code) => code !== HOME) : [];
    if (draw() < 0.93) {
      const company = Math.floor(draw() ** 3 * 60_000);
      const name = `Company ${company} Inc.`;
      assignee.row(
        `"${id}"\t0\t"${uuid(2, company)}"\t\t\t"${name}"\t${2 + (company % 2)}\t"${uuid(1, place(main))}"\n`,
      );
      if (bilateral) applicants.set(`${name} ${year}`, (applicants.get(`${name} ${year}`) ?? 0) + 1);
    }
    const classes = new Set();
    for (let k = 0; k < 1 + Math.floor(draw() * 5); k++) {
      const field = SUBCLASSES[Math.floor(draw() ** 2 * SUBCLASSES.length)];
      classes.add(field);
      ipc.row(
        `"${id}"\t${k}\t"A"\t"${field[0]}"\t"${field.slice(1, 3)}"\t"${field[3]}"\t"${k}"\t"00"\t"I"\t"B"\t"H"\t${year}-01-01\t"2006-01-01"\n`,
      );
    }
    for (const field of partners.length > 0 ? classes : [])
      for (const code of partners)
        fields.set(`${field} ${code} ${year}`, (fields.get(`${field} ${code} ${year}`) ?? 0) + 1);
  }
  const rows = {
    g_location_disambiguated: location.end(),
    g_patent: patent.end(),
    g_application: application.end(),
    g_inventor_disambiguated: inventor.end(),
    g_assignee_disambiguated: assignee.end(),
    g_ipc_at_issue: ipc.end(),
  };
  const truth = {
    rows,
    lost,
    grant: grant.tables(),
    filing: filing.tables(),
    applicants: Object.fromEntries(applicants),
    fields: Object.fromEntries(fields),
  };
  writeFileSync(join(dir, 'truth.json'), JSON.stringify(truth));
  return truth;
}

/** One deflated entry, with the sizes in the directory as PatentsView's archives have them. */
async function zipFile(source, target, name) {
  const { size } = statSync(source);
  let crc = 0;
  let packed = 0;
  const out = createWriteStream(target);
  const head = Buffer.alloc(30);
  head.writeUInt32LE(0x04034b50, 0);
  head.writeUInt16LE(20, 4);
  head.writeUInt16LE(8, 6);
  head.writeUInt16LE(8, 8);
  head.writeUInt16LE(name.length, 26);
  out.write(Buffer.concat([head, Buffer.from(name)]));
  const read = createReadStream(source, { highWaterMark: 1 << 20 });
  read.on('data', (chunk) => {
    crc = zlib.crc32(chunk, crc);
  });
  const deflate = zlib.createDeflateRaw({ level: 1 });
  deflate.on('data', (chunk) => {
    packed += chunk.length;
  });
  await pipeline(read, deflate, out, { end: false });
  if (size > 0xfffffffe || packed > 0xfffffffe) throw new Error('beyond 4 GB: take --gz');
  const descriptor = Buffer.alloc(16);
  descriptor.writeUInt32LE(0x08074b50, 0);
  for (const [i, n] of [crc, packed, size].entries()) descriptor.writeUInt32LE(n, 4 + 4 * i);
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50, 0);
  for (const [at, n] of [
    [4, 20],
    [6, 20],
    [8, 8],
    [10, 8],
  ])
    central.writeUInt16LE(n, at);
  for (const [i, n] of [crc, packed, size].entries()) central.writeUInt32LE(n, 16 + 4 * i);
  central.writeUInt16LE(name.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(46 + name.length, 12);
  end.writeUInt32LE(30 + name.length + packed + 16, 16);
  await new Promise((resolve) => out.end(Buffer.concat([descriptor, central, Buffer.from(name), end]), resolve));
}

/** Packs every table as it is distributed and removes the plain one. */
export async function pack(dir, tables, kind) {
  for (const table of tables) {
    const plain = join(dir, `${table}.tsv`);
    if (kind === 'zip') await zipFile(plain, `${plain}.zip`, `${table}.tsv`);
    else await pipeline(createReadStream(plain), zlib.createGzip({ level: 1 }), createWriteStream(`${plain}.gz`));
    rmSync(plain);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      scale: { type: 'string', default: '0.1' },
      seed: { type: 'string', default: '1' },
      zip: { type: 'boolean' },
      gz: { type: 'boolean' },
      'only-pack': { type: 'boolean' },
    },
  });
  const [dir] = positionals;
  if (positionals.length !== 1) throw new Error('one folder is needed');
  const { rows } = values['only-pack']
    ? JSON.parse(readFileSync(join(dir, 'truth.json'), 'utf8'))
    : generate(dir, { scale: Number(values.scale), seed: Number(values.seed) });
  if (values.zip || values.gz) await pack(dir, Object.keys(rows), values.zip ? 'zip' : 'gz');
  console.log(rows);
}
