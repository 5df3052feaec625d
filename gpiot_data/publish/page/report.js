"use strict";
// Texts of rows are only ever set as text content; nothing here writes markup.
const data = JSON.parse(document.getElementById("figures").textContent);
const byId = (id) => document.getElementById(id);
const number = (value) => value.toLocaleString("en");
const percent = (value) => `${(100 * value).toFixed(1)} %`;
const SHOWN_BARS = 10;
const COLOURS = 8;
const VERDICTS = { passed: 2, ran: 0, failed: 4, timeout: 1, needs_network: 3, not_installed: 7, not_run: 8 };

function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "width") element.style.width = value;
    else if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

function draw(tag, attributes, text) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

const colour = (index) => getComputedStyle(document.documentElement).getPropertyValue(`--c${index}`).trim();
const swatch = (index) => { const dot = make("span", { class: "swatch" }); dot.style.background = `var(--c${index})`; return dot; };

// ---- The filter: one set of chosen values for each property; a row passes if it has one of each set.
const chosen = data.facets.map(() => new Set());
const codesOf = (facet, row) => { const code = facet.codes[row]; return typeof code === "number" ? [code] : code; };
const has = (at, row) => {
  const set = chosen[at], code = data.facets[at].codes[row];
  return set.size === 0 || (typeof code === "number" ? set.has(code) : code.some((one) => set.has(one)));
};
const passes = (row, without) => data.facets.every((facet, at) => at === without || has(at, row));
const redraws = [];

function changeFilter() {
  const passing = [];
  for (let row = 0; row < data.counted; row++) if (passes(row, -1)) passing.push(row);
  const any = chosen.some((set) => set.size > 0);
  const whole = data.counted < data.total ? ` in a sample of the ${number(data.total)}` : "";
  byId("shown").textContent = any ? `${number(passing.length)} of ${number(data.counted)} rows${whole}` : `All ${number(data.counted)} rows${whole}`;
  byId("clear").hidden = !any;
  byId("chips").replaceChildren(...data.facets.flatMap((facet, at) => [...chosen[at]].map((code) =>
    make("button", { type: "button", "aria-label": `Remove ${facet.title} ${facet.values[code]}`, onclick: () => toggle(at, code) }, `${facet.values[code]} \u00d7`))));
  redraws.forEach((redraw) => redraw(passing));
}

function toggle(at, code) {
  if (!chosen[at].delete(code)) chosen[at].add(code);
  changeFilter();
}

// ---- Head
function drawHead() {
  byId("summary").textContent = data.summary;
  const share = data.statistics.executed_share;
  const tiles = [["Rows", number(data.total)], ["Sources", number(data.sources)]];
  if (share !== null) tiles.push(["Programs that ran to their end", percent(share)], ["Different programs that ran, without variants", number(data.statistics.origin_programs)]);
  const licences = data.licences.length > 3 ? `${data.licences.length} licences` : data.licences.join(", ");
  byId("tiles").append(...tiles.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value))),
    make("div", {}, make("dt", {}, "Licences of the sources"), make("dd", { class: "text" }, licences)));
  byId("foot").textContent = `Dataset ${data.digest}. Drawn by gpiot ${data.engine}; this file needs no network.`;
}

// ---- Funnel
function drawFunnel() {
  const stages = data.statistics.funnel;
  const sum = (rejected) => Object.values(rejected).reduce((total, count) => total + count, 0);
  const most = Math.max(1, ...stages.map((stage) => stage.out + sum(stage.rejected)));
  byId("funnel-body").append(...stages.map((stage) => {
    const gone = sum(stage.rejected);
    const reasons = Object.entries(stage.rejected).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    const listed = reasons.length === 0 ? null : make("details", { class: "small" }, make("summary", {}, `Why ${number(gone)} went`),
      make("ul", { class: "reasons" }, ...reasons.map(([reason, count]) => make("li", {}, `${reason.replaceAll("_", " ")}: ${number(count)}`))));
    return make("div", { class: "stage" },
      make("div", { class: "head" }, make("strong", {}, stage.name), make("span", { class: "number" }, `${number(stage.out)} kept, ${number(gone)} rejected`)),
      make("div", { class: "track", "aria-hidden": "true" }, make("span", { class: "fill", width: `${100 * stage.out / most}%` }),
        make("span", { class: "fill gone", width: `${100 * gone / most}%` })), listed);
  }));
}

