// SPDX-License-Identifier: Apache-2.0
// The page of a back-test: draws the document of src/backtest/json.c for those who must decide how far to trust a model.
"use strict";

(() => {
  const { figures, number, money, percent, date, element, strong, paragraph, section, tiles, facts, table, chart, said } = jalki;
  const { models, panel, chain_ladder: ladder } = figures;
  const currency = figures.currency;
  const fileName = (path) => (path ?? "").split("/").pop();
  const isNone = (value) => value === null || value === undefined;
  const between = ([low, high], decimals = 2) => `${number(low, decimals)} to ${number(high, decimals)}`;
  const outside = (cell) => !isNone(cell.ratio) && (cell.ratio_interval[0] > 1 || (!isNone(cell.ratio_interval[1]) && cell.ratio_interval[1] < 1));
  const KINDS = { segment: "Segment", treatment: "Treatment", score_band: "Score", vintage: "Quarter of write-off", month: "Month", age: "Years since write-off", capacity_class: "Capacity class", country: "Country" };

  const ratioColumns = (label) => [
    { label, value: (cell) => cell.name }, { label: "rows", kind: "count", value: (cell) => cell.rows }, { label: "debtors", kind: "count", value: (cell) => cell.debtors },
    { label: "payers", kind: "count", value: (cell) => cell.payers }, { label: "actual", kind: "amount", value: (cell) => cell.actual }, { label: "expected", kind: "amount", value: (cell) => cell.expected },
    { label: "ratio", kind: "decimal", value: (cell) => cell.ratio }, { label: "from", kind: "decimal", value: (cell) => cell.ratio_interval[0] }, { label: "to", kind: "decimal", value: (cell) => cell.ratio_interval[1] },
  ];

  // ---- the head ----

  function head() {
    const [low, high] = panel.split;
    const keys = low === 0 && high === 100 ? "" : ` · ${panel.key}s of hundredths ${low} to ${high - 1}`;
    const dates = panel.from || panel.to ? ` · periods ${panel.from ? `from ${date(panel.from)}` : ""}${panel.to ? ` before ${date(panel.to)}` : ""}` : "";
    document.querySelector("header").append(element("p", { class: "under" }, `${fileName(panel.path)} · ${number(figures.rows)} of ${number(panel.rows)} rows${keys}${dates}`));
    const s = section("summary", "In short");
    s.put(element("p", { class: "lead" }, "Expected: ", strong(money(figures.expected)), ", came in: ", strong(money(figures.actual)), `. ${figures.in_words}`));
    s.put(tiles([
      { name: "Actual over expected", value: number(figures.ratio, 2), note: `95 %: ${between(figures.ratio_interval)}`, main: true },
      { name: "Calibration slope", value: number(figures.calibration_slope, 2), note: `95 %: ${between(figures.calibration_slope_interval)}` },
      { name: "Gini", value: number(figures.gini, 2), note: `best possible ${number(figures.gini_best, 2)}, by time at risk alone ${number(figures.gini_time, 2)}` },
      { name: "AUC of paying", value: number(figures.auc, 2), note: "rows, each counting once" },
      { name: "Cash in the top tenth of rows", value: percent(figures.top_decile_share), note: `in the top fifth ${percent(figures.top_quintile_share)}` },
      { name: "Deviance explained", value: percent(figures.errors.deviance_explained), note: "against one rate for all" },
      { name: "Debtors who paid", value: number(figures.payers), note: `of ${number(figures.debtors)}` },
    ]));
    if (figures.payers < 100) s.put(paragraph(`Only ${number(figures.payers)} debtors paid: differences between groups are mostly chance.`));
  }

  function compare() {
    if (models.length < 2) return;
    const s = section("models", "Models side by side", { short: "Models" });
    s.put(table({ caption: "On the same rows", sort: false, rows: models, columns: [
      { label: "model", value: (model) => fileName(model.model.path) }, { label: "ratio", kind: "decimal", value: (model) => model.ratio }, { label: "slope", kind: "decimal", value: (model) => model.calibration_slope },
      { label: "Gini", kind: "decimal", value: (model) => model.gini }, { label: "Gini over claims", kind: "decimal", value: (model) => model.by_claim.gini }, { label: "top tenth", kind: "share", value: (model) => model.top_decile_share },
      { label: "deviance explained", kind: "share", value: (model) => model.errors.deviance_explained }, { label: "deviance less the first's", kind: "amount", value: (model) => model.deviance_difference },
      { label: "from", kind: "amount", value: (model) => model.deviance_difference_interval[0] }, { label: "to", kind: "amount", value: (model) => model.deviance_difference_interval[1] }] }));
    s.put(paragraph("A model whose difference of deviance lies below 0 with its whole interval is closer to what came in than the first one; where the interval holds 0 these rows cannot tell them apart."));
  }

  // A mark of a logarithmic axis with the digits that it needs.
  const onLog = (value) => number(value, Math.max(0, -Math.floor(Math.log10(value) + 1e-9)));

  // ---- calibration and ranking ----

  function calibration() {
    const s = section("calibration", "Calibration and ranking", { short: "Calibration" });
    const tenths = figures.tenths.filter((tenth) => tenth.rows > 0 && tenth.exposure > 0).map((tenth) => {
      const rate = (value) => isNone(value) ? null : 100 * value * tenth.expected / tenth.exposure;
      return { ...tenth, name: String(tenth.tenth), x: 100 * tenth.expected / tenth.exposure, y: 100 * tenth.actual / tenth.exposure, low: rate(tenth.ratio_interval[0]), high: rate(tenth.ratio_interval[1]) };
    });
    // Both axes are logarithmic, so that low tenths are seen as well as high ones; what is 0 stands on the lower edge, hollow.
    const positive = tenths.flatMap((tenth) => [tenth.x, tenth.y]).filter((value) => value > 0);
    const lowest = positive.length > 0 ? Math.min(...positive) / 1.6 : 0.01, highest = positive.length > 0 ? Math.max(...positive) * 1.6 : 1;
    const onAxis = (value) => Math.min(Math.max(value, lowest), highest);
    const behind = table({ caption: "Tenths of exposure, the highest expected first", note: currency, sort: false, rows: tenths,
      columns: [...ratioColumns("tenth"), { label: "lift", kind: "decimal", value: (tenth) => tenth.lift }, { label: "cash so far", kind: "share", value: (tenth) => tenth.cumulative_cash_share }] });
    s.put(chart({ title: "Came in against expected", note: "cash per month in % of balance, by tenths of exposure, both axes logarithmic; bars: 95 %; hollow: nothing came in",
      describe: tenths.map((tenth) => `tenth ${tenth.name}: expected ${number(tenth.x, 2)} %, came in ${number(tenth.y, 2)} %`).join("; "), table: behind,
      draw: (width) => Plot.plot({ width, height: Math.min(420, 200 + width / 4), marginLeft: 52, marginRight: 16, marginTop: 14, marginBottom: 44, clip: true,
        x: { type: "log", label: "expected", labelAnchor: "center", labelOffset: 38, labelArrow: "none", domain: [lowest, highest], ticks: Math.min(6, width / 100), tickFormat: onLog },
        y: { type: "log", label: null, grid: true, domain: [lowest, highest], ticks: 6, tickFormat: onLog },
        marks: [
          Plot.line([[lowest, lowest], [highest, highest]], { stroke: "var(--quiet)", strokeDasharray: "5,4" }),
          Plot.link(tenths.filter((tenth) => tenth.high !== null), { x1: (tenth) => onAxis(tenth.x), x2: (tenth) => onAxis(tenth.x), y1: (tenth) => onAxis(tenth.low), y2: (tenth) => onAxis(tenth.high), stroke: "var(--blue)", strokeWidth: 1.5 }),
          Plot.dot(tenths, { x: (tenth) => onAxis(tenth.x), y: (tenth) => onAxis(tenth.y), r: 4.5, fill: (tenth) => tenth.y > 0 ? "var(--blue)" : "var(--paper)", stroke: "var(--blue)" }),
          Plot.tip(tenths, Plot.pointer({ x: (tenth) => onAxis(tenth.x), y: (tenth) => onAxis(tenth.y), title: (tenth) => `tenth ${tenth.name}\nexpected ${money(tenth.expected)}\ncame in ${money(tenth.actual)}\nratio ${number(tenth.ratio, 2)} (${between(tenth.ratio_interval)})` })),
        ] }) }));
    const curves = models.flatMap((model) => [{ x: 0, y: 0, model: fileName(model.model.path) },
      ...model.tenths.map((tenth) => ({ x: tenth.tenth / 10, y: tenth.cumulative_cash_share, model: fileName(model.model.path) }))]).filter((point) => !isNone(point.y));
    const colours = ["var(--blue)", "var(--orange)", "var(--green)", "var(--purple)", "var(--sky)", "var(--grey)"];
    const colour = (name) => colours[models.findIndex((model) => fileName(model.model.path) === name) % colours.length];
    s.put(chart({ title: "Share of the cash in what the model puts first", note: "by share of exposure", legend: models.map((model) => [fileName(model.model.path), colour(fileName(model.model.path))]),
      describe: `The first tenth of exposure brought ${percent(figures.tenths[0].cumulative_cash_share)} of the cash, the first half ${percent(figures.tenths[4].cumulative_cash_share)}.`,
      draw: (width) => Plot.plot({ width, height: Math.min(380, 200 + width / 5), marginLeft: 52, marginRight: 16, marginTop: 10, marginBottom: 44,
        x: { label: "share of exposure", labelAnchor: "center", labelOffset: 38, labelArrow: "none", tickFormat: (part) => percent(part, 0) }, y: { label: null, grid: true, tickFormat: (part) => percent(part, 0) },
        marks: [Plot.line([[0, 0], [1, 1]], { stroke: "var(--quiet)", strokeDasharray: "5,4" }), Plot.line(curves, { x: "x", y: "y", z: "model", stroke: (point) => colour(point.model), strokeWidth: 2 }),
          Plot.tip(curves, Plot.pointer({ x: "x", y: "y", title: (point) => `${point.model}\nthe first ${percent(point.x, 0)} of exposure\n${percent(point.y)} of the cash` }))] }) }));
  }

  // ---- actual over expected by kind ----

  function byKind() {
    for (const [kind, cells] of Object.entries(figures.by)) {
      const s = section(`by-${kind}`, `By ${KINDS[kind].toLowerCase()}`, { short: KINDS[kind] });
      // Where nobody paid there is nothing to see: those groups are one line.
      const paid = cells.filter((cell) => cell.payers > 0), silent = cells.filter((cell) => !(cell.payers > 0));
      const drawn = paid.filter((cell) => !isNone(cell.ratio));
      const low = Math.max(0.1, Math.min(0.5, ...drawn.map((cell) => cell.ratio / 1.3))), most = Math.min(10, Math.max(2, ...drawn.map((cell) => cell.ratio * 1.3)));
      const onAxis = (value) => Math.min(Math.max(value ?? most, low), most);
      const isBeyond = (cell) => cell.ratio > most || cell.ratio < low;
      if (silent.length > 0) s.put(paragraph(`In ${number(silent.length)} of ${number(cells.length)} groups nobody paid: ${number(silent.reduce((sum, cell) => sum + cell.rows, 0))} rows, of which ${money(silent.reduce((sum, cell) => sum + cell.expected, 0))} was expected.`));
      const behind = table({ caption: `Actual over expected by ${KINDS[kind].toLowerCase()}`, note: currency, rows: paid, columns: ratioColumns(KINDS[kind].toLowerCase()), total: { ...figures, name: "all" }, mark: (cell) => outside(cell) ? "chosen" : null });
      if (drawn.length === 0) {
        s.put(behind);
        continue;
      }
      const longest = Math.max(4, ...drawn.map((cell) => cell.name.length));
      s.put(chart({ title: "Actual over expected", note: "logarithmic; bars: 95 %; orange: 1 is outside; triangles: beyond the axis", describe: drawn.map((cell) => `${cell.name}: ${number(cell.ratio, 2)} (${between(cell.ratio_interval)})`).join("; "), table: behind,
        draw: (width, sheet) => Plot.plot({ width, height: (sheet ? 13 : 20) * drawn.length + 44, marginLeft: Math.min(longest * 7.6 + 14, width * 0.4), marginRight: 16, marginTop: 6, marginBottom: 30,
          x: { type: "log", label: null, domain: [low, most], grid: true, ticks: Math.min(6, width / 100), tickFormat: (value) => number(value, value < 1 ? 1 : 0) }, y: { domain: drawn.map((cell) => cell.name), label: null, tickSize: 0 },
          marks: [
            Plot.ruleX([1], { stroke: "var(--quiet)", strokeDasharray: "5,4" }),
            Plot.link(drawn, { y1: "name", y2: "name", x1: (cell) => onAxis(cell.ratio_interval[0]), x2: (cell) => onAxis(cell.ratio_interval[1]), stroke: (cell) => outside(cell) ? "var(--orange)" : "var(--blue)", strokeWidth: 2 }),
            Plot.dot(drawn, { y: "name", x: (cell) => onAxis(cell.ratio), r: 4, symbol: (cell) => isBeyond(cell) ? "triangle" : "circle", fill: (cell) => outside(cell) ? "var(--orange)" : "var(--blue)",
              title: (cell) => `${cell.name}\nratio ${number(cell.ratio, 2)} (${between(cell.ratio_interval)})\nactual ${money(cell.actual)}\nexpected ${money(cell.expected)}`, tip: true }),
          ] }) }));
    }
  }

  // ---- stability, second opinion, words ----

  function stability() {
    if (figures.stability.length === 0) { // folds have a score each
      return;
    }
    const s = section("stability", "Stability");
    const words = (psi) => isNone(psi) ? "nothing to compare with" : psi > 0.25 ? "another population" : psi > 0.1 ? "drifts" : "hardly a change";
    s.put(table({ caption: "Population stability index", note: panel.stability_reference === "first half" ? "second half of the time against the first" : `rows of the test against ${number(panel.stability_reference_rows)} others`, rows: figures.stability,
      columns: [{ label: "characteristic", value: (row) => said(row.name) }, { label: "PSI", kind: "decimal", value: (row) => row.psi }, { label: "", kind: "words", value: (row) => words(row.psi) }] }));
  }

  function secondOpinion() {
    const s = section("ladder", "Second opinion: chain ladder", { short: "Chain ladder" });
    if (ladder.none_because !== undefined) {
      s.put(paragraph(`There is none: ${ladder.none_because}.`));
      return;
    }
    s.put(paragraph(`Collections of claims that entered the panel in the same ${ladder.period_months === 12 ? "year" : ladder.period_months === 3 ? "quarter" : "month"}, by time since entry, carried on to month ${number(ladder.age[ladder.age.length - 1])} by what earlier ones went on to do. It knows no debtor and no treatment.`));
    s.put(table({ caption: "By cohort of entry", note: currency, sort: false, rows: ladder.origins, total: { origin: "all", ages: null, latest: ladder.latest, ultimate: ladder.ultimate, reserve: ladder.reserve, std_error: ladder.mack_std_error, prior: ladder.prior, bf_reserve: ladder.bf_reserve },
      columns: [{ label: "entered", value: (row) => row.origin }, { label: "months seen", kind: "count", value: (row) => isNone(row.ages) ? null : ladder.age[row.ages - 1] }, { label: "collected", kind: "amount", value: (row) => row.latest },
        { label: "ultimate", kind: "amount", value: (row) => row.ultimate }, { label: "to come", kind: "amount", value: (row) => row.reserve }, { label: "standard error", kind: "amount", value: (row) => row.std_error },
        ...(ladder.prior === undefined ? [] : [{ label: "by model", kind: "amount", value: (row) => row.prior }, { label: "to come, Bornhuetter-Ferguson", kind: "amount", value: (row) => row.bf_reserve }])] }));
  }

  function words() {
    const s = section("words", "Words");
    const terms = [
      ["Interval", "95 %. Debtors are drawn, not rows; where few paid, the upper end allows for one more payer like the largest."],
      ["Calibration slope", "1: differences between debtors are as large as the model says. Below 1: it exaggerates them. Above 1: it understates them."],
      ["Gini", "0: the order says nothing. The best possible is that of knowing beforehand who pays; a model that knows no debtor reaches that of time at risk alone."],
      ["AUC", "How often a row that brought cash ranks before one that brought none; 0.5: by chance."],
      ["Deviance", "How far expectations lie from what came in, in a measure that suits cash with many zeros; less is better."],
      ["PSI", "How far the mix has moved between two samples: below 0.1 hardly, above 0.25 far."],
    ];
    s.put(element("dl", { class: "terms" }, terms.map(([term, meaning]) => element("div", null, element("dt", null, term), element("dd", null, meaning)))));
    s.put(facts([["Panel", panel.path], ["SHA-256 of the panel's source", element("code", null, panel.sha256 || "unknown")],
      ...models.flatMap((model) => [["Model", `${model.model.name} (${model.model.path})`], ["SHA-256 of the model", element("code", null, model.model.sha256)]])]));
  }

  head();
  compare();
  calibration();
  byKind();
  stability();
  secondOpinion();
  words();
  jalki.finish("A test on the debtors that a model was fitted on flatters it. Test on others, or on a later time.");
})();
