/** Colours: those of the system, or the reader's choice. */
export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const KEY = 'gravpanel.theme';

function stored(): Theme {
  try {
    return THEMES.find((name) => name === localStorage.getItem(KEY)) ?? 'system';
  } catch {
    return 'system';
  }
}

let theme = $state<Theme>(stored());
let dark = $state(matchMedia('(prefers-color-scheme: dark)').matches);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', (event) => {
  dark = event.matches;
});

function apply(): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
apply();

export const currentTheme = () => theme;
/** Whether the page is dark now: for what is painted on a canvas. */
export const isDark = () => (theme === 'system' ? dark : theme === 'dark');

export function chooseTheme(name: Theme): void {
  theme = name;
  apply();
  try {
    localStorage.setItem(KEY, name);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}
