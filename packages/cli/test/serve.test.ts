/** serve: through the program, asked by a client that knows nothing of it. */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Workspace, workspace } from './program.ts';

const dist = fileURLToPath(new URL('../../web/dist', import.meta.url));

/** A path as it is written, which fetch would tidy. */
function ask(url: string, path: string, method = 'GET'): Promise<{ status: number; headers: object; body: Buffer }> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path, method }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    })
      .on('error', reject)
      .end();
  });
}

describe('serve', () => {
  let w: Workspace;
  let program: ChildProcessWithoutNullStreams;
  let url = '';
  let first: { schema: string; url: string; host: string; port: number };

  beforeAll(async () => {
    if (!existsSync(join(dist, 'index.html')))
      throw new Error('packages/web is not built: npm run build, then these tests.');
    w = workspace();
    program = w.start(['serve', '--port', '0', '--json']);
    const [line] = (await once(program.stdout, 'data')) as [Buffer];
    first = JSON.parse(line.toString());
    url = first.url;
  });
  afterAll(() => {
    if (program?.exitCode === null) program.kill('SIGKILL');
    w?.remove();
  });

  it('says where it listens, on this machine alone', () => {
    expect(first).toEqual({
      schema: 'serve/1',
      url: `http://127.0.0.1:${first.port}/`,
      host: '127.0.0.1',
      port: first.port,
    });
    expect(first.port).toBeGreaterThan(1023);
  });

  it('gives every file of the built page to the byte, each with its type', async () => {
    const types: Record<string, RegExp> = {
      html: /^text\/html/,
      js: /^text\/javascript/,
      css: /^text\/css/,
      csv: /^text\/csv/,
      json: /^application\/json/,
      webmanifest: /^application\/manifest\+json/,
      yaml: /^text\/yaml/,
      woff2: /^font\/woff2/,
      txt: /^text\/plain/,
      svg: /^image\/svg\+xml/,
      png: /^image\/png/,
    };
    const files = readdirSync(dist, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.length).toBeGreaterThan(20);
    for (const { name, parentPath } of files) {
      const path = join(parentPath, name).slice(dist.length);
      const { status, headers, body } = await ask(url, path);
      expect([path, status]).toEqual([path, 200]);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'content-type': expect.stringMatching(types[name.split('.').at(-1)!]),
      });
      expect(Buffer.compare(body, readFileSync(join(dist, path)))).toBe(0);
    }
  });

  it('gives the page a policy without inline script and eval, in words no looser than its head', async () => {
    const { headers, body } = await ask(url, '/');
    const policy = (headers as Record<string, string>)['content-security-policy'];
    const inHead = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(body.toString())?.[1];
    expect(policy).toContain(inHead);
    expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe-(inline|eval)(?<!wasm-unsafe-eval)/);
    expect(headers).toMatchObject({ 'cache-control': 'no-cache', 'referrer-policy': 'no-referrer' });
  });

  it.each([
    '/../../../package.json',
    '/..%2f..%2fpackage.json',
    '/%2e%2e/package.json',
    '/assets/..%5c..%5cpackage.json',
    '/.git/config',
    '/nothing.js',
    '/assets',
    '/%ff',
    '//etc/passwd',
  ])('gives nothing from outside of the page: %s', async (path) => {
    expect((await ask(url, path)).status).toBe(404);
  });

  it('answers GET and HEAD alone', async () => {
    const head = await ask(url, '/', 'HEAD');
    expect([head.status, head.body.length]).toEqual([200, 0]);
    const post = await ask(url, '/', 'POST');
    expect([post.status, post.headers]).toEqual([405, expect.objectContaining({ allow: 'GET, HEAD' })]);
  });

  it('says that a port is taken, and by which flag another one is named', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const { code, stdout, stderr } = w.run(['serve', '--port', String(port)]);
    other.close();
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(new RegExp(`Port ${port} of 127\\.0\\.0\\.1 is taken[\\s\\S]*--port \\d+[\\s\\S]*--port 0`));
  });

  it.each([
    [['--port', '70000'], /70000.*0 to 65535/s],
    [['--port', 'x'], /"x".*whole number/s],
    [['--host', 'no.such.host.invalid'], /not an address of this machine/],
    [['--prot', '1'], /Nearest: --port/],
  ])('refuses %j', (args, words) => {
    const { code, stderr } = w.run(['serve', ...args]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(words)]);
  });

  it('ends with 0 when it is stopped', async () => {
    program.kill('SIGINT');
    const [code] = await once(program, 'exit');
    expect(code).toBe(0);
  });

  it('says that the app is not built, and what builds it', async () => {
    // A copy of the program alone, with no page beside it.
    const away = w.path('away/cli');
    mkdirSync(away, { recursive: true });
    for (const folder of ['bin', 'package.json'])
      cpSync(fileURLToPath(new URL(`../${folder}`, import.meta.url)), join(away, folder), { recursive: true });
    mkdirSync(join(away, 'dist'));
    for (const name of ['main.cjs', 'serve.cjs'])
      cpSync(fileURLToPath(new URL(`../dist/${name}`, import.meta.url)), join(away, 'dist', name));
    const { status, stderr } = spawnSync(process.execPath, [join(away, 'bin/gravpanel.mjs'), 'serve', '--port', '0'], {
      encoding: 'utf8',
      timeout: 20_000,
    });
    expect([status, stderr]).toEqual([2, expect.stringMatching(/web app is not built[\s\S]*npm run build/)]);
    // The copy that is packed with the program is found beside it.
    mkdirSync(join(away, 'dist/web'));
    cpSync(join(dist, 'index.html'), join(away, 'dist/web/index.html'));
    const child = spawn(process.execPath, [join(away, 'bin/gravpanel.mjs'), 'serve', '--port', '0']);
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    expect((await ask(line.toString().trim(), '/')).status).toBe(200);
    child.kill('SIGTERM');
    await once(child, 'exit');
  }, 30_000);
});
