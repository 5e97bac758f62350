// SPDX-License-Identifier: Apache-2.0
// The page of a batch: draws the document of src/batch/batch_listing.c. What failed comes first, then the portfolios side by side, the
// sums, and all jobs with links to what they wrote.
"use strict";

(() => {
  const { figures, number, short, element, paragraph, section, tiles, table, chart } = jalki;
  const VARIANTS_MOST = 6; // beyond these a row for each job reads better than a column
  const JOBS_DRAWN = 60;
  const plural = (count, word) => `${number(count)} ${word}${count === 1 ? "" : "s"}`;
  const isNumber = (value) => typeof value === "number";
  const valued = figures.rows.filter((row) => row.state === "done" && (isNumber(row.value) || isNumber(row.bid)));
  const currencies = [...new Set(valued.map((row) => row.currency))];
  const variants = [...new Set(valued.map((row) => row.variant))];
  const sumOf = (rows, key) => rows.reduce((total, row) => total + (isNumber(row[key]) ? row[key] : 0), 0);
  const inMillions = (bytes) => number(bytes / 1e6, bytes < 1e7 ? 1 : 0);

  function head() {
    const s = section("summary", "In short");
    const one = figures.sums.length === 1 ? figures.sums[0] : null;
    s.put(tiles([
      { name: "Jobs done", value: `${number(figures.done)} of ${number(figures.jobs)}`, note: figures.failed + figures.skipped === 0 ? "none failed" : `${number(figures.failed)} failed, ${number(figures.skipped)} skipped`, main: true },
      one ? { name: `Bids, ${one.currency}`, value: short(one.bid), note: `of a value of ${short(one.value)}, ${plural(one.jobs, "portfolio")}` }
        : { name: "Valued", value: number(valued.length), note: `jobs with a value or a bid, ${plural(variants.length, "variant")}` },
      { name: "Columns read", value: `${inMillions(sumOf(figures.rows, "bytes_read"))} MB`, note: `${inMillions(sumOf(figures.rows, "bytes_shared"))} MB more had from jobs before` },
    ]));
    const left = figures.rows.filter((row) => row.state !== "done");
    if (left.length > 0) {
      s.put(table({ caption: "What is not done", rows: left, columns: [
        { label: "job", value: (row) => row.job }, { label: "command", value: (row) => row.command }, { label: "state", value: (row) => row.state },
        { label: "why", kind: "words", value: (row) => row.message }] }));
    }
  }

  // A row for each tape, a pair of columns for each variant.
  function sideBySide() {
    if (valued.length < 2) return;
    const s = section("portfolios", "Side by side", { short: "Portfolios" });
    for (const currency of currencies) {
      const rows = valued.filter((row) => row.currency === currency), here = [...new Set(rows.map((row) => row.variant))];
      // Where a tape has several jobs of a variant, a row is one of them.
      const once = new Set(rows.map((row) => `${row.tape}\n${row.variant}`)).size === rows.length;
      if (here.length <= VARIANTS_MOST && once) {
        const tapes = [...new Set(rows.map((row) => row.tape))].map((tape) => {
          const own = rows.filter((row) => row.tape === tape);
          return { tape, claims: own[0].claims, face: own[0].face, of: new Map(own.map((row) => [row.variant, row])) };
        });
        const total = { tape: "all", claims: sumOf(tapes, "claims"), face: sumOf(tapes, "face"),
          of: new Map(figures.sums.filter((sum) => sum.currency === currency).map((sum) => [sum.variant, sum])) };
        s.put(table({ caption: "Value and bid of each portfolio", note: currency, rows: tapes, total: tapes.length > 1 ? total : null, columns: [
          { label: "portfolio", value: (row) => row.tape }, { label: "claims", kind: "count", value: (row) => row.claims },
          { label: "face", kind: "count", value: (row) => row.face },
          ...here.flatMap((variant) => [{ label: `${variant}: value`, kind: "count", value: (row) => row.of.get(variant)?.value },
            { label: `${variant}: bid`, kind: "count", value: (row) => row.of.get(variant)?.bid }])] }));
      } else {
        s.put(table({ caption: "Value and bid of each job", note: currency, rows, columns: [
          { label: "job", value: (row) => row.job }, { label: "portfolio", value: (row) => row.tape }, { label: "variant", kind: "words", value: (row) => row.variant },
          { label: "claims", kind: "count", value: (row) => row.claims }, { label: "face", kind: "count", value: (row) => row.face },
          { label: "value", kind: "count", value: (row) => row.value }, { label: "bid", kind: "count", value: (row) => row.bid }] }));
      }
      if (rows.length <= JOBS_DRAWN) s.put(bars(currency, rows));
    }
  }

  function bars(currency, rows) {
    const longest = Math.max(...rows.map((row) => row.job.length));
    return chart({ title: "Value and bid", note: currency, legend: [["value", "var(--sky)"], ["bid", "var(--blue)"]],
      describe: rows.map((row) => `${row.job}: value ${short(row.value)}, bid ${short(row.bid)}`).join("; "),
      draw: (width) => Plot.plot({ width, height: 46 + 26 * rows.length, marginLeft: Math.min(width / 2.5, 12 + 6.5 * longest),
        x: { label: null, grid: true, ticks: 4, tickFormat: short }, y: { type: "band", label: null, domain: rows.map((row) => row.job), padding: 0.2 },
        marks: [Plot.barX(rows, { y: "job", x: "value", fill: "var(--sky)" }), Plot.barX(rows, { y: "job", x: "bid", fill: "var(--blue)", insetTop: 5, insetBottom: 5 }),
          Plot.ruleX([0])] }) });
  }

  function sums() {
    if (figures.sums.length === 0) return;
    const s = section("sums", "Sums");
    if (variants.length > 1) s.put(paragraph("Jobs of one variant differ in their portfolios. A portfolio that stands in several variants is counted in each, so variants are not added."));
    s.put(table({ caption: "By variant", rows: figures.sums, columns: [
      { label: "variant", value: (row) => row.variant }, { label: "currency", value: (row) => row.currency }, { label: "jobs", kind: "count", value: (row) => row.jobs },
      { label: "claims", kind: "count", value: (row) => row.claims }, { label: "face", kind: "count", value: (row) => row.face },
      { label: "value", kind: "count", value: (row) => row.value }, { label: "bid", kind: "count", value: (row) => row.bid }] }));
  }

  function jobs() {
    const links = (row) => row.outputs.flatMap(({ name, reference }, place) => [place > 0 ? ", " : null, element("a", { href: reference }, name)]).filter(Boolean);
    section("jobs", "All jobs", { short: "Jobs" }).put(table({ caption: "Jobs", rows: figures.rows, columns: [
      { label: "job", value: (row) => row.job }, { label: "command", value: (row) => row.command }, { label: "reads", value: (row) => row.tape },
      { label: "state", value: (row) => row.state }, { label: "seconds", kind: "decimal", value: (row) => row.seconds },
      { label: "notes", kind: "count", value: (row) => row.notes },
      { label: "wrote", kind: "words", value: (row) => row.outputs.map(({ name }) => name).join(" "), show: links }] }));
  }

  head();
  sideBySide();
  sums();
  jobs();
  jalki.finish("Figures are those of the jobs' own results. Links lead to files beside this page.");
})();
