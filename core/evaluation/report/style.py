"""How a report looks, on screen in light and dark, and on paper."""

CSS = """
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #ffffff; --faint: #5d6770;
  --line: #d9dee3; --panel: #f4f6f8; --red: #b3261e; --red-paper: #fdecea; --accent: #0072B2; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8ea; --paper: #14171a; --faint: #9aa4ad;
  --line: #343b42; --panel: #1d2226; --red: #ff8a80; --red-paper: #3a1a18; --accent: #56B4E9; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1080px; padding: 24px; color: var(--ink);
  background: var(--paper); font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 26px; margin: 0 0 4px; } h2 { font-size: 19px; margin: 36px 0 8px;
  padding-top: 12px; border-top: 1px solid var(--line); }
h3 { font-size: 16px; margin: 20px 0 6px; }
p { margin: 6px 0; max-width: 75ch; } .faint { color: var(--faint); font-size: 13px; }
.notice { color: var(--faint); font-size: 13px; }
.serious { border: 2px solid var(--red); background: var(--red-paper); border-radius: 6px;
  padding: 8px 14px; margin: 12px 0; } .serious b { color: var(--red); }
.caution { border-left: 4px solid var(--line); padding: 2px 12px; margin: 8px 0; }
.answer { border-left: 6px solid var(--accent); padding: 2px 14px; margin: 12px 0; }
.answer b { font-size: 17px; } .answer.strong { border-color: #009e73; }
.answer.weak, .answer.unsure { border-color: #e69f00; } .answer.broken { border-color: #d55e00; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; margin: 8px 0; font-variant-numeric: tabular-nums; }
th, td { padding: 4px 10px; text-align: right; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { text-align: left; }
th { font-weight: 600; color: var(--faint); font-size: 13px; }
td.group { font-weight: 600; padding-top: 14px; }
tr.published td { color: var(--faint); font-style: italic; }
tr.small td { color: var(--faint); } td.text { text-align: left; }
td.cell { min-width: 92px; text-align: center; border: 1px solid var(--line); }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(340px, 1fr)); gap: 18px; }
figure { margin: 0; break-inside: avoid; } figcaption { font-weight: 600; margin-bottom: 4px; }
.chart { width: 100%; height: auto; font-size: 12px; } .chart text { fill: var(--faint); }
.grid { stroke: var(--line); stroke-width: 1; } .whisker { vertical-align: middle; }
.legend { font-size: 13px; margin: 2px 0 0; } .key { display: inline-block; margin-right: 14px; }
.key svg { margin-right: 6px; vertical-align: middle; }
.cases { display: flex; flex-wrap: wrap; gap: 12px; } .case { width: 168px; font-size: 12px; }
.case img { width: 168px; height: 168px; object-fit: contain; background: #000; display: block; }
dt { font-weight: 600; margin-top: 8px; } dd { margin: 0 0 0 0; max-width: 75ch; }
@media print { body { max-width: none; padding: 0; font-size: 11px; } }
"""
