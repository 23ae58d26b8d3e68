/**
 * node bench/browser.mjs [--rounds N] [--large] [--record]
 * node bench/browser.mjs --open
 * The page in headless chromium beside the same work in Node on this machine, in interleaved rounds of one run: the page of `#/speed` fits and
 * resamples a model of the shipped belt-road study, and asks this server for the same in Node, with as many workers on both sides. Then the time
 * to the first table and to a page at rest, and what the main thread does during a run and while a table of 10 MB (--large: and of 50 MB) is
 * opened. --record appends to bench/RESULTS.md. Exit 5 where a limit is missed. --open serves the page for a browser of yours instead.
 * Needs `npm run build` and chromium (GRAVPANEL_CHROMIUM names another one).
 */
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadKernels } from '../packages/core-wasm/dist/index.js';
import * as panel from '../packages/panel/dist/index.js';
import { threadPool } from './thread-pool.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    large: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
    open: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
/** As many as the page of `#/speed` draws. */
const reps = 9999;
const LIMIT = 0.9;
const page = join(root, 'packages/web/dist');
const executablePath = process.env.GRAVPANEL_CHROMIUM ?? '/usr/bin/chromium';
for (const needed of [join(page, 'index.html'), ...(values.open ? [] : [executablePath])])
  if (!existsSync(needed)) {
    console.error(`${needed} is missing; npm run build makes the page, apt install chromium the browser.`);
    process.exit(2);
  }

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json' };
const kernels = await loadKernels();
/** Estimates of a request in Node and the seconds they take, `times` of them one after the other, workers started for each as the page does. */
async function inNode({ request, times, workers }) {
  const start = performance.now();
  let fits;
  for (let i = 0; i < times; i++) {
    const pool = threadPool(workers);
    try {
      const frame = panel.setPanel(panel.readTable(request.csv, { name: request.name }), request.unit, request.time);
      fits = await panel.fitSpecWith(frame, request.spec, kernels, pool.runner(kernels));
    } finally {
      pool.stop();
    }
  }
  const fit = fits.map(({ coefficients }) => ({
    coefficients: coefficients.map(({ estimate, se }) => ({ estimate, se })),
  }));
  return { seconds: (performance.now() - start) / 1000 / times, fits: fit };
}

