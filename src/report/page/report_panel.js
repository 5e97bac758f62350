// SPDX-License-Identifier: Apache-2.0
// The panel that prices the portfolio again: the program's own plan, as WebAssembly, on the claims' inputs that stand in the page.
"use strict";

// ---- the engine: src/reprice/module.c on the other side ----

// Runs in a thread of its own, and is given as text to it: nothing from outside the function is known there. Gives price(changes, choice):
// changes: {key of a scenario: figure, asked}; choice: {segment, country, decision, band}, each the name or null for all.
jalki.pricer = async ({ engine, book, reprice, horizon }) => {
  // The product of two numbers added to a third and rounded once: an instruction of processors, which newer browsers have as one that may
  // round once or twice. Where it is there and rounds once, it takes the place of the module's calls of its own function for it.
  function rounds() {
    const probe = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 1, 96, 3, 125, 125, 125, 1, 125, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0, // f: (f32, f32, f32) -> f32
      10, 22, 1, 20, 0, 32, 0, 253, 19, 32, 1, 253, 19, 32, 2, 253, 19, 253, 133, 2, 253, 31, 0, 11); // splats, f32x4.relaxed_madd, lane 0
    if (!WebAssembly.validate(probe)) return false;
    const { f } = new WebAssembly.Instance(new WebAssembly.Module(probe)).exports;
    const near = 1 + 2 ** -12;
    return f(near, near, -(1 + 2 ** -11)) === 2 ** -24; // 0 where the product is rounded by itself
  }
  function withInstruction(bytes) {
    let at = 8, fused = -1;
    const number = () => { // LEB128
      let value = 0;
      for (let shift = 0; ; shift += 7) {
        const byte = bytes[at++];
        value += (byte & 127) * 2 ** shift;
        if (byte < 128) return value;
      }
    };
    while (at < bytes.length) {
      const section = bytes[at++], end = number() + at;
      if (section === 7) {
        for (let left = number(); left > 0; left--) {
          const length = number(), name = new TextDecoder().decode(bytes.subarray(at, at + length)), kind = bytes[at + length];
          at += length + 1;
          const index = number();
          if (name === "rounded_once" && kind === 0) fused = index;
        }
      }
      if (section === 10 && fused >= 0) { // call fused, in six bytes -> the instruction, and three that do nothing
        const call = [16, fused & 127 | 128, fused >> 7 & 127 | 128, 128, 128, 0];
        for (let i = at; i < end - 5; i++) {
          if (bytes[i] === 16 && call.every((byte, k) => bytes[i + k] === byte)) {
            bytes.set([253, 133, 2, 1, 1, 1], i);
            i += 5;
          }
        }
      }
      at = end;
    }
    return bytes;
  }

  const { instance } = await WebAssembly.instantiate(rounds() ? withInstruction(engine) : engine);
  instance.exports.__wasm_call_ctors();
  const { memory, room, load, figures: place, choices, results, message, price } = instance.exports;
  const { keys, segments, countries, bands_from_month: bands } = reprice;
  const fail = () => {
    const bytes = new Uint8Array(memory.buffer, message());
    throw new Error(new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0))));
  };
  const at = room(book.length);
  new Uint8Array(memory.buffer, at, book.length).set(book);
  if (load(at, book.length) !== 0) fail();

  const HEAD = ["claims", "face", "value", "onboarding", "bid_at_return", "bid", "binding", "attainable", "erc_84", "erc_120", "erc_180", "gross", "cost", "sale", "net",
    "cost_share", "multiple", "payback", "asked_irr", "asked_outcome", "asked_multiple", "asked_payback", "irr", "error", "instalments"];
  const ACTIONS = ["close", "sell", "surveil", "amicable", "legal"];
  const SEGMENTS_MOST = 1024, COUNTRIES_MOST = 256;

  return (changes, choice = {}) => {
    const given = new Float64Array(memory.buffer, place(), keys.length + 1);
    keys.forEach(({ name, neutral }, i) => { given[i] = changes[name] ?? neutral; });
    given[keys.length] = changes.asked ?? NaN;
    const taken = new Uint8Array(memory.buffer, choices(), SEGMENTS_MOST + COUNTRIES_MOST + bands.length + ACTIONS.length);
    const choose = (from, names, name) => names.forEach((one, i) => { taken[from + i] = name === null || name === undefined || name === one ? 1 : 0; });
    choose(0, segments, choice.segment);
    choose(SEGMENTS_MOST, countries, choice.country);
    choose(SEGMENTS_MOST + COUNTRIES_MOST, bands.map(String), choice.band);
    choose(SEGMENTS_MOST + COUNTRIES_MOST + bands.length, ACTIONS, choice.decision);
    const chosen = Object.values(choice).some((name) => name !== null && name !== undefined);
    const start = performance.now();
    if (price(chosen ? 1 : 0) !== 0) fail();
    const ms = performance.now() - start;
    let next = results();
    const take = (count) => {
      const list = [...new Float64Array(memory.buffer, next, count)];
      next += 8 * count;
      return list;
    };
    const found = Object.fromEntries(take(HEAD.length).map((value, i) => [HEAD[i], Number.isNaN(value) ? null : value]));
    const groups = (names) => Object.fromEntries(names.map((name) => {
      const [claims, face, value, gross, net] = take(5);
      return [name, { claims, face, value, gross, net }];
    }));
    found.decisions = groups(ACTIONS);
    found.segments = groups(segments);
    found.countries = groups(countries);
    found.months = { gross: take(horizon), net: take(horizon) };
    found.ms = ms;
    return found;
  };
};

