/** A run as a Stata do-file: Stata's own commands, with a remark wherever they differ from what gravpanel computed. */

import { namesIn } from '../expression-tree.ts';
import type { ExportColumn, ExportFactor, ExportPlan } from './column.ts';
import { lackingReason } from './lacking.ts';
import { type Words, write, writeShifted } from './words.ts';

/** Names that Stata keeps for itself. */
const RESERVED = new Set(
  '_all _b _cons _n _N _pi _pred _rc _skip byte double float if in int long str strL using with e'.split(' '),
);

/** Names of the file's and derived columns as Stata variables, each once. */
export function stataNames(names: string[]): Map<string, string> {
  // What the script makes ends in _: columns that do as well are called otherwise.
  const taken = new Set(['unit_']);
  return new Map(
    names.map((name) => {
      const plain =
        name
          .normalize('NFKD')
          .replace(/[^A-Za-z0-9_]/g, '_')
          .slice(0, 26) || 'v';
      const base = RESERVED.has(plain) || /^\d|_$/.test(plain) ? `v_${plain.replace(/_+$/, '')}` : plain;
      let chosen = base;
      for (let k = 2; taken.has(chosen.toLowerCase()) || RESERVED.has(chosen); k++) chosen = `${base}_${k}`;
      taken.add(chosen.toLowerCase());
      return [name, chosen] as const;
    }),
  );
}

const quote = (text: string) => `"${text.replace(/["`']/g, '')}"`;

/** Expressions; a lag needs a variable of its own, which `before` makes. */
function stataWords(names: Map<string, string>, before: string[], made: { count: number }): Words {
  const CALLS: Record<string, string> = { log: 'ln', log1p: 'ln1p', if: 'cond', I: '' };
  return {
    number: String,
    text: quote,
    missing: '.',
    name: (name) => names.get(name) ?? name,
    not: '!',
    operators: { and: '&', or: '|' },
    call: (name, args) => `${CALLS[name] ?? name}(${args.join(', ')})`,
    lag: (inner, k) => {
      const name = `g${++made.count}_`;
      before.push(`quietly generate double ${name} = ${inner}`);
      return k >= 0 ? `L${k}.${name}` : `F${-k}.${name}`;
    },
  };
}

function factorText(w: Words, factor: ExportFactor): string {
  if (factor.kind !== 'level') return writeShifted(w, factor.node, factor.shift);
  const dummy = `(${w.name(factor.variable)} == ${typeof factor.level === 'number' ? factor.level : quote(factor.level)})`;
  return factor.shift === 0 ? dummy : w.lag(dummy, factor.shift);
}

const COMMANDS: Record<string, { command: string; options: string[]; panel?: boolean }> = {
  ols: { command: 'regress', options: [] },
  poisson: { command: 'poisson', options: [] },
  nb1: { command: 'nbreg', options: ['dispersion(constant)'] },
  nb2: { command: 'nbreg', options: ['dispersion(mean)'] },
  'nb-fe': { command: 'xtnbreg', options: ['fe'], panel: true },
  'nb-re': { command: 'xtnbreg', options: ['re'], panel: true },
  'poisson-re': { command: 'xtpoisson', options: ['re'], panel: true },
};

/** Command and options of a frontier; z: its regressors of the location. Half-normal inefficiency of units is truncated at mu = 0. */
function frontierCommand({ law, inefficiency, intercept, effects }: NonNullable<ExportColumn['frontier']>) {
  const names = { 'half-normal': 'hnormal', exponential: 'exponential', 'truncated-normal': 'tnormal' };
  const z = effects.map((_, i) => `z${i + 1}_`).join(' ');
  if (inefficiency === 'rows') {
    const location = effects.length > 0 ? [`cm(${z}${intercept ? '' : ', noconstant'})`] : [];
    return {
      command: 'frontier',
      options: [`distribution(${names[law as keyof typeof names]})`, ...location],
      before: [],
    };
  }
  const free = law === 'truncated-normal';
  return {
    command: 'xtfrontier',
    options: [inefficiency === 'decay' ? 'tvd' : 'ti', ...(free ? [] : ['constraints(1)'])],
    before: free ? [] : ['constraint 1 [mu]_cons = 0'],
  };
}

interface Vce {
  option?: string;
  remarks: string[];
}