// ---- Counts
function drawFacet(facet, at) {
  const body = make("div", {});
  let all = false;
  const more = make("button", { type: "button", class: "more small", onclick: () => { all = !all; redraw(); } });
  const redraw = () => {
    const counts = new Array(facet.values.length).fill(0);
    for (let row = 0; row < data.counted; row++) if (passes(row, at)) for (const code of codesOf(facet, row)) counts[code]++;
    const most = Math.max(1, ...counts);
    const order = counts.map((count, code) => code).filter((code) => all || code < SHOWN_BARS || chosen[at].has(code));
    const focused = body.contains(document.activeElement) ? document.activeElement.dataset.code : undefined;
    body.replaceChildren(...order.map((code) => {
      const off = chosen[at].size > 0 && !chosen[at].has(code);
      const bar = make("button", { type: "button", class: off ? "bar off" : "bar", "aria-pressed": String(chosen[at].has(code)), title: facet.values[code], onclick: () => toggle(at, code) },
        make("span", { class: "name" }, facet.values[code]), make("span", { class: "count" }, number(counts[code])),
        make("span", { class: "track", "aria-hidden": "true" }, make("span", { class: "fill", width: `${100 * counts[code] / most}%` })));
      bar.dataset.code = String(code);
      return bar;
    }));
    if (focused !== undefined) body.querySelector(`[data-code="${focused}"]`)?.focus();
    more.hidden = facet.values.length <= SHOWN_BARS;
    more.textContent = all ? "Fewer" : `All ${facet.values.length}`;
  };
  redraws.push(redraw);
  return make("div", { class: "card", "data-facet": facet.name }, make("h3", {}, facet.title), body, more);
}

// ---- Lengths
function drawLengths(column) {
  const present = column.values.filter((value) => value > 0);
  const low = Math.log(Math.max(1, Math.min(...minmax(present)))), high = Math.log(Math.max(...minmax(present)) + 1), bins = 24;
  const edge = (bin) => Math.round(Math.exp(low + (high - low) * bin / bins));
  const binOf = (value) => Math.min(bins - 1, Math.floor((Math.log(value) - low) / (high - low || 1) * bins));
  const plot = draw("svg", { viewBox: "0 0 320 130", role: "img" }), said = make("p", { class: "soft small" });
  redraws.push((passing) => {
    const counts = new Array(bins).fill(0), values = [];
    for (const row of passing) if (column.values[row] > 0) { values.push(column.values[row]); counts[binOf(column.values[row])]++; }
    values.sort((a, b) => a - b);
    const most = Math.max(1, ...counts), median = values.length ? values[Math.floor((values.length - 1) / 2)] : 0;
    said.textContent = values.length ? `${number(values.length)} rows; median ${number(median)}, longest ${number(values[values.length - 1])} characters` : "none in this selection";
    plot.setAttribute("aria-label", `${column.title}: ${said.textContent}`);
    plot.replaceChildren(draw("line", { class: "axis", x1: 0, x2: 320, y1: 110, y2: 110 }));
    counts.forEach((count, bin) => {
      const height = 104 * count / most;
      const bar = draw("rect", { class: "hist", x: bin * 320 / bins + .5, y: 110 - height, width: 320 / bins - 1, height });
      bar.append(draw("title", {}, `${number(edge(bin))} to ${number(edge(bin + 1))} characters: ${number(count)} rows`));
      plot.append(bar);
    });
    for (const [bin, anchor] of [[0, "start"], [bins / 2, "middle"], [bins, "end"]]) plot.append(draw("text", { x: bin * 320 / bins, y: 126, "text-anchor": anchor }, number(edge(bin))));
  });
  return make("div", { class: "card" }, make("h3", {}, `${column.title}, in characters`), plot, said);
}

