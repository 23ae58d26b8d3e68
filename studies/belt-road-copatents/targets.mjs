/**
 * What the simulated records are calibrated to: numbers that the paper prints (W. Huan 2019, doi 10.4236/ajibm.2019.95083).
 * Table 1 (co-patents by partner), Table 3 (applicants), Table 4 (fields by partner), Table 6 (ranges), Table 8 column (6).
 */

/** Table 8, column (6): the truth of the simulation. */
export const TRUTH = {
  lnpatent1: 0.718,
  lnpatent2: 0.203,
  lngd: -0.157,
  in: 0.427,
  re: 0.437,
  gdp: 0.08,
  tig: -1.58,
  lan: 1.613,
  constant: -6.167,
};

/** Table 1. The 32 rows add up to 1,204; the paper's text says 1,217 over 34 countries, and India 181 where the table has 189. */
export const TOTALS = {
  SGP: 539,
  IND: 189,
  ISR: 93,
  RUS: 90,
  MYS: 77,
  PHL: 32,
  CZE: 29,
  POL: 28,
  THA: 25,
  HUN: 12,
  IDN: 9,
  TUR: 9,
  ARE: 8,
  GRC: 8,
  CYP: 7,
  EGY: 6,
  LBN: 5,
  QAT: 5,
  VNM: 5,
  SVK: 5,
  ROU: 4,
  KHM: 4,
  UKR: 3,
  EST: 3,
  LKA: 2,
  JOR: 1,
  PAK: 1,
  BGD: 1,
  GEO: 1,
  SVN: 1,
  HRV: 1,
  BGR: 1,
};

/** Table 6: minimum and maximum. lngd, gdp and tig come from real sources. */
export const RANGES = { lnpatent1: [8.087, 9.803], lnpatent2: [0, 7.301], in: [2.67, 5.53] };

/** Table 3: names, applications, country. Most are spelled in several ways, as in the source files. */
export const APPLICANTS = [
  [['Huawei Technologies Co., Ltd.', 'HUAWEI TECHNOLOGIES CO., LTD', 'Huawei Technologies Company Limited'], 51, 'CHN'],
  [['International Business Machines Corporation', 'International Business Machines Corp.'], 44, 'USA'],
  [['General Electric Company', 'GENERAL ELECTRIC COMPANY'], 37, 'USA'],
  [['GEM Services, Inc.', 'Gem Services Inc'], 35, 'USA'],
  [['Microsoft Corporation', 'MICROSOFT CORP.'], 33, 'USA'],
  [['Honeywell International Inc.', 'Honeywell International, Inc.'], 23, 'USA'],
  [['BASF SE'], 22, 'DEU'],
  [['Nokia Technologies Oy', 'NOKIA TECHNOLOGIES OY'], 22, 'FIN'],
  [['Chartered Semiconductor Manufacturing Ltd.', 'Chartered Semiconductor Manufacturing, Ltd.'], 19, 'SGP'],
  [['Freescale Semiconductor, Inc.', 'Freescale Semiconductor Inc'], 19, 'USA'],
  [['Futurewei Technologies, Inc.', 'FUTUREWEI TECHNOLOGIES, INC.'], 18, 'USA'],
  [['Schlumberger Technology Corporation'], 15, 'USA'],
  [['STATS ChipPAC Pte. Ltd.', 'STATS CHIPPAC PTE LTD'], 15, 'SGP'],
  [['National University of Singapore', 'NATIONAL UNIVERSITY OF SINGAPORE'], 13, 'SGP'],
  [['City University of Hong Kong'], 11, 'HKG'],
  [['Nanyang Technological University'], 11, 'SGP'],
];

/** Table 4: the three largest partners of each field. */
export const FIELDS = {
  G06F: { IND: 88, SGP: 70, ISR: 54 },
  H01L: { SGP: 97, MYS: 24, PHL: 9 },
  H04W: { RUS: 73, SGP: 57, ISR: 17 },
  H04L: { SGP: 68, RUS: 60, IND: 38 },
  A61K: { SGP: 44, IND: 18, THA: 8 },
  H04B: { RUS: 29, SGP: 25, IND: 3 },
  H04N: { SGP: 20, RUS: 5, IND: 3 },
  C07D: { ISR: 18, SGP: 9, IND: 5 },
  G06Q: { IND: 14, ISR: 5, SGP: 3 },
  G01N: { SGP: 8, IND: 4, RUS: 3 },
};

/** Fields of patents that Table 4 does not place. */
export const OTHER_FIELDS =
  'A01N A23L A47J A61B A61F A61L A61M A61N A61P A61Q A63F B01D B01J B01L B05D B08B B22F B23K B25J B29C B32B B41J B60L B65D B81B C01B C02F C03C C04B C07C C07F C07K C08F C08G C08K C08L C09D C09J C09K C12N C12P C12Q C22C C23C C25D E21B F01D F02C F04D F16H F16K F21V F24F F25B G01B G01R G01S G02B G02F G03F G05B G05F G06K G06T G08B G09G G10L G11B G11C H01F H01M H01Q H01R H02J H02K H02M H03F H03K H03M H04M H04R H05B H05K'.split(
    ' ',
  );
