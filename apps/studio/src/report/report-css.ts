import { CURVES_CSS } from '@winnow/runs';

const COLOURS = `
:root{color-scheme:light dark;
--paper:#fbfaf6;--card:#f4f1e9;--ink:#1f1d1a;--soft:#655f55;--rule:#ddd8cc;--accent:#2b5f75;--track:#ebe7dc;
--clean:#1d7a68;--closed:#c07a12;--open:#80479a;
--s1:#1a6f8a;--s2:#b4580f;--s3:#5a7a1e;--s4:#84449a;--s5:#a8324a;--s6:#5f6b78}
@media (prefers-color-scheme:dark){:root{
--paper:#171614;--card:#201e1b;--ink:#ece7dc;--soft:#aaa396;--rule:#3a3731;--accent:#7db8d1;--track:#2a2723;
--clean:#4fb8a1;--closed:#e0a445;--open:#bd8bd6;
--s1:#5fb8d6;--s2:#e79a56;--s3:#a4c860;--s4:#c79ad8;--s5:#ee8a9c;--s6:#a9b4c0}}`;

const TEXT = `
*{box-sizing:border-box}
html{background:var(--paper);color:var(--ink);scroll-behavior:smooth;-webkit-text-size-adjust:100%}
body{margin:0 auto;padding:0 1.25rem 4rem;max-width:76rem;font:1rem/1.6 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif}
h1,h2,.deck,.figures dd{font-family:Charter,'Bitstream Charter','Iowan Old Style','Palatino Linotype',Georgia,serif}
h1{font-size:clamp(2.4rem,7vw,4rem);line-height:1.05;font-weight:600;letter-spacing:-.02em;margin:.2em 0 .3em;overflow-wrap:anywhere}
h2{font-size:1.6rem;line-height:1.2;font-weight:600;letter-spacing:-.01em;margin:0}
h3{font-size:1rem;font-weight:650;margin:0 0 .75rem}
p{margin:0 0 1rem;max-width:42rem}
b{font-weight:650}
a{color:var(--accent);text-decoration-thickness:1px;text-underline-offset:.15em}
a:focus-visible,.scroll:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
code,pre{font-family:ui-monospace,'SF Mono',Menlo,Consolas,monospace;font-size:.86em}
.soft{color:var(--soft);font-weight:400}
ul{margin:0;padding-left:1.2em;max-width:42rem}`;

const FRAME = `
header{padding:3.5rem 0 1.5rem}
.kicker{font-size:.85rem;color:var(--soft);margin:0}
.deck{font-size:clamp(1.15rem,2.4vw,1.4rem);line-height:1.45;max-width:46rem}
.classes{font-size:.85rem;color:var(--soft);max-width:none}
.classes span{display:inline-block;border:1px solid var(--rule);border-radius:1em;padding:.05em .7em;margin:.15em .1em;overflow-wrap:anywhere}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));gap:1.25rem 1.5rem;margin:2rem 0 0;padding:1.25rem 0;border-top:1px solid var(--rule);border-bottom:1px solid var(--rule)}
.figures div{display:flex;flex-direction:column-reverse;justify-content:flex-end}
.figures dt{font-size:.85rem;color:var(--soft);line-height:1.3}
.figures dd{margin:0;font-size:clamp(1.7rem,4vw,2.3rem);line-height:1.15;font-variant-numeric:lining-nums}
.figures.small{margin:1rem 0 1.5rem}.figures.small dd{font-size:1.5rem}
nav{font-size:.9rem;border-bottom:1px solid var(--rule);padding-bottom:1rem}
nav ol{display:flex;flex-wrap:wrap;gap:.3rem 1.3rem;margin:0;padding:0;list-style:none}
section{padding:2.75rem 0;border-bottom:1px solid var(--rule)}
.body{min-width:0;margin-top:1.25rem}
.block{margin-top:2.5rem}.body>.block:first-child{margin-top:0}
footer{padding-top:1.5rem;font-size:.85rem;color:var(--soft)}
@media (min-width:64rem){section{display:grid;grid-template-columns:11rem minmax(0,1fr);gap:2.5rem}
.body{margin-top:.25rem}h2{position:sticky;top:1.5rem;align-self:start}}`;

const TABLES = `
.scroll{overflow-x:auto;margin:0 0 1.75rem;background:linear-gradient(90deg,var(--paper) 1rem,transparent) 0 0/2.5rem 100% no-repeat local,\
linear-gradient(270deg,var(--paper) 1rem,transparent) 100% 0/2.5rem 100% no-repeat local,\
linear-gradient(90deg,var(--rule),transparent) 0 0/.8rem 100% no-repeat scroll,\
linear-gradient(270deg,var(--rule),transparent) 100% 0/.8rem 100% no-repeat scroll}
table{border-collapse:collapse;width:100%;font-size:.9rem;line-height:1.4;font-variant-numeric:tabular-nums lining-nums}
caption{text-align:left;color:var(--soft);font-size:.85rem;padding-bottom:.4rem}
caption.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
th,td{padding:.42rem 1.1rem .42rem 0;border-bottom:1px solid var(--rule);text-align:left;vertical-align:top}
thead th{font-weight:500;color:var(--soft);font-size:.82rem;border-bottom-color:var(--soft);white-space:nowrap;vertical-align:bottom}
tbody th{font-weight:500;overflow-wrap:anywhere;min-width:6rem}
th.number,td.number{text-align:right;white-space:nowrap}
td.graphic{min-width:6rem;width:30%;padding-top:.68rem}
td.text:last-child{min-width:10rem}
@media (max-width:40rem){table:has(.meaning) .graphic{display:none}table:has(.meaning) .name{display:block;margin:0}}
.group th{padding-top:1.3rem;font-weight:650;border-bottom-color:var(--soft)}
.meaning{display:block;color:var(--soft);font-weight:400;font-size:.92em;max-width:34rem}
td:last-child,th:last-child{padding-right:0}
code.name{color:var(--soft);font-size:.8em;font-weight:400;white-space:nowrap;margin-left:.4em}
.sub{color:var(--soft);padding-left:1em}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr));gap:0 2.5rem}
.confusion td,.confusion th{padding:.5rem .7rem}.confusion th:first-child{padding-left:0}.confusion td .soft{display:block;color:inherit;font-size:.88em}
.cell{display:inline-grid;gap:.2rem;min-width:4.5rem}.cell .bar{height:.3rem}`;