// Arguments of a call are limited, columns are not.
const minmax = (values) => values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);

// ---- Map
function drawMap() {
  const body = byId("map-body"), points = data.map.points;
  if (!points.length) { body.append(make("p", { class: "note" }, data.map.why || "There are no rows.")); return; }
  const canvas = make("canvas", { tabindex: "0", role: "application", "aria-label": "Map of the rows. Arrow keys go from row to row, Enter shows the row.", "aria-describedby": "map-row" });
  const tip = make("div", { class: "tip", hidden: true }), plot = make("div", { class: "plot" }, canvas, tip), legend = make("ul", { class: "legend" });
  const told = make("p", { id: "map-row", role: "status", class: "small" });
  const select = make("select", { id: "map-colour", onchange: () => redraw() }, ...data.facets.map((facet, at) => make("option", { value: at }, facet.title)));
  // One colour for all tells nothing.
  select.value = Math.max(0, data.facets.findIndex((facet) => facet.values.length > 1));
  const search = make("input", { id: "map-find", type: "search", placeholder: "wavelet", oninput: () => redraw() }), matches = make("span", { class: "soft small", role: "status" });
  let at = -1, passing = null;
  const size = () => [canvas.clientWidth, canvas.clientHeight];
  const place = (point) => { const [width, height] = size(); return [12 + (width - 24) * point[0] / 1000, height - 12 - (height - 24) * point[1] / 1000]; };
  const redraw = () => {
    const facet = data.facets[select.value], wanted = search.value.trim().toLowerCase(), scale = window.devicePixelRatio || 1;
    canvas.style.height = `${Math.max(280, Math.min(560, canvas.clientWidth * .62))}px`;
    const [width, height] = size();
    canvas.width = width * scale; canvas.height = height * scale;
    const pen = canvas.getContext("2d"), colours = Array.from({ length: COLOURS + 1 }, (_, index) => colour(index));
    const style = getComputedStyle(document.documentElement), faint = style.getPropertyValue("--faint").trim();
    pen.scale(scale, scale);
    const isIn = points.map((point, row) => passing.has(row) && (!wanted || point[3].toLowerCase().includes(wanted) || point[2].startsWith(wanted)));
    const radius = points.length > 1500 ? 2.2 : 3.6;
    for (const lit of [false, true]) points.forEach((point, row) => {
      if (isIn[row] !== lit) return;
      const code = codesOf(facet, row)[0], [x, y] = place(point);
      pen.globalAlpha = lit ? .8 : .35; pen.fillStyle = lit ? colours[code === undefined ? COLOURS : Math.min(code, COLOURS)] : faint;
      pen.beginPath(); pen.arc(x, y, lit ? radius : radius * .7, 0, 7); pen.fill();
    });
    pen.globalAlpha = 1;
    if (at >= 0) { const [x, y] = place(points[at]); pen.strokeStyle = style.getPropertyValue("--ink").trim(); pen.lineWidth = 2; pen.beginPath(); pen.arc(x, y, radius + 3, 0, 7); pen.stroke(); }
    const found = isIn.filter(Boolean).length;
    matches.textContent = wanted || found < points.length ? `${number(found)} of ${number(points.length)} points` : `${number(points.length)} points`;
    canvas.dataset.lit = found;
    const values = facet.values.slice(0, COLOURS).map((value, code) => make("li", {}, swatch(code), value));
    if (facet.values.length > COLOURS) values.push(make("li", {}, swatch(COLOURS), `${facet.values.length - COLOURS} others`));
    legend.replaceChildren(...values);
  };
  const show = (row) => {
    at = row;
    tip.hidden = row < 0;
    if (row >= 0) {
      const [x, y] = place(points[row]), [width] = size();
      const facts = data.facets.slice(0, 5).map((facet) => codesOf(facet, row).map((code) => facet.values[code]).join(", ")).filter(Boolean);
      tip.replaceChildren(make("b", {}, points[row][3]), facts.join(" \u00b7 "), make("div", {}, points[row][2]));
      tip.style.left = `${Math.max(0, Math.min(x + 12, width - tip.offsetWidth))}px`;
      tip.style.top = `${y + 14}px`;
    }
    redraw();
  };
  const nearest = (x, y, allowed) => {
    let best = -1, least = Infinity;
    points.forEach((point, row) => {
      if (!passing.has(row)) return;
      const [px, py] = place(point), distance = (px - x) ** 2 + (py - y) ** 2;
      if (distance < least && (!allowed || allowed(px - x, py - y))) { least = distance; best = row; }
    });
    return [best, least];
  };
  canvas.addEventListener("pointermove", (event) => {
    const box = canvas.getBoundingClientRect(), [row, distance] = nearest(event.clientX - box.left, event.clientY - box.top);
    const next = distance < 400 ? row : -1;
    if (next !== at) show(next);
  });
  canvas.addEventListener("pointerleave", () => show(-1));
  const tell = () => { if (at >= 0) told.textContent = `${points[at][3]} \u2014 see it whole with: gpiot-data show FOLDER ${points[at][2]}`; };
  canvas.addEventListener("click", tell);
  const sides = { ArrowLeft: (x, y) => x < 0 && Math.abs(y) <= -x, ArrowRight: (x, y) => x > 0 && Math.abs(y) <= x, ArrowUp: (x, y) => y < 0 && Math.abs(x) <= -y, ArrowDown: (x, y) => y > 0 && Math.abs(x) <= y };
  canvas.addEventListener("keydown", (event) => {
    if (event.key === "Enter") tell();
    else if (event.key === "Escape") show(-1);
    else if (sides[event.key]) {
      event.preventDefault();
      const [width, height] = size(), [x, y] = at < 0 ? [width / 2, height / 2] : place(points[at]);
      const [row] = nearest(x, y, at < 0 ? null : sides[event.key]);
      if (row >= 0) { show(row); told.textContent = points[row][3]; }
    }
  });
  body.append(make("p", { class: "soft" }, `Rows that mean alike lie close together: the two directions in which the vectors of ${data.map.encoder} differ most.`
      + (points.length < data.total ? ` ${number(points.length)} of ${number(data.total)} rows are drawn.` : "")),
    make("div", { class: "tools" }, make("label", {}, make("span", {}, "Colour by"), select), make("label", {}, make("span", {}, "Find"), search), matches), plot, legend, told);
  redraws.push((rows) => { passing = new Set(rows); at = passing.has(at) ? at : -1; tip.hidden = at < 0; redraw(); });
  window.addEventListener("resize", redraw);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
}

