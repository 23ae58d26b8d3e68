/** The report: one self-contained page, no script, no request to anywhere. */
import { count } from '../format.ts';
import type { Figure, Manifest, Report, Section, Table } from '../types.ts';
import { FONT_CSS, PAGE_CSS, PRINT_CSS } from './css-page.ts';
import { TABLE_CSS } from './css-table.ts';
import type { DrawingDocument } from './draw.ts';
import { cssString, escapeHtml, slug } from './escape.ts';
import { FONT_LICENCE } from './fonts.generated.ts';
import { provenanceHtml, renderTableHtml } from './html.ts';
import { POLICY } from './policy.ts';
import { isMap, MAP_WIDTH, renderFigureSvg } from './svg.ts';

export interface ReportOptions {
  /** A DOM document to draw the figures in: the browser's, or linkedom's in Node. */
  document: DrawingDocument;
  /** Language of the text, for screen readers and hyphenation; default "en". */
  lang?: string;
}

/** With a full stop, where something follows it. */
const sentence = (text: string) => (text && !/[.?]$/.test(text) ? `${text}.` : text);

function figureHtml(figure: Figure, document: DrawingDocument): string {
  const id = slug(figure.id);
  const draw = (width: number, name: string) =>
    renderFigureSvg(figure, { document, theme: 'page', width })
      .replace('<svg ', `<svg class="${name}" `)
      .replace(/ class="plot-[^"]*"/, '');
  const number = figure.number ? `${escapeHtml(figure.number)}. ` : '';
  const words = [sentence(escapeHtml(figure.source)), provenanceHtml(figure, 'span')].filter(Boolean).join(' ');
  const source = [number, words].join('');
  const map = isMap(figure);
  return `<figure class="plot${map ? ' map' : ''}" id="f-${id}">
<figcaption><h3>${escapeHtml(figure.title)}</h3><p>${escapeHtml(figure.subtitle)}</p></figcaption>
${draw(map ? MAP_WIDTH : 560, 'wide')}
${map ? `${draw(680, 'middle')}\n` : ''}${draw(340, 'narrow')}
${source ? `<p class="source">${source}</p>` : ''}
<details><summary>Numbers of this figure</summary>
${renderTableHtml(figure.table)}
</details>
</figure>`;
}

const isWide = (item: Table | Figure) => item.kind === 'figure' && isMap(item);

/** Figures that follow each other stand side by side where there is room. */
function itemsHtml(items: (Table | Figure)[], document: DrawingDocument): string {
  const out: string[] = [];
  for (let i = 0; i < items.length; ) {
    const item = items[i];
    if (item.kind === 'table') {
      out.push(renderTableHtml(item));
      i += 1;
      continue;
    }
    const figures: string[] = [];
    for (; i < items.length; i++) {
      const figure = items[i];
      if (figure.kind !== 'figure' || (figures.length > 0 && isWide(figure))) break;
      figures.push(figureHtml(figure, document));
      if (isWide(figure) && ++i) break;
    }
    out.push(`<div class="figures${isWide(item) ? ' whole' : ''}">\n${figures.join('\n')}\n</div>`);
  }
  return out.join('\n');
}

/** Words beside a single table of shares, as a margin; otherwise words above. */
const isSide = ({ items, prose }: Section) =>
  items.length === 1 && prose.length > 0 && items[0].kind === 'table' && items[0].parts !== undefined;

function sectionHtml(section: Section, first: boolean, document: DrawingDocument): string {
  const id = `s-${slug(section.id)}`;
  const leads = first && section.items[0]?.kind === 'table';
  const heading = `<h2 id="${id}-h"${leads ? ' class="sr"' : ''}>${escapeHtml(section.title)}</h2>`;
  const prose =
    section.prose.length > 0
      ? `<div class="prose${leads ? ' after' : ''}">${section.prose.map((p) => `<p>${escapeHtml(p)}</p>`).join('')}</div>`
      : '';
  const items = itemsHtml(section.items, document);
  const open = `<section id="${id}" aria-labelledby="${id}-h"`;
  if (isSide(section))
    return `${open} class="side"><div>${heading}${prose}</div><div class="items">${items}</div></section>`;
  return `${open}>${heading}${leads ? `${items}${prose}` : `${prose}${items}`}</section>`;
}

