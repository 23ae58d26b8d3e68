import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { FONT_CHARACTERS, FONT_LICENCE, FONTS } from '../../src/render/fonts.generated.ts';
import { DARK, LIGHT, type Token } from '../../src/render/theme.ts';

/** fontverter turns woff2 into sfnt; it comes with subset-font. */
async function sfntOf(key: keyof typeof FONTS): Promise<Buffer> {
  const from = dirname(createRequire(import.meta.url).resolve('subset-font/package.json'));
  const path = createRequire(`${from}/index.js`).resolve('fontverter');
  const { default: fontverter } = await import(pathToFileURL(path).href);
  return fontverter.convert(Buffer.from(FONTS[key], 'base64'), 'sfnt');
}

/** Characters that the cmap (format 4 or 12) of an sfnt gives a glyph. */
function charactersOf(font: Buffer): Set<number> {
  const tables = font.readUInt16BE(4);
  let cmap = 0;
  for (let i = 0; i < tables; i++)
    if (font.toString('latin1', 12 + i * 16, 16 + i * 16) === 'cmap') cmap = font.readUInt32BE(20 + i * 16);
  const out = new Set<number>();
  for (let i = 0; i < font.readUInt16BE(cmap + 2); i++) {
    const at = cmap + font.readUInt32BE(cmap + 8 + i * 8);
    if (font.readUInt16BE(at) !== 4) continue;
    const segments = font.readUInt16BE(at + 6) / 2;
    for (let s = 0; s < segments; s++) {
      const end = font.readUInt16BE(at + 14 + s * 2);
      const start = font.readUInt16BE(at + 16 + segments * 2 + s * 2);
      for (let c = start; c <= end && c < 0xffff; c++) out.add(c);
    }
  }
  return out;
}

describe('the shipped fonts', () => {
  it.each(['serif', 'sans'] as const)('have every mark in %s', async (key) => {
    const has = charactersOf(await sfntOf(key));
    const missing = [...'‡†−×≥≤≠→✓–—’“”…·αβδημλΓ²₀ÀéßñøŁőšžİ'].filter((c) => !has.has(c.codePointAt(0) ?? 0));
    expect(missing).toEqual([]);
  });

  it('take at most 130 kB together', () => {
    const bytes = Object.values(FONTS).reduce((sum, base64) => sum + Buffer.from(base64, 'base64').length, 0);
    expect(bytes).toBeLessThanOrEqual(130_000);
  });

  it('keep their licence and were asked for Latin Extended-A', () => {
    expect(FONT_LICENCE).toContain('SIL OPEN FONT LICENSE Version 1.1');
    expect(FONT_CHARACTERS).toContain('ž');
  });
});

describe('the colours', () => {
  const channel = (c: number) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  const luminance = (hex: string) => {
    const [r, g, b] = [1, 3, 5].map((i) => channel(Number.parseInt(hex.slice(i, i + 2), 16) / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (a: string, b: string) => {
    const [lo, hi] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (hi + 0.05) / (lo + 0.05);
  };

  // WCAG 2.x: 4.5 for text, 3 for marks and control borders.
  it.each([
    ['light', LIGHT],
    ['dark', DARK],
  ] as const)('give %s text 4.5:1 and marks 3:1', (_, theme) => {
    const text: Token[] = [
      'ink',
      'ink2',
      'ink3',
      'accent',
      'alert',
      'warn',
      'ok',
      't1',
      't2',
      't3',
      't4',
      't5',
      't6',
      't7',
    ];
    for (const token of text) expect(ratio(theme[token], theme.paper), token).toBeGreaterThanOrEqual(4.5);
    const marks: Token[] = ['c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'border'];
    for (const token of marks) expect(ratio(theme[token], theme.paper), token).toBeGreaterThanOrEqual(3);
  });
});