/** Shades of the confusion matrix, 0..10, for hits and for misses. */
const TINTS = Array.from({ length: 11 }, (_, step) => {
  const shade = (colour: string): string => `color-mix(in srgb,var(--${colour}) ${step * 4}%,transparent)`;
  return `.hit${step}{background:${shade('clean')}}.miss${step}{background:${shade('closed')}}`;
}).join('\n');

const FIGURES = `
.bar{display:block;width:100%;height:.8rem;border-radius:2px;overflow:hidden}
.bar-tall{height:1.5rem}
.fill-track{fill:var(--track)}.fill-accent{fill:var(--accent)}.fill-soft{fill:var(--soft)}
.fill-clean{fill:var(--clean)}.fill-closed{fill:var(--closed)}.fill-open{fill:var(--open)}
.halo{stroke:var(--paper);stroke-width:5;opacity:.75}.whisker{stroke:var(--ink);stroke-width:1.5}.mark{stroke:var(--ink);stroke-width:2;stroke-dasharray:3 3}
.funnel,.bars{list-style:none;margin:0 0 1rem;padding:0}
.funnel li,.bars li{display:grid;grid-template-columns:15rem minmax(6rem,1fr) 13rem;gap:.2rem 1.25rem;align-items:center;padding:.35rem 0}
.bars li{grid-template-columns:15rem minmax(6rem,1fr) 8rem}
.funnel .bar{height:1.5rem}
.step,.amount{font-size:.9rem;line-height:1.35;font-variant-numeric:tabular-nums lining-nums;overflow-wrap:anywhere}
.step .soft,.amount .soft{display:block;font-size:.92em}
@media (max-width:48rem){.funnel li,.bars li{grid-template-columns:1fr auto;padding:.5rem 0}
.funnel .bar,.bars .bar{grid-row:2;grid-column:1/-1}.amount{text-align:right}.step .soft,.amount .soft{display:inline}.funnel .amount .soft{display:block}}
.legend{font-size:.85rem}.key{display:inline-block;margin-right:.8em}
.key::before{content:'';display:inline-block;width:.75em;height:.75em;border-radius:2px;margin-right:.45em;background:var(--soft)}
.key-clean::before{background:var(--clean)}.key-closed::before{background:var(--closed)}.key-open::before{background:var(--open)}
.kinds{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,14rem),1fr));gap:1rem 2rem;margin:1rem 0 2rem;font-size:.9rem;line-height:1.45}
.kinds dt{font-weight:650}.kinds dd{margin:0}
.chart{margin:0;max-width:27rem}.curves{display:block;width:100%;height:auto;overflow:visible}
.charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,17rem),1fr));gap:2rem 1.75rem}`;

const IMAGES = `
.sheet{display:grid;grid-template-columns:repeat(auto-fill,minmax(6.25rem,1fr));gap:1rem .75rem}
.sheet figure{margin:0;min-width:0}
.sheet img{display:block;width:100%;height:auto;aspect-ratio:1;object-fit:cover;border-radius:3px;background:var(--track)}
.sheet a:hover img{outline:2px solid var(--accent);outline-offset:2px}
figcaption{font-size:.78rem;line-height:1.35;margin-top:.35rem;overflow-wrap:anywhere}
.label{display:block}.source{display:block;color:var(--soft);font-size:.72rem}.source a{color:inherit}
del{color:var(--soft)}ins{text-decoration:none;font-weight:650}
.clusters{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr));gap:1.5rem 2.5rem}
.cluster p{margin:0 0 .5rem;font-size:.9rem}
.credits{font-size:.82rem;line-height:1.45;columns:22rem;column-gap:2.5rem;padding-left:2em;margin:0}
.credits li{break-inside:avoid;padding:.15rem 0;overflow-wrap:anywhere}
pre code{display:block}
pre{background:var(--card);border-radius:4px;padding:1rem 1.1rem;overflow-x:auto;line-height:1.7;margin:0}
.facts{margin:0;font-size:.9rem}
.facts div{display:grid;grid-template-columns:12rem minmax(0,1fr);gap:0 1.25rem;padding:.35rem 0;border-bottom:1px solid var(--rule)}
.facts dt{color:var(--soft)}.facts dd{margin:0;overflow-wrap:anywhere}
@media (max-width:40rem){.facts div{grid-template-columns:1fr}}`;

const PRINT = `
@media print{:root{--paper:#fff;--card:#f4f4f2;--ink:#000;--soft:#444;--rule:#ccc;--track:#eee}
body{max-width:none;padding:0;font-size:10pt}nav{display:none}section{display:block;padding:1.5rem 0}h2{position:static}
.scroll{overflow:visible}tr,figure,li,.cluster{break-inside:avoid}h2,h3,caption{break-after:avoid}
svg,img,td{print-color-adjust:exact;-webkit-print-color-adjust:exact}}`;

/** The style sheet of the report. */
export const REPORT_CSS = [COLOURS, TEXT, FRAME, TABLES, TINTS, FIGURES, IMAGES, CURVES_CSS, PRINT].join('\n');
