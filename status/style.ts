/**
 * The style of the status page. Its only color is for what is in trouble.
 *
 * @module
 */

/** The text of the style element. */
export const STYLE: string = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#fcfbf9, #171614);
  --ink: light-dark(#1c1b19, #e8e6e1);
  --soft: light-dark(#67635b, #a09b91);
  --rule: light-dark(#e2dfd8, #34322e);
  --fill: light-dark(#8d887d, #77736a);
  --tint: light-dark(#f3f0ea, #201e1b);
  --bad: light-dark(#a8391b, #f08a66);
  --bad-tint: light-dark(#faeee9, #2b1d17);
  --mono: ui-monospace, Menlo, Consolas, "Liberation Mono", monospace;
  --serif: Charter, "Iowan Old Style", "Palatino Linotype", Georgia, serif;
  background: var(--paper);
  color: var(--ink);
  font: .9375rem/1.5 system-ui, sans-serif;
  font-variant-numeric: tabular-nums;
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 74rem; padding: 2rem clamp(1rem, 4vw, 3rem) 4rem; }
a { color: inherit; text-decoration-color: var(--fill); text-decoration-thickness: 1px; text-underline-offset: .22em; }
a:hover { text-decoration-color: currentColor; text-decoration-thickness: 2px; }
:focus-visible { outline: 2px solid var(--ink); outline-offset: 3px; border-radius: 2px; }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 1rem; top: .5rem; background: var(--paper); padding: .25rem .5rem; }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: .25rem 1.5rem; }
h1 { margin: 0; font: 500 1.625rem/1.2 var(--serif); letter-spacing: -.01em; overflow-wrap: anywhere; }
header p { margin: 0; color: var(--soft); }
header nav { margin-left: auto; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; }
h2 { margin: 0 0 .5rem; font: 500 1.25rem/1.3 var(--serif); overflow-wrap: anywhere; }
h3 { margin: 0 0 .25rem; font-size: .875rem; font-weight: 600; }
section { margin-top: 2.75rem; }
p { margin: 0; }
.soft, .none, .count, .help, .state, .when { color: var(--soft); }
.mono, code { font-family: var(--mono); font-size: .875em; overflow-wrap: anywhere; }
.number { text-align: right; }

#summary { margin-top: 1.25rem; padding-top: 1.5rem; border-top: 1px solid var(--rule); }
.verdict { display: flex; gap: .75rem; align-items: baseline; font: 500 clamp(1.375rem, 3.4vw, 1.875rem)/1.25 var(--serif); letter-spacing: -.01em; }
.verdict span { overflow-wrap: anywhere; min-width: 0; }
.verdict .glyph { flex: none; width: .8em; height: .8em; }
.verdict:is(.failing, .late, .stale) { color: var(--bad); }
.glyph { fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
.trouble { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; justify-content: space-between; padding: .5rem .75rem; border-left: 3px solid var(--bad); background: var(--bad-tint); }
.trouble code { color: var(--bad); font-size: .9375rem; white-space: pre-wrap; flex: 1 1 30rem; min-width: 0; }
.trouble .when { color: var(--ink); }
.figures { display: flex; flex-wrap: wrap; gap: .75rem 2.5rem; margin: 1.25rem 0 0; }
.figures dt { color: var(--soft); font-size: .8125rem; }
.figures dd { margin: 0; font-size: 1.125rem; }

table { width: 100%; border-collapse: collapse; }
thead th { color: var(--soft); font-weight: 400; font-size: .8125rem; text-align: left; padding: .25rem 1rem .25rem 0; border-bottom: 1px solid var(--rule); white-space: nowrap; }
thead th.number { text-align: right; }
thead a { text-decoration-color: transparent; }
thead a:hover { text-decoration-color: currentColor; }
thead [aria-sort] { color: var(--ink); font-weight: 600; }
td, tbody th { padding: .5rem 1rem .5rem 0; border-bottom: 1px solid var(--rule); text-align: left; vertical-align: top; font-weight: 400; }
td.number { white-space: nowrap; text-align: right; }
td:last-child, th:last-child { padding-right: 0; }
tbody th { overflow-wrap: anywhere; }

.collectors th .name { display: inline-flex; align-items: baseline; gap: .5rem; font-weight: 600; }
.collectors .glyph { flex: none; width: .75rem; height: .75rem; }
.collectors td { white-space: nowrap; }
.collectors .state { font-size: .875rem; }
:is(.failing, .late, .stale) > tr > th :is(.name, .state) { color: var(--bad); }
:is(.failing, .late, .stale) > tr:first-child > * { border-bottom: 0; }
.collectors .trouble-row td { white-space: normal; padding: 0 0 .75rem; }
.collectors td:last-child { width: 149px; }
.runs { display: block; margin-top: 1px; fill: var(--fill); overflow: visible; }
.runs .failed { fill: var(--bad); }
.runs .late { fill: none; stroke: var(--bad); }

.tools { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin-bottom: .5rem; }
input { font: inherit; color: inherit; background: var(--tint); border: 1px solid var(--fill); border-radius: 3px; padding: .3rem .6rem; width: min(26rem, 100%); min-width: 0; flex: 0 1 auto; }
button { font: inherit; color: inherit; background: none; border: 1px solid var(--fill); border-radius: 3px; padding: .3rem .8rem; cursor: pointer; }
button:hover { background: var(--tint); }
kbd { display: none; font: .8125rem var(--mono); color: var(--soft); border: 1px solid var(--rule); border-radius: 3px; padding: .05rem .4rem; }
.live kbd { display: inline; }
.families tbody th a { font-size: .9375rem; }
.help { display: block; font-size: .875rem; max-width: 44rem; }
.share { display: block; width: 5rem; height: 4px; margin: .35rem 0 0 auto; fill: var(--fill); transform: scaleX(-1); }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(22rem, 100%), 1fr)); gap: 1.5rem 4rem; }
ol, ul { margin: 0; padding: 0; list-style: none; }
.sizes li, .findings li { display: flex; justify-content: space-between; gap: 1.5rem; padding: .35rem 0; border-bottom: 1px solid var(--rule); }
.sizes .number { white-space: nowrap; }
.findings li { justify-content: start; flex-wrap: wrap; gap: 0 1.5rem; }
.findings li > :first-child { flex: 0 1 24rem; }
.facts th { color: var(--soft); width: 16rem; }
.facts td { overflow-wrap: anywhere; }
.facts td:last-child:not(:nth-child(2)) { width: 6rem; color: var(--soft); }
.facts .default td:nth-child(2) { color: var(--soft); }
details > summary { cursor: pointer; font: 500 1.25rem/1.3 var(--serif); }
details > summary h2 { display: inline; }
details[open] > summary { margin-bottom: .5rem; }

.labels { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; margin-bottom: .75rem; }
h2.mono { font: 600 1.125rem/1.3 var(--mono); }
.series :is(td, tbody th) { vertical-align: middle; }
.series td:last-child { width: 12.5rem; }
#series .tools { margin-top: 1rem; }
.value { font-family: var(--mono); font-size: .875rem; }
.spark { display: block; width: 12.5rem; height: 2rem; fill: none; stroke: var(--ink); stroke-width: 1.5; overflow: visible; }
.spark path, .runs path { vector-effect: non-scaling-stroke; }
.single thead { position: absolute; left: -100vw; }
.single, .single tbody { display: block; }
.single tbody tr { display: flex; flex-wrap: wrap; gap: .5rem 3rem; padding: .5rem 0 1rem; border-block: 1px solid var(--rule); }
.single :is(td, tbody th), .series.single td:last-child { display: block; padding: 0; border: 0; text-align: left; width: auto; }
.single tbody th, .series.single td:last-child { flex: 1 1 100%; }
.single td::before { content: attr(data-label); display: block; color: var(--soft); font: .8125rem system-ui, sans-serif; }
.single td { font-size: 1.75rem; overflow-wrap: anywhere; white-space: normal; }
.single .value { font-size: 1.625rem; }
.single .spark { width: 100%; height: 9rem; }
.range { display: none; color: var(--soft); font-size: .875rem; }
.single .range { display: block; }
.waiting { font-size: .8125rem; }
body:not(.live) .waiting { visibility: hidden; }
.pages { display: flex; gap: 1.5rem; margin-top: 1rem; }
footer { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--rule); color: var(--soft); display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; }
.live #made { display: none; }
.lost { color: var(--bad); font-weight: 600; }

@media (max-width: 46rem) {
  body { padding-top: 1.25rem; }
  header nav { margin-left: 0; width: 100%; }
  section { margin-top: 2.25rem; }
  table, thead, tbody, tr, th, td { display: block; }
  table { border-top: 1px solid var(--rule); }
  thead { position: absolute; left: -100vw; }
  tbody tr { display: flex; flex-wrap: wrap; gap: .1rem 1.5rem; padding: .7rem 0; border-bottom: 1px solid var(--rule); }
  td, tbody th, td.number, .collectors td:last-child, .series td:last-child { padding: 0; border: 0; text-align: left; width: auto; }
  tbody th { flex: 1 0 100%; }
  td[data-label]::before { content: attr(data-label) " "; color: var(--soft); font-size: .8125rem; }
  td:empty, td.blank { display: none; }
  .collectors td:last-child { flex: 1 1 100%; }
  .collectors td:last-child::before { display: none; }
  .figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(6.5rem, 1fr)); gap: .75rem 1rem; }
  .collectors .trouble-row { padding-top: 0; margin-top: -.4rem; }
  .collectors .trouble-row td { flex: 1 1 100%; padding: 0; }
  :is(.failing, .late, .stale) > tr:first-child { border-bottom: 0; }
  .runs { margin-top: .25rem; }
  .share { display: none; }
  .trouble code { flex-basis: 100%; }
  .facts th { flex: 0 0 100%; width: auto; }
  .facts td:last-child:not(:nth-child(2)) { width: auto; }
  input { flex: 1 1 10rem; }
  .spark { max-width: 100%; }
  .live kbd { display: none; }
}
@media (prefers-reduced-motion: no-preference) {
  a, button { transition: background-color .12s, text-decoration-color .12s; }
}
@media print { header nav, .tools, footer { display: none; } }
`;
