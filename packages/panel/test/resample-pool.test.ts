/** The pool with workers that die, and records as bytes. */
import { loadKernels } from '@gravpanel/core-wasm';
import { describe, expect, it } from 'vitest';
import { PanelError } from '../src/errors.ts';
import { startFit } from '../src/fit.ts';
import { packRecord, unpackRecord } from '../src/record-bytes.ts';
import { type Draws, drawAll, emptyDraws, openJob, placeDraws } from '../src/resample-draws.ts';
import { createPool, type PoolWorker } from '../src/resample-pool.ts';
import { designOf } from './design-of.ts';

const kernels = await loadKernels();
const job = startFit(
  designOf('synth45', 'poisson', { vcov: { type: 'bootstrap', reps: 900 }, clusters: ['pair'] }),
  kernels,
).runs!.main;

/** A worker on this thread that is gone in the middle of its `dies`-th call. */
function worker(dies: number): PoolWorker {
  const open = openJob(job, kernels);
  let calls = 0;
  let die: (reason: string) => void = () => {};
  const gone = new Promise<string>((resolve) => {
    die = resolve;
  });
  return {
    open: async () => {},
    run: async (first, count) => {
      calls++;
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (calls === dies) {
        die('killed');
        return new Promise<Draws>(() => {});
      }
      return open.run(first, count);
    },
    gone,
    stop: () => {},
  };
}

/** A clock by which every look takes so long that workers are always worth it and chunks are small. */
function host(threads: number, dies: (started: number) => number) {
  let [time, started] = [0, 0];
  return {
    threads,
    start: () => worker(dies(started++)),
    now: () => {
      time += 40;
      return time;
    },
    breathe: async () => {},
    started: () => started,
  };
}

describe('the pool', () => {
  const whole = drawAll(job, kernels);

  it.each([
    ['no worker dies', () => 0],
    ['each worker dies at its third call', () => 3],
    ['every other worker dies at its first call', (started: number) => (started % 2 ? 1 : 0)],
  ])('gives every replicate once, with the same bits, where %s', async (_, dies) => {
    const all = emptyDraws(job, job.reps);
    const times = new Uint8Array(job.reps);
    const h = host(3, dies);
    const pool = createPool(h);
    const threads = await pool.run(
      job,
      [{ first: 0, count: job.reps }],
      () => openJob(job, kernels),
      (first, draws) => {
        placeDraws(all, first, draws, job);
        for (let r = first; r < first + draws.count; r++) times[r]++;
      },
    );
    pool.stop();
    expect(threads).toBe(3);
    expect(h.started()).toBeGreaterThan(2);
    expect(times.every((n) => n === 1)).toBe(true);
    expect(all).toEqual(whole);
  });

  it('stops with the reason where workers die again and again', async () => {
    const pool = createPool(host(2, () => 1));
    const run = pool.run(
      job,
      [{ first: 0, count: job.reps }],
      () => openJob(job, kernels),
      () => {},
    );
    await expect(run).rejects.toMatchObject({
      code: 'resample/worker-died',
      message: expect.stringContaining('killed'),
    });
  });

  it('starts no worker for a small job', async () => {
    let time = 0;
    const small = { ...host(4, () => 0), now: () => (time += 0.01) };
    const pool = createPool(small);
    expect(
      await pool.run(
        job,
        [{ first: 0, count: 60 }],
        () => openJob(job, kernels),
        () => {},
      ),
    ).toBe(1);
    expect(small.started()).toBe(0);
  });

  it('hands on what the receiver of draws throws', async () => {
    const pool = createPool(host(2, () => 0));
    const full = () => {
      throw new PanelError({ code: 'output/not-written', message: 'full' });
    };
    await expect(pool.run(job, [{ first: 0, count: 100 }], () => openJob(job, kernels), full)).rejects.toThrow('full');
  });

  it('starts no worker behind an error, and hands on nothing more', async () => {
    const two = host(2, () => 0);
    const pool = createPool(two);
    let received = 0;
    const fullLater = () => {
      received++;
      if (two.started() === 2) throw new PanelError({ code: 'output/not-written', message: 'full' });
    };
    const run = pool.run(job, [{ first: 0, count: 900 }], () => openJob(job, kernels), fullLater);
    await expect(run).rejects.toThrow('full');
    pool.stop();
    const before = [received, two.started()];
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect([received, two.started()]).toEqual(before);
    expect(two.started()).toBe(2);
  });
});

describe('records as bytes', () => {
  const record = {
    name: 'pär',
    nested: [{ f: Float64Array.of(1.5, -0, Number.NaN, Infinity), i: Int32Array.of(-1, 7) }, null, true],
    empty: new Uint8Array(0),
    u: Uint8Array.of(1, 2, 3),
  };

  it('come back as they were, from any offset and from Node’s Buffer', () => {
    const bytes = packRecord(record);
    expect(unpackRecord(bytes)).toEqual(record);
    expect(packRecord(record)).toEqual(bytes);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(unpackRecord(shifted.subarray(3))).toEqual(record);
    expect(unpackRecord(Buffer.from(bytes))).toEqual(record);
    expect(unpackRecord(packRecord(job))).toEqual(job);
  });

  it.each([
    ['other bytes', () => Uint8Array.of(1, 2, 3)],
    ['a record cut short', () => packRecord(record).slice(0, -8)],
  ])('refuse %s', (_, bytes) => {
    expect(() => unpackRecord(bytes())).toThrow(expect.objectContaining({ code: 'record/broken' }));
  });
});
