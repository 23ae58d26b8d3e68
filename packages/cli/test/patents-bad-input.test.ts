/**
 * Bad bulk tables and bad arguments through the program: exit code, what is wrong with its place, what to do, nothing on stdout,
 * nothing left behind.
 */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { goodTables } from './patent-tables.ts';
import { type Workspace, workspace } from './program.ts';

let w: Workspace;
const good = goodTables();
beforeAll(() => {
  w = workspace({ 'partners.yaml': good['partners.yaml'] });
  for (const [name, text] of Object.entries(good)) if (name !== 'partners.yaml') w.write(`good/${name}`, text);
});
afterAll(() => w.remove());

interface Expected {
  exit?: number;
  code: string;
  message: RegExp;
  at: RegExp;
  hint: RegExp;
}

function expectFailure(args: string[], { exit = 3, code, message, at, hint }: Expected): void {
  const before = w.names();
  const { stdout, stderr, code: ended } = w.run(['patents', 'build', ...args, '--quiet']);
  expect(stderr).toMatch(/^error: /);
  expect(stderr.split('\n')[0]).toMatch(message);
  expect(stderr).toMatch(new RegExp(` code: ${code}\\n`));
  expect(/ {3}at: ([\s\S]*?)\n *(?:hint|code):/.exec(stderr)?.[1]).toMatch(at);
  expect(/ hint: (.*)/.exec(stderr)?.[1]).toMatch(hint);
  expect(stdout).toBe('');
  expect(ended).toBe(exit);
  expect(w.names()).toEqual(before);
}

const ASKED = ['--home', 'CN', '--partners', 'partners.yaml', '--years', '2010:2011', '-o', 'out'];

/** The good tables with one of them changed; undefined removes it. */
function withTable(name: string, change: (text: string) => string | Buffer | undefined, as = name): void {
  rmSync(w.path('bad'), { recursive: true, force: true });
  cpSync(w.path('good'), w.path('bad'), { recursive: true });
  rmSync(w.path(`bad/${name}`));
  const changed = change(good[name]);
  if (changed !== undefined) writeFileSync(w.path(`bad/${as}`), changed);
}

const PATENT = 'g_patent.tsv';
const INVENTOR = 'g_inventor_disambiguated.tsv';
const LOCATION = 'g_location_disambiguated.tsv';

