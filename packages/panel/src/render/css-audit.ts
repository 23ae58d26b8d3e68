/** Styles of the audit page: the proof of each table, one square a cell, the findings. */
export const AUDIT_CSS = `
.audit h1{font-size:1.8125rem;line-height:2.25rem;max-width:44rem}
.audit .sub{font:400 .84375rem/1.25rem var(--sans);color:var(--ink2);margin-top:8px;max-width:44rem}
.audit .opening{grid-template-columns:minmax(0,1fr) minmax(16rem,23rem);gap:24px 40px;padding-bottom:24px}
.squares{font:400 .8125rem/1.125rem var(--sans);display:grid;grid-template-columns:auto minmax(0,1fr);gap:8px 16px;margin:0}
.squares dt b{display:block;font-weight:600}
.squares dt span{color:var(--ink2)}
.squares dd{display:flex;flex-wrap:wrap;gap:3px;align-content:start}
.squares i{width:11px;height:16px;background:var(--sunken)}
.squares .bad{background:var(--alert)}
.squares .maybe{background:var(--warn)}
.audit .body{display:grid;grid-template-columns:minmax(0,1fr) minmax(16rem,23rem);gap:8px 40px;align-items:start}
.proof{margin:0 0 40px}
.proof figcaption{font:400 1rem/1.375rem var(--serif);margin:0 0 8px}
.proof figcaption b{font-weight:600}
.proof table{border-collapse:separate;border-spacing:0;width:100%;border-top:1.5px solid var(--ink);border-bottom:1.5px solid var(--ink);font:400 .90625rem/1.1875rem var(--serif);font-variant-numeric:tabular-nums lining-nums}
.proof .frame table{border-bottom:0}
.proof th,.proof td{font-weight:400;text-align:left;padding:5px 3px}
.proof thead th:not(:first-child){padding-right:3.2em}
.proof thead th{font-weight:600;border-bottom:.75px solid var(--ink);text-align:center;white-space:nowrap}
.proof tbody th,.proof tfoot th{padding-left:0;min-width:5.5rem}
.proof td{text-align:center;white-space:nowrap}
.proof td .se{color:var(--ink2);display:block}
.proof td .num{display:inline-block;min-width:3.9em;text-align:right}
.proof td .hang{display:inline-block;width:3.2em;text-align:left;color:var(--ink2)}
.proof td.bad{background:var(--alert-soft)}
.proof td.maybe{background:var(--warn-soft)}
.proof td s{color:var(--alert);text-decoration-thickness:1.5px}
.proof td ins{color:var(--alert);text-decoration:none;padding-left:.25em}
.proof td.maybe s,.proof td.maybe ins{color:var(--warn)}
.proof tfoot td,.proof tfoot th{border-top:.75px solid var(--ink)}
.proof tfoot ins{display:block}
.proof .notes{font:400 .78125rem/1.0625rem var(--sans);color:var(--ink2);border-top:1.5px solid var(--ink);padding-top:8px}
.findings{border-top:1px solid var(--ink);margin:0 0 32px}
.findings h2{font:600 .8125rem/1.125rem var(--sans);letter-spacing:0;margin:10px 0 4px}
.findings ol{list-style:none;margin:0;padding:0}
.findings li{border-bottom:.75px solid var(--hair);padding:8px 0}
.findings .place{display:flex;justify-content:space-between;gap:16px;font:600 .78125rem/1.0625rem var(--sans)}
.findings .place span:last-child{color:var(--alert);font-weight:400;text-align:right;flex:none;max-width:50%}
.findings .caution .place span:last-child,.findings .maybe .place span:last-child{color:var(--warn)}
.findings p{font:400 .875rem/1.1875rem var(--serif);overflow-wrap:anywhere}
.findings small{font:400 .75rem/1rem var(--sans);color:var(--ink2)}
@media (max-width:1100px){.audit .body,.audit .opening{grid-template-columns:minmax(0,1fr)}}
@media print{.audit .body{display:block}.proof{break-inside:avoid}.squares i{border:.5pt solid var(--rule)}}
`;
