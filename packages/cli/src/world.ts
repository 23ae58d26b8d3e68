/** The boundaries of the countries, read only where a study has a map. */
import path from 'node:path';
import type { World } from '@gravpanel/panel';
import { readBytes } from './files.ts';

/** Natural Earth 1:50m as TopoJSON (world-atlas); scripts/build.mjs puts the file beside the bundles. */
export function loadWorld(): World {
  const { bytes } = readBytes(path.join(__dirname, 'countries-50m.json'));
  return JSON.parse(new TextDecoder().decode(bytes));
}