describe('tables', () => {
  test('that are missing are named with the nearest file', () => {
    withTable(LOCATION, (text) => text, 'g_location_disambiguate.tsv');
    expectFailure(['bad', ...ASKED], {
      code: 'patents/missing-table',
      message: /"bad" has no g_location_disambiguated\.tsv \(nor \.tsv\.zip, \.tsv\.gz\)/,
      at: /bad\/g_location_disambiguated\.tsv/,
      hint: /Nearest: g_location_disambiguate\.tsv/,
    });
    withTable('g_ipc_at_issue.tsv', () => undefined);
    expectFailure(['bad', ...ASKED], {
      code: 'patents/missing-table',
      message: /no g_ipc_at_issue\.tsv/,
      at: /g_ipc_at_issue/,
      hint: /g_cpc_current would do as well; --skip fields/,
    });
    expectFailure(['nowhere', ...ASKED], {
      code: 'data/file-missing',
      message: /folder of patent tables "nowhere" does not exist/,
      at: /nowhere/,
      hint: /Paths are taken from/,
    });
  });

  test('without a column: file, column and the nearest one', () => {
    withTable(PATENT, (text) => text.replace('patent_date', 'patent_dat'));
    expectFailure(['bad', ...ASKED], {
      code: 'patents/missing-column',
      message: /"bad\/g_patent\.tsv" has no column "patent_date"/,
      at: /g_patent\.tsv/,
      hint: /Nearest: patent_dat\b/,
    });
  });

  test('with another delimiter', () => {
    withTable(LOCATION, (text) => text.replaceAll('\t', ','));
    expectFailure(['bad', ...ASKED], {
      code: 'data/wrong-delimiter',
      message: /read with tab as delimiter, but its lines are cut by comma/,
      at: /g_location_disambiguated\.tsv:1/,
      hint: /separated by tabs/,
    });
  });

  test('in another encoding, anywhere in the file', () => {
    withTable(INVENTOR, (text) => Buffer.from(text.replace('P6\t0\tpP6-0\tA', 'P6\t0\tpP6-0\tJosé'), 'latin1'));
    expectFailure(['bad', ...ASKED], {
      code: 'data/encoding',
      message: /g_inventor_disambiguated\.tsv" is not UTF-8: byte 0xe9 on line 16 /,
      at: /g_inventor_disambiguated\.tsv:16/,
      hint: /iconv -f WINDOWS-1252/,
    });
    withTable(INVENTOR, (text) => Buffer.from(`\ufeff${text}`, 'utf16le'));
    expectFailure(['bad', ...ASKED], {
      code: 'data/not-text',
      message: /is UTF-16 text/,
      at: /g_inventor_disambiguated\.tsv:1/,
      hint: /iconv -f UTF-16/,
    });
  });

  test('with broken quoting', () => {
    withTable(PATENT, (text) => text.replace('P7\tutility\t2011-06-07\tA thing', 'P7\tutility\t2011-06-07\t"A thing'));
    expectFailure(['bad', ...ASKED], {
      code: 'data/quotes',
      // The title of P2 runs over two lines: the eighth row stands on line 9.
      message: /quoted field that starts on line 9 of "bad\/g_patent\.tsv"/,
      at: /g_patent\.tsv:9/,
      hint: /written twice/,
    });
  });

  test('with a row of another width', () => {
    withTable(INVENTOR, (text) => text.replace('P4\t0\tpP4-0\tA\tB\tU\tsg', 'P4\t0\tpP4-0\tA\tB\tU\tsg\tmore'));
    expectFailure(['bad', ...ASKED], {
      code: 'data/ragged',
      message: /Line 12 of "bad\/g_inventor_disambiguated\.tsv" has 8 fields; the header has 7/,
      at: /g_inventor_disambiguated\.tsv:12/,
      hint: /quotes around it/,
    });
  });

  test('in a truncated or damaged archive', () => {
    const gz = (text: string) => gzipSync(text);
    withTable(INVENTOR, (text) => gz(text).subarray(0, -40), `${INVENTOR}.gz`);
    expectFailure(['bad', ...ASKED], {
      code: 'patents/broken-archive',
      message: /g_inventor_disambiguated\.tsv\.gz" ends in the middle of its compressed data/,
      at: /g_inventor_disambiguated\.tsv\.gz/,
      hint: /Download it again/,
    });
    withTable(
      PATENT,
      (text) => {
        const bytes = gz(text);
        bytes[bytes.length - 8] ^= 1;
        return bytes;
      },
      `${PATENT}.gz`,
    );
    expectFailure(['bad', ...ASKED], {
      code: 'patents/broken-archive',
      message: /g_patent\.tsv\.gz" is damaged/,
      at: /g_patent\.tsv\.gz/,
      hint: /Download it again/,
    });
    withTable(PATENT, () => Buffer.from('PK\x03\x04 and no more'), `${PATENT}.zip`);
    expectFailure(['bad', ...ASKED], {
      code: 'patents/broken-archive',
      message: /g_patent\.tsv\.zip" has no directory at its end: it is cut off/,
      at: /g_patent\.tsv\.zip/,
      hint: /Download it again/,
    });
  });

  test('with duplicate patents or locations: the id and its lines', () => {
    withTable(PATENT, (text) => `${text}P3\tutility\t2011-03-01\tAgain\tB2\t1\t0\t\n`);
    expectFailure(['bad', ...ASKED], {
      code: 'patents/duplicate-patent',
      // P2's title holds a line break: the tenth row stands on line 12.
      message: /patent_id "P3" stands on lines 5, 12 of "bad\/g_patent\.tsv"/,
      at: /line 12, column patent_id/,
      hint: /Remove the repeated lines/,
    });
    withTable(LOCATION, (text) => `${text}sg\t\t\tIN\t\t\t\t\t\n`);
    expectFailure(['bad', ...ASKED], {
      code: 'patents/duplicate-location',
      message: /location_id "sg" stands on more than one line of .*: 4, 9/,
      at: /line 9, column location_id/,
      hint: /one line a location/,
    });
  });

  test.each([
    ['2011-13-45', /2011-13-45/],
    ['1011-06-07', /1011-06-07/],
    ['3011-06-07', /3011-06-07/],
    ['07.06.2011', /07\.06\.2011/],
    ['', /patent_date is ""/],
  ])('with the date "%s" that cannot be', (date, words) => {
    withTable(PATENT, (text) => text.replace('2011-06-07', date));
    expectFailure(['bad', ...ASKED], {
      code: 'patents/bad-date',
      message: words,
      at: /g_patent\.tsv, line 9, column patent_date/,
      hint: /--bad-dates drop/,
    });
  });

  test('with such a date can be built without those patents, counted', () => {
    withTable(PATENT, (text) => text.replace('2011-06-07', '3011-06-07'));
    const { code, stderr } = w.run(['patents', 'build', 'bad', ...ASKED, '--bad-dates', 'drop', '--quiet']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const manifest = JSON.parse(readFileSync(w.path('out/manifest.json'), 'utf8'));
    expect(manifest.steps[1]).toMatchObject({ step: 'patents', used: 6 });
    expect(manifest.steps[1].dropped).toContainEqual({ reason: 'date that is none', rows: 1 });
    rmSync(w.path('out'), { recursive: true });
  });

  test('that are empty, or a header alone', () => {
    withTable(PATENT, () => '');
    expectFailure(['bad', ...ASKED], {
      code: 'data/empty',
      message: /g_patent\.tsv" is empty/,
      at: /g_patent/,
      hint: /download/,
    });
    withTable(PATENT, (text) => `${text.split('\n')[0]}\n`);
    expectFailure(['bad', ...ASKED], {
      code: 'data/header-only',
      message: /has a header and no rows/,
      at: /g_patent\.tsv:1/,
      hint: /download/,
    });
  });
});

describe('arguments', () => {
  test('a partner that is home', () => {
    w.write('home.yaml', '- Singapore\n- china\n');
    expectFailure(['good', ...ASKED, '--partners', 'home.yaml'], {
      code: 'patents/partner-is-home',
      message: /"china" is the home country CHN/,
      at: /home\.yaml:2:3/,
      hint: /Take it out of home\.yaml/,
    });
  });

  test('names that are no country, or could be two', () => {
    w.write('korea.yaml', '- Singapore\n- Korea\n');
    expectFailure(['good', ...ASKED, '--partners', 'korea.yaml'], {
      code: 'country/ambiguous',
      message: /"Korea" is not one country/,
      at: /korea\.yaml:2:3/,
      hint: /KOR \(South Korea\) or PRK/,
    });
    expectFailure(['good', ...ASKED, '--home', 'Chnia'], {
      exit: 2,
      code: 'country/unknown',
      message: /"Chnia" is not a country/,
      at: /--home/,
      hint: /CHN/,
    });
  });

  test('years that have no co-patent, or no patent at all', () => {
    w.write('bhutan.yaml', '[BT]');
    expectFailure(['good', ...ASKED, '--partners', 'bhutan.yaml'], {
      code: 'patents/empty-result',
      message:
        /No patent of 2010–2011 has inventors both in China and in one of the 1 partners; 7 patents were searched/,
      at: /good/,
      hint: /Patents run from 2009 to 2011/,
    });
    expectFailure(['good', ...ASKED, '--years', '1990:1999'], {
      code: 'patents/empty-result',
      message: /No patent of "good" is of 1990–1999/,
      at: /good/,
      hint: /2009 to 2011/,
    });
  });

  test('flags that cannot be read', () => {
    expectFailure(['good', ...ASKED, '--years', '2011:2010'], {
      exit: 2,
      code: 'usage/wrong-value',
      message: /--years is "2011:2010"; FROM:TO with FROM ≤ TO/,
      at: /--years/,
      hint: /2008:2017/,
    });
    expectFailure(['good', ...ASKED, '--count', 'fraction'], {
      exit: 2,
      code: 'usage/wrong-value',
      message: /one of whole, fractional/,
      at: /--count/,
      hint: /Nearest: fractional/,
    });
    expectFailure(['good', ...ASKED, '--partners', 'none.yaml'], {
      code: 'data/file-missing',
      message: /list of partners "none\.yaml" does not exist/,
      at: /none\.yaml/,
      hint: /Paths/,
    });
  });

  test('errors as JSON', () => {
    const { stderr, code } = w.run(['patents', 'build', 'good', ...ASKED, '--years', '1990:1999', '--json']);
    expect(JSON.parse(stderr)).toMatchObject({
      schema: 'error/1',
      error: { code: 'patents/empty-result', details: { patents: 0 } },
    });
    expect(code).toBe(3);
  });
});
