#!/usr/bin/env node
import { createRequire } from 'node:module';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`gravpanel needs Node 20.19 or newer; this is ${process.versions.node}.\n`);
  process.exit(2);
}
try {
  createRequire(import.meta.url)('../dist/main.cjs');
} catch (error) {
  if (error?.code !== 'MODULE_NOT_FOUND' || !String(error.message).includes('dist/main.cjs')) throw error;
  process.stderr.write('gravpanel is not built yet.\nhint: run "npm run build" at the root of the checkout.\n');
  process.exit(1);
}
