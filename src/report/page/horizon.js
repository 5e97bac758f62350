// SPDX-License-Identifier: Apache-2.0
// The page of a back-test over horizons: draws the document of src/backtest/horizon_json.c.
"use strict";

(() => {
  const { figures, number, money, percent, date, element, strong, paragraph, section, tiles, facts, table, chart } = jalki;
  const { models, panel } = figures;
  const model = models[0];
  const currency = model.currency;
  const fileName = (path) => (path ?? "").split("/").pop();
  const isNone = (value) => value === null || value === undefined;
  const between = ([low, high], decimals = 2) => `${number(low, decimals)} to ${number(high, decimals)}`;
  const outside = (cell) => !isNone(cell.ratio) && (cell.ratio_interval[0] > 1 || (!isNone(cell.ratio_interval[1]) && cell.ratio_interval[1] < 1));
  const KINDS = { recency: "Months since the last payment", paying: "Paying or quiet", score_band: "Score", capacity_class: "Capacity class", segment: "Segment", treatment: "Treatment at the landmark", decision: "What the plan decides, and whether it was done", vintage: "Quarter of write-off", landmark: "Cohorts: month of the landmark" };
  const assumed = figures.treatment === "plan" ? "the model's plan is followed; claims count whatever was done in truth" : "the treatment recorded at the landmark goes on; claims count until another begins";

  const columns = (label) => [
    { label, value: (cell) => cell.name }, { label: "landmarks", kind: "count", value: (cell) => cell.landmarks }, { label: "debtors", kind: "count", value: (cell) => cell.debtors },
    { label: "payers", kind: "count", value: (cell) => cell.payers }, { label: "actual", kind: "amount", value: (cell) => cell.actual }, { label: "expected", kind: "amount", value: (cell) => cell.expected },
    { label: "ratio", kind: "decimal", value: (cell) => cell.ratio }, { label: "from", kind: "decimal", value: (cell) => cell.ratio_interval[0] }, { label: "to", kind: "decimal", value: (cell) => cell.ratio_interval[1] },
  ];

  function head() {
    const every = figures.landmark_every_months === null ? "at their first row" : `every ${figures.landmark_every_months} months`;
    document.querySelector("header").append(element("p", { class: "under" }, `${fileName(panel.path)} · ${number(figures.claims)} claims valued ${every} · ${number(figures.landmarks)} landmarks`));
    const s = section("summary", "In short");
    s.put(element("p", { class: "lead" }, "Each claim was valued with what was known on the day of its landmark, and nothing was updated afterwards. After it: ", strong(assumed), "."));
    s.put(tiles(model.horizons.map((horizon, i) => ({ name: `Actual over expected, ${number(horizon.months)} months`, value: number(horizon.total.ratio, 2),
      note: `95 %: ${between(horizon.total.ratio_interval)}; ${percent(horizon.watched_share, 0)} watched`, main: i === 0 }))));
    for (const one of models) {
      s.put(table({ caption: `Cash within so many months of the landmarks: ${one.model.name}`, note: one.currency, sort: false, rows: one.horizons.map((horizon) => ({ ...horizon.total, name: `${horizon.months} months`, watched: horizon.watched_share })),
        columns: [...columns("horizon"), { label: "watched", kind: "share", value: (cell) => cell.watched }], mark: (cell) => outside(cell) ? "chosen" : null }));
    }
    s.put(paragraph(model.horizons[0].in_words));
  }

  function byKind() {
    const colours = ["var(--blue)", "var(--green)", "var(--purple)", "var(--sky)", "var(--grey)"];
    for (const [kind, title] of Object.entries(KINDS)) {
      const s = section(`by-${kind}`, title);
      const names = model.horizons[0].by[kind].map((cell) => cell.name);
      const drawn = model.horizons.flatMap((horizon, h) => horizon.by[kind].filter((cell) => !isNone(cell.ratio)).map((cell) => ({ ...cell, months: `${horizon.months} months`, h })));
      if (drawn.length === 0) {
        s.put(paragraph("Nothing was expected here."));
        continue;
      }
      const most = Math.min(4, Math.max(1.5, ...drawn.map((cell) => Math.min(cell.ratio * 1.3, isNone(cell.ratio_interval[1]) ? 0 : cell.ratio_interval[1]))));
      const behind = model.horizons.map((horizon) => table({ caption: `${title}, ${horizon.months} months`, note: currency, rows: horizon.by[kind], columns: columns(title.toLowerCase()), total: { ...horizon.total, name: "all" }, mark: (cell) => outside(cell) ? "chosen" : null }));
      const longest = Math.max(4, ...names.map((name) => name.length));
      s.put(chart({ title: "Actual over expected", note: "one dot a horizon; bars: 95 %; orange: 1 is outside; triangles: beyond the axis", legend: model.horizons.map((horizon, h) => [`${horizon.months} months`, colours[h % colours.length]]),
        describe: drawn.map((cell) => `${cell.name}, ${cell.months}: ${number(cell.ratio, 2)} (${between(cell.ratio_interval)})`).join("; "), table: element("div", null, behind),
        draw: (width) => Plot.plot({ width, height: 14 * drawn.length + 12 * names.length + 44, marginLeft: Math.min(longest * 7.6 + 14, width * 0.4), marginRight: 16, marginTop: 6, marginBottom: 30,
          x: { label: null, domain: [0, most], grid: true, ticks: Math.min(8, width / 80) }, y: { axis: null, domain: model.horizons.map((horizon) => `${horizon.months} months`) }, fy: { domain: names, label: null, axis: "left" },
          marks: [
            Plot.ruleX([1], { stroke: "var(--quiet)", strokeDasharray: "5,4" }),
            Plot.link(drawn, { fy: "name", y1: "months", y2: "months", x1: (cell) => Math.min(cell.ratio_interval[0], most), x2: (cell) => Math.min(cell.ratio_interval[1] ?? most, most), stroke: (cell) => outside(cell) ? "var(--orange)" : colours[cell.h % colours.length], strokeWidth: 2 }),
            Plot.dot(drawn, { fy: "name", y: "months", x: (cell) => Math.min(cell.ratio, most), r: 3.5, symbol: (cell) => cell.ratio > most ? "triangle" : "circle", fill: (cell) => outside(cell) ? "var(--orange)" : colours[cell.h % colours.length],
              title: (cell) => `${cell.name}, ${cell.months}\nratio ${number(cell.ratio, 2)} (${between(cell.ratio_interval)})`, tip: true }),
          ] }) }));
    }
  }

  function words() {
    const s = section("words", "Words");
    const terms = [
      ["Landmark", "A day of the past on which a claim is valued with what was known then."],
      ["Horizon", "So many months after it. A claim counts for the months that it was watched; who paid in full, died or became insolvent is watched to the end."],
      ["Watched", "The part of balance and time of the horizon in which claims were watched. Where it is small, the late months are hardly tested."],
      ["Interval", "95 %. Debtors are drawn, not landmarks."],
    ];
    s.put(element("dl", { class: "terms" }, terms.map(([term, meaning]) => element("div", null, element("dt", null, term), element("dd", null, meaning)))));
    s.put(facts([["Panel", panel.path], ["Landmarks", `${panel.from ? `from ${date(panel.from)}` : "from the first day"}${panel.to ? ` before ${date(panel.to)}` : ""}`], ["SHA-256 of the panel's source", element("code", null, panel.sha256 || "unknown")],
      ...models.flatMap((one) => [["Model", `${one.model.name} (${one.model.path})`], ["SHA-256 of the model", element("code", null, one.model.sha256)], ["Expected in all", money(one.horizons[one.horizons.length - 1].total.expected)]])]));
  }

  head();
  byKind();
  words();
  jalki.finish("Single periods test how readily debtors pay; horizons test what a valuation says of years.");
})();
