/** Widths and wrapping of terminal text, in columns. */

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const ZERO = /\p{M}|\p{Cf}/u;

/** Terminal columns that `text` takes: 2 for East Asian wide characters, 0 for combining marks. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const c of text) width += ZERO.test(c) ? 0 : WIDE.test(c) ? 2 : 1;
  return width;
}

export const padEnd = (text: string, width: number) => text + ' '.repeat(Math.max(0, width - displayWidth(text)));
export const padStart = (text: string, width: number) => ' '.repeat(Math.max(0, width - displayWidth(text))) + text;
export function centre(text: string, width: number): string {
  const left = Math.max(0, Math.floor((width - displayWidth(text)) / 2));
  return padEnd(' '.repeat(left) + text, width);
}

/** Pieces of at most `width` columns of one long word. */
function pieces(word: string, width: number): string[] {
  const out = [''];
  for (const c of word) {
    if (displayWidth(out[out.length - 1] + c) > width) out.push('');
    out[out.length - 1] += c;
  }
  return out;
}

/** Lines of at most `width` columns, broken at spaces, and inside a word only when it alone is wider. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/[ \n]+/).flatMap((w) => pieces(w, width))) {
    if (line && displayWidth(line) + 1 + displayWidth(word) > width) {
      lines.push(line);
      line = word;
    } else line = line ? `${line} ${word}` : word;
  }
  return [...lines, line];
}