// Gives price(changes, choice), which answers when it can and in the order in which it was asked; the page is not held up meanwhile.
jalki.engine = async () => {
  const unpack = async (id) => {
    const packed = Uint8Array.from(atob(document.getElementById(id).textContent), (c) => c.charCodeAt(0));
    return new Uint8Array(await new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"))).arrayBuffer());
  };
  const given = { engine: await unpack("engine"), book: await unpack("book"), reprice: jalki.figures.reprice, horizon: jalki.figures.valuation.horizon_months };
  const source = `"use strict"; const made = ${jalki.pricer}; let price = null;
    onmessage = async ({ data }) => {
      try {
        if (data.given) price = await made(data.given);
        postMessage({ found: data.given ? null : price(data.changes, data.choice) });
      } catch (failed) { postMessage({ failed: failed.message }); }
    };`;
  const waiting = [];
  try {
    const place = URL.createObjectURL(new Blob([source], { type: "text/javascript" })), worker = new Worker(place);
    const ask = (message) => new Promise((resolve, reject) => { waiting.push({ resolve, reject }); worker.postMessage(message); });
    worker.onmessage = ({ data }) => { const one = waiting.shift(); if (data.failed === undefined) one.resolve(data.found); else one.reject(new Error(data.failed)); };
    worker.onerror = (failed) => { for (const one of waiting.splice(0)) one.reject(new Error(failed.message ?? "the thread has ended")); };
    await ask({ given });
    URL.revokeObjectURL(place);
    return (changes, choice) => ask({ changes, choice });
  } catch { // no thread here: the page waits for each price
    const price = await jalki.pricer(given);
    return async (changes, choice) => price(changes, choice);
  }
};

// ---- the panel ----

jalki.panel = () => {
  const { figures, number, money, percent, rate, months, element, paragraph, strong, section, table, chart } = jalki;
  const { reprice, valuation } = figures;
  const currency = figures.currency, own = valuation.irr, written = figures.written_rate ?? 1; // scenario files are in the model file's own currency
  const s = section("reprice", "What if", { short: "What if" });
  if (!reprice) {
    s.put(paragraph("This page cannot price the portfolio again: it was written without the engine, or without the claims."));
    return;
  }
  const plain = (value) => String(Number(value.toFixed(6)));
  const times = (value) => `× ${number(value, 2)}`;
  const bid = figures.returns.bids.find((one) => one.chosen);
  const most = Math.max(10, Number((2 * Math.max(bid.bid, 1)).toPrecision(2)));

  // What can be moved: from, to and step of the slider; `shift`: the scenario's figure is the difference to the run's own.
  const CONTROLS = [
    { key: "irr", label: "Required return", low: 1, high: 40, step: 0.5, start: 100 * own, unit: "% a year", say: (value) => rate(value / 100), figure: (value) => Number((value / 100 - own).toFixed(12)) },
    { key: "recovery", label: "What debtors bring", low: 0.5, high: 1.5, step: 0.01, start: 1, unit: "×", say: times },
    { key: "new_payers", label: "New payers", low: 0.5, high: 1.5, step: 0.01, start: 1, unit: "×", say: times },
    { key: "breakage", label: "Breakage of instalments", low: -0.5, high: 0.8, step: 0.05, start: 0, unit: "", say: (value) => number(value, 2) },
    { key: "court_cost", label: "Court fees and enforcement", low: 0.5, high: 3, step: 0.05, start: 1, unit: "×", say: times },
    { key: "delay", label: "Late start", low: 0, high: 24, step: 1, start: 0, unit: "months", say: (value) => value === 0 ? "none" : months(value) },
    { key: "hour_price", label: "Price of an agent hour, added", low: 0, high: 120 * written, step: written < 5 ? 1 : 10, start: 0, unit: currency, say: (value) => money(value) },
    { key: "asked", label: "Price asked", low: 0, high: most, step: most / 200, start: bid.asked?.price ?? bid.bid, unit: currency, say: (value) => money(value) },
  ];
  const bandName = (from, i) => {
    const to = reprice.bands_from_month[i + 1];
    return to === undefined ? `${number(from / 12)} years and more` : `${number(from / 12)} to ${number(to / 12)} years`;
  };
  const FILTERS = [
    { key: "segment", label: "Segment", options: reprice.segments.map((id) => [id, id]) },
    { key: "country", label: "Country", options: reprice.countries.map((code) => [code, code]) },
    { key: "decision", label: "Decision as valued", options: Object.keys(valuation.decisions).map((name) => [name, name]) },
    { key: "band", label: "Since write-off", options: reprice.bands_from_month.map((from, i) => [String(from), bandName(from, i)]) },
  ];

  let price = null, moved = {}, chosen = {}, kept = [], base = null;
  const changesOf = (values) => Object.fromEntries(CONTROLS.filter(({ key }) => values[key] !== undefined || key === "asked")
    .map(({ key, figure, start }) => [key, figure ? figure(values[key]) : values[key] ?? start]));
  const words = (values) => CONTROLS.filter(({ key }) => values[key] !== undefined && key !== "asked").map(({ key, label, say }) => `${label.toLowerCase()} ${say(values[key])}`).join(", ");

  // A name as a scenario file takes it: at most 63 bytes, none of the characters that CSV gives a meaning.
  function nameOf(text, otherwise) {
    let clean = text.replace(/[\u0000-\u001f\u007f,;"'~]/g, " ").replace(/\s+/g, " ").trim();
    while (new TextEncoder().encode(clean).length > 63) clean = clean.slice(0, -1);
    return clean === "" || clean === "base" ? otherwise : clean;
  }

  // ---- what is seen ----

  const lead = element("p", { class: "lead", role: "status" }), shown = element("div", { class: "shown" }), drawn = element("div"), yaml = element("textarea", { readonly: true, rows: 8, "aria-label": "The scenarios as YAML", spellcheck: "false" });
  const name = element("input", { type: "text", id: "scenario-name", maxlength: 60, autocomplete: "off" });
  const error = element("p", { class: "notes", role: "alert", hidden: true });
  const inputs = new Map();

  function control({ key, label, low, high, step, start, unit, say }) {
    const id = `change-${key}`;
    const slider = element("input", { type: "range", id, min: low, max: high, step: "any", value: start });
    const field = element("input", { type: "number", "aria-label": `${label}, ${unit}`, step: "any", value: plain(start) });
    const told = element("output", { for: id }, say(start));
    const put = (value) => {
      slider.value = value;
      slider.setAttribute("aria-valuetext", say(value));
      field.value = plain(value);
      told.textContent = say(value);
    };
    const move = (value) => {
      if (!Number.isFinite(value)) return;
      if (Math.abs(value - start) < 1e-9) delete moved[key];
      else moved[key] = value;
      put(value);
      later();
    };
    slider.addEventListener("input", () => move(Math.abs(slider.valueAsNumber - start) < step / 2 ? start : Number((Math.round(slider.valueAsNumber / step) * step).toFixed(6))));
    slider.addEventListener("keydown", (event) => { // with `any` as step the keys would jump
      const way = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
      if (!way) return;
      event.preventDefault();
      move(Math.min(high, Math.max(low, Number((slider.valueAsNumber + way * step).toFixed(6)))));
    });
    field.addEventListener("change", () => move(field.valueAsNumber));
    inputs.set(key, { put, start });
    put(start);
    return element("div", { class: "control" }, element("label", { for: id }, label), slider, field, element("span", { class: "quiet" }, unit), told);
  }

  function filter({ key, label, options }) {
    const select = element("select", { id: `choose-${key}` }, element("option", { value: "" }, "all"), options.map(([value, text]) => element("option", { value }, text)));
    select.addEventListener("change", () => {
      if (select.value === "") delete chosen[key];
      else chosen[key] = select.value;
      later();
    });
    inputs.set(key, { put: (value) => { select.value = value; }, start: "" });
    return element("div", { class: "control" }, element("label", { for: `choose-${key}` }, label), select);
  }

  const ROWS = [
    ["Value", (one) => one.value, "amount"], [figures.returns.floors.length > 0 ? "Bid at the return alone" : "Bid", (one) => one.bid_at_return, "amount"],
    ...(figures.returns.floors.length > 0 ? [["Bid with all floors", (one) => one.bid, "amount"]] : []),
    ["Bid, % of face", (one) => one.face > 0 ? one.bid / one.face : null, "percent"],
    ["Collections, gross", (one) => one.gross, "amount"], ["Cost", (one) => one.cost, "amount"], ["Net", (one) => one.net, "amount"],
    ["Money multiple at the bid", (one) => one.bid > 0 ? one.multiple : null, "decimal"], ["Payback, months", (one) => one.payback < 0 ? null : one.payback, "months"],
    ["Return at the price asked", (one) => one.asked_irr, "percent"],
  ];
  const decided = (one) => Object.values(one.decisions).filter((group) => group.claims > 0);

  function show(now) {
    const columns = [{ name: "as valued", found: base.found, values: {} }, ...kept, { name: "now", found: now, values: { ...moved } }];
    const change = now.value - base.found.value;
    lead.replaceChildren("Value ", strong(money(now.value, 2)), ", ", Object.keys(moved).some((key) => key !== "asked") ? `${change < 0 ? "down" : "up"} ${money(Math.abs(change))} (${percent(base.found.value > 0 ? change / base.found.value : null)}) with ${words(moved)}` : "with nothing changed",
        `; bid ${money(now.bid)}. `, now.asked_irr === null ? "At the price asked no single return can be named." : `At the price asked, ${money(moved.asked ?? CONTROLS.at(-1).start)}, the flows return ${percent(now.asked_irr, 2)} a year.`);
    shown.replaceChildren(
      reprice.whole ? "" : element("p", { class: "quiet" }, `${number(reprice.claims)} claims stand for ${number(valuation.claims)}, anchored on the full valuation: the value is right to about ± ${money(2 * now.error)} (two standard errors).`),
      table({ caption: "Side by side", note: currency, sort: false, rows: ROWS, columns: [{ label: "figure", value: ([label]) => label },
        ...columns.map((column) => ({ label: column.name, kind: (row) => row[2], value: ([, of]) => of(column.found) }))] }),
      table({ caption: "Decisions now", note: currency, rows: Object.entries(now.decisions).filter(([, group]) => group.claims > 0).map(([decision, group]) => ({ decision, ...group, before: base.found.decisions[decision].claims })),
        columns: [{ label: "decision", value: (row) => row.decision }, { label: "claims", kind: "count", value: (row) => row.claims }, { label: "as valued", kind: "count", value: (row) => row.before },
          { label: "face", kind: "amount", value: (row) => row.face }, { label: "value", kind: "amount", value: (row) => row.value }, { label: "net", kind: "amount", value: (row) => row.net }] }));
    const COLOURS = ["var(--grey)", "var(--sky)", "var(--orange)", "var(--purple)", "var(--red)", "var(--blue)"];
    const lines = columns.map((column, i) => ({ name: column.name, colour: i === columns.length - 1 ? "var(--green)" : COLOURS[i % COLOURS.length], net: column.found.months.net }));
    const points = lines.flatMap(({ name: line, colour, net }) => { let sum = 0; return [{ line, colour, year: 0, sum }, ...net.map((value, i) => ({ line, colour, year: (i + 1) / 12, sum: (sum += value) }))]; });
    drawn.replaceChildren(chart({ title: "Net so far", note: `${currency}, cumulative`, legend: lines.map((line) => [line.name, line.colour]),
      describe: lines.map((line) => `${line.name}: ${money(line.net.reduce((sum, value) => sum + value, 0))}`).join(", "),
      draw: (width) => Plot.plot({ width, height: 230, marginLeft: 62, marginRight: 16, marginTop: 12, marginBottom: 44, x: { label: "years from the cut-off", labelAnchor: "center", labelOffset: 38, labelArrow: "none" }, y: { grid: true, label: null, tickFormat: jalki.short, ticks: 4, nice: true },
        marks: [Plot.ruleY([0]), Plot.line(points, { x: "year", y: "sum", z: "line", stroke: "colour", strokeWidth: 2 }),
          Plot.tip(points, Plot.pointer({ x: "year", y: "sum", title: (point) => `${point.line}\nafter ${months(Math.round(12 * point.year))}\nnet ${money(point.sum)}` }))] }) }));
    yaml.value = [...kept, ...(words(moved) ? [{ name: nameOf(name.value, "now"), values: moved }] : [])].map(yamlOf).join("\n") || "# nothing is changed yet\n";
    if (decided(now).length === 0) shown.append(paragraph("No claim is chosen."));
  }

  const yamlOf = ({ name: title, values }) => [`- name: ${JSON.stringify(title)}`, ...(words(values) ? [`  note: ${JSON.stringify(words(values))}`] : []),
    ...Object.entries(changesOf(values)).filter(([key]) => key !== "asked" && values[key] !== undefined).map(([key, figure]) => `  ${key}: ${key === "hour_price" ? Number((figure / written).toPrecision(12)) : figure}`), ""].join("\n");

  // ---- pricing, a little after the last move, one at a time ----

  let wait = 0, running = false, moves = 0;
  function later() {
    s.element.setAttribute("aria-busy", "true");
    clearTimeout(wait);
    wait = setTimeout(now, 40);
  }
  async function now() {
    clearTimeout(wait);
    s.element.setAttribute("aria-busy", "true");
    moves++;
    if (running || !price) return; // whoever runs sees that there were more moves
    running = true;
    for (let seen = 0; seen !== moves;) {
      seen = moves;
      try {
        const values = { ...moved }, choice = { ...chosen };
        const as = base?.choice === JSON.stringify(choice) ? base.found : await price({ asked: changesOf({}).asked }, choice);
        if (seen !== moves) continue;
        base = { choice: JSON.stringify(choice), found: as };
        for (const one of kept) one.found ??= await price(changesOf(one.values), one.chosen);
        const found = Object.keys(values).length === 0 ? as : await price(changesOf(values), choice);
        if (seen !== moves) continue;
        show(found);
        error.hidden = true;
        jalki.priced = found;
        remember();
      } catch (failed) {
        error.textContent = failed.message;
        error.hidden = false;
      }
    }
    running = false;
    s.element.removeAttribute("aria-busy");
  }

  // ---- the address: #reprice?irr=18&segment=fi-bills&kept=name~irr:18,delay:6 ----

  const pairs = (values) => Object.entries(values).map(([key, value]) => `${key}:${typeof value === "number" ? plain(value) : value}`).join(",");
  function address() {
    const query = new URLSearchParams();
    for (const [key, value] of Object.entries(moved)) query.set(key, plain(value));
    for (const [key, value] of Object.entries(chosen)) query.set(key, value);
    for (const one of kept) query.append("kept", `${one.name}~${pairs(one.values)}~${pairs(one.chosen)}`);
    const text = query.toString();
    return text === "" ? "" : `#reprice?${text}`;
  }
  function remember() {
    const wanted = address();
    if (wanted !== "" || location.hash.startsWith("#reprice?")) history.replaceState(null, "", wanted || "#reprice");
  }
  const isValue = ({ key }, value) => Number.isFinite(value) && inputs.has(key);
  function readPairs(text) {
    return Object.fromEntries((text ?? "").split(",").filter(Boolean).map((pair) => { const colon = pair.indexOf(":"); return [pair.slice(0, colon), pair.slice(colon + 1)]; }));
  }
  const known = (text) => Object.fromEntries(CONTROLS.filter((one) => text[one.key] !== undefined && isValue(one, Number(text[one.key]))).map((one) => [one.key, Number(text[one.key])]));
  const picks = (text) => Object.fromEntries(FILTERS.filter((one) => one.options.some(([value]) => value === text[one.key])).map((one) => [one.key, text[one.key]]));
  function recall() {
    if (!location.hash.startsWith("#reprice?")) return;
    const query = new URLSearchParams(location.hash.slice("#reprice?".length)), all = Object.fromEntries(query);
    moved = known(all);
    chosen = picks(all);
    kept = query.getAll("kept").slice(0, 8).map((text) => { const [title = "", values, choice] = text.split("~"); return { name: nameOf(title, "scenario"), values: known(readPairs(values)), chosen: picks(readPairs(choice)) }; });
    for (const [key, { put, start }] of inputs) put(moved[key] ?? chosen[key] ?? start);
    s.element.scrollIntoView();
  }

  // ---- buttons ----

  const say = (text) => { document.getElementById("said").textContent = text; };
  const button = (text, act) => {
    const made = element("button", { type: "button" }, text);
    made.addEventListener("click", act);
    return made;
  };
  async function copy(text, what) {
    try {
      await navigator.clipboard.writeText(text);
    } catch { // a page from disk may not; the old way needs a selection
      const field = element("textarea", { class: "hidden" });
      field.value = text;
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
    say(`${what} copied`);
  }
  const buttons = element("div", { class: "buttons" },
    element("label", { for: "scenario-name" }, "Name"), name,
    button("Keep beside", () => {
      if (kept.length >= 8) return say("Eight are kept already");
      kept.push({ name: nameOf(name.value, `scenario ${kept.length + 1}`), values: { ...moved }, chosen: { ...chosen } });
      name.value = "";
      say(`${kept.at(-1).name} is kept`);
      return now();
    }),
    button("Start again", () => {
      moved = {};
      chosen = {};
      kept = [];
      for (const { put, start } of inputs.values()) put(start);
      now();
    }),
    button("Copy as YAML", () => copy(yaml.value, "YAML")),
    button("Copy the link", () => copy(location.href, "The link")));

  s.put(paragraph(`Move a figure, and ${reprice.whole ? "every claim is" : "the claims are"} planned and priced anew, here, by the program's own code: the figures are those that jalki scenario finds when it plans anew. Nothing leaves this page.`), error,
    element("form", { class: "panel", "aria-label": "What if" },
      element("fieldset", null, element("legend", null, "Changed figures"), CONTROLS.map(control)),
      element("fieldset", null, element("legend", null, "Which claims"), FILTERS.map(filter)), buttons),
    lead, shown, drawn, element("details", null, element("summary", null, "As a file for jalki scenario"), yaml));
  s.element.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", () => {
    if (!location.hash.startsWith("#reprice")) return;
    start();
    recall();
    if (price) now();
  });
  // The engine starts when the reader comes near the panel, or the address asks for it.
  let started = false;
  function start() {
    if (started) return;
    started = true;
    jalki.engine().then(async (made) => {
      price = made;
      recall();
      await now();
      document.documentElement.dataset.priced = "true";
    }).catch((failed) => {
      error.textContent = `The engine did not start: ${failed.message}`;
      error.hidden = false;
    });
  }
  if (location.hash.startsWith("#reprice")) start();
  new IntersectionObserver((entries) => { if (entries.some((one) => one.isIntersecting)) start(); }, { rootMargin: "300px" }).observe(s.element);
};

// ---- a claim of the worklist in full ----

// `explained`: of figures.explanations; `name`: of the claim, as the list has it; `left` is called when the reader has seen it.
jalki.explain = (explained, name, left) => {
  const { number, money, months, said, element, facts, table } = jalki;
  const currency = jalki.figures.currency, { law, payments, score, decision } = explained;
  const TITLES = { none: "none", pending: "applied for", title: "has one" };
  const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1);
  const ends = law.barred ? "barred" : law.months_to_bar === null ? "never" : `in ${months(Math.floor(law.months_to_bar))}`;
  const told = [law.bar_words, law.letter_words, law.income_words, payments.paying_words, payments.instalment_words].filter(Boolean);
  const actions = Object.entries(explained.actions).map(([action, parts]) => ({ action, ...parts })).filter((row) => row.value !== null || row.why_not);
  const state = ({ state: likeliest }) => likeliest === null ? "–" : `${likeliest.capacity_class}, ${likeliest.title === "none" ? "no title" : likeliest.title === "pending" ? "applied for" : "title"}, ${likeliest.paying ? "paying" : "quiet"}: ${likeliest.action}`;
  jalki.dialog(`Why ${name}`, [
    element("p", { class: "lead" }, `${sentence(explained.decision_words)}.`),
    facts([["Segment", explained.segment], ["Balance", money(explained.balance, 2)], ["Value", money(explained.value, 2)], ["Expected collections", `${money(explained.erc_gross, 2)} gross, ${money(explained.erc_net, 2)} net`],
      ["Title", TITLES[law.title] ?? law.title], ["Limitation", ends], ["Pays now", payments.paying ? "yes" : "no"], ["Class", said(score.capacity_class)], ["Score", number(score.score)], ["Pays", `${number(score.theta, 2)} times as readily as is typical`]]),
    told.length > 0 ? element("ul", null, told.map((text) => element("li", null, sentence(text)))) : "",
    table({ caption: "What each action is worth", note: `${currency}, present values`, rows: actions, mark: (row) => row.action === decision ? "chosen strong" : null, columns: [{ label: "action", value: (row) => row.action }, { label: "value", kind: "cents", value: (row) => row.value },
      { label: "collected first", kind: "cents", value: (row) => row.collected }, { label: "fees", kind: "cents", value: (row) => row.fees }, { label: "running", kind: "cents", value: (row) => row.running }, { label: "filing", kind: "cents", value: (row) => row.filing },
      { label: "later", kind: "cents", value: (row) => row.later }, { label: "why not", kind: "words", value: (row) => row.action === decision ? "the decision" : row.why_not }] }),
    score.reasons.length === 0 ? "" : table({ caption: "What sets its score apart", note: "points beside what is typical of its segment", rows: score.reasons, sort: false, columns: [{ label: "what", value: (row) => said(row.name) }, { label: "points", kind: "decimal", value: (row) => row.points },
      { label: "typical", kind: "decimal", value: (row) => row.typical }, { label: "difference", kind: "decimal", value: (row) => row.difference }, ...(score.reasons[0].words ? [{ label: "in words", kind: "words", value: (row) => row.words }] : [])] }),
    explained.plan.length === 0 ? "" : table({ caption: "Plan by period", note: `${currency}, expected, undiscounted`, rows: explained.plan, sort: false, columns: [{ label: "from month", kind: "count", value: (row) => row.from_month }, { label: "still open", kind: "share", value: (row) => row.open }, { label: "being paid", kind: "share", value: (row) => row.paying },
      { label: "gross", kind: "cents", value: (row) => row.gross }, { label: "cost", kind: "cents", value: (row) => row.cost }, { label: "likeliest, and what is done then", kind: "words", value: state }] }),
  ], left);
};
