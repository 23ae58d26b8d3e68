// build/*.wasm → src/wasm*.generated.ts: the bytes as base64, so that one import works in Node, workers and browsers.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const at = (path) => new URL(`../${path}`, import.meta.url);
mkdirSync(at('src/'), { recursive: true });
for (const [file, name, to] of [
  ['core.wasm', 'wasmBase64', 'wasm.generated.ts'],
  ['frontier.wasm', 'wasmFrontierBase64', 'wasm-frontier.generated.ts'],
]) {
  const wasm = readFileSync(at(`build/${file}`));
  writeFileSync(
    at(`src/${to}`),
    `/** assembly/ compiled; written by scripts/embed.mjs. */\nexport const ${name} =\n  '${wasm.toString('base64')}';\n`,
  );
  console.error(`${file}: ${wasm.length} bytes, ${gzipSync(wasm, { level: 9 }).length} gzipped`);
}
