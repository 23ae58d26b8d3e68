/** Styles of the report's page: type scale, space, colours, print. */
import { FONTS } from './fonts.generated.ts';
import { cssTokens, MONO, SANS, SERIF } from './theme.ts';

const face = (family: string, key: keyof typeof FONTS, weight: string) =>
  `@font-face{font-family:'${family}';src:url(data:font/woff2;base64,${FONTS[key]}) format('woff2');font-weight:${weight};font-display:block}`;

const FACES = [
  face('Gravpanel Serif', 'serif', '400 600'),
  face('Gravpanel Sans', 'sans', '400 600'),
  face('Gravpanel Wordmark', 'wordmark', '400'),
].join('\n');

/** The theme follows the system; the switch in the page head (radio buttons, no script) overrides it. */
const THEME = `
:root{color-scheme:light;${cssTokens('light')};--serif:${SERIF};--sans:${SANS};--mono:${MONO}}
@media (prefers-color-scheme:dark){:root:not(:has(#theme-light:checked)){color-scheme:dark;${cssTokens('dark')}}}
:root:has(#theme-dark:checked){color-scheme:dark;${cssTokens('dark')}}
`;

const BASE = `
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%;scroll-padding-top:16px}
body{margin:0;background:var(--paper);color:var(--ink);font:400 .96875rem/1.4375rem var(--serif);font-variant-numeric:tabular-nums lining-nums;-webkit-font-smoothing:antialiased;overflow-wrap:break-word}
.page{max-width:77.5rem;margin-inline:auto;padding-inline:48px}
a{color:var(--accent);text-underline-offset:2px}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
h1,h2,h3,p,dl,dd,figure{margin:0}
h1,h2,h3{font-weight:600;letter-spacing:-.01em;text-wrap:balance}
h1{font-size:2.4375rem;line-height:2.8125rem}
h2{font-size:1.4375rem;line-height:1.8125rem;margin:0 0 12px}
h3{font-size:1.1875rem;line-height:1.5625rem;letter-spacing:0}
code{font:400 .8125rem/1.125rem var(--mono);overflow-wrap:anywhere}
.skip{position:absolute;left:-999px}
.skip:focus{left:16px;top:8px;background:var(--paper);padding:4px 8px;z-index:9}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}

.top{display:flex;align-items:baseline;gap:8px 24px;flex-wrap:wrap;padding-top:24px;padding-bottom:12px;border-bottom:.75px solid var(--rule)}
.wordmark{font:400 1.25rem/1.5rem 'Gravpanel Wordmark',var(--serif);font-style:normal}
.top .study{font:400 .8125rem/1.125rem var(--sans);color:var(--ink2);flex:1 1 12rem}
.theme{border:0;margin:0;padding:0;display:flex;gap:2px;font:400 .8125rem/1.5rem var(--sans);color:var(--ink2)}
.theme input{position:absolute;opacity:0;width:1px;height:1px}
.theme label{padding:0 6px;min-width:24px;cursor:pointer;border-radius:3px}
.theme input:checked+label{color:var(--ink);font-weight:600}
.theme input:focus-visible+label{outline:2px solid var(--accent)}

.opening{display:grid;grid-template-columns:minmax(0,1fr) 17rem;gap:24px 64px;padding:36px 0 32px;align-items:start}
.opening .words{max-width:44rem}
.lede{font-size:1.125rem;line-height:1.75rem;margin-top:16px;max-width:40rem}
.facts{font:400 .8125rem/1.125rem var(--sans);border-top:1px solid var(--ink)}
.facts div{display:flex;justify-content:space-between;gap:16px;padding:5px 0;border-bottom:.75px solid var(--hair)}
.facts dt{color:var(--ink2)}
.facts dd{font-weight:600;text-align:right;overflow-wrap:anywhere}

main>section{margin:0 0 24px}
main>section+section{padding-top:8px}
.prose{max-width:40rem}
.prose p{margin:0 0 12px}
.after{max-width:none;columns:2 26rem;column-gap:64px}
.after p{break-inside:avoid}
.side{display:grid;grid-template-columns:17rem minmax(0,1fr);gap:0 48px;align-items:start}
.side>.items figcaption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.figures{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:8px 56px;align-items:start}
.figures:has(>:only-child){grid-template-columns:minmax(0,36rem)}
.figures.whole{grid-template-columns:minmax(0,1fr)!important;max-width:none!important}
.caution{border-left:3px solid var(--warn);background:var(--warn-soft);padding:8px 12px;margin-top:16px;max-width:40rem;font:400 .8125rem/1.125rem var(--sans)}
.caution p+p{margin-top:4px}
.provenance{color:var(--warn)}

.contents{font:400 .8125rem/1.5rem var(--sans);padding-top:8px;display:flex;flex-wrap:wrap;gap:0 20px}
.contents a{color:var(--ink2);text-decoration:none}
.contents a:hover{color:var(--accent);text-decoration:underline}

figure.plot{margin:0 0 40px;container-type:inline-size}
figure.plot figcaption p{font:400 .84375rem/1.125rem var(--sans);color:var(--ink2);margin:2px 0 12px;max-width:40rem}
figure.plot svg{display:block;max-width:100%;height:auto;overflow:visible;font-variant-numeric:tabular-nums}
figure.plot .narrow{display:none}
figure.plot .source{font:400 .78125rem/1.0625rem var(--sans);color:var(--ink3);border-top:.75px solid var(--hair);padding-top:8px;margin-top:8px}
figure.plot details{font:400 .8125rem/1.125rem var(--sans);margin-top:4px}
summary{cursor:pointer;color:var(--accent);padding:4px 0;min-height:24px}
details figure.table{margin:8px 0 16px}
details figure.table figcaption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
figure.plot.map svg{width:100%}
figure.plot .middle{display:none}
@container (max-width:899px){figure.plot.map .wide{display:none}figure.plot.map .middle{display:block}}
@container (max-width:519px){figure.plot.map .middle{display:none}figure.plot.map .narrow{display:block}}
@container (max-width:479px){figure.plot .wide{display:none}figure.plot .narrow{display:block}}

footer{border-top:.75px solid var(--rule);margin-top:16px;padding-top:24px;padding-bottom:48px;font:400 .8125rem/1.25rem var(--sans);color:var(--ink2)}
footer h2{font-family:var(--serif);color:var(--ink)}
footer p{max-width:46rem;margin:0 0 8px}
footer .hash{overflow-wrap:anywhere}

@media (max-width:1000px){
h1{font-size:2.0625rem;line-height:2.5rem}
.page{padding-inline:32px}
.opening{gap:24px 40px;grid-template-columns:minmax(0,1fr) 15rem}
.side,.figures{grid-template-columns:minmax(0,1fr)}
.figures{max-width:42rem}
}
@media (max-width:700px){
.page{padding-inline:16px}
h1{font-size:1.8125rem;line-height:2.25rem}
.opening{grid-template-columns:minmax(0,1fr);padding:24px 0}
.lede{font-size:1.0625rem;line-height:1.625rem}
.contents a,.theme label,summary{line-height:2.75rem;min-height:44px}
}
@media (prefers-reduced-motion:no-preference){.frame th,.frame td{transition:background-color .12s ease-out}}
`;

