#!/usr/bin/env node
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`gravpanel needs Node 20.19 or newer; this is ${process.versions.node}.\n`);
  process.exit(2);
}
const main = new URL('../dist/main.js', import.meta.url);
try {
  await import(main.href);
} catch (error) {
  if (error?.code !== 'ERR_MODULE_NOT_FOUND' || !String(error.message).includes('dist/main.js')) throw error;
  process.stderr.write('gravpanel is not built yet.\nhint: run "npm run build" at the root of the checkout.\n');
  process.exit(1);
}
