/** What is wrong with a whole specification before any column of it is read. */
import { columnOf } from './column-read.ts';
import { nearestHint, PanelError } from './errors.ts';
import { parseExpression } from './expression.ts';
import { sourceError } from './expression-lex.ts';
import { walk } from './expression-tree.ts';
import { type ColumnFormula, fixefName } from './formula-expand.ts';
import { type Formula, formulaNames } from './formula-tree.ts';
import { modelFor } from './models/index.ts';
import { clusterColumns } from './resample-job.ts';
import type { FitSpec, Frame } from './types.ts';

/** @throws PanelError formula/unknown-variable at the first name that is no column, formula/no-panel at a lag without one. */
function checkNames(frame: Frame, formula: Formula): void {
  const names = Object.keys(frame.columns);
  for (const { name, start, end } of formulaNames(formula))
    if (!Object.hasOwn(frame.columns, name))
      throw sourceError(formula.text, start, end, {
        code: 'unknown-variable',
        message: `"${name}" is not a column of "${frame.source.name}".`,
        hint: nearestHint(name, names),
      });
}

function needsPanel(frame: Frame, spec: FitSpec, formula: Formula): void {
  if (frame.panel) return;
  const missing = (message: string) =>
    new PanelError({ code: 'model/needs-panel', message, hint: 'Name the unit and the time column: --panel ID,TIME.' });
  if (modelFor(spec).needs.panel) throw missing(`${spec.model} needs a panel; none was declared.`);
  if (spec.lag) throw missing(`A lag of ${spec.lag} needs a panel; none was declared.`);
  for (const item of formula.rhs.flatMap((one) => (one.type === 'step' ? one.args.flat() : [one])))
    if (item.type === 'term')
      for (const factor of item.factors) {
        if (factor.type === 'mean') throw missing('cre() needs a panel; none was declared.');
        if (factor.type === 'expression')
          walk(factor.node, (node) => {
            if (node.type === 'lag')
              throw sourceError(formula.text, node.start, node.end, {
                code: 'no-panel',
                message: `${node.op}() needs a panel: lags are joins on (unit, time).`,
                hint: 'Name the unit and the time column: --panel ID,TIME.',
              });
          });
      }
}

/** nb-fe, nb-re, poisson-re and ols-re have unit effects already. @throws PanelError model/effects-of-units with the place. */
function checkUnitEffects(frame: Frame, spec: FitSpec, column: ColumnFormula): void {
  if (!modelFor(spec).grouped) return;
  const unit = [...frame.panel!.unit].sort().join('^');
  const found = column.fixef.find(
    ({ names }) =>
      names
        .map(({ name }) => name)
        .sort()
        .join('^') === unit,
  );
  if (!found) return;
  throw new PanelError({
    ...sourceError(column.source, found.start, found.end, { code: 'x', message: '' }).toJSON(),
    code: 'model/effects-of-units',
    message: `${spec.model} already has an effect of each unit; "| ${fixefName(found)}" would add a second one.`,
    hint: `Leave "| ${fixefName(found)}" out, or use nb2 or poisson with it.`,
  });
}

/** @throws PanelError data/unknown-column, expression/… for the columns that options name. */
function checkOptionNames(frame: Frame, { offset, exposure, weights, vcov, split }: FitSpec): void {
  for (const [role, source] of Object.entries({ offset, exposure, weights })) {
    if (source === undefined || Object.hasOwn(frame.columns, source)) continue;
    if (/^[\p{L}_][\p{L}\p{N}_.]*$/u.test(source)) columnOf(frame, source, role);
    parseExpression(source, { file: `--${role}` });
  }
  for (const name of clusterColumns(vcov).flat()) columnOf(frame, name, 'cluster');
  if (split) columnOf(frame, split.by, 'split');
}

/**
 * Checks names, options and the panel of a specification.
 * @throws PanelError formula/unknown-variable, formula/no-panel, model/unknown, model/needs-panel,
 * model/effects-of-units, data/unknown-column, expression/….
 */
export function checkSpec(frame: Frame, spec: FitSpec, formula: Formula, columns: ColumnFormula[]): void {
  checkNames(frame, formula);
  needsPanel(frame, spec, formula);
  for (const column of columns) checkUnitEffects(frame, spec, column);
  checkOptionNames(frame, spec);
}
