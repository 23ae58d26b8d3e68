/** Products among the terms of a model: what moves with a term. */

/** A product of a term, and the term that it is multiplied by there: positions among the terms. */
export interface ProductOf {
  at: number;
  by: number;
}

/** Factors of "a:b", split at single colons outside brackets ("year::2010" is one); the term itself where it is no product. */
export function factorsOf(term: string): string[] {
  const found = [''];
  let depth = 0;
  for (let i = 0; i < term.length; i++) {
    const c = term[i];
    if (c === '(') depth++;
    if (c === ')') depth--;
    const colon = c === ':' && depth === 0;
    if (colon && term[i + 1] === ':') {
      found[found.length - 1] += '::';
      i++;
    } else if (colon) found.push('');
    else found[found.length - 1] += c;
  }
  return found;
}

const key = (factors: string[]) => [...factors].sort().join('\n');

/**
 * The products that term j is a factor of. Left out are those whose other factor is no term of the model, and powers (a:a): the
 * caller finds them as terms of the same variable that are not here.
 */
export function productsOf(terms: readonly string[], j: number): ProductOf[] {
  const known = new Map(terms.map((term, at) => [key(factorsOf(term)), at]));
  return terms.flatMap((term, at) => {
    const factors = factorsOf(term);
    if (at === j || factors.filter((factor) => factor === terms[j]).length !== 1) return [];
    const by = known.get(key(factors.filter((factor) => factor !== terms[j])));
    return by === undefined ? [] : [{ at, by }];
  });
}