const server = createServer(async (request, response) => {
  if (request.method === 'POST' && request.url === '/node') {
    let asked = '';
    for await (const part of request) asked += part;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(await inNode(JSON.parse(asked))));
    return;
  }
  const path = normalize(new URL(request.url, 'http://localhost').pathname);
  const file = join(page, path === '/' ? 'index.html' : path);
  const body = await readFile(file).catch(() => undefined);
  response.writeHead(body ? 200 : 404, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
  response.end(body);
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${server.address().port}/`;
if (values.open) {
  console.log(`${url}#/speed/node  (Ctrl-C ends it)`);
  await new Promise(() => {});
}
const { chromium } = createRequire(join(root, 'packages/web/package.json'))('playwright-core');
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
const open = async () => (await browser.newContext({ viewport: { width: 1440, height: 1000 } })).newPage();

const threads = cpus().length;

/** What the page of `#/speed` measures, read from it when it is done; `rounds` interleaved with those of Node, which this server answers. */
async function measured() {
  const visitor = await open();
  await visitor.goto(`${url}#/speed/node`);
  await visitor.waitForSelector('body[data-settled]');
  const main = visitor.locator('main');
  await main.locator('input').fill(String(rounds));
  await main.locator('button.primary').click();
  await visitor.waitForSelector('main table[data-results], main [role=alert]', { timeout: 600_000 });
  const table = main.locator('table[data-results]');
  if ((await table.count()) === 0) throw new Error(await main.locator('[role=alert]').textContent());
  const rows = JSON.parse(await table.getAttribute('data-results'));
  await visitor.context().close();
  for (const { task, page, node } of rows) {
    if (!node.same) throw new Error(`${task}: the page and Node give different numbers.`);
    console.error(
      `${task}: Node ${node.seconds.toFixed(4)} s, page ${page.toFixed(4)} s, rate ${node.ratio.toFixed(2)}`,
    );
  }
  return Object.fromEntries(rows.map((row) => [row.task, row]));
}
const median = (all) => [...all].sort((a, b) => a - b)[all.length >> 1];

/** Milliseconds from the request to the first table, and to the page that has loaded all it will, in a browser that knows nothing of it. */
async function firstVisit() {
  const visitor = await open();
  await visitor.addInitScript(() => {
    new MutationObserver((_, observer) => {
      if (!document.querySelector('figure.table tbody td')) return;
      globalThis.tableAt = performance.now();
      observer.disconnect();
    }).observe(document, { childList: true, subtree: true });
  });
  await visitor.goto(url);
  await visitor.waitForSelector('body[data-settled]');
  const found = await visitor.evaluate(() => ({
    table: globalThis.tableAt,
    interactive: performance.getEntriesByType('navigation')[0].domInteractive,
    rest: performance.now(),
  }));
  await visitor.context().close();
  return found;
}

/** A whole study run column by column and a bootstrap of one column after it, by the buttons of the page. */
async function runStudy() {
  const visitor = await open();
  await visitor.goto(`${url}#/data`);
  await visitor.waitForSelector('body[data-settled]');
  await visitor.locator('.shipped button').filter({ hasText: 'firms' }).first().click();
  await visitor.waitForFunction(() => document.querySelector('.files')?.textContent?.includes('patents_rdus.csv'));
  await visitor.locator('nav a[href="#/run"]').first().click();
  await visitor.waitForSelector('.boot');
  await visitor.waitForTimeout(1500);
  const measured = await mainThread(visitor, async () => {
    await visitor.locator('.run-bar button').first().click();
    await visitor.waitForFunction(() =>
      document.querySelector('.run-bar [role=status]')?.textContent?.includes(' s on this device'),
    );
    await visitor.locator('.boot input').first().fill(String(reps));
    await visitor
      .locator('.boot')
      .getByRole('button', { name: /^Draw$/ })
      .click();
    await visitor.waitForSelector('.boot [data-draws]');
  });
  await visitor.context().close();
  return measured;
}

/** A table of units × 20 years, about `megabytes` long. */
function tableOf(megabytes) {
  const parts = ['pair,year,patents,gdp,rd,dist,border,lang\n'];
  let seed = 1;
  const uniform = () => {
    seed = (seed * 1664525 + 1013904223) % 4294967296;
    return seed / 4294967296;
  };
  for (let size = 0, unit = 1; size < megabytes * 1e6; unit++) {
    let lines = '';
    for (let year = 2001; year <= 2020; year++) {
      const [a, g] = [uniform(), uniform()];
      lines += `N${unit},${year},${Math.floor(a * a * a * 40)},${(g * 1000).toFixed(4)},${(a * g * 10).toFixed(5)},${(unit * 37) % 9973},${unit % 7 === 0 ? 1 : 0},${unit % 5 === 0 ? 1 : 0}\n`;
    }
    size += lines.length;
    parts.push(lines);
  }
  return parts.join('');
}

/** CPU time of the tasks of the page's main thread while `work` goes on, ms: that of a busy machine is not in it. */
async function mainThread(on, work) {
  await browser.startTracing(on, { categories: ['toplevel', 'disabled-by-default-devtools.timeline'] });
  await work();
  const { traceEvents } = JSON.parse(String(await browser.stopTracing()));
  const mains = new Set(
    traceEvents
      .filter((e) => e.name === 'thread_name' && e.args.name === 'CrRendererMain')
      .map((e) => `${e.pid} ${e.tid}`),
  );
  const tasks = traceEvents
    .filter((e) => e.name === 'RunTask' && mains.has(`${e.pid} ${e.tid}`))
    .map((e) => (e.tdur ?? 0) / 1000);
  return { longest: Math.max(...tasks), sum: tasks.reduce((a, b) => a + b, 0) };
}

async function dropTable(megabytes) {
  const visitor = await open();
  await visitor.goto(`${url}#/data`);
  await visitor.waitForSelector('body[data-settled]');
  const text = tableOf(megabytes);
  // A file over 50 MB cannot be handed over by the driver: the page makes it.
  await visitor.evaluate((content) => {
    globalThis.table = new File([content], 'big.csv');
  }, text);
  await visitor.waitForTimeout(1500);
  let seconds = 0;
  const { longest, sum } = await mainThread(visitor, async () => {
    seconds = await visitor.evaluate(async () => {
      const start = performance.now();
      const input = document.querySelector('main input[type=file]');
      const carried = new DataTransfer();
      carried.items.add(globalThis.table);
      input.files = carried.files;
      input.dispatchEvent(new Event('change', { bubbles: true }));
      while (
        !document.querySelector('.table .map canvas') ||
        !document.querySelector('.table .name')?.textContent?.includes('big.csv')
      )
        await new Promise((resolve) => setTimeout(resolve, 20));
      return (performance.now() - start) / 1000;
    });
    await visitor.waitForTimeout(1500);
  });
  await visitor.context().close();
  return { megabytes, seconds, longest, sum };
}

try {
  const { fits, draws, alone } = await measured();
  const visits = [];
  for (let i = 0; i < rounds; i++) visits.push(await firstVisit());
  const runs = [];
  for (let i = 0; i < rounds; i++) runs.push(await runStudy());
  const study = { longest: median(runs.map(({ longest }) => longest)), sum: median(runs.map(({ sum }) => sum)) };
  const drops = [];
  for (const megabytes of values.large ? [10, 50] : [10]) drops.push(await dropTable(megabytes));

  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
  const s = (x) => (x < 0.1 ? `${(1000 * x).toFixed(1)} ms` : `${x.toFixed(2)} s`);
  const time = (key) => `${Math.round(median(visits.map((visit) => visit[key])))} ms`;
  const text = `
## ${new Date().toISOString().slice(0, 10)}: the page in chromium ÷ Node

${cpus()[0].model}, ${cpus().length} cores, shared · Node ${process.version} · chromium ${browser.version()}, headless · commit ${commit} · ${threads} workers on both
sides, started for each request · nb-fe, column (4) of studies/belt-road-copatents (45 partners × 10 years, 6 regressors, one lag), from the text of the table to the
estimates, the same to the last bit · medians of ${rounds} interleaved rounds (\`node bench/browser.mjs${values.large ? ' --large' : ''}\`).

| | Node | page | rate, page ÷ Node | limit |
| --- | ---: | ---: | ---: | ---: |
${[
  ['a fit, of 25 asked for in a row', fits, LIMIT],
  [`${reps.toLocaleString('en-US')} replicates`, draws, LIMIT],
  ['a fit alone, with its way to the worker and back', alone, ''],
]
  .map(
    ([label, row, limit]) =>
      `| ${label} | ${s(row.node.seconds)} | ${s(row.page)} | **${row.node.ratio.toFixed(2)}** | ${limit} |`,
  )
  .join('\n')}

First visit from this machine: the document is interactive after ${time('interactive')}, the finished table stands after ${time('table')}, the page is at rest after ${time('rest')}.

| main thread of the page, CPU time | longest task | all tasks | limit |
| --- | ---: | ---: | ---: |
| a run of hhg-patents on its page, ${reps.toLocaleString('en-US')} replicates of a column after it; longest of each of ${rounds} rounds ${runs.map(({ longest }) => longest.toFixed(0)).join(', ')} | ${study.longest.toFixed(0)} ms | ${study.sum.toFixed(0)} ms | 50 ms |
${drops.map((d) => `| a CSV of ${d.megabytes} MB, its map after ${d.seconds.toFixed(1)} s | ${d.longest.toFixed(0)} ms | ${d.sum.toFixed(0)} ms | 50 ms${d.megabytes === 10 ? ', 1 s' : ''} |`).join('\n')}
`;
  console.log(text);
  if (values.record) appendFileSync(join(root, 'bench/RESULTS.md'), text);
  const missed =
    fits.node.ratio < LIMIT ||
    draws.node.ratio < LIMIT ||
    [study, ...drops].some(({ longest }) => longest > 50) ||
    drops[0].sum > 1000;
  if (missed) process.exitCode = 5;
} finally {
  await browser.close();
  server.close();
  server.closeAllConnections();
}
