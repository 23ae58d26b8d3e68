// build/core.wasm → src/wasm.generated.ts: the bytes as base64, so that one import works in Node, workers and browsers.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const at = (path) => new URL(`../${path}`, import.meta.url);
const wasm = readFileSync(at('build/core.wasm'));
mkdirSync(at('src/'), { recursive: true });
writeFileSync(
  at('src/wasm.generated.ts'),
  `/** assembly/ compiled; written by scripts/embed.mjs. */\nexport const wasmBase64 =\n  '${wasm.toString('base64')}';\n`,
);
console.error(`core.wasm: ${wasm.length} bytes, ${gzipSync(wasm, { level: 9 }).length} gzipped`);
