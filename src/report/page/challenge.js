// SPDX-License-Identifier: Apache-2.0
// The page of a challenger: draws the document of src/value/results/challenge_listing.c. What both models make of the portfolio, where they
// decide otherwise, and on which claims most.
"use strict";

(() => {
  const { figures, number, money, percent, rate, date, element, paragraph, section, tiles, facts, table } = jalki;
  const { champion, challenger, differing, decisions, rows } = figures.challenge;
  const small = champion.face < 1e6;
  const kind = small ? "cents" : "amount";
  const amount = (value) => money(value, small ? 2 : 0);
  const share = (part, whole) => whole > 0 ? part / whole : null;
  const lost = (key) => decisions.reduce((sum, row) => sum + row[key], 0);

  function head() {
    document.querySelector("header").append(element("p", { class: "under" }, `${champion.model} and ${challenger.model} on ${date(figures.cutoff)}`));
    const s = section("summary", "In short");
    s.put(tiles([
      { name: "Champion", value: amount(champion.value), note: `${percent(share(champion.value, champion.face), 2)} of face at ${rate(champion.irr)}, bid ${amount(champion.bid)}`, main: true },
      { name: "Challenger", value: amount(challenger.value), note: `${percent(share(challenger.value, challenger.face), 2)} of face at ${rate(challenger.irr)}, bid ${amount(challenger.bid)}`, main: true },
      { name: "Decided otherwise", value: `${number(differing)} claims`, note: `${percent(share(differing, champion.claims))} of ${number(champion.claims)}` },
      { name: "Order of the claims", value: number(figures.challenge.rank_correlation, 3), note: "rank correlation of their values; 1: the same order" },
    ]));
    s.put(paragraph(`If the challenger is right, the champion's decisions lose ${amount(lost("loss_by_challenger"))}; if the champion is right, the challenger's lose ${amount(lost("loss_by_champion"))}. A claim is valued ${amount(figures.challenge.mean_difference)} apart on average.`));
  }

  function matrix() {
    const s = section("decisions", "Decisions against each other", { short: "Decisions" });
    s.put(table({ caption: "Decisions", note: figures.currency, rows: decisions.filter((row) => row.claims > 0), mark: (row) => row.decision === row.decision_challenger ? null : "strong",
      columns: [{ label: "champion", value: (row) => row.decision }, { label: "challenger", value: (row) => row.decision_challenger }, { label: "claims", kind: "count", value: (row) => row.claims },
        { label: "face", kind, value: (row) => row.face }, { label: "value", kind, value: (row) => row.value }, { label: "by the challenger", kind, value: (row) => row.value_challenger },
        { label: "loss if it follows", kind, value: (row) => row.loss_by_champion }, { label: "loss if it does not", kind, value: (row) => row.loss_by_challenger }] }));
  }

  function claims() {
    const s = section("claims", "Claims on which they disagree most", { short: "Claims" });
    s.put(rows.length === 0 ? paragraph("They decide alike on every claim.") : table({ caption: "Claims", note: figures.currency, rows,
      columns: [{ label: "claim", value: (row) => row.claim_id }, { label: "balance", kind: "cents", value: (row) => row.balance },
        { label: "champion", value: (row) => row.decision }, { label: "challenger", value: (row) => row.decision_challenger },
        { label: "value", kind: "cents", value: (row) => row.value }, { label: "by the challenger", kind: "cents", value: (row) => row.value_challenger },
        { label: "loss if it follows", kind: "cents", value: (row) => row.loss_by_champion }, { label: "loss if it does not", kind: "cents", value: (row) => row.loss_by_challenger }] }));
  }

  function sources() {
    const s = section("sources", "Where the figures come from", { short: "Sources" });
    const side = (name, of) => [`${name}`, `${of.model}${of.version === null ? "" : `, version ${of.version}`} (${of.model_sha256})`];
    s.put(facts([side("Champion", champion), side("Challenger", challenger), ["Cut-off", date(figures.cutoff)], ["Program", `${figures.manifest.program} ${figures.manifest.version}`]]));
  }

  head();
  matrix();
  claims();
  sources();
  jalki.finish("Values are expectations: as good as the models and the tape. Nothing here is legal advice.");
})();
