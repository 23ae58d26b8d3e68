/**
 * What the page takes from the workspace when it is built: the report's tokens, table styles and fonts, the studies that ship,
 * and the result of the first of them, computed here by the very code that the worker runs.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import subsetFont from 'subset-font';
import { type InlineConfig, type Plugin, runnerImport } from 'vite';
import { parse } from 'yaml';
import { FIRST, studyIn } from './first-study.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const studies = path.resolve(root, '../../studies');
const out = path.join(root, 'generated');

/** Runs sources of the workspace here, from their sources. */
const runner: InlineConfig = {
  root,
  configFile: false,
  logLevel: 'error',
  resolve: {
    alias: [
      { find: /^@gravpanel\/panel\/report$/, replacement: path.resolve(root, '../panel/src/render/index.ts') },
      { find: /^@gravpanel\/panel\/regions$/, replacement: path.resolve(root, '../panel/src/regions.ts') },
      { find: /^@gravpanel\/panel\/describe$/, replacement: path.resolve(root, '../panel/src/describe.ts') },
      { find: /^@gravpanel\/panel\/countries$/, replacement: path.resolve(root, '../panel/src/countries.ts') },
      { find: /^@gravpanel\/panel\/formats$/, replacement: path.resolve(root, '../panel/src/formats.ts') },
      { find: /^@gravpanel\/panel$/, replacement: path.resolve(root, '../panel/src/index.ts') },
      { find: /^@gravpanel\/core-wasm$/, replacement: path.resolve(root, '../core-wasm/src/index.ts') },
    ],
  },
};

function write(name: string, content: string | Uint8Array): void {
  const file = path.join(out, name);
  mkdirSync(path.dirname(file), { recursive: true });
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  // Untouched where nothing changed: a server that watches the file does not reload the page.
  if (existsSync(file) && Buffer.compare(readFileSync(file), bytes) === 0) return;
  writeFileSync(file, bytes);
}

interface Shipped {
  name: string;
  title: string;
  text: string;
  files: string[];
  /** Printed tables of the paper that the study repeats, and the tables that they name as sources. */
  published?: string[];
}

/** Every study folder with the files that its study names. */
function shippedStudies(): Shipped[] {
  return readdirSync(studies)
    .filter((name) => existsSync(path.join(studies, name, 'study.yaml')))
    .sort((a, b) => Number(b === FIRST) - Number(a === FIRST) || a.localeCompare(b))
    .map((name) => ({ name, ...studyIn(path.join(studies, name)), ...publishedOf(name) }));
}

function publishedOf(name: string): { published?: string[] } {
  const file = path.join(studies, name, 'published.yaml');
  if (!existsSync(file)) return {};
  const { sources = {} } = parse(readFileSync(file, 'utf8')) as { sources?: Record<string, { file: string }> };
  return { published: ['published.yaml', ...Object.values(sources).map((source) => source.file)] };
}

function studiesModule(all: Shipped[]): string {
  const imports: string[] = [];
  const entries = all.map(({ name, title, files, published }, i) => {
    const from = (file: string) => JSON.stringify(`../../../studies/${name}/${file}?url`);
    imports.push(`import s${i} from ${from('study.yaml')};`);
    const urls = files.map((file, j) => {
      imports.push(`import s${i}f${j} from ${from(file)};`);
      return `${JSON.stringify(file)}: s${i}f${j}`;
    });
    const printed = (published ?? []).map((file, j) => {
      imports.push(`import s${i}p${j} from ${from(file)};`);
      return `${JSON.stringify(file)}: s${i}p${j}`;
    });
    const more = printed.length > 0 ? `, published: { ${printed.join(', ')} }` : '';
    return `  { name: ${JSON.stringify(name)}, title: ${JSON.stringify(title)}, study: s${i}, files: { ${urls.join(', ')} }${more} },`;
  });
  return `${imports.join('\n')}\n\nexport const SHIPPED: { name: string; title: string; study: string; files: Record<string, string>; published?: Record<string, string> }[] = [\n${entries.join('\n')}\n];\n`;
}

