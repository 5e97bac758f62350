// SPDX-License-Identifier: Apache-2.0
// The portfolio report: draws the document of src/report/report.c for those who decide on a bid.
"use strict";

(() => {
  const { figures, number, money, percent, rate, short, months, date, element, strong, paragraph, section, tiles, facts, table, chart, said } = jalki;
  const { valuation, returns, tape, worklist, concentration, map } = figures;
  const manifest = valuation.manifest;
  const currency = figures.currency;
  const chosen = returns.bids.find((bid) => bid.chosen);
  const paid = chosen.bid + chosen.onboarding;
  const whole = !figures.brief;
  const sum = (list) => list.reduce((total, value) => total + value, 0);
  const running = (list) => { let total = 0; return list.map((value) => (total += value)); };
  const shareOf = (part, whole) => whole > 0 ? part / whole : null;
  const count = (claims) => `${number(claims)} claim${claims === 1 ? "" : "s"}`;
  const fileName = (path) => (path ?? "").split("/").pop();

  const ACTIONS = {
    close: { name: "close", does: "give the claim up", colour: "var(--grey)", ink: "var(--on-bar)" },
    sell: { name: "sell", does: "sell it on", colour: "var(--purple)", ink: "var(--on-bar)" },
    surveil: { name: "surveil", does: "keep it alive and watch the debtor", colour: "var(--sky)", ink: "var(--on-bar)" },
    amicable: { name: "amicable", does: "contact, instalments, settlement", colour: "var(--green)", ink: "var(--on-bar)" },
    legal: { name: "legal", does: "court, title, enforcement", colour: "var(--blue)", ink: "var(--on-blue)" },
  };
  const REASONS = {
    barred: "barred by limitation at the cut-off",
    status: "its status, or the run, allows only closing",
    uneconomic: "working it costs more than it brings",
    best: "worth working: the decision is the best of what is allowed",
  };
  const bound = (name) => ({ return: "required return", irr: "floor on the return", multiple: "floor on the multiple", payback: "floor on payback" })[name] ?? name;
  const BINDING = { return: "the required return", irr: "the floor on the flows' return", multiple: "the floor on the multiple", payback: "the floor on payback" };
  const STEPS = {
    face: "Face", never_collected: "Never collected", gross: "Expected collections", cost: "Cost of collection", sale: "Sale of claims",
    time_value: "Time value", value: "Value", onboarding: "Onboarding", not_below_zero: "No bid below zero", floor: "Floors", bid: "Bid",
  };

  // ---- the head ----

  function head() {
    document.querySelector("header").append(element("p", { class: "under" },
      `${fileName(tape.source) || "A tape"} · ${count(valuation.claims)} · valued as at ${date(manifest.cutoff)} with the model ${manifest.model}`));
    if (manifest.exchange_rates) document.querySelector("header").append(element("p", { class: "under" }, rates()));
    const s = section("summary", "In short", { short: "In short" });
    const payback = chosen.payback_months === null ? "is not paid back within the horizon" : `is paid back after ${months(chosen.payback_months)}`;
    const floor = chosen.binding === "return" ? "" : ` The bid is bound by ${BINDING[chosen.binding]}.`;
    if (chosen.bid <= 0) {
      s.put(element("p", { class: "lead" }, strong("Bid nothing."), ` The claims, ${money(valuation.face)} face, are worth ${money(valuation.value)} at a required return of ${rate(valuation.irr)} a year; taking them on costs ${money(chosen.onboarding)}.`,
        chosen.attainable || returns.floors.length === 0 ? "" : " Not even at a price of nothing are all floors met."));
    } else s.put(element("p", { class: "lead" }, "Bid at most ", strong(money(chosen.bid)), " for claims of ", strong(money(valuation.face)),
      chosen.bid_pct_of_face === null ? " face" : [" face, ", strong(percent(chosen.bid_pct_of_face / 100, 2)), " of it"],
      `. At a required return of ${rate(valuation.irr)} a year they are worth ${money(valuation.value)}. `,
      chosen.multiple === null ? "Nothing is paid, so there is no multiple." :
        `Over ${number(valuation.horizon_months / 12)} years every ${currency} paid brings ${number(chosen.multiple, 2)} back after costs, and the price ${payback}.`, floor));
    s.put(tiles([
      { name: "Bid", value: money(chosen.bid), note: chosen.bid_pct_of_face === null ? null : `${percent(chosen.bid_pct_of_face / 100, 2)} of face`, main: true },
      { name: "Face", value: money(valuation.face), note: count(valuation.claims) },
      { name: "Value", value: money(valuation.value), note: `at ${rate(valuation.irr)} a year` },
      { name: "Expected collections", value: money(chosen.gross), note: `${percent(shareOf(chosen.gross, valuation.face))} of face, gross` },
      { name: "Money multiple", value: chosen.multiple === null || chosen.bid <= 0 ? "–" : `${number(chosen.multiple, 2)} ×`, note: "net over bid and onboarding" },
      { name: "Payback", value: chosen.payback_months === null ? "never" : `${number(chosen.payback_months)} months`, note: "until net has paid the price" },
    ]));
    s.put(asked(), cautions());
  }

  function asked() {
    if (!chosen.asked) return null;
    const found = chosen.asked.irr_outcome === "found";
    const against = chosen.asked.price > chosen.bid ? `${money(chosen.asked.price - chosen.bid)} more than the bid` : `${money(chosen.bid - chosen.asked.price)} less than the bid`;
    return paragraph(`The seller asks ${money(chosen.asked.price)}, ${against}. `, found ? `At that price the flows return ${percent(chosen.asked.irr, 2)} a year` : chosen.asked.irr_outcome === "above" ? "At that price the flows return more than 10,000 % a year" : "At that price no single return can be named",
      chosen.asked.multiple === null ? "." : `, ${number(chosen.asked.multiple, 2)} times the money.`);
  }

  // What a careful reader asks the seller, or the analyst, first.
  function cautions() {
    const list = figures.warnings.map((text) => `The model: ${text}`);
    const { fit } = valuation;
    if (fit) {
      list.unshift(`The model is a fit to history: by not knowing ${number(fit.parameters)} figures exactly its plan loses ${percent(fit.curse, 1)} of the value (give or take ${percent(fit.curse_error, 1)}), ${money(fit.curse * valuation.value)}. No bid should pay for that`);
    }
    const serious = tape.patterns.filter((pattern) => pattern.claims > 0 && !["principal_round", "balance_tiny"].includes(pattern.name));
    serious.sort((a, b) => b.claims - a.claims);
    for (const pattern of serious.slice(0, 4)) {
      list.push(`${count(pattern.claims)} (${percent(pattern.claims / tape.claims)}): ${pattern.meaning}`);
    }
    const unknown = tape.columns.filter((column) => /missing: unknown$/.test(column.meaning) && column.missing / tape.claims >= 0.1);
    if (unknown.length > 0) {
      list.push(`Unknown for many claims: ${unknown.map((column) => `${said(column.name)} (${percent(column.missing / tape.claims, 0)})`).join(", ")}`);
    }
    if (list.length === 0) return null;
    return element("aside", { class: "notes", "aria-labelledby": "cautions" }, element("h3", { id: "cautions" }, "Ask about these before relying on the figures"),
      element("ul", null, list.map((text) => element("li", null, text))));
  }

  // ---- from face to bid ----

  function waterfall() {
    const s = section("waterfall", "From face to bid", { short: "Face to bid" });
    const bars = figures.waterfall;
    const amount = (name) => bars.find((bar) => bar.name === name).amount;
    const face = amount("face"), gross = amount("gross");
    s.put(paragraph(`Of ${money(face)} on paper ${percent(shareOf(gross, face))} is expected to be collected. What collecting costs, and what waiting for the money costs at ${rate(valuation.irr)} a year, leaves the value; taking the claims on leaves the bid.`));
    const behind = table({ caption: "From face to bid", note: currency, sort: false, rows: bars, mark: (bar) => bar.kind === "level" ? "strong" : null,
      columns: [{ label: "step", value: (bar) => STEPS[bar.name] }, { label: "amount", kind: "amount", value: (bar) => bar.amount },
        { label: "% of face", kind: "percent", value: (bar) => shareOf(bar.amount, face) }] });
    // The face dwarfs the rest: it is drawn to a scale of its own.
    s.put(whole && chart({ title: "What of the face is collected", describe: `Of ${money(face)} face, ${money(gross)} is expected to be collected and ${money(face - gross)} never.`,
      legend: [["expected collections", "var(--blue)"], ["never collected", "var(--bar-quiet)"]],
      draw: (width) => Plot.plot({ width, height: 46, marginLeft: 0, marginRight: 0, marginTop: 2, marginBottom: 2, x: { axis: null, domain: [0, Math.max(face, gross)] },
        marks: [
          Plot.barX([0], { x1: gross, x2: face, fill: "var(--bar-quiet)", title: () => `never collected\n${money(face - gross)}`, tip: true }), Plot.barX([0], { x1: 0, x2: gross, fill: "var(--blue)", title: () => `expected collections\n${money(gross)}`, tip: true }),
          Plot.text([0], { x: gross, text: () => `${percent(shareOf(gross, face))} collected`, dx: 8, textAnchor: "start", fill: "currentColor" }),
        ] }) }));
    let level = 0;
    const steps = [];
    for (const bar of bars.slice(bars.findIndex((one) => one.name === "gross"))) {
      const from = bar.kind === "level" ? 0 : level;
      level = bar.kind === "level" ? bar.amount : level + bar.amount;
      steps.push({ ...bar, label: STEPS[bar.name], from: Math.min(from, level), to: Math.max(from, level), end: level });
    }
    s.put(chart({ title: "From collections to bid", note: currency, describe: steps.map((step) => `${step.label} ${money(step.amount)}`).join(", "), table: behind,
      draw: (width, sheet) => Plot.plot({ width, height: (sheet ? 22 : 34) * steps.length + 12, marginLeft: 148, marginRight: 84, marginTop: 6, marginBottom: 6,
        x: { axis: null, domain: [Math.min(...steps.map((step) => step.from)), Math.max(...steps.map((step) => step.to), 1e-9)] }, y: { domain: steps.map((step) => step.label), label: null, tickSize: 0, padding: 0.28 },
        marks: [
          Plot.barX(steps, { y: "label", x1: "from", x2: "to", fill: (step) => step.name === "bid" ? "var(--green)" : step.kind === "level" ? "var(--blue)" : "var(--orange)", title: (step) => `${step.label}\n${money(step.amount)}`, tip: true }),
          Plot.link(steps.slice(0, -1).map((step, i) => ({ x: step.end, y1: step.label, y2: steps[i + 1].label })), { x1: "x", x2: "x", y1: "y1", y2: "y2", stroke: "var(--quiet)", strokeWidth: 0.75 }),
          Plot.text(steps, { y: "label", x: "to", text: (step) => short(step.amount), dx: 7, textAnchor: "start", fontWeight: (step) => step.kind === "level" ? 650 : 400, fill: "currentColor" }),
          Plot.axisY({ label: null, tickSize: 0, fontSize: 13, marginLeft: 148 }),
        ] }) }));
  }

  // ---- bids ----

  function bids() {
    const s = section("bids", "The bid at other returns", { short: "Bids" });
    if (returns.floors.length > 0) {
      const words = returns.floors.map((floor) => floor.kind === "multiple" ? `a money multiple of at least ${number(floor.bound, 2)}` :
        floor.kind === "payback" ? `payback within ${number(floor.bound)} months` : `flows that return at least ${rate(floor.bound)}`);
      s.put(paragraph(`Every bid also meets ${words.join(" and ")}; the column “bound by” says which of the conditions sets the price.`));
    } else {
      s.put(paragraph("What the portfolio may cost depends on the return it must earn. The claims' plans are made anew for each return: who asks for more waits less."));
    }
    const hasFloors = returns.floors.length > 0;
    const behind = table({ caption: "Bid by required return", note: currency, rows: returns.bids, mark: (bid) => bid.chosen ? "chosen strong" : null,
      columns: [
        { label: "required return", kind: "rate", value: (bid) => bid.irr }, { label: "value", kind: "amount", value: (bid) => bid.value },
        hasFloors ? { label: "at the return alone", kind: "amount", value: (bid) => bid.bid_at_return } : null,
        { label: "bid", kind: "amount", value: (bid) => bid.bid }, { label: "% of face", kind: "percent", value: (bid) => bid.bid_pct_of_face === null ? null : bid.bid_pct_of_face / 100 },
        { label: "net multiple", kind: "decimal", value: (bid) => bid.multiple }, { label: "gross multiple", kind: "decimal", value: (bid) => bid.gross_multiple },
        { label: "net IRR", kind: "percent", value: (bid) => bid.net_irr }, { label: "gross IRR", kind: "percent", value: (bid) => bid.gross_irr },
        { label: "WAL, years", kind: "decimal", value: (bid) => bid.wal_years }, { label: "payback, months", kind: "months", value: (bid) => bid.payback_months },
        hasFloors ? { label: "bound by", value: (bid) => bound(bid.binding) } : null,
        chosen.asked ? { label: "return at the price asked", kind: "percent", value: (bid) => bid.asked.irr } : null,
      ].filter(Boolean) });
    s.put(behind);
    if (returns.bids.length > 2) {
      s.put(chart({ title: "Bid by required return", note: currency, screen: true, describe: returns.bids.map((bid) => `${rate(bid.irr)}: ${money(bid.bid)}`).join(", "),
        draw: (width) => Plot.plot({ width, height: 210, marginLeft: 62, marginRight: 40, marginTop: 24, marginBottom: 44, x: { label: "required return", labelAnchor: "center", labelOffset: 38, tickFormat: rate, ticks: returns.bids.map((bid) => bid.irr), labelArrow: "none", insetLeft: 26, insetRight: 12 },
          y: { grid: true, label: null, tickFormat: short, ticks: 4, nice: true, domain: [0, Math.max(...returns.bids.map((bid) => bid.bid), 0.01)] },
          marks: [
            Plot.line(returns.bids, { x: "irr", y: "bid", stroke: "var(--blue)", strokeWidth: 2 }),
            Plot.dot(returns.bids, { x: "irr", y: "bid", r: 4, fill: "var(--blue)" }),
            Plot.dot([chosen], { x: "irr", y: "bid", r: 6.5, fill: "var(--green)", stroke: "var(--paper)", strokeWidth: 2 }),
            Plot.tip(returns.bids, Plot.pointer({ x: "irr", y: "bid", title: (bid) => `at ${rate(bid.irr)}\nbid ${money(bid.bid)}\nbound by the ${bound(bid.binding)}` })),
            Plot.text(width < 520 ? [chosen] : returns.bids, { x: "irr", y: "bid", text: (bid) => short(bid.bid), dy: -14, fontWeight: (bid) => bid.chosen ? 650 : 400, fill: "currentColor" }),
          ] }) }));
    }
    if (returns.alone.length > 0) {
      s.put(element("details", null, element("summary", null, "What each segment and country would be bid for alone"), table({ caption: "Bids for parts", note: `${currency}; parts do not add up: none is bid for below zero, and floors bind each by itself`,
        rows: returns.alone, columns: [{ label: "part", value: (row) => row.name }, { label: "claims", kind: "count", value: (row) => row.claims }, { label: "face", kind: "amount", value: (row) => row.face },
          ...returns.bids.map((bid, i) => ({ label: `bid at ${rate(bid.irr)}`, kind: "amount", value: (row) => row.bids[i] })),
          ...(hasFloors ? [{ label: `bound at ${rate(chosen.irr)} by`, value: (row) => bound(row.binding[returns.bids.indexOf(chosen)]) }] : [])] })));
    }
  }

  // ---- collections ----

  function collections() {
    const s = section("collections", "Expected collections", { short: "Collections" });
    const flow = figures.months;
    const gross = running(flow.gross), net = running(flow.net);
    const points = [{ month: 0, gross: 0, net: 0 }, ...gross.map((value, i) => ({ month: i + 1, gross: value, net: net[i] }))];
    const half = points.findIndex((point) => point.gross >= gross.at(-1) / 2);
    const { years } = valuation;
    const sells = sum(flow.sale) > 0, pays = sum(flow.instalments) > 0;
    const fan = figures.simulation ? [{ year: 0, p05: 0, p95: 0 }, ...figures.simulation.erc_to_year] : [];
    s.put(paragraph(gross.at(-1) > 0 ? `Half of what is expected comes within ${months(half)}. ` : "", `Costs take ${percent(chosen.cost_share)} of it. All sums are undiscounted.`));
    const behind = table({ caption: "Cash flow by year", note: currency, rows: years, total: { year: "all", gross: chosen.gross, instalments: sum(flow.instalments), cost: chosen.cost, sale: chosen.sale, net: chosen.net, cost_to_collect: chosen.cost_share === null ? null : 100 * chosen.cost_share },
      columns: [{ label: "year", value: (row) => row.year }, { label: "gross", kind: "amount", value: (row) => row.gross },
        pays ? { label: "of it instalments", kind: "amount", value: (row) => row.instalments } : null, { label: "cost", kind: "amount", value: (row) => row.cost },
        sells ? { label: "sale", kind: "amount", value: (row) => row.sale } : null, { label: "net", kind: "amount", value: (row) => row.net },
        { label: "cost to collect", kind: "percent", value: (row) => row.cost_to_collect === null ? null : row.cost_to_collect / 100 },
        { label: "liquidation, % of face", kind: "percent", value: (row) => row.liquidation === undefined ? null : row.liquidation / 100 },
        { label: "ERC left", kind: "amount", value: (row) => row.erc_remaining ?? null }, { label: "NPV so far", kind: "amount", value: (row) => row.npv_so_far ?? null }].filter(Boolean) });
    s.put(chart({ title: "Collected so far, by years from the cut-off", note: `${currency}, cumulative`, table: behind,
      legend: [["gross collections", "var(--blue)"], ...(fan.length > 0 ? [["nine of ten simulated paths", "var(--fan)"]] : []), ["net of costs", "var(--green)"], ["bid and onboarding", "var(--orange)"]],
      describe: `After 1, 3, 5 and ${number(valuation.horizon_months / 12)} years gross collections come to ${[12, 36, 60, gross.length].map((month) => money(gross[Math.min(month, gross.length) - 1])).join(", ")}.`,
      draw: (width, sheet) => Plot.plot({ width, height: sheet ? 200 : Math.min(380, 220 + width / 8), marginLeft: 62, marginRight: 16, marginTop: 12, marginBottom: 44, x: { label: "years from the cut-off", labelAnchor: "center", labelOffset: 38, domain: [0, flow.gross.length / 12], labelArrow: "none", ticks: Math.min(15, width / 60) },
        y: { grid: true, label: null, tickFormat: short, ticks: 5, nice: true, domain: [Math.min(0, ...net), Math.max(gross.at(-1), ...fan.map((row) => row.p95), paid, 0.01)] },
        marks: [
          fan.length > 0 ? Plot.areaY(fan, { x: "year", y1: "p05", y2: "p95", fill: "var(--fan)" }) : Plot.areaY(points, { x: (point) => point.month / 12, y: "gross", fill: "var(--blue)", fillOpacity: 0.09 }),
          Plot.line(points, { x: (point) => point.month / 12, y: "gross", stroke: "var(--blue)", strokeWidth: 2 }),
          Plot.line(points, { x: (point) => point.month / 12, y: "net", stroke: "var(--green)", strokeWidth: 2 }),
          Plot.ruleY([paid], { stroke: "var(--orange)", strokeWidth: 1.5, strokeDasharray: "5,4" }),
          chosen.payback_months === null ? null : Plot.dot([0], { x: chosen.payback_months / 12, y: paid, r: 5, fill: "var(--orange)" }),
          chosen.payback_months === null ? null : Plot.text([0], { x: chosen.payback_months / 12, y: paid, text: () => `paid back in month ${number(chosen.payback_months)}`, dx: 10, dy: 14, textAnchor: "start", fill: "currentColor" }),
          Plot.ruleX(points, Plot.pointerX({ x: (point) => point.month / 12, stroke: "var(--quiet)" })),
          Plot.tip(points, Plot.pointerX({ x: (point) => point.month / 12, y: "gross", title: (point) => `after ${months(point.month)}\ngross ${money(point.gross)}, ${percent(shareOf(point.gross, valuation.face))} of face\nnet ${money(point.net)}` })),
        ] }) }));
    if (flow.payers !== null && pays && whole) {
      const rows = flow.payers.map((entry) => ({ ...entry, share: shareOf(entry.claims, valuation.claims), year: entry.month / 12 }));
      const most = rows.reduce((best, row) => (row.claims > best.claims ? row : best), rows[0]);
      s.put(paragraph(`${percent(shareOf(sum(flow.instalments), chosen.gross))} of the collections are instalments of debtors who pay for a while; the rest comes in single payments, by enforcement and as dividends. At the cut-off ${number(Math.round(rows[0].claims))} claims are being paid${most.month === 0 ? ", later ever fewer" : `, at most ${number(Math.round(most.claims))} after ${months(most.month)}`}.`));
      s.put(chart({ title: "Claims that are being paid", note: "expected, at the start of each review period",
        table: table({ caption: "Claims that are being paid", rows, columns: [{ label: "after months", value: (row) => row.month }, { label: "claims", kind: "count", value: (row) => Math.round(row.claims) }, { label: "% of claims", kind: "percent", value: (row) => row.share }] }),
        describe: `At the cut-off ${number(Math.round(rows[0].claims))} claims are being paid, after ${number(rows.at(-1).year)} years ${number(Math.round(rows.at(-1).claims))}.`,
        draw: (width) => Plot.plot({ width, height: 190, marginLeft: 62, marginRight: 16, marginTop: 12, marginBottom: 44, x: { label: "years from the cut-off", labelAnchor: "center", labelOffset: 38, domain: [0, flow.gross.length / 12], labelArrow: "none", ticks: Math.min(15, width / 60) },
          y: { grid: true, label: null, tickFormat: (claims) => number(claims), ticks: 4, nice: true, zero: true },
          marks: [Plot.areaY(rows, { x: "year", y: "claims", fill: "var(--blue)", fillOpacity: 0.09 }), Plot.line(rows, { x: "year", y: "claims", stroke: "var(--blue)", strokeWidth: 2 }),
            Plot.tip(rows, Plot.pointerX({ x: "year", y: "claims", title: (row) => `after ${months(row.month)}\n${number(Math.round(row.claims))} claims` }))] }) }));
    }
  }

  // ---- chance ----

  function stray() {
    if (!figures.simulation) return;
    const { simulation } = figures;
    const { pv, irr_at_price: irr, price_at_confidence: price } = simulation;
    const s = section("risk", "How far it may stray", { short: "Risk" });
    s.put(paragraph(`On ${number(simulation.paths)} paths on which the countries' economies, the model's own figures and the luck of single claims vary, the claims are worth `, strong(`${money(pv.p05)} to ${money(pv.p95)}`),
      ` in nine of ten. On ${percent(irr.probability_of_loss)} of the paths less comes in than the bid and onboarding.`));
    s.put(tiles([
      { name: "Value, 5 to 95 %", value: `${short(pv.p05)} – ${short(pv.p95)}`, note: `mean ${money(pv.mean)}` },
      { name: "Return at the bid, 5 to 95 %", value: `${percent(irr.p05)} – ${percent(irr.p95)}`, note: `median ${percent(irr.p50)}` },
      { name: "Required return is reached", value: `on ${percent(irr.probability_of_required_return, 0)}`, note: "of the paths, at the bid" },
      { name: "Worst twentieth", value: money(pv.es05), note: "mean value on those paths" },
      ...Object.entries(price).map(([level, amount]) => ({ name: `Price that is safe in ${percent(Number(level), 0)}`, value: money(amount), note: "of the paths, at the required return" })),
    ]));
    const years = simulation.erc_by_year;
    const behind = table({ caption: "Gross collections by year, simulated", note: currency, rows: years, columns: [{ label: "year", value: (row) => row.year }, { label: "5 %", kind: "amount", value: (row) => row.p05 },
      { label: "median", kind: "amount", value: (row) => row.p50 }, { label: "95 %", kind: "amount", value: (row) => row.p95 },
      ...[["so far, 5 %", "p05"], ["so far, 95 %", "p95"]].map(([label, key]) => ({ label, kind: "amount", value: (row) => simulation.erc_to_year[row.year - 1][key] }))] });
    s.put(whole && chart({ title: "Gross collections by year", note: `${currency}; nine of ten paths lie in the bars, the line is the median`, table: behind,
      describe: years.slice(0, 3).map((row) => `year ${row.year}: ${money(row.p05)} to ${money(row.p95)}`).join("; "),
      draw: (width) => Plot.plot({ width, height: 240, marginLeft: 62, marginRight: 16, marginTop: 12, marginBottom: 44, x: { label: "year", labelAnchor: "center", labelOffset: 38, labelArrow: "none", type: "band", padding: 0.35, domain: years.map((row) => row.year) },
        y: { grid: true, label: null, tickFormat: short, ticks: 5, domain: [0, Math.max(...years.map((row) => row.p95), 0.01)] },
        marks: [
          Plot.barY(years, { x: "year", y1: "p05", y2: "p95", fill: "var(--sky)", rx: 2, title: (row) => `year ${row.year}\n5 % ${money(row.p05)}\nmedian ${money(row.p50)}\n95 % ${money(row.p95)}`, tip: true }), Plot.tickY(years, { x: "year", y: "p50", stroke: "var(--on-bar)", strokeWidth: 2 }), Plot.ruleY([0]),
        ] }) }));
    const quantiles = [["1 %", "p01"], ["5 %", "p05"], ["25 %", "p25"], ["50 %", "p50"], ["75 %", "p75"], ["95 %", "p95"], ["99 %", "p99"]];
    s.put(table({ caption: "Quantiles", note: `${currency}; the standard errors of the value come from the number of paths`, sort: false, rows: quantiles, columns: [{ label: "paths below", value: ([name]) => name }, { label: "value", kind: "amount", value: ([, key]) => pv[key] },
      { label: "its standard error", kind: "amount", value: ([, key]) => pv.std_errors[key] }, { label: "collections, gross", kind: "amount", value: ([, key]) => simulation.gross[key] }, { label: "return at the bid", kind: "percent", value: ([, key]) => irr[key] }] }));
    s.put(element("p", { class: "quiet" }, `${number(simulation.model_points)} model points stand for the claims, with an error of at most ${percent(simulation.compression_error, 2)}; seed ${simulation.seed}.`));
    const { factors, lowest, highest } = simulation.correlation;
    s.put(element("p", { class: "quiet" }, factors > 0 ? `${number(factors)} factors of the model's segments and countries move, correlated by ${number(lowest, 2)} to ${number(highest, 2)}.`
      : `One factor moves for each country, any two correlated by ${number(lowest, 2)}.`));
  }

  // ---- scenarios ----

  function scenarios() {
    if (!figures.scenarios) return;
    const s = section("scenarios", "If things go otherwise", { short: "Scenarios" });
    const change = (part) => shareOf(part.value - valuation.value, valuation.value);
    const rows = figures.scenarios.list.map((row) => ({ ...row, words: row.note ?? "", committedChange: change(row.committed), replannedChange: change(row.replanned) }))
      .toSorted((a, b) => Math.abs(b.committedChange) - Math.abs(a.committedChange));
    s.put(paragraph("Committed: the plan is kept and only the money changes, as for a buyer who learns of it too late. Re-planned: the owner knows it from the start and decides anew; the difference is what knowing is worth." + (returns.floors.length > 0 ? " Bids with floors meet the floors of the bid table under the scenario, too." : "")));
    const behind = table({ caption: "Scenarios", note: currency, rows, columns: [{ label: "scenario", value: (row) => row.name }, rows.some((row) => row.words) ? { label: "what happens", kind: "words", screen: true, value: (row) => row.words } : null,
      { label: "value, committed", kind: "amount", value: (row) => row.committed.value }, { label: "change", kind: "share", value: (row) => row.committedChange },
      { label: "value, re-planned", kind: "amount", value: (row) => row.replanned.value }, { label: "change", kind: "share", value: (row) => row.replannedChange },
      returns.floors.length > 0 ? { label: "bid at the return alone, re-planned", kind: "amount", screen: true, value: (row) => Math.max(0, row.replanned.value - chosen.onboarding) } : null,
      { label: returns.floors.length > 0 ? "bid with all floors, re-planned" : "bid, re-planned", kind: "amount", value: (row) => row.replanned.bid }].filter(Boolean) });
    const changes = rows.flatMap((row) => [row.committedChange, row.replannedChange]);
    const lowest = Math.min(...changes, 0), highest = Math.max(...changes, 0), span = Math.max(highest - lowest, 0.01);
    const longest = Math.max(...rows.map((row) => row.name.length), 6);
    s.put(whole && chart({ title: "Change of value", note: `against ${money(valuation.value)} as expected`, legend: [["committed", "var(--orange)"], ["re-planned", "var(--blue)"]],
      describe: rows.map((row) => `${row.name}: ${percent(row.committedChange)} committed, ${percent(row.replannedChange)} re-planned`).join("; "),
      draw: (width, sheet) => {
        const left = Math.min(longest * 7.4 + 14, width * 0.38);
        return Plot.plot({ width, height: (sheet ? 32 : 40) * rows.length + 34, marginLeft: left, marginRight: 12, marginTop: 6, marginBottom: 28, x: { domain: [lowest - (lowest < 0 ? span : 0) * (width < 520 ? 0.4 : 0.1), highest + (highest > 0 ? span : 0) * (width < 520 ? 0.4 : 0.1)], tickFormat: (part) => percent(part, 0), ticks: width < 520 ? 4 : 5, grid: true, label: null },
          y: { domain: rows.map((row) => row.name), label: null, tickSize: 0, padding: 0.25 },
          marks: [
            Plot.barX(rows, { y: "name", x1: 0, x2: "committedChange", fill: "var(--orange)", insetBottom: 15, title: (row) => `${row.name}, committed\n${money(row.committed.value)}, ${percent(row.committedChange)}`, tip: true }),
            Plot.barX(rows, { y: "name", x1: 0, x2: "replannedChange", fill: "var(--blue)", insetTop: 15, title: (row) => `${row.name}, re-planned\n${money(row.replanned.value)}, ${percent(row.replannedChange)}`, tip: true }),
            ...[["committedChange", -8], ["replannedChange", 8]].flatMap(([key, dy]) => [[1, "start"], [-1, "end"]].map(([side, textAnchor]) =>
              Plot.text(rows.filter((row) => (row[key] < 0 ? -1 : 1) === side), { y: "name", x: key, text: (row) => percent(row[key]), dx: 5 * side, dy, textAnchor, fontSize: 12, fill: "currentColor" }))),
            Plot.ruleX([0], { stroke: "var(--quiet)" }),
          ] });
      } }), behind);
  }

  // ---- decisions ----

  function decisions() {
    const s = section("decisions", "What to do with the claims, and why", { short: "Decisions" });
    const rows = Object.entries(valuation.decisions).filter(([, group]) => group.claims > 0).map(([action, group]) => ({ action, ...group }));
    const wholes = [["claims", valuation.claims], ["face", valuation.face], ["value", valuation.value]];
    const parts = wholes.filter(([, whole]) => whole > 0).flatMap(([measure, whole]) => {
      let from = 0;
      return rows.map((row) => { const part = { measure, action: row.action, from, share: row[measure] / whole }; from += part.share; return part; });
    });
    const best = rows.toSorted((a, b) => b.value - a.value)[0];
    s.put(paragraph("For each claim the action that is worth most in the first months, on the way to the best plan over the whole horizon. ",
      best && valuation.value > 0 ? `${percent(best.value / valuation.value, 0)} of the value lies in the ${count(best.claims)} to work by ${best.action} action.` : ""));
    s.put(whole && chart({ title: "Shares of the decisions", legend: rows.map((row) => [row.action, ACTIONS[row.action].colour]),
      describe: parts.map((part) => `${part.action}: ${percent(part.share)} of ${part.measure}`).join(", "),
      draw: (width) => Plot.plot({ width, height: 128, marginLeft: 96, marginRight: 0, marginTop: 4, marginBottom: 4, x: { axis: null, domain: [0, 1] }, y: { domain: ["claims", "face", "value"], label: null, padding: 0.2, tickSize: 0 },
        marks: [
          Plot.barX(parts, { y: "measure", x1: "from", x2: (part) => part.from + part.share, fill: (part) => ACTIONS[part.action].colour, insetLeft: 0.5, insetRight: 0.5, title: (part) => `${part.action}\n${percent(part.share)} of ${part.measure}`, tip: true }),
          Plot.text(parts.filter((part) => part.share * width > 44), { y: "measure", x: (part) => part.from + part.share / 2, text: (part) => percent(part.share, 0), fill: (part) => ACTIONS[part.action].ink }),
          Plot.axisY({ label: null, tickSize: 0, fontSize: 13 }),
        ] }) }));
    s.put(table({ caption: "By decision", note: currency, rows, total: { action: "all", claims: valuation.claims, face: valuation.face, value: valuation.value },
      columns: [{ label: "decision", value: (row) => row.action }, { label: "what it means", kind: "words", value: (row) => ACTIONS[row.action]?.does ?? "" }, { label: "claims", kind: "count", value: (row) => row.claims },
        { label: "face", kind: "amount", value: (row) => row.face }, { label: "value", kind: "amount", value: (row) => row.value }, { label: "% of face", kind: "percent", value: (row) => shareOf(row.value, row.face) }] }));
    if (whole) s.put(table({ caption: "Why", note: currency, rows: figures.reasons, columns: [{ label: "reason", value: (row) => row.reason }, { label: "what it means", kind: "words", value: (row) => REASONS[row.reason] },
      { label: "claims", kind: "count", value: (row) => row.claims }, { label: "face", kind: "amount", value: (row) => row.face }, { label: "share of face", kind: "share", value: (row) => shareOf(row.face, valuation.face) }] }));
  }

  // ---- where the value lies ----

  const FEW = 20; // claims: too few for a rate to mean much
  const bandName = (from) => {
    const place = map.bands_from_month.indexOf(from), to = map.bands_from_month[place + 1];
    return to === undefined ? `${from / 12}+` : from === 0 ? `under ${to / 12}` : `${from / 12}–${to / 12}`;
  };

  function where() {
    const s = section("map", "Where the value lies", { short: "Segments" });
    s.put(paragraph("Value as a share of face, by segment of the model and years since write-off. A dark field is worth paying for, a pale one is paper; a field without colour has too few claims to tell."));
    const segments = valuation.segments.filter((segment) => segment.claims > 0);
    const cells = map.cells.map((cell) => ({ ...cell, band: bandName(cell.from_month), rate: shareOf(cell.value, cell.face) ?? 0 }));
    const most = Math.max(...cells.filter((cell) => cell.claims >= FEW).map((cell) => cell.rate), 1e-9);
    const longest = Math.max(...segments.map((segment) => segment.id.length), 4);
    const told = (cell) => `${cell.segment}, ${cell.band} years\n${number(cell.claims)} claims\nface ${money(cell.face)}\nvalue ${money(cell.value)}`;
    const behind = table({ caption: "By segment and age", note: currency, rows: cells, columns: [{ label: "segment", value: (cell) => cell.segment }, { label: "years since write-off", value: (cell) => cell.band },
      { label: "claims", kind: "count", value: (cell) => cell.claims }, { label: "face", kind: "amount", value: (cell) => cell.face }, { label: "value", kind: "amount", value: (cell) => cell.value }, { label: "% of face", kind: "percent", value: (cell) => cell.rate }] });
    s.put(chart({ title: "Value in % of face", note: `by segment and years since write-off; no colour: fewer than ${number(FEW)} claims`, table: behind,
      describe: `The richest field is ${(() => { const best = cells.filter((cell) => cell.claims >= FEW).toSorted((a, b) => b.rate - a.rate)[0]; return best ? `${best.segment}, ${best.band} years: ${percent(best.rate)}` : "none"; })()}. The table has all fields.`,
      draw: (width, sheet) => {
        const left = Math.min(longest * 7.2 + 14, width * 0.36);
        return Plot.plot({ width, height: (sheet ? 18 : 30) * segments.length + 34, marginLeft: left, marginRight: 0, marginTop: 28, marginBottom: 4, padding: 0.04,
          x: { domain: map.bands_from_month.map(bandName), axis: "top", label: null, tickSize: 0 }, y: { domain: segments.map((segment) => segment.id), label: null, tickSize: 0 },
          marks: [
            Plot.cell(cells.filter((cell) => cell.claims < FEW), { x: "band", y: "segment", rx: 2, stroke: "var(--line)", fill: "var(--paper)", title: told, tip: true }),
            Plot.cell(cells.filter((cell) => cell.claims >= FEW), { x: "band", y: "segment", rx: 2, fill: (cell) => `color-mix(in srgb, var(--heat) ${(6 + 62 * Math.min(1, cell.rate / most)).toFixed(1)}%, var(--paper))`,
              title: told, tip: true }),
            Plot.text(cells, { x: "band", y: "segment", text: (cell) => width < 520 ? number(100 * cell.rate, 0) : number(100 * cell.rate, 1), fill: "var(--ink)", fillOpacity: (cell) => cell.claims < FEW ? 0.6 : 1 }),
          ] });
      } }));
    s.put(table({ caption: "By segment", note: currency, rows: segments, total: { id: "all", claims: valuation.claims, face: valuation.face, value: valuation.value, erc_gross: chosen.gross, net: chosen.net },
      columns: [{ label: "segment", value: (row) => row.id }, { label: "claims", kind: "count", value: (row) => row.claims }, { label: "face", kind: "amount", value: (row) => row.face }, { label: "value", kind: "amount", value: (row) => row.value },
        { label: "% of face", kind: "percent", value: (row) => shareOf(row.value, row.face) }, { label: "collections, gross", kind: "amount", value: (row) => row.erc_gross }, { label: "net", kind: "amount", value: (row) => row.net, screen: true }] }));
    s.put(table({ caption: "By country", note: currency, rows: Object.entries(valuation.countries).map(([country, group]) => ({ country, ...group })), columns: [{ label: "country", value: (row) => row.country },
      { label: "claims", kind: "count", value: (row) => row.claims }, { label: "face", kind: "amount", value: (row) => row.face }, { label: "value", kind: "amount", value: (row) => row.value }, { label: "% of face", kind: "percent", value: (row) => shareOf(row.value, row.face) }] }));
  }

  // ---- concentration ----

  function hands() {
    const s = section("concentration", "In how few claims it lies", { short: "Concentration" });
    const { value_by_claim: value, value_by_debtor: debtor, face_by_claim: face } = concentration;
    if (!value.top) {
      s.put(paragraph("Nothing has a value, so there is no concentration of it."));
      return;
    }
    const ten = value.top.find((entry) => entry.percent === 10);
    s.put(paragraph(`The ${count(ten.count)} worth most, ${ten.count === 1 ? "" : "a tenth of all, "}hold${ten.count === 1 ? "s" : ""} ${percent(ten.share, 0)} of the value. The more lies in few hands, the more the outcome hangs on them, and the more it pays to look at those files one by one.`));
    const rows = [["Value by claim", value], ["Value by debtor", debtor], ["Face by claim", face]].map(([name, measured]) => ({ name, gini: measured.gini, ...Object.fromEntries(measured.top.map((entry) => [`top${entry.percent}`, entry.share])) }));
    const behind = table({ caption: "Held by the largest", rows, sort: false, columns: [{ label: "of what", value: (row) => row.name }, ...value.top.map((entry) => ({ label: `largest ${entry.percent} %`, kind: "share", value: (row) => row[`top${entry.percent}`] })),
      { label: "Gini", kind: "decimal", value: (row) => row.gini }] });
    const lines = [["value", value, "var(--blue)"], ["face", face, "var(--orange)"]];
    const points = lines.flatMap(([name, measured, colour]) => measured.lorenz.map((share, i) => ({ name, colour, part: i / (measured.lorenz.length - 1), share })));
    s.put(behind, chart({ title: "Lorenz curve", screen: true, note: "share held by the smallest claims; the straight line: all alike", legend: lines.map(([name, , colour]) => [name, colour]),
      describe: `The Gini coefficient of value is ${number(value.gini, 2)}, of face ${number(face.gini, 2)}.`,
      draw: (width, sheet) => Plot.plot({ width: Math.min(width, 460), height: Math.min(width, 460) * (sheet ? 0.62 : 0.82), marginLeft: 52, marginBottom: 44, x: { label: "smallest claims", labelAnchor: "center", labelOffset: 38, labelArrow: "none", tickFormat: (share) => percent(share, 0), ticks: 4 },
        y: { grid: true, label: null, tickFormat: (share) => percent(share, 0), ticks: 4 },
        marks: [
          Plot.line([[0, 0], [1, 1]], { stroke: "var(--quiet)", strokeDasharray: "4,4" }),
          Plot.line(points, { x: "part", y: "share", z: "name", stroke: "colour", strokeWidth: 2 }),
          Plot.tip(points, Plot.pointer({ x: "part", y: "share", title: (point) => `the smallest ${percent(point.part, 0)} hold\n${percent(point.share)} of the ${point.name}` })),
        ] }) }));
  }

  // ---- the tape ----

  // What stands behind amounts of other currencies.
  const rates = () => Object.entries(manifest.exchange_rates ?? {}).map(([from, rate]) => `1 ${from} = ${number(rate, 6)} ${currency}`).join(", ");

  function theTape() {
    const s = section("tape", "What is in the tape, and what is wrong with it", { short: "The tape" });
    s.put(paragraph(`${count(tape.claims)} of ${number(tape.debtors)} debtor${tape.debtors === 1 ? "" : "s"}; the debtor with most has ${number(tape.largest_debtor_claims)}. Amounts here are in the claims' own currencies.`));
    const several = tape.currencies.some((row) => row.balance_told !== row.balance);
    const sum = (key) => tape.currencies.reduce((all, row) => all + row[key], 0);
    s.put(table({ caption: "Balance by currency", note: several ? rates() : null, rows: tape.currencies, total: several ? { currency: "all", claims: sum("claims"), balance_told: sum("balance_told"), largest: [] } : null, columns: [{ label: "currency", value: (row) => row.currency }, { label: "claims", kind: "count", value: (row) => row.claims }, { label: "balance", kind: "count", value: (row) => row.balance },
      several ? { label: `told in ${currency}`, kind: "amount", value: (row) => row.balance_told } : null,
      { label: "principal", kind: "count", value: (row) => row.principal }, { label: "interest", kind: "count", value: (row) => row.interest }, { label: "fees", kind: "count", value: (row) => row.fees }, { label: "median", kind: "cents", value: (row) => row.median }, { label: "mean", kind: "cents", value: (row) => row.mean },
      { label: "largest", kind: "cents", value: (row) => row.largest[0]?.balance ?? null }].filter(Boolean) }));
    const odd = tape.patterns.filter((pattern) => pattern.claims > 0);
    s.put(element("h3", null, "What is odd"), odd.length === 0 ? paragraph("None of the patterns that a buyer asks about occurs.") :
      table({ caption: "Claims that contradict themselves or call for a question", rows: odd.toSorted((a, b) => b.claims - a.claims), columns: [{ label: "pattern", value: (row) => row.meaning }, { label: "claims", kind: "count", value: (row) => row.claims }, { label: "share", kind: "percent", value: (row) => row.claims / tape.claims }] }));
    const clean = tape.patterns.length - odd.length;
    if (clean > 0) s.put(element("p", { class: "quiet" }, `${number(clean)} further pattern${clean === 1 ? "" : "s"} looked for and not found.`));
    const missing = tape.columns.filter((column) => column.missing > 0).map((column) => ({ ...column, said: said(column.name), share: column.missing / tape.claims })).toSorted((a, b) => b.share - a.share);
    s.put(element("h3", null, "What is missing"), missing.length === 0 ? paragraph("Every column is given for every claim.") : chart({ title: "Claims without a value", note: "by column; some columns are empty by nature, such as a payment that never came",
      describe: missing.map((column) => `${said(column.name)} ${percent(column.share, 0)}`).join(", "),
      table: table({ caption: "Missing values", rows: missing, columns: [{ label: "column", value: (row) => said(row.name) }, { label: "what it is, and what stands for it", kind: "words", value: (row) => row.meaning }, { label: "claims without", kind: "count", value: (row) => row.missing }, { label: "share", kind: "share", value: (row) => row.share }] }),
      draw: (width, sheet) => Plot.plot({ width, height: (sheet ? 15 : 23) * missing.length + 8, marginLeft: sheet || width < 520 ? 198 : 156, marginRight: 50, marginTop: 4, marginBottom: 4, x: { axis: null, domain: [0, 1] }, y: { domain: missing.map((column) => column.said), label: null, tickSize: 0, padding: 0.3 },
        marks: [
          Plot.barX(missing, { y: "said", x1: 0, x2: 1, fill: "var(--wash)" }), Plot.barX(missing, { y: "said", x1: 0, x2: "share", fill: "var(--orange)", title: (column) => `${column.said}\n${number(column.missing)} claims without, ${percent(column.share)}`, tip: true }),
          Plot.text(missing, { y: "said", x: 1, text: (column) => percent(column.share, column.share < 0.1 ? 1 : 0), dx: 8, textAnchor: "start", fill: "currentColor" }),
        ] }) }));
    const ages = tape.ages.filter((band) => band.claims > 0);
    if (ages.length > 0) {
      s.put(element("h3", null, "How old it is"), chart({ title: "Claims by age", note: "since write-off", describe: ages.map((band) => `${band.name}: ${number(band.claims)}`).join(", "),
        table: table({ caption: "Claims by age", rows: ages, sort: false, columns: [{ label: "since write-off", value: (row) => row.name }, { label: "claims", kind: "count", value: (row) => row.claims }, { label: "share", kind: "share", value: (row) => row.claims / tape.claims }] }),
        draw: (width) => Plot.plot({ width, height: 220, marginLeft: 52, marginBottom: 34, x: { domain: ages.map((band) => band.name), label: null, tickFormat: (name) => width < 560 ? name.replace(/ years?/, "") : name }, y: { grid: true, label: null, tickFormat: short, ticks: 4 },
          marks: [Plot.barY(ages, { x: "name", y: "claims", fill: "var(--blue)", insetLeft: 2, insetRight: 2, title: (band) => `${band.name}\n${number(band.claims)} claims`, tip: true }), Plot.ruleY([0])] }) }));
    }
    for (const [name, title] of [["legal_status", "Where the claims stand in law"], ["product", "What they are"]]) {
      const { levels, distinct } = tape[name];
      if (levels.length > 0) {
        s.put(table({ caption: title, note: distinct > levels.length ? `the ${number(levels.length)} most frequent of ${number(distinct)}` : null, rows: levels,
          columns: [{ label: said(name), value: (row) => said(row.name) }, { label: "claims", kind: "count", value: (row) => row.claims }, { label: "share", kind: "share", value: (row) => row.claims / tape.claims }] }));
      }
    }
  }

  // ---- the worklist ----

  const EXCLUDED = { barred: "barred, or only closing allowed", vulnerable: "vulnerable debtor", disputed: "disputed", no_channel: "no verified channel", no_gain: "nothing gained over waiting" };

  function work() {
    const s = section("worklist", "Whom to work first", { short: "Worklist" });
    const { rows, listed, largest_first: largest } = worklist;
    if (rows.length === 0) {
      s.put(paragraph("No claim gains from being worked over waiting."));
    } else {
      s.put(paragraph(`The first ${number(rows.length)} of ${number(worklist.eligible)} claims by what an agent's hour gains over leaving them under surveillance. They gain ${money(listed.gain, 2)} in ${number(listed.hours, 1)} hours; the largest balances first would gain ${money(largest.gain, 2)} with the same hours.`));
      const open = (row) => {
        const explained = figures.explanations[rows.indexOf(row)];
        history.replaceState(null, "", `#claim-${explained.row}`);
        jalki.explain(explained, row.claim_id, () => history.replaceState(null, "", "#worklist"));
      };
      const follow = () => { // as if its button had been pressed, to which the reader then comes back
        const at = figures.explanations.findIndex((one) => location.hash === `#claim-${one.row}`);
        if (at >= 0 && !document.querySelector("dialog")) s.element.querySelector(`.open[data-place="${at}"]`).click();
      };
      addEventListener("hashchange", follow);
      setTimeout(follow);
      s.put(table({ caption: "Head of the worklist", note: `${currency}; a claim opens what its decision rests on`, rows, open, columns: [{ label: "claim", value: (row) => row.claim_id }, { label: "do", value: (row) => row.action }, { label: "balance", kind: "cents", value: (row) => row.balance }, { label: "gain", kind: "cents", value: (row) => row.gain },
        { label: "hours", kind: "decimal", value: (row) => row.hours }, { label: "gain per hour", kind: "cents", value: (row) => row.gain_per_hour }, { label: "why", kind: "words", value: (row) => row.why.split(":")[0] }] }));
    }
    s.put(table({ caption: "Left out", note: currency, rows: Object.entries(worklist.excluded).map(([name, group]) => ({ name, ...group })), columns: [{ label: "because", value: (row) => EXCLUDED[row.name] ?? row.name }, { label: "claims", kind: "count", value: (row) => row.claims }, { label: "balance", kind: "amount", value: (row) => row.balance }] }));
  }

  // ---- words and sources ----

  function words() {
    const s = section("glossary", "Words", {});
    const terms = [
      ["Face", "What the debtors owe on the cut-off date: principal, interest accrued and fees."],
      ["Value", "What the claims bring after all costs, discounted at the required return, under the best plan for each. A claim is never worth less than nothing, because it can be closed."],
      ["Bid", "Value less the cost of taking the claims on; lower where a floor binds. Whoever pays it and collects what is expected earns the required return; where a floor binds, the price is lower and the return higher."],
      ["Expected collections (ERC)", "What debtors pay over the horizon before any cost, undiscounted."],
      ["Money multiple", "Net collections over the horizon for each unit paid for price and onboarding, undiscounted."],
      ["Payback", "The first month in which net collections have paid price and onboarding back."],
      ["Time value", "What waiting for the money costs at the required return: the difference between net collections and value."],
      ["Close, surveil, amicable, legal, sell", "Give up; keep alive and watch; contact, instalments, settlement; court and enforcement; sell on."],
      ["Barred", "The time within which the law lets the claim be pursued has run out."],
      ["Title", "A court's judgment or order by which the debt can be enforced."],
      ["Surveillance", "Post-collection: jälkiperintä, efterbevakning, overvågning. The claim is kept from being barred while the debtor cannot pay, because that can change."],
      ["Gini, Lorenz curve", "How unevenly something is held. A Gini of 0: all hold the same; near 1: few hold nearly all."],
    ];
    s.put(element("dl", { class: "terms" }, terms.map(([term, meaning]) => element("div", null, element("dt", null, term), element("dd", null, meaning)))));
  }

  function sources() {
    const s = section("manifest", "Where the figures come from", { short: "Sources" });
    const code = (text) => element("code", null, text || "unknown");
    s.put(paragraph("The same tape, model and options give the same figures, to the last digit, on any machine."));
    s.put(facts([["Program", `${manifest.program} ${manifest.version}`], ["Tape", tape.source || "unknown"], ["SHA-256 of the tape", code(manifest.tape_sha256)], ["Model", manifest.model], ["SHA-256 of the model", code(manifest.model_sha256)],
      ["Cut-off", date(manifest.cutoff)], ["Required return", rate(valuation.irr)], ["Horizon", `${number(valuation.horizon_months)} months`], ["Claims may be sold on", manifest.options.sell ? "yes" : "no"], ["Base currency", currency],
      ...(manifest.exchange_rates ? [["Exchange rates", rates()]] : [])]));
  }

  head();
  waterfall();
  bids();
  if (whole) jalki.panel();
  collections();
  stray();
  scenarios();
  decisions();
  if (whole) {
    where();
    hands();
    theTape();
    work();
    words();
  }
  sources();
  jalki.heads(`${document.querySelector("h1").textContent} · ${date(manifest.cutoff)} · ${manifest.model}`);
  jalki.finish("Expected figures are not promises: they are as good as the model and the tape. Nothing here is legal advice.");
})();
