// Cuts the report's fonts from Adobe's full families (OFL-1.1) and writes them as one module of base64 woff2:
// src/render/fonts.generated.ts. The same letters as .ttf, for pictures drawn outside a browser, go to dist/fonts. Part of `build`; nothing to do when that file is newer than this script.
// Why our own cut: no published web subset of Source Serif 4 or Source Sans 3 has ‡.
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import subsetFont from 'subset-font';

const here = fileURLToPath(import.meta.url);
const out = join(dirname(here), '../src/render/fonts.generated.ts');
const packageDir = (name) => dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));

const range = (from, to) => String.fromCodePoint(...Array.from({ length: to - from + 1 }, (_, i) => from + i));
const LATIN = range(0x20, 0x7e) + range(0xa0, 0xff) + range(0x100, 0x17f);
const GREEK = 'αβγδεζηθικλμνξοπρστυφχψωΓΔΘΛΞΠΣΦΨΩ';
const MARKS = '‡†−×≥≤≠≈∞→←↑↓✓–—‘’“”„…•′″€№‰\u2009\u202f\u2010₀₁₂₃₄₅₆₇₈₉';
export const CHARACTERS = LATIN + GREEK + MARKS;

const FACES = [
  {
    key: 'serif',
    pack: 'source-serif',
    file: 'VAR/SourceSerif4Variable-Roman.ttf',
    axes: { opsz: 14 },
    text: CHARACTERS,
  },
  { key: 'sans', pack: 'source-sans', file: 'WOFF2/VF/SourceSans3VF-Upright.ttf.woff2', axes: {}, text: CHARACTERS },
  // Only the wordmark is set in italic.
  {
    key: 'wordmark',
    pack: 'source-serif',
    file: 'VAR/SourceSerif4Variable-Italic.ttf',
    axes: { opsz: 14, wght: 400 },
    text: 'gravpanel',
  },
];

const pictures = join(dirname(here), '../dist/fonts');
const STATIC = [
  ['source-serif', 'SourceSerif4-Regular.ttf'],
  ['source-serif', 'SourceSerif4-Semibold.ttf'],
  ['source-sans', 'SourceSans3-Regular.ttf'],
  ['source-sans', 'SourceSans3-Semibold.ttf'],
];

// Family and style, as fonts of one family with several weights say them.
const NAMES = [1, 2, 4, 6, 16, 17];

function upToDate() {
  try {
    const written = [out, ...STATIC.map(([, file]) => join(pictures, file))];
    return written.every((file) => statSync(file).mtimeMs > statSync(here).mtimeMs);
  } catch {
    return false;
  }
}

async function cut({ key, pack, file, axes, text }) {
  const variationAxes = { wght: { min: 400, max: 600 }, ...axes };
  const font = await subsetFont(readFileSync(join(packageDir(pack), file)), text, {
    targetFormat: 'woff2',
    variationAxes,
  });
  console.error(`fonts: ${key} ${(font.length / 1000).toFixed(1)} kB`);
  return [key, font.toString('base64')];
}

if (!upToDate() || process.argv.includes('--force')) {
  const faces = Object.fromEntries(await Promise.all(FACES.map(cut)));
  const licence = readFileSync(join(packageDir('source-serif'), 'LICENSE.md'), 'utf8').trim();
  const lines = [
    '// Written by scripts/fonts.mjs. Subsets of Source Serif 4 and Source Sans 3 (Adobe), SIL Open Font License 1.1.',
    '/** woff2 files in base64. */',
    `export const FONTS: Record<'serif' | 'sans' | 'wordmark', string> = ${JSON.stringify(faces, null, 2)};`,
    '/** Every character that the serif and the sans were asked to hold. */',
    `export const FONT_CHARACTERS: string = ${JSON.stringify(CHARACTERS)};`,
    '/** The licence of both families. */',
    `export const FONT_LICENCE: string = ${JSON.stringify(licence)};`,
  ];
  writeFileSync(out, `${lines.join('\n')}\n`);
  mkdirSync(pictures, { recursive: true });
  for (const [pack, file] of STATIC) {
    const source = readFileSync(join(packageDir(pack), 'TTF', file));
    writeFileSync(
      join(pictures, file),
      await subsetFont(source, CHARACTERS, { targetFormat: 'truetype', preserveNameIds: NAMES }),
    );
  }
  writeFileSync(join(pictures, 'LICENSE.md'), `${licence}\n`);
}
