// SPDX-License-Identifier: Apache-2.0
// The page of a fit: draws the document of src/fit/fit_json.c; first what to worry about, then the figures with their intervals.
"use strict";

(() => {
  const { figures, number, percent, date, element, paragraph, section, tiles, table, chart } = jalki;
  const isNone = (value) => value === null || value === undefined;
  const currency = figures.panel.base_currency;
  const { learned, not_learned: notLearned, worries } = figures.summary;
  const bars = figures.bootstrap ? `95 % by ${number(figures.bootstrap.draws)} draws of the bootstrap over debtors` : "95 %";
  const sentences = (lines) => element("ul", null, lines.map((line) => element("li", null, line)));
  const place = (term) => [term.segment, term.treatment].filter(Boolean).join(", ");
  const isCurve = (term) => term.characteristic === "curve";
  const isClass = (term) => term.characteristic === "capacity_class";

  function head() {
    document.querySelector("header").append(element("p", { class: "under" },
      `${figures.panel.source} · ${number(figures.rows)} rows · ${date(figures.panel.from)} to ${date(figures.panel.to)} · structure of ${figures.panel.base_model}`));
    const s = section("summary", "In short");
    s.put(tiles([
      { name: "Cash fitted", value: `${number(figures.cash)} ${currency}`, note: `on ${number(figures.exposure)} ${currency}-months`, main: true },
      { name: "The model expects", value: percent(figures.expected / figures.cash), note: "of it, with the panel's classes" },
      { name: "By the score's classes", value: percent(figures.expected_scored / figures.cash), note: "of it, as on a tape" },
      { name: "Debtors who paid", value: number(figures.payers), note: `of ${number(figures.debtors)}` },
    ]));
    if (worries.length > 0) s.put(element("h3", null, "What to worry about"), sentences(worries));
    if (learned.length > 0) s.put(element("h3", null, "What was learned"), sentences(learned));
  }

  // Estimates with intervals as points on bars, one chart for each place; what the model takes is the open circle.
  function estimates(id, title, short, terms, unit, scale) {
    const groups = Map.groupBy(terms, (term) => place(term) || term.characteristic);
    if (groups.size === 0) return;
    const s = section(id, title, { short });
    for (const [name, group] of groups) {
      const value = (log) => isNone(log) ? null : scale * Math.exp(log);
      const rows = group.filter((term) => term.exposure > 0).map((term) => ({ ...term, own: term.state === "estimated" ? value(term.estimate) : null,
        low: value(term.interval[0]), high: value(term.interval[1]), taken: value(term.shrunk) }));
      const drawn = rows.filter((row) => !isNone(row.taken));
      if (drawn.length === 0) continue;
      const most = Math.max(...drawn.map((row) => Math.min(row.high ?? row.taken, 3 * Math.max(row.own ?? 0, row.taken)))) * 1.05;
      const behind = table({ caption: name, note: unit, sort: false, rows, columns: [
        { label: "level", value: (row) => row.level }, { label: "state", value: (row) => row.state }, { label: "estimate", kind: "decimal", value: (row) => row.own },
        { label: "from", kind: "decimal", value: (row) => row.low }, { label: "to", kind: "decimal", value: (row) => row.high }, { label: "taken", kind: "decimal", value: (row) => row.taken },
        { label: "own data", kind: "share", value: (row) => row.credibility }, { label: "exposure", kind: "amount", value: (row) => row.exposure }, { label: "cash", kind: "amount", value: (row) => row.cash },
        { label: "payers", kind: "count", value: (row) => row.payers }] });
      const longest = Math.max(...drawn.map((row) => row.level.length));
      s.put(chart({ title: name, note: `${unit}; bars: ${bars}, circles: what the model takes`, describe: drawn.map((row) => `${row.level}: ${number(row.taken, 2)}`).join("; "), table: behind,
        draw: (width) => Plot.plot({ width, height: 22 * drawn.length + 44, marginLeft: Math.min(longest * 7.6 + 14, width * 0.4), marginRight: 16, marginTop: 6, marginBottom: 30, clip: true,
          x: { label: null, domain: [0, most], grid: true, ticks: Math.min(8, width / 80) }, y: { domain: drawn.map((row) => row.level), label: null, tickSize: 0 },
          marks: [
            Plot.link(drawn.filter((row) => !isNone(row.low)), { y1: "level", y2: "level", x1: (row) => Math.min(row.low, most), x2: (row) => Math.min(row.high, most), stroke: "var(--blue)", strokeWidth: 2 }),
            Plot.dot(drawn.filter((row) => !isNone(row.own)), { y: "level", x: "own", r: 4, fill: "var(--blue)" }),
            Plot.dot(drawn, { y: "level", x: "taken", r: 5.5, stroke: "var(--orange)", fill: "none", strokeWidth: 1.5, title: (row) => `${row.level}\ntaken ${number(row.taken, 2)}${isNone(row.own) ? "" : `\nown ${number(row.own, 2)}`}`, tip: true }),
          ] }) }));
    }
  }

  function notSaid() {
    if (notLearned.length === 0) return;
    const s = section("not", "What the data could not say", { short: "Not learned" });
    s.put(sentences(notLearned));
  }

  function exits() {
    const s = section("exits", "Exits and titles", { short: "Exits" });
    s.put(table({ caption: "Exits by death or insolvency, per month", note: "95 % intervals of what was seen", rows: figures.exits, columns: [
      { label: "segment", value: (row) => row.segment }, { label: "months seen", kind: "amount", value: (row) => row.exit_monthly.exposure }, { label: "exits", kind: "count", value: (row) => row.exit_monthly.events },
      { label: "seen", kind: "percent", value: (row) => row.exit_monthly.observed }, { label: "from", kind: "percent", value: (row) => row.exit_monthly.low }, { label: "to", kind: "percent", value: (row) => row.exit_monthly.high },
      { label: "taken", kind: "percent", value: (row) => row.exit_monthly.value }] }));
    s.put(paragraph("A title took, in months: " + figures.exits.map((row) => `${row.segment} ${number(row.months_to_title.value, 1)} (seen ${number(row.months_to_title.events)})`).join(", ") + "."));
  }

  head();
  estimates("points", "Points: cash against the reference level", "Points", figures.terms.filter((term) => !isCurve(term) && !isClass(term)), "times the reference", 1);
  estimates("curves", "Curves: cash as a share of the balance", "Curves", figures.terms.filter(isCurve), "% of the balance a month at the reference levels", 100);
  estimates("classes", "Capacity classes against the reference class", "Classes", figures.terms.filter(isClass), "times the reference", 1);
  exits();
  notSaid();
  jalki.finish("A figure is what its data say, to its interval; a back-test on other debtors says whether the model holds.");
})();