// ---- Near-duplicates
function drawPairs() {
  const body = byId("pairs-body"), pairs = data.pairs;
  if (!pairs.count && !pairs.copies) { body.append(make("p", {}, "No row went as a duplicate.")); return; }
  const copies = pairs.copies ? `, and ${number(pairs.copies)} because another one is the same` : "";
  body.append(make("p", {}, `${number(pairs.count)} rows went because another one says nearly the same${copies}.`
    + (pairs.shown.length ? ` Here are ${pairs.shown.length === pairs.count ? "all pairs" : `the ${pairs.shown.length} pairs that are least alike`}, the ones to doubt first.` : "")));
  if (pairs.scores.length) body.append(drawScores(pairs.scores));
  const list = make("div", {}), first = 8;
  const fill = (count) => list.replaceChildren(...pairs.shown.slice(0, count).map((pair) => make("div", { class: "pair" },
    make("p", {}, make("span", { class: "score" }, pair.score.toFixed(2)), make("span", { class: "where" }, `${pair.metric} of the ${pair.field}`)),
    make("div", {}, make("p", { class: "where" }, `went: ${pair.gone_from}`), make("p", {}, pair.gone)),
    make("div", {}, make("p", { class: "where" }, pair.kept_from ? `stayed: ${pair.kept_from}` : `what stayed then, ${pair.kept_id}, went later or is in another dataset`), make("p", {}, pair.kept)))));
  fill(first);
  body.append(list);
  if (pairs.shown.length > first) body.append(make("button", { type: "button", class: "more", onclick: (event) => { fill(pairs.shown.length); event.target.hidden = true; } }, `Show all ${pairs.shown.length}`));
}