function vceOf(
  { spec, fit, clusters, fixef, frontier }: ExportColumn,
  model: string,
  group: (names: string[]) => string,
): Vce {
  const { type } = spec.vcov;
  const scale =
    fit.vcovInfo.factor === 1 ? [] : [`gravpanel's covariance carries the factor ${fit.vcovInfo.factorRule}`];
  if (type === 'iid') return { remarks: scale };
  if (frontier && model === 'frontier' && frontier.inefficiency !== 'rows')
    return {
      remarks: [
        `Stata's xtfrontier has no clustered errors: below are its OIM errors, where gravpanel's are ${fit.vcov}`,
      ],
    };
  if (COMMANDS[model]?.panel && model !== 'poisson-re')
    return {
      remarks: [
        `Stata's xtnbreg has no clustered errors: below are its OIM errors, where gravpanel's are ${fit.vcov}. vce(bootstrap) or vce(jackknife) come near them`,
      ],
    };
  if (type === 'cluster') {
    if (clusters.length === 1)
      return {
        option: `vce(cluster ${group(clusters[0])})`,
        remarks: [
          model === 'ols'
            ? 'Stata: G/(G-1)*(n-1)/(n-k), as gravpanel'
            : `Stata multiplies by G/(G-1); gravpanel by ${fit.vcovInfo.factorRule} (--like stata gives Stata's)`,
        ],
      };
    const several = clusters.map(group).join(' ');
    if (model === 'ols')
      return { option: `vce(cluster ${several})`, remarks: ['several clusters need Stata 18, or reghdfe'] };
    if (model === 'poisson' && fixef.length > 0) return { option: `vce(cluster ${several})`, remarks: scale };
    return { remarks: [`Stata has no errors clustered by ${several} for this command: OIM errors below`] };
  }
  if (model === 'ols' && (type === 'hc2' || type === 'hc3')) return { option: `vce(${type})`, remarks: [] };
  return {
    option: 'vce(robust)',
    remarks: [`Stata's robust factor differs from gravpanel's ${type} (${fit.vcovInfo.factorRule})`],
  };
}

/** Stata takes a missing value for larger than any number: a comparison with one would hold. */
const given = (names: string[]) => [...new Set(names)].map((name) => `!missing(${name})`);

function columnText(c: ExportColumn, names: Map<string, string>, made: { count: number; models: number }): string {
  const before: string[] = [];
  const w = stataWords(names, before, made);
  const { fit, spec } = c;
  const { model, frontier } = c;
  const lacking = lackingReason('stata', c);
  if (lacking)
    return `* ${c.id} (${c.column}): ${fit.formula}; ${fit.title}\ndisplay "${c.id} (${c.column}): ${lacking}"\n`;
  const m = `m${++made.models}`;
  const group = (columns: string[]) => {
    if (columns.length === 1) return w.name(columns[0]);
    const name = `c${++made.count}_`;
    before.push(`quietly egen long ${name} = group(${columns.map((n) => w.name(n)).join(' ')})`);
    return name;
  };
  const y = write(w, c.y);
  const offsets = [...c.offsets.map((node) => write(w, node)), ...(c.exposure ? [`ln(${w.name(c.exposure)})`] : [])];
  const terms = c.terms.map((t) => t.factors.map((f) => factorText(w, f)).join(' * '));
  const z = (model === 'frontier' ? frontier!.effects : []).map((t) =>
    t.factors.map((f) => factorText(w, f)).join(' * '),
  );
  const needs = [...new Set(c.needs.map(({ node, shift }) => writeShifted(w, node, shift)))].map(
    (t) => `!missing(${t})`,
  );
  const where = c.where ? [...given(namesIn(c.where).map(w.name)), `(${write(w, c.where)})`] : [];
  const part = c.part
    ? [
        ...given([w.name(c.part.by)]),
        `(${w.name(c.part.by)} ${c.part.op} ${typeof c.part.value === 'number' ? c.part.value : quote(c.part.value)})`,
      ]
    : [];
  const { option, remarks } = vceOf(c, model, group);
  const plainCommand = model === 'frontier' ? frontierCommand(frontier!) : { before: [], ...COMMANDS[model] };
  const linear = model === 'ols' || model === 'frontier';
  const absorb = c.fixef.map(group);
  const usesHdfe = absorb.length > 0 && (model === 'ols' || model === 'poisson');
  const command = usesHdfe ? (model === 'ols' ? 'reghdfe' : 'ppmlhdfe') : plainCommand.command;
  const dummies = usesHdfe ? [] : absorb.map((a) => `i.${a}`);
  const options = [
    ...plainCommand.options,
    ...(usesHdfe ? [`absorb(${absorb.join(' ')})`, 'keepsingletons'] : []),
    ...(offsets.length > 0 && !linear ? ['offset(offset_)'] : []),
    ...(c.intercept || absorb.length > 0 ? [] : ['noconstant']),
    ...(option ? [option] : []),
  ];
  const x = c.terms.map((_, i) => `x${i + 1}_`);
  const means = c.terms.some((t) => t.factors.some((f) => f.kind === 'mean'));
  const weights = c.weights ? ` [${model === 'ols' ? 'aweight' : 'pweight'} = ${w.name(c.weights)}]` : '';
  return [
    `* ${c.id} (${c.column}): ${fit.formula}${fit.sampleName ? `, ${fit.sampleName}` : ''}${spec.lag ? `, lagged ${spec.lag}` : ''}; ${fit.title}; ${fit.vcov}`,
    ...remarks.map((r) => `* note: ${r}.`),
    ...(model === 'ols' && frontier
      ? [
          '* note: sigma_u = 0, so the frontier is least squares; its standard errors are smaller by the root of (n - k)/n.',
        ]
      : []),
    ...(absorb.length > 0 && usesHdfe ? [`* needs: ssc install ${command}`] : []),
    ...before,
    `foreach v in y_ use_ offset_ ${[...x, ...z.map((_, i) => `z${i + 1}_`)].join(' ')} {`,
    "  capture drop `v'",
    '}',
    `generate byte use_ = ${[...where, ...part, ...needs].join(' & ')}`,
    `generate double y_ = ${y}`,
    ...terms.map((t, i) => `generate double x${i + 1}_ = ${t}\nlabel variable x${i + 1}_ ${quote(c.terms[i].name)}`),
    ...(means
      ? c.terms.flatMap((t, i) =>
          t.factors.some((f) => f.kind === 'mean')
            ? [`egen double mean_ = mean(x${i + 1}_) if use_, by(unit_)`, `replace x${i + 1}_ = mean_`, 'drop mean_']
            : [],
        )
      : []),
    ...(offsets.length > 0 ? [`generate double offset_ = ${offsets.join(' + ')}`] : []),
    ...(offsets.length > 0 && linear ? ['replace y_ = y_ - offset_'] : []),
    ...z.map(
      (t, i) => `generate double z${i + 1}_ = ${t}\nlabel variable z${i + 1}_ ${quote(frontier!.effects[i].name)}`,
    ),
    ...plainCommand.before,
    `${command} y_ ${[...x, ...dummies].join(' ')} if use_${weights}${options.length > 0 ? `, ${options.join(' ')}` : ''}`,
    `estimates store ${m}`,
    `display "rows: " e(N) "   gravpanel: ${fit.nobs}"`,
    ...fit.coefficients.map((r) => {
      const i = c.terms.findIndex((t) => t.name === r.term);
      const name = i < 0 ? '_cons' : `x${i + 1}_`;
      return `display "${r.term.replace(/["`']/g, '')}  " _b[${name}] "  (" _se[${name}] ")   gravpanel: ${r.estimate}  (${r.se})"`;
    }),
    '',
  ].join('\n');
}

