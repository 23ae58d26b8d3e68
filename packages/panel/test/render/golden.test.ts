/**
 * One rich table in every format, byte for byte as it was looked at. After a change that is meant, in packages/panel:
 *   GRAVPANEL_UPDATE=golden npx vitest run test/render/golden.test.ts
 * and look at what changed: the .tex set by lualatex, the .docx in LibreOffice, the .html in a browser.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { strFromU8, unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { checkTable } from '../../src/audit-table.ts';
import { renderCsv } from '../../src/render/csv.ts';
import { renderDocx } from '../../src/render/docx.ts';
import { renderJson } from '../../src/render/json.ts';
import { renderLatex } from '../../src/render/latex.ts';
import { renderMarkdown } from '../../src/render/markdown.ts';
import { renderTablePage } from '../../src/render/table-page.ts';
import { renderText } from '../../src/render/text.ts';
import { renderTypst } from '../../src/render/typst.ts';
import { printedTables } from './printed-tables.ts';

const folder = new URL('../../../../test-fixtures/golden/', import.meta.url);

const { rich } = printedTables;

const docxParts = async () => {
  const files = unzipSync(await renderDocx(rich));
  return ['word/document.xml', 'word/styles.xml', 'word/settings.xml']
    .map((name) => `<!-- ${name} -->\n${strFromU8(files[name]).replace(/></g, '>\n<')}\n`)
    .join('');
};

const FORMATS: Record<string, () => string | Promise<string>> = {
  'rich.txt': () => renderText(rich, { width: 120 }),
  'rich-80.txt': () => renderText(rich, { width: 80 }),
  'rich.md': () => renderMarkdown(rich),
  'rich.html': () => renderTablePage(rich),
  'rich.tex': () => renderLatex(rich),
  'rich.typ': () => renderTypst(rich),
  'rich.csv': () => renderCsv(rich),
  'rich.json': () => renderJson(rich),
  // The package is a zip: its parts, a tag a line.
  'rich.docx.xml': docxParts,
};

describe('the golden files', () => {
  it('are of a table that passes its own audit', () => {
    expect(() => checkTable(rich)).not.toThrow();
  });

  it.each(Object.keys(FORMATS))('%s has the bytes that were looked at', async (name) => {
    const made = await FORMATS[name]();
    const file = new URL(name, folder);
    if (process.env.GRAVPANEL_UPDATE === 'golden') {
      mkdirSync(folder, { recursive: true });
      writeFileSync(file, made);
    }
    expect(made === readFileSync(file, 'utf8'), `${name} differs; this file says how to refresh it`).toBe(true);
  });

  it('hold every estimate in every format', async () => {
    // Tags, and Typst's two halves of a number.
    const plain = (text: string) =>
      text
        .replaceAll('\u2212', '-')
        .replace(/<[^>]*>/g, '')
        .replaceAll('", ".', '.');
    const numbers = rich.body.flatMap(({ cells }) => cells.filter(({ kind }) => kind === 'estimate' || kind === 'se'));
    expect(numbers.length).toBeGreaterThan(40);
    // CSV has values, not print.
    for (const [name, make] of Object.entries(FORMATS).filter(([name]) => name !== 'rich.csv')) {
      const text = plain(await make());
      for (const { text: number } of numbers) expect(text.includes(plain(number)), `${name}: ${number}`).toBe(true);
    }
  });
});