function drawScores(scores) {
  const metrics = [...new Set(scores.map((score) => score.metric))].sort(), low = Math.min(...scores.map((score) => score.score));
  const most = Math.max(...scores.map((score) => score.pairs)), bins = 101 - low, wide = 600 / bins;
  const plot = draw("svg", { viewBox: "0 0 600 130", role: "img", "aria-label": "How many pairs are how similar" });
  plot.append(draw("line", { class: "axis", x1: 0, x2: 600, y1: 108, y2: 108 }));
  for (const score of scores) {
    const at = metrics.indexOf(score.metric), height = 100 * score.pairs / most, share = wide / metrics.length;
    const bar = draw("rect", { x: (score.score - low) * wide + at * share + .5, y: 108 - height, width: Math.max(1, share - 1), height, fill: `var(--c${at})` });
    bar.append(draw("title", {}, `${score.metric} ${(score.score / 100).toFixed(2)}: ${number(score.pairs)} pairs`));
    plot.append(bar);
  }
  for (const [x, value, anchor] of [[0, low, "start"], [600, 101, "end"]]) plot.append(draw("text", { x, y: 124, "text-anchor": anchor }, (Math.min(100, value) / 100).toFixed(2)));
  return make("div", { class: "card" }, make("h3", {}, "How similar the pairs were"), plot, make("ul", { class: "legend" }, ...metrics.map((metric, at) => make("li", {}, swatch(at), metric))));
}

// ---- Verdicts
function drawVerdicts() {
  const body = byId("verdicts-body"), kinds = Object.entries(data.statistics.verdicts), seen = new Set(kinds.flatMap(([, counts]) => Object.keys(counts)));
  if (![...seen].some((status) => status !== "not_run")) { body.append(make("p", {}, "Nothing was executed for this dataset.")); return; }
  body.append(...kinds.map(([kind, counts]) => {
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
    const parts = Object.entries(counts).sort((a, b) => b[1] - a[1]);
    const fills = parts.map(([status, count]) => { const part = make("span", { class: "fill", width: `${100 * count / total}%`, title: `${status}: ${number(count)}` }); part.style.background = `var(--c${VERDICTS[status] ?? 8})`; return part; });
    return make("div", { class: "stage" }, make("div", { class: "head" }, make("strong", {}, kind), make("span", { class: "number" }, `${number(total)} programs`)),
      make("div", { class: "track", "aria-hidden": "true" }, ...fills),
      make("ul", { class: "legend" }, ...parts.map(([status, count]) => make("li", {}, swatch(VERDICTS[status] ?? 8), `${status.replaceAll("_", " ")} ${number(count)} (${percent(count / total)})`))));
  }), make("p", { class: "soft small" }, "passed: at least one value was compared with the documented one, and all were equal; ran: the program ended without an error."));
}

// ---- Diversity
const MEASURES = [["distinct-1", (m) => m.distinct[0]], ["distinct-2", (m) => m.distinct[1]], ["distinct-3", (m) => m.distinct[2]], ["distinct-4", (m) => m.distinct[3]],
  ["different skeletons over rows", (m) => m.skeletons / m.rows], ["share of the most common skeleton", (m) => m.common_share], ["spread of the vectors", (m) => m.spread], ["effective number of rows", (m) => m.effective]];

