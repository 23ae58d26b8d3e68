/** Correct tables as R, fixest and Stata print them: nothing in them is inconsistent. Made by test-fixtures/peers/tables.R. */
import { readdirSync } from 'node:fs';
import { certified, fixtureJson, fixturePath, fixtureText } from '@gravpanel/test-fixtures';
import { describe, expect, it, test } from 'vitest';
import { auditPublished } from '../src/audit.ts';
import { readPaste } from '../src/audit-paste.ts';
import { pasteYaml } from '../src/audit-paste-yaml.ts';
import { readPublished } from '../src/audit-read.ts';
import { starsFor } from './audit-made.ts';

/** Cells by file, counted in the text by hand, and the law where the text cannot tell it: five months make t(4). */
const FILES: Record<string, { cells: number; columns: number; dist?: string }> = {
  'etable-airquality.txt': { cells: 14, columns: 6, dist: 't:4' },
  'etable-did-hetero.txt': { cells: 12, columns: 3 },
  'etable-mtcars-below.txt': { cells: 14, columns: 4 },
  'etable-mtcars.txt': { cells: 14, columns: 4 },
  'etable-poisson.txt': { cells: 9, columns: 3 },
  'etable-trade-clustered.txt': { cells: 19, columns: 2 },
  'glm-nb-quine.txt': { cells: 7, columns: 1 },
  'glm-poisson-warpbreaks.txt': { cells: 4, columns: 1 },
  'lm-mtcars.txt': { cells: 5, columns: 1 },
  'lm-swiss.txt': { cells: 6, columns: 1 },
};

describe('tables of R and fixest, pasted as they print', () => {
  it('are all here', () => {
    expect(readdirSync(fixturePath('peers', 'tables')).sort()).toEqual(Object.keys(FILES));
  });
  test.each(Object.entries(FILES))('%s has no inconsistent cell', (name, { cells, columns, dist }) => {
    const pasted = readPaste(fixtureText('peers', 'tables', name));
    const yaml = pasteYaml(pasted).replace('meta:', dist ? `meta:\n  dist: ${dist}` : 'meta:');
    const audit = auditPublished(readPublished(yaml, { file: name }));
    expect([pasted.columns.length, audit.cells]).toEqual([columns, cells]);
    expect(audit.findings.filter((f) => f.verdict !== 'only if the p-value came from elsewhere')).toEqual([]);
  });
  it('would show a star too many', () => {
    const text = fixtureText('peers', 'tables', 'etable-mtcars.txt').replace('-0.0178 (0.0150)', '-0.0178* (0.0150)');
    const audit = auditPublished(readPublished(pasteYaml(readPaste(text)), { file: 'x' }));
    expect(audit.findings).toMatchObject([{ rule: 'star-p', term: 'hp', column: 'model 3', printed: '*' }]);
  });
});

interface PublishedTable {
  id: string;
  irr?: Record<string, number>;
  irr_se?: Record<string, number>;
  coef?: Record<string, number>;
}

describe('tables of the Stata manual', () => {
  const published = fixtureJson<PublishedTable[]>('certified', 'published.json');
  const usual: [string, number][] = [
    ['*', 0.1],
    ['**', 0.05],
    ['***', 0.01],
  ];
  it('incidence-rate ratios carry the stars of the certified coefficients', () => {
    const ships = published.find(({ id }) => id === 'ships_xtpoisson_fe')!;
    const fit = certified().ships.fe_pois!;
    const rows = Object.entries(ships.irr!).map(([term, irr]) => {
      const i = fit.params.indexOf(term);
      const z = fit.coef[i] / fit.se_oim[i];
      // Two-sided normal p of the certified z, by the table of quantiles: 1.6449, 1.9600, 2.5758.
      const p = Math.abs(z) > 2.5758 ? 0.001 : Math.abs(z) > 1.96 ? 0.02 : Math.abs(z) > 1.6449 ? 0.07 : 0.5;
      return `  ${term}: [${irr}, ${ships.irr_se![term]}, "${starsFor(p, usual)}"]`;
    });
    const yaml = `table1_ships:\n${rows.join('\n')}\ntable1_settings: { scale: exp, dist: normal }\n`;
    const audit = auditPublished(readPublished(yaml, { file: 'ships' }));
    expect(audit.cells).toBe(4);
    expect(audit.findings).toEqual([]);
    const plain = auditPublished(readPublished(yaml.replace('scale: exp, ', ''), { file: 'ships' }));
    expect(plain.findings.length).toBeGreaterThan(0);
  });
});
