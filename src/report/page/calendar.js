// SPDX-License-Identifier: Apache-2.0
// The page of a calendar: draws the document of src/programme/calendar_listing.c. The months first, then weeks and the next acts.
"use strict";

(() => {
  const { figures, number, money, date, element, paragraph, section, tiles, table, chart } = jalki;
  const KINDS = [["letter", "letters", "var(--blue)"], ["filing", "filings", "var(--orange)"], ["acknowledgement", "acknowledgements", "var(--green)"],
    ["renewal", "renewals", "var(--quiet)"]];
  const periods = (period) => figures.periods.filter((row) => row.period === period);
  const months = periods("month").filter((row) => row.team === "all");
  const sum = (rows, key) => rows.reduce((total, row) => total + row[key], 0);
  const acts = (row) => KINDS.reduce((total, [key]) => total + row[key], 0);

  function head() {
    document.querySelector("header").append(element("p", { class: "under" }, `${date(figures.cutoff)} to ${date(figures.until)}`));
    const s = section("summary", "In short");
    s.put(tiles([
      { name: "At stake", value: money(sum(months, "at_stake"), 0), note: `for ${money(sum(months, "cost"), 0)} of cost`, main: true },
      { name: "Acts", value: number(months.reduce((total, row) => total + acts(row), 0)), note: `${number(sum(months, "let_lapse"))} of them do not pay` },
      { name: "Final bars and plans that end", value: `${number(sum(months, "final_bar"))} and ${number(sum(months, "plan_end"))}`, note: "to know of" },
    ]));
    s.put(paragraph(`Act ${number(figures.lead_days)} days before it is due, and ${number(figures.post_days)} for the post; what should have been begun before the cut-off stands on it. ${number(figures.barred)} claims are barred already.`));
  }

  const columns = [{ label: "from", value: (row) => row.from }, { label: "team", value: (row) => row.team },
    ...KINDS.map(([key, label]) => ({ label, kind: "count", value: (row) => row[key] })),
    { label: "final bars", kind: "count", value: (row) => row.final_bar }, { label: "plans end", kind: "count", value: (row) => row.plan_end },
    { label: "let lapse", kind: "count", value: (row) => row.let_lapse }, { label: "cost", kind: "cents", value: (row) => row.cost },
    { label: "at stake", kind: "cents", value: (row) => row.at_stake }];

  function byMonth() {
    if (months.length === 0) return;
    const s = section("months", "By month", { short: "Months" });
    const behind = table({ caption: "By month of acting", note: figures.currency, sort: false, rows: periods("month"), columns });
    const parts = months.flatMap((row) => KINDS.map(([key, label]) => ({ month: row.from.slice(0, 7), label, count: row[key] })));
    s.put(chart({ title: "What to do, by month", describe: months.map((row) => `${row.from.slice(0, 7)}: ${number(acts(row))}`).join(", "), table: behind,
      legend: KINDS.map(([, label, colour]) => [label, colour]),
      draw: (width) => Plot.plot({ width, height: 240, marginLeft: 56, marginBottom: 40, x: { type: "band", label: null, tickRotate: months.length > 8 ? -40 : 0 },
        y: { label: null, grid: true, ticks: 4 }, color: { domain: KINDS.map(([, label]) => label), range: KINDS.map(([, , colour]) => colour) },
        marks: [Plot.barY(parts, { x: "month", y: "count", fill: "label", title: (part) => `${part.month}\n${part.label}: ${number(part.count)}`, tip: true }), Plot.ruleY([0])] }) }));
  }

  function byWeek() {
    const rows = periods("week");
    if (rows.length === 0) return;
    section("weeks", "By week", { short: "Weeks" }).put(table({ caption: "By week of acting, from Monday", note: figures.currency, sort: false, rows, columns }));
  }

  function next() {
    if (figures.rows.length === 0) return;
    const s = section("next", "First to act on", { short: "Next" });
    if (figures.rows.length < figures.entries) s.put(paragraph(`The first ${number(figures.rows.length)} of ${number(figures.entries)}.`));
    s.put(table({ caption: "Entries by day of acting", note: figures.currency, rows: figures.rows, columns: [
      { label: "act by", value: (row) => row.act_by }, { label: "due", value: (row) => row.due }, { label: "claim", value: (row) => row.claim_id },
      { label: "by", value: (row) => row.by }, { label: "do", value: (row) => row.do }, { label: "cost", kind: "cents", value: (row) => row.cost },
      { label: "at stake", kind: "cents", value: (row) => row.at_stake }, { label: "balance", kind: "cents", value: (row) => row.balance },
      { label: "what", kind: "words", value: (row) => row.words }] }));
  }

  head();
  byMonth();
  byWeek();
  next();
  jalki.finish("Days are computed from the tape and the model's law. Nothing here is legal advice.");
})();