function openingHtml({ title, question, lede, facts, provenance = [] }: Report): string {
  const rows = facts.map(({ label, value }) => `<div><dt>${escapeHtml(label)}</dt><dd>${escapeHtml(value)}</dd></div>`);
  const box = rows.length > 0 ? `<aside aria-label="Sample"><dl class="facts">${rows.join('')}</dl></aside>` : '';
  const caution =
    provenance.length > 0
      ? `<div class="caution" role="note">${provenance.map((p) => `<p>${escapeHtml(p)}</p>`).join('')}</div>`
      : '';
  return `<div class="opening"><div class="words"><h1>${escapeHtml(question ?? title)}</h1>${lede ? `<p class="lede">${escapeHtml(lede)}</p>` : ''}${caution}</div>${box}</div>`;
}

const THEMES = [
  ['system', 'System'],
  ['light', 'Light'],
  ['dark', 'Dark'],
];

function topHtml({ title, question, sections }: Report): string {
  const themes = THEMES.map(
    ([id, label], i) =>
      `<input type="radio" name="theme" id="theme-${id}"${i === 0 ? ' checked' : ''}><label for="theme-${id}">${label}</label>`,
  );
  const links = sections.map(({ id, title: name }) => `<a href="#s-${slug(id)}">${escapeHtml(name)}</a>`);
  return `<header class="top page"><span class="wordmark">gravpanel</span><span class="study">${question ? escapeHtml(title) : ''}</span><fieldset class="theme"><legend class="sr">Colours</legend>${themes.join('')}</fieldset></header>
<nav class="contents page" aria-label="Contents">${links.join('')}</nav>`;
}

function manifestHtml({ study, gravpanel, inputs, seeds, runHash }: Manifest): string {
  const files = inputs.map(
    ({ name, rows, bytes, sha256 }) =>
      `<p>${escapeHtml(name)}: ${count(rows)} rows, ${count(bytes)} bytes${sha256 ? `, SHA-256 <code>${escapeHtml(sha256)}</code>` : ''}.</p>`,
  );
  const drawn = Object.entries(seeds).map(([name, seed]) => `${escapeHtml(name)} ${seed}`);
  return `<h2>How to run it again</h2>
<p><code>gravpanel run ${escapeHtml(study)}</code> with gravpanel ${escapeHtml(gravpanel)}. The same file and data give the same numbers.</p>
${files.join('\n')}
${drawn.length > 0 ? `<p>Seeds: ${drawn.join(', ')}.</p>` : ''}
<p class="hash">Run <code>${escapeHtml(runHash)}</code></p>`;
}

/** Running foot of printed pages: study, run and page number (page margin boxes). */
const runningFoot = ({ title, manifest, provenance = [] }: Report) => {
  const box = 'font:8pt sans-serif;color:#46545e';
  const words = cssString(
    `${title}${provenance.length > 0 && !/simulat/i.test(title) ? ' · partly simulated data' : ''} · run ${manifest.runHash.slice(0, 12)}`,
  );
  return `@page{@bottom-left{content:${words};${box}}@bottom-right{content:counter(page) " of " counter(pages);${box}}}`;
};

/**
 * The whole report as one HTML file: fonts and styles inside, tables as tables, figures as inline SVG with their numbers in a
 * table behind them, light and dark, A4 print. Every text of the study is escaped. Deterministic: the same report gives the same
 * bytes.
 */
export function renderReport(report: Report, { document, lang = 'en' }: ReportOptions): string {
  const sections = report.sections.map((section, i) => sectionHtml(section, i === 0, document));
  return `<!doctype html>
<html lang="${escapeHtml(lang)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="gravpanel ${escapeHtml(report.manifest.gravpanel)}">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(report.title)}</title>
<!-- Fonts: subsets of Source Serif 4 and Source Sans 3.
${escapeHtml(FONT_LICENCE.split('\n').slice(0, 6).join('\n').trim()).replaceAll('--', '- -')}
-->
<style>
${FONT_CSS}
${PAGE_CSS}
${TABLE_CSS}
${PRINT_CSS}
${runningFoot(report)}
</style>
</head>
<body>
<a class="skip" href="#results">Skip to the results</a>
${topHtml(report)}
<main id="results" class="page">
${openingHtml(report)}
${sections.join('\n')}
</main>
<footer class="page">
${manifestHtml(report.manifest)}
</footer>
</body>
</html>
`;
}
