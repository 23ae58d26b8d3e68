/** Any text as LaTeX that pdflatex sets, with ASCII letters only, whatever the document's encodings. */

const SPECIAL: Record<string, string> = {
  '\\': '\\textbackslash{}',
  '{': '\\{',
  '}': '\\}',
  $: '\\$',
  '&': '\\&',
  '#': '\\#',
  _: '\\_',
  '%': '\\%',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
  '`': '`{}',
  "'": "'{}",
  '"': "''",
  '\u00a0': '~',
  '\u2009': '\\,',
  '\u202f': '\\,',
  '\u2010': '-',
  '\u2011': '-',
  '\u2013': '--',
  '\u2014': '---',
  '\u2018': '`{}',
  '\u2019': "'{}",
  '\u201c': '``',
  '\u201d': "''",
  '\u2026': '\\ldots{}',
  '\u00a3': '\\pounds{}',
  '\u20ac': '\\texteuro{}',
  '\u00a7': '\\S{}',
  '\u00b6': '\\P{}',
  '\u00a9': '\\copyright{}',
  ß: '\\ss{}',
  æ: '\\ae{}',
  Æ: '\\AE{}',
  œ: '\\oe{}',
  Œ: '\\OE{}',
  ø: '\\o{}',
  Ø: '\\O{}',
  ł: '\\l{}',
  Ł: '\\L{}',
  ı: '\\i{}',
  '¿': '?`{}',
  '¡': '!`{}',
};

/** Symbols that stand in mathematics. */
const MATH: Record<string, string> = {
  '\u2212': '-',
  '×': '\\times',
  '·': '\\cdot',
  '÷': '\\div',
  '±': '\\pm',
  '≤': '\\leq',
  '≥': '\\geq',
  '≠': '\\neq',
  '≈': '\\approx',
  '∞': '\\infty',
  '√': '\\surd',
  '∑': '\\Sigma',
  '∂': '\\partial',
  '∆': '\\Delta',
  '∈': '\\in',
  '→': '\\rightarrow',
  '←': '\\leftarrow',
  '↑': '\\uparrow',
  '↓': '\\downarrow',
  '†': '\\dagger',
  '‡': '\\ddagger',
  '•': '\\bullet',
  '°': '^{\\circ}',
  '′': "'",
  '″': "''",
  '¬': '\\neg',
  '½': '\\frac{1}{2}',
  '¼': '\\frac{1}{4}',
  '¾': '\\frac{3}{4}',
  µ: '\\mu',
};

const GREEK =
  'α alpha β beta γ gamma δ delta ε varepsilon ζ zeta η eta θ theta ι iota κ kappa λ lambda μ mu ν nu ξ xi π pi ρ rho σ sigma ς varsigma τ tau υ upsilon φ varphi χ chi ψ psi ω omega Γ Gamma Δ Delta Θ Theta Λ Lambda Ξ Xi Π Pi Σ Sigma Υ Upsilon Φ Phi Ψ Psi Ω Omega'.split(
    ' ',
  );
for (let i = 0; i < GREEK.length; i += 2) MATH[GREEK[i]] = `\\${GREEK[i + 1]}`;
'⁰¹²³⁴⁵⁶⁷⁸⁹'.split('').forEach((c, i) => {
  MATH[c] = `^{${i}}`;
});
'₀₁₂₃₄₅₆₇₈₉'.split('').forEach((c, i) => {
  MATH[c] = `_{${i}}`;
});

/** Letters that only the T1 encoding has; LaTeX always knows that encoding. */
const T1: Record<string, string> = {
  đ: '\\dj',
  Đ: '\\DJ',
  ð: '\\dh',
  Ð: '\\DH',
  þ: '\\th',
  Þ: '\\TH',
  ŋ: '\\ng',
  Ŋ: '\\NG',
  '«': '\\guillemotleft',
  '»': '\\guillemotright',
  '‹': '\\guilsinglleft',
  '›': '\\guilsinglright',
  '„': '\\quotedblbase',
  '‚': '\\quotesinglbase',
};

const ACCENTS: Record<string, string> = {
  '\u0300': '\\`',
  '\u0301': "\\'",
  '\u0302': '\\^',
  '\u0303': '\\~',
  '\u0304': '\\=',
  '\u0306': '\\u',
  '\u0307': '\\.',
  '\u0308': '\\"',
  '\u030a': '\\r',
  '\u030b': '\\H',
  '\u030c': '\\v',
  '\u0323': '\\d',
  '\u0327': '\\c',
  '\u0328': '\\k',
  '\u0331': '\\b',
};

/** "é" → \'{e}; undefined where the letter has no ASCII base or an accent that LaTeX does not know. */
function accented(c: string): string | undefined {
  const [base, ...marks] = c.normalize('NFD');
  if (!/^[A-Za-z]$/.test(base) || marks.length === 0 || !marks.every((m) => Object.hasOwn(ACCENTS, m)))
    return undefined;
  const above = marks.some((m) => !'\u0323\u0327\u0328\u0331'.includes(m));
  const dotless = above && base === 'i' ? '\\i' : above && base === 'j' ? '\\j' : base;
  return marks.reduce(
    (text, m) => (m === '\u0328' ? `\\UseTextAccent{T1}{\\k}{${text}}` : `${ACCENTS[m]}{${text}}`),
    dotless,
  );
}

function known(c: string): string | undefined {
  if (Object.hasOwn(SPECIAL, c)) return SPECIAL[c];
  if (c >= ' ' && c <= '~') return c;
  if (Object.hasOwn(MATH, c)) return `$${MATH[c]}$`;
  if (Object.hasOwn(T1, c)) return `\\UseTextSymbol{T1}{${T1[c]}}`;
  if (/\s/u.test(c)) return ' ';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control and format characters are not printed
  if (/[\u0000-\u001f\u007f-\u009f]|\p{Cf}|\p{Cs}|[\ufe00-\ufe0f]/u.test(c)) return '';
  return accented(c);
}

const point = (c: string) => `U+${c.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;

/**
 * Text → LaTeX. Accented letters, Greek and the usual symbols become commands, so that the encoding of the document does not
 * matter. What pdflatex has no letter for (Chinese, emoji) becomes \gvunicode{…}{U+…}: the characters themselves in xelatex and
 * lualatex, their code points in pdflatex, unless the document defines \gvunicode in its own way.
 */
export function escapeLatex(text: string): string {
  let out = '';
  let wide = '';
  const flush = () => {
    if (wide) out += `\\gvunicode{${wide}}{${[...wide].map(point).join(' ')}}`;
    wide = '';
  };
  for (const c of text.normalize('NFC')) {
    const tex = known(c);
    if (tex === undefined) {
      wide += c;
      continue;
    }
    flush();
    // Two hyphens, commas or quotes are not one sign.
    out += (c === '-' || c === ',' || c === "'" || c === '"') && out.endsWith(tex.slice(-1)) ? `{}${tex}` : tex;
  }
  flush();
  // After a line break these would be read as its argument.
  return /^[[*]/.test(out) ? `{${out[0]}}${out.slice(1)}` : out;
}
