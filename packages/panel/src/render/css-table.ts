/** Styles of renderTableHtml: rules of the visual direction, "Tables". */

const MOST = 24;
const each = (css: (k: number) => string) => Array.from({ length: MOST }, (_, k) => css(k + 1)).join('');

const listed = (css: (k: number) => string) => Array.from({ length: MOST }, (_, k) => css(k + 1)).join(',');

/** A figure in which column k is chosen, or its tab has the focus of the keyboard. */
interface Chosen {
  column: (k: number) => string;
  focus: (k: number) => string;
}

const rules = ({ column, focus }: Chosen) => `
figure.table{margin:0 0 40px;container-type:inline-size;position:relative}
figure.table figcaption{font:400 1rem/1.375rem var(--serif);margin:0 0 8px;text-wrap:pretty}
figure.table figcaption b{font-weight:600}
.frame{overflow-x:auto;position:relative}
.frame:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
@property --edge{syntax:"<length>";inherits:false;initial-value:0px}
@keyframes more{from,to{mask-image:linear-gradient(to left,rgb(0 0 0/.2),#000 var(--edge))}from,85%{--edge:40px}to{--edge:0px}}
@media screen{@supports (animation-timeline:scroll()){.frame:not(:focus-visible){animation:more linear both;animation-timeline:scroll(self inline)}}}
.frame table{border-collapse:separate;border-spacing:0;width:100%;border-top:1.5px solid var(--ink);border-bottom:1.5px solid var(--ink)}
.frame th,.frame td{padding:0 8px;text-align:left;vertical-align:top;font-weight:400;background:var(--bg,var(--paper))}
.frame th:first-child,.frame td:first-child{padding-left:0;position:sticky;left:0;z-index:1}
.frame tr>:last-child:not(.strip){padding-right:0}
.frame thead th,.frame thead td{vertical-align:bottom;padding-top:5px;padding-bottom:5px}
.frame thead tr:last-child>*{border-bottom:.75px solid var(--ink)}
.frame tfoot tr:first-child>*{border-top:.75px solid var(--ink);padding-top:5px}
.frame tr:last-child>*{padding-bottom:6px}
.frame thead tr:last-child>*{padding-bottom:5px}
.frame .spanner th{text-align:center;padding-bottom:0}
.frame .spanner th span{display:block;border-bottom:.75px solid var(--rule);padding-bottom:4px;text-wrap:balance}
.frame small{display:block;font:400 .75rem/1rem var(--sans);color:var(--ink3)}
.mark{color:var(--warn)}
.quiet{color:var(--ink3)}

.regression table{font:400 .90625rem/1.1875rem var(--serif);font-variant-numeric:tabular-nums lining-nums}
.regression tbody tr.first>*,.regression tbody tr.only>*{padding-top:5px}
.regression tbody tr:first-child>*{padding-top:7px}
.regression tbody th{min-width:11rem;max-width:17rem}
.regression tbody tr.first{height:1.5rem}
.regression tfoot tr.second>*{padding-top:0}
.frame tr.heading>th{font-weight:600;padding-top:10px;padding-bottom:2px;position:static}
.frame tbody+tbody tr.heading>*{border-top:.75px solid var(--ink);padding-top:8px}
.frame tr.statistics>*{padding-top:8px}
.regression tbody tr.ends>th{padding-bottom:6px}
.regression .heads th{font-weight:600}
.regression .heads label{cursor:pointer;display:inline-block;min-width:24px}
.regression td.se{color:var(--ink2)}
td.n,th.n{text-align:center;white-space:nowrap}
td.n.failure,td.failure{color:var(--alert);white-space:normal;text-align:left;font:400 .8125rem/1.125rem var(--sans);overflow-wrap:anywhere}
td.failure div{width:10.5rem}
td.failure b{display:block;font-weight:600}
th.n,td.n.mid{padding-right:1.55em}
.n .i,.n .f{display:inline-block}
.n .i{width:var(--i);text-align:right}
.n .f{width:var(--f);text-align:left;margin-right:1.1em}
.n .st{color:var(--ink2)}
.regression tr.first:hover>*,.regression tr.first:hover+tr.second>*,.regression tr.near>*,.regression tr.second:hover>*,.grid tbody tr:hover>*{--bg:var(--sunken)}

.tabs{display:contents;border:0}
.tabs legend,.tabs input{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);margin:0;opacity:0}
.tabs label,.over{display:none}
.strip{display:none}
${listed((k) => `.v${k}`)}{display:none}
.regression:not(.tabbed) .v1{display:block}
${each((k) => `${column(k)} .v${k}{display:block}`)}
.frame .strip{width:14.25rem;min-width:14.25rem;padding:0 14px 0 20px;position:relative}
.frame td.strip{vertical-align:top}
.frame th.strip{font:600 .8125rem/1.125rem var(--sans);text-align:left}
.frame th.over-heads{border-bottom:.75px solid var(--ink);padding-bottom:5px}
.frame th.strip b{font-weight:600}
.frame tbody td.strip:not(:has(.axis))::before{content:"";position:absolute;top:0;bottom:0;left:calc(20px + (100% - 34px)*var(--z));width:1px;background:var(--rule)}
.iv{position:relative;height:19px}
.iv i,.axis i{position:absolute;font-style:normal}
.iv .w95,.iv .w90{top:50%;height:1.5px;margin-top:-.75px;background:currentColor}
.iv .w90{height:3px;margin-top:-1.5px}
.iv .pt{top:50%;width:9px;height:9px;margin:-4.5px 0 0 -4.5px;border-radius:50%;border:1.6px solid currentColor;background:var(--bg,var(--paper))}
.iv{color:var(--c1)}
.iv.grey{color:var(--c7)}
.iv .off{top:50%;width:6px;height:6px;margin-top:-3px;border:solid currentColor;border-width:1.5px 0 0 1.5px;transform:rotate(-45deg);left:0}
.iv .off.right{left:auto;right:0;transform:rotate(135deg)}
.axis{position:relative;height:22px;border-top:.75px solid var(--rule);font:400 .75rem/1rem var(--sans);color:var(--ink2)}
.axis i{transform:translateX(-50%);top:4px}
.axis-row,.beside-heads i{display:none}

${listed((k) => `${focus(k)} th.c${k} label`)}{outline:2px solid var(--accent);outline-offset:2px}

.grid table{font:400 .8125rem/1.125rem var(--sans);font-variant-numeric:tabular-nums lining-nums}
.grid{max-width:56rem}
.grid.many{max-width:none}
.many .frame :is(th,td):not(:first-child){padding-left:5px;padding-right:5px}
.grid tbody th{min-width:7rem}
.grid thead th,.grid thead td{color:var(--ink2)}
.grid tbody th,.grid tbody td{padding-top:4px;padding-bottom:4px;border-bottom:.75px solid var(--hair)}
.grid tbody tr:last-child>*{border-bottom:0}
.grid th.right,.grid td.right{text-align:right}
.grid td.right{white-space:nowrap}
.grid td.left{min-width:6rem}
.grid td.bar,.grid th.bar{width:45%;min-width:9rem;vertical-align:middle}
.grid tr.strong>*{font-weight:600}
.bar>.bar{display:block;height:11px;min-width:1px;background:var(--c1);opacity:.5}
tr.strong .bar>.bar{opacity:1}
tr.quiet .bar>.bar{background:var(--c7)}
.parts{display:flex;height:10px;gap:1px}
.parts i{display:block}
.p1{background:var(--c7)}.p2{background:var(--c6)}.p3{background:var(--c1)}.p4{background:var(--c4)}
.key{white-space:nowrap;margin-right:6px}
.key i{display:inline-block;width:9px;height:9px;margin-right:4px}
.notes{font:400 .78125rem/1.0625rem var(--serif);color:var(--ink2);margin-top:8px;max-width:52rem}
.grid .notes{font-family:var(--sans)}
.notes p{margin:0 0 2px}
.records summary{color:inherit;min-height:0;line-height:inherit;padding:0;text-decoration:underline dotted;text-decoration-color:var(--ink3);text-underline-offset:3px}
.records span{display:block;font:400 .75rem/1rem var(--sans);color:var(--ink2);max-width:32rem;max-height:12rem;overflow-y:auto;padding:2px 0 4px}
.notes .provenance{color:var(--warn)}

@container (min-width:600px){.regression p.over,.regression thead:has(.over-heads) .beside-heads{display:none!important}}
@container (min-width:600px) and (max-width:1019px){.tabs{display:none}.regression td.n,.regression th.n{padding-left:3px;padding-right:3px}.regression th.n,.regression td.n.mid{padding-right:1.3em}.regression tbody th{min-width:10.5rem}}
@container (min-width:1020px){
.regression:not(.many) .strip,.regression:not(.many) .axis-row{display:table-cell}
.regression:not(.many) .axis-row{display:table-row}
${listed((k) => `${column(k)} th.c${k} label`)}{text-decoration:underline;text-decoration-thickness:1px;text-underline-offset:3px}
}
@container (max-width:599px){
.regression .spanner{display:none}
.regression.tabbed .tabs{display:flex;flex-wrap:wrap;border:0;margin:0 0 8px;padding:0;gap:2px;position:relative}
.regression .tabs label{display:block;flex:1 0 44px;text-align:center;font:400 .875rem/2.625rem var(--sans);color:var(--ink2);border-bottom:2px solid var(--hair);cursor:pointer}
.regression .tabs input:checked+label{color:var(--ink);font-weight:600;border-color:var(--ink)}
.regression .tabs input:focus-visible+label{outline:2px solid var(--accent);outline-offset:-2px}
.over{margin:0 0 6px;font:400 .8125rem/1.125rem var(--serif);color:var(--ink2)}
.regression.tabbed :is(${listed((k) => `.c${k}`)}){display:none}
${each((k) => `${column(k)} :is(td,th).c${k}{display:table-cell}`)}
.regression .strip{display:table-cell}
.regression .axis-row{display:table-row}
.frame .strip{width:30%;min-width:5.5rem;padding:0 10px 0 8px}
.frame tbody td.strip:not(:has(.axis))::before{left:calc(8px + (100% - 18px)*var(--z))}
.axis .minor{display:none}
.strip.beside-heads{display:table-cell}
.frame .beside-heads b,.frame .beside-heads small{display:none!important}
.strip.beside-heads i{display:block;text-align:center;font:400 .75rem/1rem var(--sans);color:var(--ink2)}
.grid td.left{min-width:0}
.regression tbody th{min-width:0}
.frame th,.frame td{padding-left:4px;padding-right:4px}
.grid td.bar,.grid th.bar{min-width:4rem;width:24%}
.grid tbody th{min-width:5.5rem}
.grid th,.grid td{padding-left:3px;padding-right:3px}
.key{white-space:normal;display:block}
}
`;

/** Column k is chosen where its radio button is: for a page that runs no script. */
const ofButton: Chosen = {
  column: (k) => `.regression:has(.k${k}:checked)`,
  focus: (k) => `.regression:has(.k${k}:focus-visible)`,
};
/** The figure says which: in a table that grows a selector that looks into it would style all of it anew with each cell. */
const ofFigure: Chosen = { column: (k) => `.regression.s${k}`, focus: (k) => `.regression.f${k}` };

/** Widths and the zero line of every column, said once, at the table; both rows of a pair lit. */
const atTable = `${each((k) => `.c${k}{--i:var(--i${k});--f:var(--f${k})}`)}
.regression table{--z:var(--z1)}
${each((k) => `${ofButton.column(k)} table{--z:var(--z${k})}`)}
.regression tr.first:has(+tr.second:hover)>*{--bg:var(--sunken)}
`;

export const TABLE_CSS = rules(ofButton) + atTable;
/** For the web app, which says at each cell how wide it is and where zero, at the figure what is chosen (s1, f1) and at a row that it is near. */
export const TABLE_CSS_APP = rules(ofFigure);