/** The do-file; `data` is the path of the table from its folder. */
export function exportStata(plan: ExportPlan, data: string): string {
  const all = [...plan.file.map((f) => f.name), ...plan.derive.map((d) => d.name)];
  const names = stataNames(all);
  const made = { count: 0, models: 0 };
  const before: string[] = [];
  const w = stataWords(names, before, made);
  const renamed = all.filter((name) => names.get(name) !== name);
  const columns = plan.file.flatMap(({ name, number }, i) => [
    `rename v${i + 1} ${names.get(name)}`,
    ...plan.missing
      .filter((m) => m !== '' && (number || m !== '.'))
      .map((m) => `quietly replace ${names.get(name)} = "" if strtrim(${names.get(name)}) == ${quote(m)}`),
    ...(number ? [`destring ${names.get(name)}, replace`] : []),
  ]);
  const derive = plan.derive.flatMap(({ name, node }) => {
    before.length = 0;
    const text = write(w, node);
    return [...before, `generate double ${names.get(name)} = ${text}`];
  });
  return `* ${plan.title.replace(/\s+/g, ' ')}
* Written by gravpanel ${plan.gravpanel}, run ${plan.runHash.slice(0, 12)}. In this folder: do models.do
${renamed.map((name) => `* ${name} is called ${names.get(name)} here\n`).join('')}version 14
clear all
set more off
import delimited using "${data}", varnames(nonames) rowrange(2:) delimiters("${plan.delimiter === '\t' ? '\\t' : plan.delimiter}") stringcols(_all) encoding("utf-8") clear
${columns.join('\n')}
egen long unit_ = group(${plan.unit.map((u) => names.get(u)).join(' ')})
xtset unit_ ${names.get(plan.time)}
${derive.join('\n')}

${plan.failed.map((f) => `* ${f} gave no estimate in the run\n`).join('')}${plan.columns.map((c) => columnText(c, names, made)).join('\n')}`;
}
