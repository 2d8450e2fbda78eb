/** The style sheet of the console: light and dark, wide and narrow. */
export const STYLE: string = `:root {
  color-scheme: light dark;
  --bg: light-dark(#fbfbfc, #0e0f12);
  --panel: light-dark(#ffffff, #16181d);
  --line: light-dark(#e6e8ec, #262a31);
  --line-strong: light-dark(#d3d7de, #363b45);
  --text: light-dark(#1b1f27, #e8eaee);
  --dim: light-dark(#5d6675, #9aa3b2);
  --accent: light-dark(#3b5bdb, #8da2ff);
  --accent-soft: light-dark(#eef2ff, #1d2440);
  --green: light-dark(#18794e, #5fd09b);
  --green-soft: light-dark(#e7f6ee, #12291f);
  --amber: light-dark(#8a5a00, #f1c25b);
  --amber-soft: light-dark(#fff5df, #2d2412);
  --red: light-dark(#b42333, #ff8d93);
  --red-soft: light-dark(#fdecee, #331a1d);
  --grey-soft: light-dark(#f0f2f5, #20242b);
  --radius: 8px;
  --mono: ui-monospace, 'SF Mono', SFMono-Regular, Menlo, Consolas, 'Liberation Mono', 'DejaVu Sans Mono', monospace;
}
* { box-sizing: border-box; }
html { font: 14px/1.5 Inter, ui-sans-serif, system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; font-feature-settings: 'cv11', 'ss03'; }
body { margin: 0; background: var(--bg); color: var(--text); -webkit-font-smoothing: antialiased; }
a { color: inherit; text-decoration: none; }
a:hover { text-decoration: underline; text-underline-offset: 2px; }
code, .mono { font-family: var(--mono); font-size: 12.5px; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.skip { position: absolute; left: -9999px; } .skip:focus { left: 16px; top: 8px; background: var(--panel); padding: 6px 10px; z-index: 9; }

header.top { display: flex; align-items: center; gap: 20px; height: 52px; padding: 0 24px; background: var(--panel); border-bottom: 1px solid var(--line); }
header.top .brand { display: flex; align-items: center; gap: 9px; font-weight: 600; letter-spacing: -.01em; }
header.top .brand svg { color: var(--accent); }
header.top nav { display: flex; gap: 4px; height: 100%; }
header.top nav a { display: flex; align-items: center; padding: 0 10px; color: var(--dim); border-bottom: 2px solid transparent; margin-bottom: -1px; }
header.top nav a:hover { color: var(--text); text-decoration: none; }
header.top nav a[aria-current] { color: var(--text); border-color: var(--accent); font-weight: 500; }
header.top .who { margin-left: auto; display: flex; align-items: center; gap: 8px; color: var(--dim); font-size: 13px; white-space: nowrap; }
.avatar { width: 22px; height: 22px; border-radius: 50%; background: var(--accent-soft); color: var(--accent); font-size: 11px; font-weight: 600; display: grid; place-items: center; }
.env { font-size: 11px; font-weight: 500; color: var(--dim); border: 1px solid var(--line-strong); border-radius: 99px; padding: 1px 8px; }
main { max-width: 1180px; margin: 0 auto; padding: 24px; }

.banner { display: flex; gap: 12px; align-items: flex-start; border: 1px solid; border-radius: var(--radius); padding: 10px 14px; margin-bottom: 12px; }
.banner > svg { flex: none; margin-top: 2px; }
.stale { margin: 0 0 12px; padding: 10px 14px; border: 1px solid color-mix(in srgb, var(--red) 30%, transparent); border-radius: var(--radius); background: var(--red-soft); } .stale[hidden] { display: none; }
.banner { align-items: center; } .banner > svg { margin-top: 0; } .banner form { display: flex; } .banner p { margin: 0; flex: 1; } .banner p span { color: var(--dim); }
.banner.red { background: var(--red-soft); border-color: color-mix(in srgb, var(--red) 30%, transparent); } .banner.red > svg { color: var(--red); }
.banner.amber { background: var(--amber-soft); border-color: color-mix(in srgb, var(--amber) 30%, transparent); } .banner.amber > svg { color: var(--amber); }
.banner.green { background: var(--green-soft); border-color: color-mix(in srgb, var(--green) 30%, transparent); } .banner.green > svg { color: var(--green); }

h1 { font-size: 20px; line-height: 1.3; letter-spacing: -.015em; margin: 0; font-weight: 600; }
h2 { font-size: 14px; margin: 0; font-weight: 600; }
.page-head { display: flex; align-items: baseline; gap: 12px; margin: 4px 0 16px; }
.page-head p { margin: 0; color: var(--dim); }

.tabs { display: flex; gap: 4px; overflow-x: auto; scrollbar-width: none; margin-bottom: 12px; }
.tabs a { flex: none; padding: 5px 10px; border-radius: 6px; color: var(--dim); border: 1px solid transparent; }
.tabs a:hover { background: var(--grey-soft); text-decoration: none; }
.tabs a[aria-current] { background: var(--panel); border-color: var(--line-strong); color: var(--text); font-weight: 500; box-shadow: 0 1px 2px rgb(0 0 0 / .04); }
.tabs b { font-weight: 500; color: var(--dim); margin-left: 5px; font-variant-numeric: tabular-nums; }
.tabs a.hot b { color: var(--amber); background: var(--amber-soft); padding: 1px 6px; border-radius: 99px; }

.filter { display: flex; gap: 8px; padding: 10px; border-bottom: 1px solid var(--line); }
.filter .search { position: relative; flex: 1; } .filter .search kbd { position: absolute; right: 8px; top: 7px; }
input, select, textarea { font: inherit; color: inherit; background: var(--panel); border: 1px solid var(--line-strong); border-radius: 6px; padding: 5px 10px; min-height: 34px; }
input[type=search] { width: 100%; } ::placeholder { color: var(--dim); opacity: 1; }
textarea { width: 100%; min-height: 58px; resize: vertical; }
kbd { font: 11px var(--mono); color: var(--dim); border: 1px solid var(--line-strong); border-bottom-width: 2px; border-radius: 4px; padding: 0 5px; background: var(--bg); }

.panel { background: var(--panel); border: 1px solid var(--line); border-radius: var(--radius); box-shadow: 0 1px 2px rgb(16 24 40 / .03); }
.panel + .panel { margin-top: 16px; }
.panel > .head { padding: 12px 16px; border-bottom: 1px solid var(--line); display: flex; align-items: center; gap: 10px; }
.panel > .head .right { margin-left: auto; color: var(--dim); font-size: 13px; }
.panel > .body { padding: 14px 16px; }

[data-live], .split > div { min-width: 0; } table { width: 100%; font: inherit; border-collapse: collapse; }
th { text-align: left; font-size: 12px; font-weight: 500; color: var(--dim); padding: 8px 12px; border-bottom: 1px solid var(--line); white-space: nowrap; }
td { padding: 10px 12px; border-bottom: 1px solid var(--line); vertical-align: top; }
tr:last-child td { border-bottom: 0; }
tbody tr { position: relative; } tbody tr:hover, tbody tr.at { background: var(--grey-soft); }
td.pick { width: 1%; padding-right: 0; } td.pick input { position: relative; z-index: 1; min-height: 0; width: 16px; height: 16px; margin: 3px 0 0; accent-color: var(--accent); }
td.state { width: 1%; white-space: nowrap; }
td .row-link::after { content: ''; position: absolute; inset: 0; }
td .row-link:focus-visible { outline: none; } tr:has(.row-link:focus-visible) { outline: 2px solid var(--accent); outline-offset: -2px; }
td .main { font-weight: 500; } .sub { color: var(--dim); font-size: 13px; } td.known { max-width: 420px; } td.when, td.ref { white-space: nowrap; }
td.num { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; } th.num { text-align: right; }
td.age { white-space: nowrap; color: var(--dim); text-align: right; font-variant-numeric: tabular-nums; }
.empty { padding: 56px 16px; text-align: center; color: var(--dim); } .empty b { display: block; color: var(--text); margin-bottom: 2px; }
.foot { display: flex; align-items: center; gap: 12px; padding: 9px 12px; border-top: 1px solid var(--line); color: var(--dim); font-size: 13px; }
.foot .right { margin-left: auto; display: flex; gap: 8px; }

.badge { display: inline-flex; align-items: center; gap: 6px; font-size: 12px; font-weight: 500; border-radius: 99px; padding: 1px 9px 1px 7px; white-space: nowrap; background: var(--grey-soft); color: var(--dim); }
.badge i { width: 7px; height: 7px; border-radius: 50%; background: currentColor; }
.badge.good { background: var(--green-soft); color: var(--green); } .badge.bad { background: var(--red-soft); color: var(--red); }
.badge.you { background: var(--amber-soft); color: var(--amber); } .badge.busy { background: var(--accent-soft); color: var(--accent); }
.badge.hollow i { background: none; box-shadow: inset 0 0 0 2px currentColor; }
.now { font-size: 12px; color: var(--red); font-weight: 500; }

button, .button { font: inherit; font-weight: 500; display: inline-flex; align-items: center; justify-content: center; gap: 6px; min-height: 34px; padding: 5px 12px; border-radius: 6px; border: 1px solid var(--line-strong); background: var(--panel); color: var(--text); cursor: pointer; box-shadow: 0 1px 1px rgb(0 0 0 / .04); }
button:hover, .button:hover { background: var(--grey-soft); text-decoration: none; }
button.primary { background: light-dark(#2743b5, #8da2ff); border-color: transparent; color: light-dark(#fff, #0e1330); } button.primary:hover { filter: brightness(1.08); }
button.danger { color: var(--red); border-color: color-mix(in srgb, var(--red) 40%, var(--line)); }
button.small { min-height: 28px; padding: 2px 9px; font-size: 13px; }

.split { display: grid; grid-template-columns: minmax(0, 1fr) 380px; gap: 20px; align-items: start; }
.crumb { color: var(--dim); font-size: 13px; margin-bottom: 6px; }
.title { display: flex; flex-wrap: wrap; gap: 6px 12px; align-items: center; margin-bottom: 18px; }
.title p { flex-basis: 100%; margin: 0; color: var(--dim); }
dl.facts { display: grid; grid-template-columns: 120px 1fr; gap: 7px 12px; margin: 0; } dl.facts dt { color: var(--dim); } dl.facts dd { margin: 0; overflow-wrap: anywhere; }

ol.trail { list-style: none; margin: 0; padding: 6px 16px 10px; }
ol.trail li { position: relative; padding: 9px 0 9px 26px; }
ol.trail li::before { content: ''; position: absolute; left: 7px; top: 0; bottom: 0; width: 1px; background: var(--line-strong); }
ol.trail li:first-child::before { top: 18px; } ol.trail li:last-child::before { bottom: calc(100% - 18px); }
ol.trail li::after { content: ''; position: absolute; left: 3px; top: 15px; width: 9px; height: 9px; border-radius: 50%; background: var(--panel); box-shadow: inset 0 0 0 2px var(--dim); }
ol.trail li.good::after { background: var(--green); box-shadow: none; } ol.trail li.bad::after { background: var(--red); box-shadow: none; } ol.trail li.you::after { background: var(--amber); box-shadow: none; } ol.trail li.send::after { background: var(--accent); box-shadow: none; }
ol.trail .line { display: flex; gap: 10px; } ol.trail .line > span { flex: 1; } ol.trail time { color: var(--dim); font-size: 12.5px; font-variant-numeric: tabular-nums; white-space: nowrap; }
ol.trail .quote { color: var(--dim); }
ol.trail summary { cursor: pointer; list-style: none; border-radius: 4px; } ol.trail summary::-webkit-details-marker { display: none; } ol.trail summary:hover > .line > span { text-decoration: underline; text-decoration-color: var(--line-strong); text-underline-offset: 3px; } ol.trail .quote { display: block; }
ol.trail summary .line::before { content: '▸' / ''; order: 3; width: 10px; color: var(--dim); } ol.trail details[open] .line::before { content: '▾' / ''; } ol.trail li > .line { padding-right: 20px; }
pre { margin: 6px 0 0; padding: 8px 10px; border-radius: 6px; background: var(--grey-soft); font: 12px/1.5 var(--mono); overflow-x: auto; }

.decide { border-color: color-mix(in srgb, var(--amber) 45%, var(--line)); position: sticky; top: 16px; }
.decide .head { background: var(--amber-soft); border-radius: var(--radius) var(--radius) 0 0; border-bottom-color: color-mix(in srgb, var(--amber) 25%, var(--line)); }
.decide .head svg { color: var(--amber); }
.decide h3 { font-size: 12px; font-weight: 500; color: var(--dim); margin: 0 0 6px; }
.decide ul { margin: 0 0 14px; padding: 0 0 0 18px; } .decide li + li { margin-top: 4px; }
.decide .go { display: flex; margin-bottom: 8px; width: 100%; } .decide fieldset { margin-top: 16px; }
fieldset { border: 0; margin: 0; padding: 0; } legend { font-size: 12px; font-weight: 500; color: var(--dim); padding: 0; margin-bottom: 8px; }
.choice { border: 1px solid var(--line); margin-top: -1px; }
.choice > label:first-child { display: grid; grid-template-columns: 18px 1fr; gap: 0 10px; padding: 9px 11px; cursor: pointer; }
.choice:first-of-type { border-radius: 6px 6px 0 0; } .choice:last-of-type { border-radius: 0 0 6px 6px; }
.choice:hover { background: var(--grey-soft); } .choice:has(:checked) { background: var(--accent-soft); border-color: var(--accent); position: relative; z-index: 1; }
.choice.risky:has(:checked) { background: var(--red-soft); border-color: var(--red); }
.choice input[type=radio] { margin: 3px 0 0; accent-color: var(--accent); min-height: 0; } .choice.risky input { accent-color: var(--red); }
.choice b { font-weight: 500; } .choice small { grid-column: 2; color: var(--dim); font-size: 12.5px; line-height: 1.4; }
.choice .more { display: none; margin: 0; padding: 0 11px 10px 39px; font-size: 13px; font-weight: 400; } .choice:has([type=radio]:checked) .more { display: block; } .more input { display: block; width: 100%; margin-top: 4px; }
.field { display: block; margin-top: 12px; font-size: 13px; font-weight: 500; } .field textarea { margin-top: 4px; font-weight: 400; font-size: 14px; }
.submit { display: flex; align-items: center; gap: 10px; margin-top: 12px; } .submit small { color: var(--dim); }

.accounts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 440px), 1fr)); gap: 16px; }
.accounts .panel { margin: 0; }
.bar { display: flex; height: 8px; border-radius: 99px; overflow: hidden; gap: 1px; background: var(--grey-soft); margin: 2px 0 10px; }
.bar i { display: block; } .bar .good { background: var(--green); } .bar .you { background: var(--amber); } .bar .bad { background: var(--red); } .bar .busy { background: var(--accent); } .bar .wait { background: var(--line-strong); }
.legend { display: flex; flex-wrap: wrap; gap: 2px 14px; color: var(--dim); font-size: 13px; margin-bottom: 10px; } .legend b { color: var(--text); font-weight: 500; font-variant-numeric: tabular-nums; }
.spark { display: block; width: 100%; height: 44px; } .spark rect { fill: color-mix(in srgb, var(--green) 70%, transparent); } .spark rect.bad { fill: var(--red); } .spark-note { display: flex; justify-content: space-between; color: var(--dim); font-size: 12px; }

dialog { border: 1px solid var(--line-strong); border-radius: 10px; background: var(--panel); color: var(--text); padding: 18px 20px; width: 340px; box-shadow: 0 20px 50px rgb(0 0 0 / .25); } dialog::backdrop { background: rgb(10 12 16 / .4); }
dialog dl { display: grid; grid-template-columns: 74px 1fr; gap: 8px; margin: 12px 0 16px; } dialog dd { margin: 0; }
.login { max-width: 380px; margin: 12vh auto; text-align: center; } .login p { color: var(--dim); }

@media (max-width: 860px) {
  main { padding: 16px; } header.top { padding: 0 16px; gap: 8px; } header.top nav a { padding: 0 7px; } .env, header.top .who .name { display: none; }
  .split { grid-template-columns: minmax(0, 1fr); } .split > aside { order: -1; } .decide { position: static; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); } th { padding: 0; } .tabs { max-width: 100%; } tbody tr { display: grid; grid-template-columns: 1fr auto; padding: 10px 12px; border-bottom: 1px solid var(--line); gap: 2px 10px; } tbody tr:last-child { border: 0; }
  td, td.state { display: block; padding: 0; border: 0; width: auto; white-space: normal; } td.state { grid-row: 1; } td.age { grid-row: 1; grid-column: 2; } td.what, td.known { grid-column: 1 / -1; }
  td.when, td.ref { display: none; } td.pick { grid-row: 1; grid-column: 3; } tbody tr { grid-template-columns: 1fr auto auto; } td.state { grid-column: 1; } .filter { flex-wrap: wrap; } .filter label { flex: 1; min-width: 0; } .filter .search { flex-basis: 100%; } .filter select { width: 100%; } .search kbd { display: none; }
  .page-head { display: block; } ol.trail .line { display: block; } ol.trail time { display: block; }
}
@media (prefers-reduced-motion: no-preference) { .badge.busy i { animation: pulse 1.6s ease-in-out infinite; } @keyframes pulse { 50% { opacity: .35; } } }
@media print { header.top, .filter, .tabs, .decide form { display: none; } }
svg.bar { display: block; border-radius: 99px; } .t-good { fill: var(--green); } .t-you { fill: var(--amber); } .t-bad { fill: var(--red); } .t-busy { fill: var(--accent); } .t-wait { fill: var(--line-strong); }
.theirs { margin: 12px 0 0; padding: 10px 12px; border-left: 3px solid var(--line-strong); background: var(--grey-soft); border-radius: 0 6px 6px 0; }
.theirs figcaption { font-size: 12px; font-weight: 500; color: var(--dim); } .theirs blockquote { margin: 2px 0 0; overflow-wrap: anywhere; white-space: pre-wrap; }
.bulk { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; padding: 10px 12px; border-top: 1px solid var(--line); } .bulk label, .bulk select { max-width: 100%; min-width: 0; } .bulk .note { flex: 1; min-width: 160px; }
ul.results { margin: 0; padding: 6px 16px 6px 34px; } ul.results li { padding: 4px 0; overflow-wrap: anywhere; }
.aside-form + .aside-form { margin-top: 16px; padding-top: 16px; border-top: 1px solid var(--line); }
h1, td.what, .title p, .crumb, ol.trail .line > span { overflow-wrap: anywhere; }
.login { padding: 0 16px; }
`;
