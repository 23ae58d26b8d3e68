/** The colours of the visual direction, light and dark. Pages use them as CSS variables, exported files as values. */

export type ThemeName = 'light' | 'dark';
export type Token = keyof typeof LIGHT;

export const LIGHT = {
  paper: '#ffffff',
  surface: '#f3f5f6',
  sunken: '#e8ecee',
  ink: '#17222b',
  ink2: '#46545e',
  ink3: '#5d6b75',
  accent: '#0a5a86',
  'accent-soft': '#e2eef5',
  alert: '#a8321a',
  'alert-soft': '#fbeae4',
  warn: '#765600',
  'warn-soft': '#f9f0d3',
  ok: '#1a6650',
  rule: '#c6ced4',
  hair: '#e1e6e9',
  border: '#7b8790',
  sea: '#f3f6f8',
  land: '#dde2e5',
  'land-with': '#c9d1d6',
  'land-home': '#aeb9c0',
  // Categorical marks, and their darker kin for text.
  c1: '#103a57',
  c2: '#8a1f10',
  c3: '#17795a',
  c4: '#b07d00',
  c5: '#8f42b5',
  c6: '#5e94f2',
  c7: '#929598',
  t1: '#103a57',
  t2: '#8a1f10',
  t3: '#17795a',
  t4: '#8a6100',
  t5: '#8f42b5',
  t6: '#2d66cc',
  t7: '#6a7075',
};

export const DARK: Record<Token, string> = {
  paper: '#11181d',
  surface: '#0b1115',
  sunken: '#1b262e',
  ink: '#e4eaed',
  ink2: '#aebac2',
  ink3: '#8c99a3',
  accent: '#7cc0ea',
  'accent-soft': '#14303f',
  alert: '#f2916b',
  'alert-soft': '#3a1f17',
  warn: '#e3bd62',
  'warn-soft': '#332a12',
  ok: '#6fc7a9',
  rule: '#3a4852',
  hair: '#232f38',
  border: '#6b7a85',
  sea: '#0d1317',
  land: '#1f272d',
  'land-with': '#2c383f',
  'land-home': '#4b5862',
  c1: '#9fecff',
  c2: '#b54141',
  c3: '#53a46f',
  c4: '#f2ce87',
  c5: '#ae88e1',
  c6: '#416d8c',
  c7: '#a2a8ab',
  t1: '#9fecff',
  t2: '#e58a80',
  t3: '#53a46f',
  t4: '#f2ce87',
  t5: '#ae88e1',
  t6: '#7fa9c9',
  t7: '#a2a8ab',
};

export const THEMES = { light: LIGHT, dark: DARK };

/** "--paper:#ffffff;…" */
export const cssTokens = (theme: ThemeName) =>
  Object.entries(THEMES[theme])
    .map(([name, value]) => `--${name}:${value}`)
    .join(';');

/** Every var(--token) of a drawing replaced by its value, for a file that stands alone. */
export const inlineTokens = (svg: string, theme: ThemeName) =>
  svg.replace(/var\(--([\w-]+)\)/g, (whole, name: Token) => THEMES[theme][name] ?? whole);

/** Categorical mark and text colours of the k-th series; the seventh, grey, means "other". */
export const seriesColour = (k: number) => ({ mark: `var(--c${(k % 6) + 1})`, text: `var(--t${(k % 6) + 1})` });

export const SERIF = "'Gravpanel Serif','Source Serif 4','Noto Serif',Georgia,'Songti SC','Noto Serif CJK SC',serif";
export const SANS =
  "'Gravpanel Sans','Source Sans 3','Noto Sans',system-ui,-apple-system,'Segoe UI','PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif";
export const MONO = "'Source Code Pro',ui-monospace,SFMono-Regular,Menlo,Consolas,'Noto Sans Mono',monospace";
