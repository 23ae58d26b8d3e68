/**
 * The list of bad input, through the real program: exit code, what is wrong with its place, what to do, nothing on
 * stdout, nothing left behind.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { count, goodPanel, goodStudy, noise, panelCsv, type Workspace, workspace } from './program.ts';

let w: Workspace;
beforeAll(() => {
  w = workspace();
});
afterAll(() => w.remove());

interface Expected {
  code: number;
  error: string;
  message: RegExp;
  /** The line after "at:", and for carets the two lines after it. */
  at: RegExp;
  hint: RegExp;
}

function expectFailure(args: string[], expected: Expected, input?: string): void {
  const before = w.names();
  const plain = w.run(args, { input });
  expect(plain.stderr).toMatch(/^error: /);
  expect(plain.stderr).toMatch(new RegExp(` code: ${expected.error}\\n`));
  expect(plain.stderr.split('\n')[0]).toMatch(expected.message);
  expect(/ {3}at: ([\s\S]*?)\n (?:hint|code):/.exec(plain.stderr)?.[1]).toMatch(expected.at);
  expect(/ hint: (.*)/.exec(plain.stderr)?.[1]).toMatch(expected.hint);
  expect(plain.stdout).toBe('');
  expect(plain.code).toBe(expected.code);
  const json = w.run([...args, '--json'], { input });
  const { schema, error } = JSON.parse(json.stderr.split('\n')[0]);
  expect(schema).toBe('error/1');
  expect(error).toMatchObject({ code: expected.error, message: expect.any(String), at: expect.any(Object) });
  expect(json.stdout).toBe('');
  expect(json.code).toBe(expected.code);
  expect(w.names()).toEqual(before);
}

const FIT = ['fit', '--panel', 'id,year', '--model', 'nb-fe'];

