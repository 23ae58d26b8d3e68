/** Rows that repeat unit and period: by hand. */
import { describe, expect, test } from 'vitest';
import { duplicateWords } from '../src/duplicates.ts';
import { setPanel } from '../src/frame.ts';
import { readTable } from '../src/table-read.ts';
import type { DuplicateRule } from '../src/types.ts';
import { thrown } from './thrown.ts';

const CSV = 'id,year,y,g,note\nb,2001,1,5,p\na,2000,2,,q\na,2000,3,7,q\na,2001,4,8,r\na,2000,10,7,q\nb,2001,1,5,p\n';
const panel = (rule?: DuplicateRule, csv = CSV) =>
  setPanel(readTable(csv, { name: 'd.csv' }), ['id'], 'year', rule && { duplicates: rule });
const column = (rule: DuplicateRule, name: string) => [...panel(rule).columns[name].values];

describe('duplicates', () => {
  test('are an error without a rule', () => {
    expect(thrown(() => panel()).code).toBe('data/duplicate-rows');
  });

  test('first and last keep that row of the file, and the order of the others', () => {
    expect(column('first', 'y')).toEqual([1, 2, 4]);
    expect(column('last', 'y')).toEqual([4, 10, 1]);
    expect(column('last', 'id')).toEqual(['a', 'a', 'b']);
    expect([...panel('first').line]).toEqual([2, 3, 5]);
  });

  test('sum adds the numbers that differ, keeps those that do not, and misses what has a missing part', () => {
    expect(column('sum', 'y')).toEqual([1, 15, 4]);
    expect(column('sum', 'g')).toEqual([5, Number.NaN, 8]);
    const { duplicates } = panel('sum');
    expect(duplicates).toEqual({
      rule: 'sum',
      pairs: 2,
      rows: 3,
      lines: [
        [3, 4, 6],
        [2, 7],
      ],
      added: ['y', 'g'],
    });
    expect(duplicateWords(panel('sum'))).toBe('3 extra rows in 2 cells: they were added up');
  });

  test('sum refuses texts that differ, with their lines', () => {
    const error = thrown(() => panel('sum', CSV.replace('a,2000,10,7,q', 'a,2000,10,7,z')));
    expect(error.code).toBe('data/duplicates-differ');
    expect(error.message).toContain('"q" and "z" on lines 3, 4, 6');
  });

  test('a rule changes nothing where nothing repeats', () => {
    const csv = 'id,year,y\na,2000,1\na,2001,2\n';
    expect(panel('sum', csv).duplicates).toBeUndefined();
    expect(duplicateWords(panel('first', csv))).toBe('none');
  });
});
