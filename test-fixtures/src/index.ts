/** Where the fixtures are, and how close two numbers are. Test code only. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Absolute path of a file below `test-fixtures/`. */
export function fixturePath(...parts: string[]): string {
  return fileURLToPath(new URL(`../${parts.join('/')}`, import.meta.url));
}

/** Text of a file below `test-fixtures/`. */
export function fixtureText(...parts: string[]): string {
  return readFileSync(fixturePath(...parts), 'utf8');
}

/** Parsed JSON of a file below `test-fixtures/`. */
export function fixtureJson<T>(...parts: string[]): T {
  return JSON.parse(fixtureText(...parts)) as T;
}

/**
 * Correct significant digits of `actual` against `expected`: −log10 of the relative error (of the absolute error where
 * `expected` is 0), capped at 17; 0 when `actual` is not finite. NIST calls this the LRE.
 */
export function digits(actual: number, expected: number): number {
  if (actual === expected) return 17;
  const error = expected === 0 ? Math.abs(actual) : Math.abs(actual - expected) / Math.abs(expected);
  return Number.isFinite(error) ? Math.max(0, Math.min(17, -Math.log10(error))) : 0;
}

/** The certified values (40-digit Newton), as written by the reference scripts. */
export interface Certified {
  csv: string;
  y: string;
  group: string;
  offset: string | null;
  regressors: string[];
  fe_poisson_regressors: string[] | null;
  n_total: number;
  groups_total: number;
  groups_used: number;
  n_used: number;
  hausman_fe_re: { slopes: CertifiedHausman; with_const: CertifiedHausman };
  fe_nb: CertifiedFit;
  re_nb: CertifiedFit;
  nb2: CertifiedFit;
  nb1: CertifiedFit;
  pois: CertifiedFit;
  fe_pois?: CertifiedFit;
}
export interface CertifiedFit {
  params: string[];
  coef: number[];
  se_oim: number[];
  se_cluster_group_raw: number[];
  se_hc0?: number[];
  lnL: number;
  vcov_oim: number[][];
  vcov_cluster_group_raw: number[][];
}
export interface CertifiedHausman {
  chi2: number;
  df: number;
  min_eig: number;
  max_eig: number;
  positive_definite: boolean;
}

/** All certified data sets by name: patents75, patents_rdus, synth45, synth45_ti, ships. */
export function certified(): Record<string, Certified> {
  return fixtureJson('certified', 'certified.json');
}
