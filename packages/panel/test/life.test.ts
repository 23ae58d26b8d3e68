import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { life } from '../src/life.ts';

test('a call gives its value, or the first reason of the end, and all later calls that reason', async () => {
  const one = life();
  expect(await one.during(Promise.resolve(1))).toBe(1);
  await expect(one.during(Promise.reject(new Error('own')))).rejects.toThrow('own');
  const waiting = [one.during(new Promise(() => {})), one.during(new Promise(() => {}))];
  one.end(new Error('first'));
  one.end(new Error('second'));
  for (const call of waiting) await expect(call).rejects.toThrow('first');
  await expect(one.during(Promise.resolve(2))).rejects.toThrow('first');
});

/** The memory of an answer to a call that `during` waited for, after it was used. */
async function answered(during: <T>(call: Promise<T>) => Promise<T>): Promise<WeakRef<object>> {
  const answer = { draws: new Float64Array(1e5) };
  const seen = new WeakRef(answer);
  expect((await during(Promise.resolve(answer))).draws).toHaveLength(1e5);
  return seen;
}

test('an answer that was used is not held, as it is by a race with the end', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const one = life();
  const end = new Promise<never>(() => {});
  const mine = await answered(one.during);
  const raced = await answered((call) => Promise.race([call, end]));
  await new Promise((resolve) => setTimeout(resolve));
  collect();
  expect(mine.deref()).toBeUndefined();
  expect(raced.deref()).toBeDefined();
  // Both live to here.
  await Promise.all([one.during(Promise.resolve()), Promise.race([end, Promise.resolve()])]);
});