const PRINT = `
@page{size:A4;margin:16mm 17mm 18mm}
@page wide{size:A4 landscape}
@media print{
:root:root:root{color-scheme:light;${cssTokens('light')};--ink2:#2e3a43;--ink3:#46545e;--warn:#17222b}
body{font-size:10.5pt;line-height:15pt;-webkit-print-color-adjust:exact;print-color-adjust:exact}
.page{max-width:none;padding-inline:0}
.theme,.contents,.skip,summary,details,.frame .strip,.frame .axis-row,.tabs,.regression p.over{display:none!important}
.top{padding-block:0 4pt}
h1{font-size:20pt;line-height:24pt}
h2{font-size:14pt;line-height:17pt;margin-bottom:6pt;break-after:avoid}
h3{font-size:12pt;line-height:15pt}
.opening{grid-template-columns:minmax(0,1fr) 52mm;gap:8mm;padding:12pt 0 12pt}
.lede{font-size:11.5pt;line-height:16pt;margin-top:6pt}
.facts{font-size:8pt;line-height:10.5pt}
.facts div{padding:2.5pt 0}
main>section{margin-bottom:10pt}
figure.table,figure.plot{margin-bottom:14pt;container-type:normal}
figure.table figcaption{font-size:10.5pt;line-height:13pt;margin-bottom:4pt;break-after:avoid}
.frame{overflow:visible}
.frame th,.frame td{position:static!important;padding-left:3pt;padding-right:3pt}
.regression table{font-size:9pt;line-height:11.6pt}
.regression tbody tr.first{height:0}
.regression tbody tr.first>*,.regression tbody tr.only>*{padding-top:2.5pt}
.frame small{font-size:7.5pt;line-height:9.5pt}
.many.regression table{font-size:8.5pt;line-height:10.4pt}
.many.regression tbody tr.first>*{padding-top:1.5pt}
.grid table{font-size:8.5pt;line-height:11pt}
.notes{font-size:8pt;line-height:10.5pt;max-width:none}
thead{display:table-header-group}
tfoot{display:table-row-group}
tr{break-inside:avoid}
tr.first{break-after:avoid}
figure.plot,.figures>*{break-inside:avoid}
figure.table:not(.long){break-inside:avoid}
figure.table.many{page:wide}
.side{grid-template-columns:44mm minmax(0,1fr);gap:0 8mm}
.figures,.figures:has(>:only-child){display:block;max-width:126mm}
figure.plot .narrow{display:none}
figure.plot .wide{display:block}
figure.plot.map .wide{display:none!important}
figure.plot.map .middle{display:block!important}
details.records,details.records>summary{display:inline!important;text-decoration:none;list-style:none}
details.records>span{display:none}
.caution{font-size:8pt;line-height:10.5pt;padding:4pt 8pt;margin-top:6pt}
footer{font-size:8pt;line-height:11pt;padding-bottom:0}
}
`;

export const FONT_CSS = FACES;
export const PAGE_CSS = THEME + BASE;
export const PRINT_CSS = PRINT;
