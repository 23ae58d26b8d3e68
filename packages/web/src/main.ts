/** The page: fetches the patents panel, has the worker fit one model, shows table, certificate and time. */
import { count, display, type Fit, type FitSpec, isFit, type PanelErrorFields, scientific } from '@gravpanel/panel';
import { FONT_CSS, PAGE_CSS, renderTableHtml, TABLE_CSS } from '@gravpanel/panel/report';
import csvUrl from '../../../studies/hhg-patents/data/patents_rdus.csv?url';
import { startWorker, valueFrom } from './client.ts';
import type { FitAnswer } from './protocol.ts';
import { fitResampled } from './resample.ts';

const SPEC: FitSpec = {
  id: 'fit',
  model: 'nb-fe',
  formula: 'patents ~ logr + i(year)',
  vcov: { type: 'cluster', by: [['cusip']] },
};

const STYLE = {
  title: 'Patents and research spending of the same year, standard errors clustered by firm',
  omit: ['year'],
  variables: {
    patents: { label: 'Patents applied for' },
    logr: { label: 'R&D spending', unit: 'ln million US$ of 1972' },
    cusip: { label: 'Firm' },
    year: { label: 'Year' },
  },
};

const style = document.createElement('style');
style.textContent = `${FONT_CSS}${PAGE_CSS}${TABLE_CSS}.formula{margin-top:16px}.state{color:var(--ink2)}.failed{color:var(--alert)}`;
document.head.append(style);

const element = (id: string) => document.getElementById(id)!;
const say = (text: string, className = 'state') => {
  const p = document.createElement('p');
  p.className = className;
  p.textContent = text;
  element('table').replaceChildren(p);
};

function showFacts(facts: [label: string, value: string][]): void {
  element('facts').replaceChildren(
    ...facts.map(([label, value]) => {
      const row = document.createElement('div');
      const [dt, dd] = ['dt', 'dd'].map((name) => document.createElement(name));
      dt.textContent = label;
      dd.textContent = value;
      row.append(dt, dd);
      return row;
    }),
  );
}

const certificateFacts = ({ certificate, sample, ngroups, iterations }: Fit): [string, string][] => [
  ['Rows used', `${count(sample.used)} of ${count(sample.rows)}`],
  ['Firms used', String(ngroups)],
  ['Starts that agree', `${certificate.agreeing} of ${certificate.starts}`],
  ['Newton steps', String(iterations)],
  ['Distance to the maximum, in SE', display(scientific(certificate.scaledGradient, 1))],
  ['Condition of the Hessian', display(scientific(certificate.hessianCondition, 1))],
];

function show({ table, results, milliseconds }: FitAnswer): void {
  element('table').innerHTML = renderTableHtml(table);
  const fit = results.find(isFit);
  if (!fit) return;
  const time = (ms: number) => `${ms.toFixed(0)} ms`;
  showFacts([
    ...certificateFacts(fit),
    ['Reading the table', time(milliseconds.read)],
    ['Fitting', time(milliseconds.fit)],
  ]);
}

function showError(error: unknown): void {
  const { message, hint, code } = error as Partial<PanelErrorFields>;
  say([message ?? String(error), hint, code && `(${code})`].filter(Boolean).join(' '), 'state failed');
}

const api = startWorker();
/** For the tests and for the console: the calls of the worker, and fits whose replicates run on a pool of them. */
Object.assign(globalThis, { gravpanel: api, gravpanelResampled: fitResampled });

async function main(): Promise<void> {
  element('formula').textContent = `${SPEC.model}: ${SPEC.formula}`;
  const response = await fetch(csvUrl);
  if (!response.ok) throw new Error(`patents_rdus.csv could not be read: ${response.status} ${response.statusText}`);
  const csv = await response.text();
  say('Fitting …');
  show(
    valueFrom(
      await api.fit({ csv, name: 'patents_rdus.csv', unit: ['cusip'], time: 'year', spec: SPEC, style: STYLE }),
    ),
  );
}

main()
  .catch(showError)
  .finally(() => document.body.setAttribute('data-settled', ''));
