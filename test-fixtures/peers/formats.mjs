// The same table as Arrow IPC, file and stream, by apache-arrow 21 (npm i apache-arrow, then node test-fixtures/peers/formats.mjs).
import { readFileSync, writeFileSync } from 'node:fs';
import { Float32, Float64, Int32, tableFromArrays, tableToIPC, Utf8, vectorFromArray } from 'apache-arrow';

const out = new URL('../data/formats/', import.meta.url);
const { table } = JSON.parse(readFileSync(new URL('formats.json', out), 'utf8'));
const types = { unit: Utf8, year: Int32, count: Int32, big: Int32, single: Float32, dbl: Float64, word: Utf8 };
const columns = Object.entries(types).map(([name, Type]) => [name, vectorFromArray(table[name], new Type())]);
const made = tableFromArrays(Object.fromEntries(columns));
for (const kind of ['file', 'stream']) writeFileSync(new URL(`${kind}.arrow`, out), tableToIPC(made, kind));
