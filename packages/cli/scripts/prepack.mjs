/** npm pack: the built web app goes along, for `gravpanel serve` outside of a checkout. */
import { cpSync, existsSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const from = fileURLToPath(new URL('../../web/dist', import.meta.url));
const to = fileURLToPath(new URL('../dist/web', import.meta.url));
if (!existsSync(`${from}/index.html`)) throw new Error('packages/web is not built: npm run build at the root first.');
rmSync(to, { recursive: true, force: true });
cpSync(from, to, { recursive: true });
