/** `gravpanel serve`: the web app on this machine. Static files and nothing else; everything is computed in the tab. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { PanelError } from '@gravpanel/panel';
import { Command, Option } from 'commander';
import { exists, readBytes } from './files.ts';
import { numberOf } from './flag-values.ts';
import { commonFlags } from './flags.ts';
import { describeCommand } from './help.ts';
import { terminal, write } from './streams.ts';
import { runCommand, usageError } from './usage.ts';

interface ServeFlags {
  port: number;
  host: string;
  json: boolean;
  quiet: boolean;
  color?: 'always' | 'never' | 'auto';
}

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.yaml': 'text/yaml; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};

/** The page: its own scripts and WebAssembly. The same words as in its head, which static hosts serve without headers. */
const PAGE_POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; style-src 'self'; " +
  "font-src 'self'; img-src 'self' data: blob:; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/** A worker has the policy of its own script: arquero compiles the expressions of descriptive tables there. */
const SCRIPT_POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' 'unsafe-eval'; worker-src 'self'; connect-src 'self'";

const HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** The built page: in a checkout beside this package, else the copy that was packed with it. @throws PanelError usage/not-built. */
function builtPage(): string {
  const places = [path.join(__dirname, '../../web/dist'), path.join(__dirname, 'web')];
  const found = places.find((folder) => exists(path.join(folder, 'index.html')));
  if (found) return found;
  throw usageError(
    'not-built',
    `The web app is not built: there is no index.html in "${path.relative(process.cwd(), places[0])}".`,
    'Run npm run build at the root of the checkout, then gravpanel serve again.',
  );
}

/** The file of a request; undefined for what is outside of the folder or hidden. */
function fileOf(folder: string, address: string | undefined): string | undefined {
  let asked: string;
  try {
    asked = decodeURIComponent(new URL(address ?? '/', 'http://localhost').pathname);
  } catch {
    return undefined;
  }
  const parts = asked.split('/').filter(Boolean);
  if (parts.some((part) => part.startsWith('.') || /[\\\0]/.test(part))) return undefined;
  return path.join(folder, ...(parts.length === 0 ? ['index.html'] : parts));
}

function respond(folder: string, { method, url }: IncomingMessage, response: ServerResponse): void {
  const end = (status: number, words: string, more: Record<string, string> = {}) =>
    response.writeHead(status, { ...HEADERS, 'content-type': TYPES['.txt'], ...more }).end(words);
  if (method !== 'GET' && method !== 'HEAD') return void end(405, 'GET and HEAD only.\n', { allow: 'GET, HEAD' });
  const file = fileOf(folder, url);
  const type = TYPES[path.extname(file ?? '')];
  if (file === undefined || type === undefined || !exists(file)) return void end(404, 'Not found.\n');
  const { bytes } = readBytes(file, 'file of the page');
  const hashed = path.basename(path.dirname(file)) === 'assets';
  response.writeHead(200, {
    ...HEADERS,
    'content-type': type,
    'content-length': bytes.length,
    'cache-control': hashed ? 'public, max-age=31536000, immutable' : 'no-cache',
    ...(type.startsWith('text/html') && { 'content-security-policy': PAGE_POLICY }),
    ...(type.startsWith('text/javascript') && { 'content-security-policy': SCRIPT_POLICY }),
  });
  response.end(method === 'HEAD' ? undefined : bytes);
}

function listenError({ code, message }: NodeJS.ErrnoException, { host, port }: ServeFlags): PanelError {
  if (code === 'EADDRINUSE')
    return usageError(
      'port-taken',
      `Port ${port} of ${host} is taken by another program.`,
      `Name another one: --port ${port < 65535 ? port + 1 : port - 1}; --port 0 takes any that is free.`,
      '--port',
    );
  if (code === 'EACCES')
    return usageError(
      'port-refused',
      `Port ${port} of ${host} may not be opened by this user.`,
      'Name one above 1023: --port 8642.',
      '--port',
    );
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return usageError(
      'unknown-host',
      `"${host}" is not an address of this machine.`,
      'Leave --host out for this machine alone, or write --host 0.0.0.0 for its whole network.',
      '--host',
    );
  return usageError('not-served', `The page cannot be served: ${message}.`, 'Try another --port or --host.');
}

const listening = (server: Server, flags: ServeFlags) =>
  new Promise<number>((resolve, reject) => {
    server.once('error', (error) => reject(listenError(error, flags)));
    server.listen(flags.port, flags.host, () => resolve((server.address() as AddressInfo).port));
  });

const isLoopback = (host: string) => /^(localhost|127(\.\d+){3}|::1)$/.test(host);

/** The stop of a server is its usual end. */
const stopped = (server: Server) =>
  new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.removeAllListeners(signal);
      process.once(signal, () => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    }
  });

async function act(flags: ServeFlags): Promise<void> {
  const t = terminal(flags);
  const folder = builtPage();
  const server = createServer((request, response) => {
    try {
      respond(folder, request, response);
    } catch (error) {
      const words = error instanceof PanelError ? error.message : String(error);
      if (!response.headersSent) response.writeHead(500, { ...HEADERS, 'content-type': TYPES['.txt'] });
      response.end(`${words}\n`);
    }
  });
  const port = await listening(server, flags);
  const end = stopped(server);
  const name = flags.host.includes(':') ? `[${flags.host}]` : flags.host;
  const url = `http://${flags.host === '0.0.0.0' || flags.host === '::' ? 'localhost' : name}:${port}/`;
  if (t.json) await write(process.stdout, `${JSON.stringify({ schema: 'serve/1', url, host: flags.host, port })}\n`);
  else await write(process.stdout, `${url}\n`);
  if (!t.quiet && !t.json)
    await write(
      process.stderr,
      isLoopback(flags.host)
        ? 'gravpanel in the browser; for this machine alone. Ctrl-C ends it.\n'
        : 'gravpanel in the browser; everyone on this network can open it, and only this machine has it offline. Ctrl-C ends it.\n',
    );
  await end;
}

function define(): Command {
  const command = new Command('serve')
    .addOption(
      new Option('--port <n>', 'port; 0 takes any that is free')
        .argParser(
          numberOf(
            '--port',
            'a whole number from 0 to 65535',
            'Write --port 8642.',
            (n) => Number.isInteger(n) && n >= 0 && n <= 65535,
          ),
        )
        .default(8642),
    )
    .addOption(new Option('--host <name>', 'address to listen on; 0.0.0.0 is the whole network').default('127.0.0.1'));
  for (const option of commonFlags('json', 'quiet', 'color')) command.addOption(option);
  describeCommand(command, {
    purpose:
      'Serves the web app on this machine: the same study file, the same numbers, in a browser tab. The address goes to stdout. Nothing is uploaded: files are read in the tab.',
    usage: 'serve [--port N] [--host NAME]',
    examples: ['gravpanel serve', 'gravpanel serve --port 0 --json'],
    after: 'Exit codes: 0 ended by Ctrl-C, 2 usage: the port is taken, or the app is not built.',
  });
  return command.action(act);
}

export const main = (args: string[]) => runCommand(define(), args);
