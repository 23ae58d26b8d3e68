/** What the identification of each regressor means for each model, before anything is estimated. */
import { columnRanges, termLabel, type Variables } from './labels.ts';
import { modelFor } from './models/index.ts';
import type { Design, Failure, FitSpec } from './types.ts';

export interface Consequence {
  model: string;
  /** 1-based. */
  columns: number[];
  terms: string[];
  /**
   * between-units: a coefficient that no change within units identifies (‡). assumed: a random-effects model compares units, on
   * the assumption that effects and regressors are unrelated. left-out: no coefficient.
   */
  status: 'between-units' | 'assumed' | 'left-out';
  why: string;
  /** One sentence, with the study's labels. */
  message: string;
}

/** A model with the designs of its columns. */
export interface DesignedModel {
  id: string;
  spec: FitSpec;
  designs: (Design | Failure)[];
}

type Found = Omit<Consequence, 'model' | 'columns' | 'terms' | 'message'>;

const isDummy = (term: string) => term.includes('::');
const isSlope = (term: string) => term !== '(Intercept)' && !isDummy(term);

function inDesign(design: Design): { term: string; found: Found }[] {
  const { spec } = design;
  const { grouped } = modelFor(spec);
  const constant = grouped ? design.terms.filter(({ name, within }) => within === false && isSlope(name)) : [];
  const found: Found =
    spec.model === 'nb-fe'
      ? { status: 'between-units', why: 'nb-fe is not a true within estimator' }
      : { status: 'assumed', why: `${spec.model} takes effects and regressors for unrelated` };
  const left = (design.leftOut ?? []).filter(({ term }) => isSlope(term));
  return [
    ...constant.map(({ name }) => ({ term: name, found })),
    ...left.map(({ term, why }) => ({ term, found: { status: 'left-out' as const, why } })),
  ];
}

const list = (names: string[]) =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

function sentence({ status, why, terms, model, columns }: Omit<Consequence, 'message'>, all: number, labels: string[]) {
  const one = terms.length === 1;
  const where = all === 1 ? model : `${model} ${columnRanges(columns.map((c) => c - 1))}`;
  if (status === 'left-out') return `${where} leaves ${list(labels)} out: ${one ? why : why.replace(/ it$/, ' them')}.`;
  const never = `${list(labels)} never ${one ? 'changes' : 'change'} within a unit.`;
  return status === 'between-units'
    ? `${never} ${where} gives ${one ? 'it a coefficient' : 'them coefficients'} only because ${why}: ${one ? 'it compares' : 'they compare'} units (‡).`
    : `${never} ${where} gives ${one ? 'it a coefficient' : 'them coefficients'} by comparing units: ${why}.`;
}

/**
 * For each model: the terms that compare units only, the terms that effects or other terms leave nothing of, and why.
 * Dummies of sets are not listed.
 */
export function consequencesOf(models: DesignedModel[], variables: Variables = {}): Consequence[] {
  return models.flatMap(({ id, designs }) => {
    const groups = new Map<string, Omit<Consequence, 'message'>>();
    designs.forEach((design, i) => {
      if ('failed' in design) return;
      for (const { term, found } of inDesign(design)) {
        const key = `${found.status} ${found.why}`;
        const group = groups.get(key) ?? { model: id, columns: [], terms: [], ...found };
        if (!group.columns.includes(i + 1)) group.columns.push(i + 1);
        if (!group.terms.includes(term)) group.terms.push(term);
        groups.set(key, group);
      }
    });
    return [...groups.values()].map((group) => ({
      ...group,
      message: sentence(
        group,
        designs.length,
        group.terms.map((term) => termLabel(term, variables).label),
      ),
    }));
  });
}
