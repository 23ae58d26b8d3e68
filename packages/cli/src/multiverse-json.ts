/** Specification curves as the multiverse/1 object and as text. */
import {
  type CurveResult,
  jointTable,
  type SpecificationResult,
  type Study,
  specificationsTable,
} from '@gravpanel/panel';
import { renderText } from '@gravpanel/panel/report';
import { jsonText } from './fit-json.ts';

function plainSpecification(curve: CurveResult, { choices, error, ...rest }: SpecificationResult) {
  const taken = curve.dimensions.map(({ key, options, any }, d) => {
    const labels = choices[d].map((c) => options[c]);
    return [key, any ? labels : labels[0]];
  });
  const { number, ...numbers } = rest;
  return {
    number,
    choices: Object.fromEntries(taken),
    status: error ? 'failed' : 'ok',
    ...numbers,
    ...(error && { error }),
  };
}

const plainCurve = (curve: CurveResult) => {
  const { specifications, dimensions, ...rest } = curve;
  return {
    ...rest,
    dimensions: dimensions.map(({ key, options }) => ({ key, options })),
    specifications: specifications.map((one) => plainSpecification(curve, one)),
  };
};

/** `{ "schema": "multiverse/1", "curves": [ … ] }`. */
export const curvesJson = (curves: CurveResult[], extra: Record<string, unknown> = {}) =>
  jsonText({ schema: 'multiverse/1', ...extra, curves: curves.map(plainCurve) });

/** The joint test and every specification of each curve. */
export function curvesText(
  curves: CurveResult[],
  { variables }: Pick<Study, 'variables'>,
  width: number,
  color: boolean,
) {
  return curves
    .flatMap((curve) => [jointTable(curve, variables), specificationsTable(curve, variables)])
    .flatMap((table) => (table ? [renderText(table, { width, color })] : []))
    .join('\n');
}