function drawDiversity() {
  const body = byId("diversity-body"), parts = Object.entries(data.diversity);
  if (!parts.length) { body.append(make("p", {}, "There is nothing to measure.")); return; }
  const measured = MEASURES.filter(([, read]) => parts.some(([, curve]) => curve.some((measure) => read(measure) !== null)));
  const select = make("select", { id: "diversity-measure", onchange: () => redraw() }, ...measured.map(([name], at) => make("option", { value: at, selected: name === "distinct-2" }, name)));
  const plot = draw("svg", { viewBox: "0 0 640 300", role: "img" }), table = make("table", {});
  const redraw = () => {
    const [name, read] = measured[select.value], lines = parts.map(([part, curve]) => [part, curve.filter((measure) => read(measure) !== null)]);
    const values = lines.flatMap(([, curve]) => curve.map(read)), top = Math.max(1e-9, ...values), most = Math.max(2, ...lines.flatMap(([, curve]) => curve.map((measure) => measure.rows)));
    const x = (rows) => 46 + 570 * Math.log(rows) / Math.log(most), y = (value) => 264 - 244 * value / top, digits = top < 10 ? 2 : 0;
    plot.setAttribute("aria-label", `${name} against the number of rows`);
    plot.replaceChildren();
    for (const step of [0, .25, .5, .75, 1]) plot.append(draw("line", { class: "axis", x1: 46, x2: 616, y1: y(step * top), y2: y(step * top) }), draw("text", { x: 40, y: y(step * top) + 4, "text-anchor": "end" }, (step * top).toFixed(digits)));
    for (let rows = 1; rows <= most; rows *= 10) plot.append(draw("text", { x: x(rows), y: 282, "text-anchor": "middle" }, number(rows)));
    plot.append(draw("text", { x: 616, y: 298, "text-anchor": "end" }, "rows"));
    lines.forEach(([part, curve], at) => {
      plot.append(draw("polyline", { points: curve.map((measure) => `${x(measure.rows)},${y(read(measure))}`).join(" "), fill: "none", stroke: `var(--c${at})`, "stroke-width": 2.5 }));
      for (const measure of curve) { const dot = draw("circle", { cx: x(measure.rows), cy: y(read(measure)), r: 4, fill: `var(--c${at})` }); dot.append(draw("title", {}, `${part}, ${number(measure.rows)} rows: ${read(measure).toFixed(3)}`)); plot.append(dot); }
    });
    table.replaceChildren(make("tr", {}, make("th", { scope: "col" }, "part"), make("th", { scope: "col" }, "rows"), make("th", { scope: "col" }, name)),
      ...lines.flatMap(([part, curve]) => curve.map((measure) => make("tr", {}, make("td", {}, part), make("td", {}, number(measure.rows)), make("td", {}, read(measure).toFixed(3))))));
  };
  body.append(make("p", { class: "soft" }, "A dataset that repeats itself has a curve that falls: what is distinct grows more slowly than the rows."),
    make("div", { class: "tools" }, make("label", {}, make("span", {}, "Measure"), select)), make("div", { class: "card" }, plot,
      make("ul", { class: "legend" }, ...parts.map(([part], at) => make("li", {}, swatch(at), part)))), make("details", { class: "small" }, make("summary", {}, "The same as a table"), make("div", { class: "scroll" }, table)));
  redraw();
}

// ---- Ten rows
function drawSample() {
  byId("sample-body").append(...data.sample.map((row, at) => make("details", { class: "row", open: at === 0 }, make("summary", {}, make("strong", {}, row.title), make("span", { class: "soft small" }, `${row.kind} ${row.id}`)),
    make("dl", {}, ...row.lineage.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)])), make("h3", {}, "Question"), make("pre", { tabindex: "0" }, row.question), make("h3", {}, "Answer"), make("pre", { tabindex: "0" }, row.answer))));
}

drawHead();
drawFunnel();
byId("counts-body").append(...data.facets.map(drawFacet));
byId("lengths-body").append(...data.lengths.map(drawLengths));
drawMap();
drawPairs();
drawVerdicts();
drawDiversity();
drawSample();
byId("clear").addEventListener("click", () => { chosen.forEach((set) => set.clear()); changeFilter(); });
changeFilter();
document.documentElement.dataset.ready = "true";
