/** The shape of the certified values. */

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
