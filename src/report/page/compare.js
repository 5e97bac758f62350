// SPDX-License-Identifier: Apache-2.0
// The page of a comparison: draws the document of src/programme/compare_json.c. First the bridge, then where it comes from.
"use strict";

(() => {
  const { figures, number, money, percent, rate, short, date, element, paragraph, section, tiles, facts, table, chart } = jalki;
  const STEPS = { opening: "opening", collected: "collected", left: "left", new: "new", time: "time and interest", data: "data changes",
    model: "model changes", rate: "required return", closing: "closing" };
  const LEVELS = new Set(["opening", "closing"]);
  const { from, to, order } = figures;
  const rowsOf = (group) => figures.rows.filter((row) => row.group === group);
  const all = rowsOf("all")[0];
  const share = (part, whole) => whole > 0 ? part / whole : null;
  const small = Math.max(from.face, to.face) < 1e6;
  const kind = small ? "cents" : "amount";
  const amount = (value) => money(value, small ? 2 : 0);

  function head() {
    document.querySelector("header").append(element("p", { class: "under" }, `${date(from.cutoff)} to ${date(to.cutoff)}`));
    const s = section("summary", "In short");
    s.put(tiles([
      { name: "Closing value", value: amount(to.value), note: `${number(to.claims)} claims on ${date(to.cutoff)}: ${number(all.left_claims)} left, ${number(all.new_claims)} new`, main: true },
      { name: "Opening value", value: amount(from.value), note: `${number(from.claims)} claims on ${date(from.cutoff)}` },
      { name: "Collected", value: amount(-all.collected), note: all.ratio === null ? null : `${number(all.ratio, 2)} of what was expected (${number(all.low, 2)} to ${number(all.high, 2)})` },
    ]));
  }

  function bridge() {
    const s = section("bridge", "From opening to closing", { short: "Bridge" });
    const behind = table({ caption: "Bridge", note: figures.currency, sort: false, rows: order, mark: (step) => LEVELS.has(step) ? "strong" : null,
      columns: [{ label: "step", value: (step) => STEPS[step] }, { label: "amount", kind: "cents", value: (step) => all[step] },
        { label: "% of opening", kind: "percent", value: (step) => share(all[step], all.opening) }] });
    let level = 0;
    const steps = order.map((step) => {
      const before = LEVELS.has(step) ? 0 : level;
      level = LEVELS.has(step) ? all[step] : level + all[step];
      return { step, label: STEPS[step], amount: all[step], from: Math.min(before, level), to: Math.max(before, level), end: level };
    });
    const colour = (step) => LEVELS.has(step.step) ? "var(--blue)" : step.amount < 0 ? "var(--orange)" : "var(--green)";
    s.put(paragraph("Each claim is valued anew after every step, in the order shown; a step is the difference. Time and interest is what the first tape would be worth on the second day had nobody paid and nothing become known; data changes are what became known, payments included, with what came in added back."));
    s.put(chart({ title: "The value's way", note: figures.currency, describe: steps.map((step) => `${step.label} ${amount(step.amount)}`).join(", "), table: behind,
      draw: (width) => Plot.plot({ width, height: 34 * steps.length + 12, marginLeft: 148, marginRight: 84, marginTop: 6, marginBottom: 6,
        x: { axis: null, domain: [Math.min(0, ...steps.map((step) => step.from)), Math.max(...steps.map((step) => step.to), 1e-9)] },
        y: { domain: steps.map((step) => step.label), label: null, tickSize: 0, padding: 0.28 },
        marks: [
          Plot.barX(steps, { y: "label", x1: "from", x2: "to", fill: colour, title: (step) => `${step.label}\n${amount(step.amount)}`, tip: true }),
          Plot.link(steps.slice(0, -1).map((step, i) => ({ x: step.end, y1: step.label, y2: steps[i + 1].label })), { x1: "x", x2: "x", y1: "y1", y2: "y2", stroke: "var(--quiet)", strokeWidth: 0.75 }),
          Plot.text(steps, { y: "label", x: "to", text: (step) => short(step.amount), dx: 7, textAnchor: "start", fontWeight: (step) => LEVELS.has(step.step) ? 650 : 400, fill: "currentColor" }),
          Plot.axisY({ label: null, tickSize: 0, fontSize: 13, marginLeft: 148 }),
        ] }) }));
  }

  function groups(group, title, name) {
    const rows = rowsOf(group);
    if (rows.length === 0) return;
    const s = section(group, title, { short: name });
    s.put(table({ caption: title, note: figures.currency, rows, total: group === "change" ? null : all,
      columns: [{ label: name.toLowerCase(), value: (row) => row.name }, { label: "claims", kind: "count", value: (row) => row.closing_claims },
        ...order.map((step) => ({ label: STEPS[step], kind, value: (row) => row[step] }))] }));
  }

  function collections() {
    const s = section("collections", "What came in beside what was expected", { short: "Collections" });
    s.put(paragraph(figures.payments === "list" ? "From the list of payments, of all claims of the first tape." :
      "Read off balances that fell where the debtor paid, of the claims that both tapes have."));
    const rows = figures.rows.filter((row) => ["all", "segment", "country", "vintage"].includes(row.group) && row.expected > 0);
    s.put(table({ caption: "Actual and expected", note: `${figures.currency}, ${number(figures.months, 1)} months; 95 % intervals by debtor`, sort: false, rows, mark: (row) => row.group === "all" ? "strong" : null,
      columns: [{ label: "group", value: (row) => row.group === "all" ? "all" : `${row.group} ${row.name}` }, { label: "expected", kind, value: (row) => row.expected },
        { label: "actual", kind, value: (row) => row.actual }, { label: "ratio", kind: "decimal", value: (row) => row.ratio },
        { label: "from", kind: "decimal", value: (row) => row.low }, { label: "to", kind: "decimal", value: (row) => row.high }] }));
  }

  function sources() {
    const s = section("sources", "Where the figures come from", { short: "Sources" });
    const side = (name, of) => [[`${name} tape`, `${of.tape} (${of.tape_sha256})`], [`${name} model`, `${of.model} (${of.model_sha256})`],
      [`${name} cut-off`, date(of.cutoff)], [`${name} return`, rate(of.irr)], [`${name} value, % of face`, percent(share(of.value, of.face), 2)]];
    s.put(facts([...side("First", from), ...side("Second", to), ["Program", `${figures.manifest.program} ${figures.manifest.version}`]]));
  }

  head();
  bridge();
  groups("segment", "By segment", "Segment");
  groups("country", "By country", "Country");
  groups("vintage", "By year of write-off", "Vintage");
  groups("decision", "By decision of the first valuation", "Decision");
  groups("change", "By change of decision", "Change");
  collections();
  sources();
  jalki.finish("Values are expectations: as good as the models and the tapes. Nothing here is legal advice.");
})();
