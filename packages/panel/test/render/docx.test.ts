import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { parseHTML } from 'linkedom';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { labelOf, textOf } from '../../src/render/cells.ts';
import { renderDocx } from '../../src/render/docx.ts';
import type { Table } from '../../src/types.ts';
import { hasCommand, missingPart } from './parts.ts';
import { HOSTILE, printedTables } from './printed-tables.ts';

const office = hasCommand('soffice');
if (!office) missingPart('soffice', 'Word tables in LibreOffice');

const parts = async (table: Table) => {
  const files = unzipSync(await renderDocx(table));
  return (name: string) => strFromU8(files[name]);
};

describe('renderDocx', () => {
  it('has a head that repeats, decimal tabs and real cells', async () => {
    const xml = (await parts(printedTables.main))('word/document.xml');
    expect(xml.match(/<w:tbl>/g)).toHaveLength(1);
    expect(xml.match(/<w:tblHeader\/>/g)).toHaveLength(2);
    expect(xml.match(/<w:tab w:val="decimal"/g)!.length).toBeGreaterThan(60);
    expect(xml).toContain('<w:gridSpan w:val="6"/>');
    // No row breaks over a page, and the first of a pair keeps with the second.
    expect(xml.match(/<w:cantSplit\/>/g)!.length).toBe(xml.match(/<w:tr>|<w:tr /g)!.length);
    expect(xml).toContain('<w:keepNext/>');
  });

  it('asks Word for the decimal point in every country', async () => {
    expect((await parts(printedTables.main))('word/settings.xml')).toContain('<w:decimalSymbol w:val="."/>');
  });

  it('turns a table of more than seven columns, or one that asks for it', async () => {
    const landscape = async (table: Table) => /w:orient="landscape"/.test((await parts(table))('word/document.xml'));
    expect(await landscape(printedTables.main)).toBe(false);
    expect(await landscape(printedTables.wide)).toBe(true);
    expect(await landscape({ ...printedTables.main, landscape: true })).toBe(true);
    expect(await landscape({ ...printedTables.wide, landscape: false })).toBe(false);
  });

  it('gives the same bytes at another time', async () => {
    const now = await renderDocx(printedTables.hostile);
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2031-05-06T07:08:09Z') });
    const later = await renderDocx(printedTables.hostile);
    vi.useRealTimers();
    expect(Buffer.compare(now, later)).toBe(0);
  });
});

describe.runIf(office)('LibreOffice', () => {
  const dir = mkdtempSync(join(tmpdir(), 'gravpanel-docx-'));
  const names = ['main', 'hostile', 'beside', 'panels', 'wide'];
  beforeAll(async () => {
    for (const name of names) writeFileSync(join(dir, `${name}.docx`), await renderDocx(printedTables[name]));
    const files = names.map((name) => `${name}.docx`);
    const profile = `-env:UserInstallation=file://${dir}/profile`;
    spawnSync('soffice', ['--headless', profile, '--convert-to', 'html', ...files], { cwd: dir, stdio: 'ignore' });
  }, 120_000);
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  const squeezed = (text: string) => text.replace(/\s+/g, ' ').trim();
  const cellsIn = (name: string) => {
    const { document } = parseHTML(readFileSync(join(dir, `${name}.html`), 'utf8'));
    const rows = [...document.querySelectorAll('tr')];
    return rows.map((tr) => [...tr.querySelectorAll('td, th')].map((td) => squeezed(td.textContent ?? '')));
  };

  it.each(names)('reads every cell of the table %s', (name) => {
    const table = printedTables[name];
    const found = cellsIn(name);
    const body = [...table.body, ...table.foot].filter(({ kind }) => kind !== 'heading');
    for (const row of body) {
      const wanted = row.cells.map((cell, j) => squeezed(textOf(table, row, j) + (cell.stars ?? ''))).filter(Boolean);
      const line = found.find(
        (cells) =>
          wanted.every((text) => cells.includes(text)) &&
          (row.label === '' || cells.some((c) => c.startsWith(squeezed(labelOf(row))))),
      );
      expect(line, `${row.label}: ${wanted.join(' | ')}`).toBeDefined();
    }
    for (const { label } of table.body.filter(({ kind }) => kind === 'heading'))
      expect(found.flat()).toContain(squeezed(label));
  });

  it('reads any label as it was written', () => {
    expect(
      cellsIn('hostile')
        .flat()
        .some((text) => text.startsWith(squeezed(HOSTILE))),
    ).toBe(true);
  });
});
