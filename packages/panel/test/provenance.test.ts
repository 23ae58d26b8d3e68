/** What is simulated is said wherever it enters: variables, further tables, joined tables, and what is derived from them. */
import { expect, test } from 'vitest';
import { planStudy } from '../src/plan.ts';
import { provenanceOf, simulatedColumns, withProvenance } from '../src/provenance.ts';
import type { Table } from '../src/types.ts';
import { studyOf } from './study-of.ts';
import { thrown } from './thrown.ts';

const text = (take: string) => `version: 1
title: T
data:
  path: panel.csv
  unit: id
  time: year
  join:
    - { path: a.csv, on: id, take: [gdp] }
    - { path: b.csv, on: id, ${take}simulated: true }
derive: { lre: log(re), lgdp: log(gdp) }
variables: { gdp: { source: World Bank }, re: { label: Relation } }
models: { m: { model: poisson, formula: y ~ lre } }
`;
const of = (take: string) => studyOf(text(take), 'id,year,y\n1,2000,1\n1,2001,2\n');
const table = (columns: string[]) => ({ kind: 'table', id: columns.join(), uses: { columns } }) as unknown as Table;

test.each(['take: [re, level], ', 'take: { re: relation, level: lev }, '])('%s marks the columns taken', (take) => {
  const { study } = of(take);
  expect([...simulatedColumns(study)]).toEqual(['re', 'level', 'lre']);
  expect(provenanceOf(study)).toEqual(['Simulated, not measured: Relation; level.', 'Real: gdp.']);
  const items = [table(['y', 'lre']), table(['lgdp'])];
  const [section] = withProvenance(study, [{ id: 's', title: 'S', prose: [], items }]);
  expect(section.items.map(({ provenance }) => provenance)).toEqual(['Simulated: lre.', 'Real data.']);
});

test('a mark without names is an error with its place', () => {
  const { study, source } = of('');
  expect(thrown(() => planStudy(study, source))).toMatchObject({
    code: 'study/simulated-without-take',
    at: { line: 9 },
    hint: expect.stringContaining('take'),
  });
});