async function styles(): Promise<void> {
  const { module } = await runnerImport<typeof import('@gravpanel/panel/report')>(
    path.resolve(root, '../panel/src/render/index.ts'),
    runner,
  );
  const { AUDIT_CSS, cssTokens, FONTS, MONO, SANS, SERIF, TABLE_CSS_APP } = module;
  const face = (family: string, key: keyof typeof FONTS, weight: string) => {
    write(`${key}.woff2`, Buffer.from(FONTS[key], 'base64'));
    return `@font-face{font-family:'${family}';src:url('./${key}.woff2') format('woff2');font-weight:${weight};font-display:swap}`;
  };
  const faces = [
    face('Gravpanel Serif', 'serif', '400 600'),
    face('Gravpanel Sans', 'sans', '400 600'),
    face('Gravpanel Wordmark', 'wordmark', '400'),
  ];
  const dark = `color-scheme:dark;${cssTokens('dark')}`;
  const tokens = [
    `:root{color-scheme:light;${cssTokens('light')};--serif:${SERIF};--sans:${SANS};--mono:'Gravpanel Mono',${MONO}}`,
    `@media (prefers-color-scheme:dark){:root:not([data-theme=light]){${dark}}}`,
    `:root[data-theme=dark]{${dark}}`,
  ];
  write('theme.css', `${[...faces, ...tokens].join('\n')}\n`);
  write('table.css', TABLE_CSS_APP);
  write('audit.css', AUDIT_CSS);
}

/** What formulas, study files and column names are made of: Latin, Greek, the marks of the language and of the report. */
const MONO_CHARACTERS = `${String.fromCodePoint(
  ...Array.from({ length: 0x17f - 0x20 + 1 }, (_, i) => 0x20 + i).filter((c) => c < 0x7f || c > 0x9f),
)}αβγδεζηθικλμνξοπρστυφχψωΓΔΘΛΞΠΣΦΨΩ‡†−×≥≤≠≈→–—‘’“”…·`;

/** The font of what is typed: loaded with the stations where something is. Cut once: it takes a second. */
async function mono(): Promise<void> {
  const file = path.join(out, 'mono.woff2');
  if (!existsSync(file)) {
    const pack = path.dirname(createRequire(import.meta.url).resolve('source-code-pro/package.json'));
    const font = readFileSync(path.join(pack, 'WOFF2/VF/SourceCodeVF-Upright.ttf.woff2'));
    write(
      'mono.woff2',
      await subsetFont(font, MONO_CHARACTERS, { targetFormat: 'woff2', variationAxes: { wght: 400 } }),
    );
  }
  write(
    'mono.css',
    "@font-face{font-family:'Gravpanel Mono';src:url('./mono.woff2') format('woff2');font-weight:400;font-display:swap}\n",
  );
}

/** The finished run of the first study, as the worker would hand it to the page. */
async function firstRun(): Promise<void> {
  const { module } = await runnerImport<typeof import('./first-run.ts')>(
    path.join(root, 'scripts/first-run.ts'),
    runner,
  );
  const { first, rest } = module.made;
  write(
    'models.ts',
    `import type { FrontierSpec } from '@gravpanel/panel';
type Laws = { [K in 'distribution' | 'inefficiency']: NonNullable<FrontierSpec[K]>[] };
type Uses = { vcov: string[]; like: string[]; frontier?: Record<string, string[]> };
export const LAWS: Laws = ${JSON.stringify(module.laws)};
export const MODELS: Record<string, Uses> = ${JSON.stringify(module.uses)};\n`,
  );
  write('first.json', JSON.stringify(first));
  write('first-rest.json', JSON.stringify(rest));
}

let done: Promise<void> | undefined;

async function generate(): Promise<void> {
  const all = shippedStudies();
  write('studies.ts', studiesModule(all));
  await Promise.all([styles(), mono(), firstRun()]);
}

export const generated = (): Plugin => ({
  name: 'gravpanel:generated',
  async config() {
    done ??= generate();
    await done;
  },
});