describe('a data file', () => {
  const cases: [what: string, csv: string | undefined, expected: Expected][] = [
    [
      'that is missing',
      undefined,
      {
        code: 3,
        error: 'data/file-missing',
        message: /"data.csv" does not exist/,
        at: /^data\.csv$/,
        hint: /Paths are taken from/,
      },
    ],
    [
      'that is empty',
      '',
      {
        code: 3,
        error: 'data/empty',
        message: /"data.csv" is empty; a header and rows/,
        at: /^data\.csv$/,
        hint: /Check/,
      },
    ],
    [
      'that is a header only',
      'id,year,y,x\n',
      { code: 3, error: 'data/header-only', message: /header and no rows/, at: /^data\.csv:1/, hint: /Check/ },
    ],
    [
      'with ragged rows',
      'id,year,y,x\n1,1,2,3\n1,2,3\n',
      {
        code: 3,
        error: 'data/ragged',
        message: /Line 3 .* has 3 fields; the header has 4/,
        at: /^data\.csv:3/,
        hint: /one field for every column/,
      },
    ],
    [
      'with another delimiter',
      'id;year;y;x\n1;1;2;3\n1;2;3;4\n',
      {
        code: 3,
        error: 'data/wrong-delimiter',
        message: /comma .* semicolon/,
        at: /^data\.csv:1/,
        hint: /--delimiter/,
      },
    ],
    [
      'with text in a numeric column',
      'id,year,y,x\n1,1,2,3\n1,2,n/a,4\n2,1,1,1\n',
      {
        code: 3,
        error: 'data/text-in-number',
        message: /y is "n\/a" on line 3/,
        at: /^data\.csv, line 3, column y$/,
        hint: /--missing/,
      },
    ],
    [
      'with NaN',
      'id,year,y,x\n1,1,2,3\n1,2,3,NaN\n2,1,1,1\n',
      {
        code: 3,
        error: 'data/not-finite',
        message: /x is NaN on line 3/,
        at: /line 3, column x/,
        hint: /Correct the cell/,
      },
    ],
    [
      'with Inf',
      'id,year,y,x\n1,1,2,3\n1,2,3,1\n2,1,1,-Inf\n',
      {
        code: 3,
        error: 'data/not-finite',
        message: /x is -Inf on line 4/,
        at: /line 4, column x/,
        hint: /Correct the cell/,
      },
    ],
    [
      'with a negative count',
      'id,year,y,x\n1,1,-2,3\n1,2,3,1\n2,1,1,1\n2,2,1,4\n',
      { code: 3, error: 'data/not-a-count', message: /y is -2 on line 2/, at: /line 2, column y/, hint: /ols/ },
    ],
    [
      'with a fractional count',
      'id,year,y,x\n1,1,2,3\n1,2,3.5,1\n2,1,1,1\n2,2,1,4\n',
      { code: 3, error: 'data/not-a-count', message: /y is 3\.5 on line 3/, at: /line 3, column y/, hint: /poisson/ },
    ],
    [
      'with a repeated unit and period',
      'id,year,y,x\n1,1,2,3\n1,1,3,1\n2,1,1,1\n2,2,1,4\n2,2,4,4\n',
      {
        code: 3,
        error: 'data/duplicate-rows',
        message: /1, 1 \(lines 2, 3\); 2, 2 \(lines 5, 6\)/,
        at: /line 3/,
        hint: /--panel A\+B,TIME/,
      },
    ],
    [
      'with only zeros in the outcome',
      panelCsv(6, 4, (i, t) => ({ y: 0, x: noise(i, t) })),
      { code: 3, error: 'data/all-zero', message: /y is 0 in all 24 rows/, at: /column y/, hint: /outcome/ },
    ],
    [
      'with one unit',
      panelCsv(1, 9, (i, t) => ({ y: count(i, t) + 1, x: noise(i, t) })),
      { code: 3, error: 'data/one-group', message: /Only one unit/, at: /data\.csv/, hint: /--panel/ },
    ],
    [
      'with a constant regressor alone',
      panelCsv(6, 4, (i, t) => ({ y: count(i, t), x: 5 })),
      { code: 3, error: 'data/all-collinear', message: /x is left out/, at: /^formula/, hint: /must vary/ },
    ],
  ];
  it.each(cases)('%s', (_, csv, expected) => {
    if (csv !== undefined) w.write('data.csv', csv);
    const delimiter = expected.error === 'data/wrong-delimiter' ? ['--delimiter', ','] : [];
    expectFailure([...FIT, '--data', 'data.csv', ...delimiter, 'y ~ x'], expected);
  });

  it('on stdin is named so', () => {
    const args = [...FIT, '--data', '-', 'y ~ x'];
    expectFailure(
      args,
      { code: 3, error: 'data/header-only', message: /"stdin"/, at: /^stdin:1/, hint: /Check/ },
      'id,year,y,x\n',
    );
  });

  it('with fewer rows than coefficients', () => {
    w.write(
      'data.csv',
      panelCsv(2, 2, (i, t) => ({ y: i + t, x: noise(i, t) })),
    );
    const message = /4 rows are used for \d+ coefficients; more rows than coefficients/;
    expectFailure([...FIT, '--data', 'data.csv', 'y ~ x + I(x^2) + i(year) + I(x^3)'], {
      code: 3,
      error: 'data/too-few-rows',
      message,
      at: /^formula/,
      hint: /fewer terms/,
    });
  });

  it('that makes the linear predictor overflow', () => {
    w.write(
      'data.csv',
      panelCsv(6, 4, (i, t) => ({ y: count(i, t) + 1, x: noise(i, t), far: t === 2 ? 1000 : 0 })),
    );
    for (const model of ['poisson', 'nb2', 'nb-fe']) {
      const args = ['fit', '--panel', 'id,year', '--model', model, '--data', 'data.csv', '--offset', 'far', 'y ~ x'];
      expectFailure(args, {
        code: 4,
        error: 'fit/eta-overflow',
        message: /beyond ±700/,
        at: /^formula/,
        hint: /offset reaches 1\.0e\+03/,
      });
    }
  });

  it('that makes a term overflow, with the row', () => {
    w.write('data.csv', goodPanel());
    expectFailure([...FIT, '--data', 'data.csv', 'y ~ I(exp(10000*x))'], {
      code: 3,
      error: 'data/not-finite-result',
      message: /exp\(10000 \* x\) is beyond the largest double on line \d+/,
      at: /line \d+/,
      hint: /if\(/,
    });
  });
});

describe('counts above 2³¹', () => {
  // The likelihoods of Poisson and NB2 do not change form with size: scaling both y and exp(offset) leaves slopes as they are.
  it.each(['poisson', 'nb2', 'nb-fe', 'nb-re'])('are estimated by %s, or refused with a reason', (model) => {
    const big = (i: number, t: number) => Math.floor(2 ** 33 * noise(i, 0, 3) * -Math.log(1 - noise(i, t)));
    w.write(
      'data.csv',
      panelCsv(20, 6, (i, t) => ({ y: big(i, t), x: noise(i, t, 1) })),
    );
    const { code, stdout, stderr } = w.run([
      'fit',
      '--panel',
      'id,year',
      '--model',
      model,
      '--data',
      'data.csv',
      '--json',
      'y ~ x',
    ]);
    if (code !== 0) {
      expect(JSON.parse(stderr).error.code).toMatch(/^(fit|data)\//);
      return;
    }
    const [column] = JSON.parse(stdout).columns;
    expect(column.loglik).toBeLessThan(0);
    // ℓ adds terms of 10¹¹: its rounding shows no gain below a gradient of 0.01 standard errors
    expect(column.certificate.scaledGradient).toBeLessThan(1e-5);
    expect(Math.abs(column.coefficients[1].estimate)).toBeLessThan(5);
  });
});

describe('a regressor that others span', () => {
  it('is left out, named in the table and in the JSON', () => {
    w.write(
      'data.csv',
      panelCsv(12, 6, (i, t) => ({ y: count(i, t), x: noise(i, t), c: 5, double: 2 * noise(i, t) })),
    );
    const nb2 = ['fit', '--model', 'nb2', '--data', 'data.csv', 'y ~ x + c + double'];
    const table = w.run(nb2);
    expect(table.code).toBe(0);
    expect(table.stdout).toMatch(/c and double are left out/);
    const json = w.run([...nb2, '--json']);
    const [column] = JSON.parse(json.stdout).columns;
    expect(column.collinear).toEqual(['c', 'double']);
    expect(column.coefficients.map((c: { term: string }) => c.term)).toEqual(['(Intercept)', 'x']);
  });
});

describe('a formula', () => {
  beforeAll(() => w.write('panel.csv', goodPanel()));
  const cases: [formula: string, expected: Expected][] = [
    [
      'y ~ xx',
      {
        code: 3,
        error: 'formula/unknown-variable',
        message: /"xx" is not a column of "panel\.csv"/,
        at: /^formula, character 5\n +y ~ xx\n {13}\^\^$/,
        hint: /Nearest: x/,
      },
    ],
    [
      'y ~ x + + * z',
      {
        code: 2,
        error: 'formula/syntax',
        message: /Found "\*"|Found "\+"/,
        at: /\n +y ~ x \+ \+ \* z\n +\^$/,
        hint: /./,
      },
    ],
    [
      'y ~ log(x',
      {
        code: 2,
        error: 'formula/syntax',
        message: /Found the end, expected "\)"/,
        at: /character 10\n +y ~ log\(x\n {18}\^$/,
        hint: /./,
      },
    ],
    ['y x', { code: 2, error: 'formula/syntax', message: /expected/, at: /character 3/, hint: /./ }],
  ];
  it.each(cases)('%s is refused with a caret', (formula, expected) => {
    expectFailure([...FIT, '--data', 'panel.csv', formula], expected);
  });

  it('puts the caret under wide characters and combining marks', () => {
    w.write('wide.csv', goodPanel().replace('x,z', '专利,z'));
    const { stderr } = w.run([...FIT, '--data', 'wide.csv', 'y ~ 专利 + zz']);
    const [line, caret] = stderr.split('\n').slice(2, 4);
    expect(line).toBe('         y ~ 专利 + zz');
    expect(caret).toBe('                    ^^');
  });
});

describe('a filter', () => {
  it('with an unknown column is refused with a caret', () => {
    w.write('panel.csv', goodPanel());
    expectFailure([...FIT, '--data', 'panel.csv', '--where', 'yaer >= 2002', 'y ~ x'], {
      code: 3,
      error: 'expression/unknown-column',
      message: /"yaer" is not a column/,
      at: /^--where, character 1\n +yaer >= 2002\n +\^\^\^\^$/,
      hint: /year/,
    });
  });
});

describe('flags', () => {
  beforeAll(() => w.write('panel.csv', goodPanel()));
  const fit = ['fit', '--data', 'panel.csv'];
  const cases: [args: string[], error: string, message: RegExp, at: RegExp, hint: RegExp][] = [
    [
      [...fit, '--modle', 'ols', 'y ~ x'],
      'usage/unknown-flag',
      /--modle is not a flag of gravpanel fit/,
      /^--modle/,
      /--model/,
    ],
    [[...fit, 'y ~ x'], 'usage/missing-flag', /--model is missing/, /^--model/, /--model <key>/],
    [[...fit, '--model', 'nbfe', 'y ~ x'], 'usage/wrong-value', /"nbfe"; one of ols/, /^--model/, /nb-fe/],
    [
      [...fit, '--model', 'frontier', '--distribution', 'normal', 'y ~ x'],
      'usage/wrong-value',
      /"normal"/,
      /^--distribution/,
      /half-normal/,
    ],
    [
      [...fit, '--model', 'ols', '--efficiencies', 'e.csv', 'y ~ x'],
      'usage/wrong-value',
      /--efficiencies is for a frontier/,
      /^--efficiencies/,
      /--model frontier/,
    ],
    [
      [...fit, '--model', 'ols', '--reps', '99', 'y ~ x'],
      'usage/flag-without-use',
      /--reps belongs to resampled standard errors/,
      /^--reps/,
      /--vcov bootstrap/,
    ],
    [[...fit, '--model', 'ols', '--vcov', 'hc9', 'y ~ x'], 'usage/wrong-value', /"hc9"/, /^--vcov/, /cluster:a\+b/],
    [[...fit, '--model', 'ols', '--panel', 'id', 'y ~ x'], 'usage/wrong-value', /ID,TIME/, /^--panel/, /origin/],
    [[...fit, '--model', 'ols', '--level', '95', 'y ~ x'], 'usage/wrong-value', /between 0 and 1/, /^--level/, /0\.9/],
    [[...fit, '--model', 'ols', '--lag', 'one', 'y ~ x'], 'usage/wrong-value', /whole number/, /^--lag/, /--lag 1/],
  ];
  it.each(cases)('%j', (args, error, message, at, hint) => {
    expectFailure(args, { code: 2, error, message, at, hint });
  });

  it('an unknown command gets the nearest one', () => {
    const { code, stdout, stderr } = w.run(['chekc']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/"chekc" is not a command[\s\S]*Nearest: check/);
  });
});

describe('a study', () => {
  const fine = '  a: { model: nb2, formula: y ~ x }';
  const cases: [what: string, study: string, expected: Expected][] = [
    [
      'with a mistyped key',
      goodStudy('  a: { modle: nb2, formula: y ~ x }'),
      {
        code: 3,
        error: 'study/unknown-key',
        message: /"modle" is not a key of models\.a/,
        at: /^study\.yaml:5:8\n.*\n +\^{5}$/,
        hint: /model/,
      },
    ],
    [
      'with a mistyped model',
      goodStudy('  a: { model: nb-ef, formula: y ~ x }'),
      { code: 3, error: 'study/wrong-value', message: /"nb-ef"/, at: /^study\.yaml:5:15/, hint: /nb-fe/ },
    ],
    [
      'with broken YAML',
      goodStudy('  a: { model: nb2, formula: y ~ x'),
      { code: 3, error: 'study/syntax', message: /./, at: /^study\.yaml:\d+:\d+/, hint: /./ },
    ],
    [
      'without a version',
      'title: x\n',
      { code: 3, error: 'study/no-version', message: /no version/, at: /^study\.yaml:1:1/, hint: /version: 1/ },
    ],
    [
      'with a key that comes later',
      goodStudy(fine, 'audit: { stars: 3 }\n'),
      { code: 3, error: 'study/not-in-this-version', message: /"audit"/, at: /^study\.yaml:6:1/, hint: /./ },
    ],
    [
      'with a specification curve of a term that is not in its formula',
      goodStudy(fine, 'multiverse:\n  m: { of: xx, formula: y ~ x, estimators: [nb2] }\n'),
      { code: 3, error: 'study/wrong-multiverse', message: /"xx" is not a term/, at: /^study\.yaml:7:6/, hint: /x/ },
    ],
    [
      'with a specification curve whose controls are no columns',
      goodStudy(fine, 'multiverse:\n  m: { of: x, formula: y ~ x, estimators: [nb2], controls: [none, zz] }\n'),
      { code: 3, error: 'formula/unknown-variable', message: /"zz"/, at: /^study\.yaml:7:6/, hint: /./ },
    ],
    [
      'with an unknown variable',
      goodStudy('  a: { model: nb2, formula: y ~ x + zed }'),
      {
        code: 3,
        error: 'formula/unknown-variable',
        message: /"zed" is not a column/,
        at: /^study\.yaml:5:37\n.*\n +\^{3}$/,
        hint: /z/,
      },
    ],
    [
      'with a formula that does not end',
      goodStudy('  a: { model: nb2, formula: "y ~ log(x" }'),
      { code: 3, error: 'formula/syntax', message: /Found the end/, at: /^study\.yaml:5:\d+/, hint: /./ },
    ],
    [
      'with an unknown column in derive',
      goodStudy(fine, 'derive: { lx: log(xs) }\n'),
      { code: 3, error: 'expression/unknown-column', message: /"xs"/, at: /^study\.yaml:6:19/, hint: /x/ },
    ],
    [
      'with a filter of an unknown column',
      goodStudy(fine, 'sample: { where: yaer > 2001 }\n'),
      { code: 3, error: 'expression/unknown-column', message: /"yaer"/, at: /^study\.yaml:6:18/, hint: /year/ },
    ],
    [
      'with a table of an unknown model',
      goodStudy(fine, 'tables: { t: { models: [b] } }\n'),
      {
        code: 3,
        error: 'study/unknown-model',
        message: /"b" is not one of the study's models/,
        at: /^study\.yaml:6:25/,
        hint: /a/,
      },
    ],
    [
      'with a test of an unknown model',
      goodStudy(fine, 'tests: [{ kind: hausman, of: b }]\n'),
      { code: 3, error: 'study/unknown-model', message: /"b"/, at: /^study\.yaml:6:30/, hint: /a/ },
    ],
    [
      'with a Hausman test of nb2',
      goodStudy(fine, 'tests: [{ kind: hausman, of: a }]\n'),
      { code: 3, error: 'study/test-not-possible', message: /nb2/, at: /^study\.yaml:6:30/, hint: /nb-fe/ },
    ],
    [
      'with a unit column that is not there',
      goodStudy(fine).replace('unit: id', 'unit: idd'),
      { code: 3, error: 'data/unknown-column', message: /"idd"/, at: /^study\.yaml:3:/, hint: /id/ },
    ],
    [
      'whose data file is missing',
      goodStudy(fine).replace('panel.csv', 'panels.csv'),
      {
        code: 3,
        error: 'data/file-missing',
        message: /panels\.csv" does not exist/,
        at: /^study\.yaml:3:15/,
        hint: /./,
      },
    ],
    [
      'whose data have changed',
      goodStudy(fine).replace('unit: id', `unit: id, sha256: ${'ab'.repeat(32)}`),
      { code: 3, error: 'data/changed', message: /SHA-256/, at: /^study\.yaml:3:/, hint: /sha256/ },
    ],
    [
      'whose further table is missing',
      goodStudy(fine).replace('time: year', 'time: year, tables: { more: { path: more.csv } }'),
      {
        code: 3,
        error: 'data/file-missing',
        message: /more\.csv" does not exist/,
        at: /^study\.yaml:3:72/,
        hint: /./,
      },
    ],
    [
      'whose further table has changed',
      goodStudy(fine).replace(
        'time: year',
        `time: year, tables: { more: { path: panel.csv, sha256: ${'ab'.repeat(32)} } }`,
      ),
      { code: 3, error: 'data/changed', message: /SHA-256/, at: /^study\.yaml:3:/, hint: /sha256/ },
    ],
    [
      'with a part from a table that is not there',
      goodStudy(fine, 'describe: [{ kind: shares, from: mroe, count: y, by: id }]\n').replace(
        'time: year',
        'time: year, tables: { more: { path: panel.csv } }',
      ),
      { code: 3, error: 'study/unknown-table', message: /"mroe"/, at: /^study\.yaml:6:34/, hint: /more/ },
    ],
  ];
  it.each(cases)('%s stops before anything is written', (_, study, expected) => {
    w.write('panel.csv', goodPanel());
    w.write('study.yaml', study);
    expectFailure(['run', 'study.yaml', '-o', 'out', '--quiet'], expected);
    expectFailure(['check', 'study.yaml'], expected);
  });

  it('whose map names a country by no code says which line, before anything is written', () => {
    w.write('panel.csv', goodPanel());
    w.write('places.csv', 'who,code,n\nSingapore,SGP,4\nNowhere,XQQ,2\n');
    const map = 'describe: [{ kind: map, from: places, count: n, by: who, code: code, home: CHN }]\n';
    const study = goodStudy(fine, map).replace('time: year', 'time: year, tables: { places: { path: places.csv } }');
    w.write('study.yaml', study);
    expectFailure(['run', 'study.yaml', '-o', 'out', '--quiet'], {
      code: 3,
      error: 'country/unknown',
      message: /"XQQ" is not a country of ISO 3166/,
      at: /places\.csv:3|row 3|line 3/,
      hint: /./,
    });
  });

  it('that is missing says from where paths are taken', () => {
    expectFailure(['run', 'none.yaml', '-o', 'out'], {
      code: 3,
      error: 'data/file-missing',
      message: /study "none\.yaml" does not exist/,
      at: /^none\.yaml/,
      hint: /Paths are taken from/,
    });
  });

  it('that is a data file is told apart', () => {
    w.write('panel.csv', goodPanel());
    expectFailure(['check', 'panel.csv'], {
      code: 3,
      error: 'study/not-a-map',
      message: /not a map/,
      at: /^panel\.csv:1/,
      hint: /./,
    });
  });

  it('is not run into a folder that exists', () => {
    w.write('panel.csv', goodPanel());
    w.write('study.yaml', goodStudy(fine));
    w.write('taken/mine.txt', 'mine');
    expectFailure(['run', 'study.yaml', '-o', 'taken'], {
      code: 2,
      error: 'output/exists',
      message: /"taken" exists already/,
      at: /^taken/,
      hint: /--force/,
    });
  });
});
