// Writes the shipped region schemes (regions/*.yaml) as one module of texts, src/regions.generated.ts, so that they are found
// wherever the package runs. Part of `build`.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const folder = new URL('../regions/', import.meta.url);
const files = readdirSync(folder)
  .filter((file) => file.endsWith('.yaml'))
  .sort();
const texts = Object.fromEntries(files.map((file) => [file.slice(0, -5), readFileSync(new URL(file, folder), 'utf8')]));
writeFileSync(
  new URL('../src/regions.generated.ts', import.meta.url),
  `// Written by scripts/regions.mjs from regions/.
/** Text of each shipped scheme, by name. */
export const REGION_SCHEMES: Record<string, string> = ${JSON.stringify(texts, null, 2)};
`,
);
