/* SPDX-License-Identifier: Apache-2.0 */
/* Every class of error in a model file: the line, the dotted key and the words. Each case is one edit of example.yaml.
 */
#include "cmocka_all.h"

#include <stdbool.h>

#include "model_files.h"

typedef struct error_case {
    const char *from, *to; /* replaced once; `to` NULL: taken away */
    int line;
    const char *key;
    const char *message;
} error_case;

static const error_case cases[] = {
    /* keys */
    {"horizon_months: 60", "horizon_month: 60", 7, "horizon_month", "unknown key, did you mean horizon_months?"},
    {"irr: 0.15", "irr: 0.15\nqwertyuiop: 1", 10, "qwertyuiop",
     "unknown key, expected one of: jalki_model, name, version, lineage, base_currency, fx, horizon_months, epochs, "
     "irr, cost_inflation, "
     "onboarding_cost, extra, jurisdictions, statuses, vulnerable_allow, unreachable_allow, scorecard, segments, risk"},
    {"irr: 0.15", NULL, 3, "irr", "missing key, expected a number from 0 to 10"},
    {"irr: 0.15", "irr: 0.15\nirr: 0.15", 10, "irr", "the key stands twice (first on line 9), expected once"},
    {"      per_dependant: 290\n", "", 29, "jurisdictions.FI.attachable.per_dependant",
     "missing key, expected a number from 0 to 10000000"},
    {"filing: 86", "filling: 86", 92, "segments[0].cost.legal.filling", "unknown key, did you mean filing?"},
    {"scorecard:\n", "scorecard:\n  forest: model.json\n", 65, "scorecard.forest",
     "unknown key, expected one of: intercept, weak_from, able_from, half_life, class_given_score, characteristics, "
     "trees, network, own_score"},
    /* version and general numbers */
    {"jalki_model: 1", "jalki_model: 2", 3, "jalki_model",
     "expected 1, the version of this format, found the number 2"},
    {"irr: 0.15", "irr: fifteen", 9, "irr", "expected a number from 0 to 10, found the text \"fifteen\""},
    {"irr: 0.15", "irr: \"0.15\"", 9, "irr", "expected a number from 0 to 10, found the text \"0.15\""},
    {"irr: 0.15", "irr: -0.01", 9, "irr", "expected a number from 0 to 10, found the number -0.01"},
    {"irr: 0.15", "irr: .inf", 9, "irr", "expected a number from 0 to 10, found the text \".inf\""},
    {"irr: 0.15", "irr: .nan", 9, "irr", "expected a number from 0 to 10, found the text \".nan\""},
    {"irr: 0.15", "irr: 1e999", 9, "irr", "expected a number from 0 to 10, found the text \"1e999\""},
    {"irr: 0.15", "irr: 0x1", 9, "irr", "expected a number from 0 to 10, found the text \"0x1\""},
    {"irr: 0.15", "irr: 15 %", 9, "irr", "expected a number from 0 to 10, found the text \"15 %\""},
    {"irr: 0.15", "irr: true", 9, "irr", "expected a number from 0 to 10, found the boolean true"},
    {"irr: 0.15", "irr: ~", 9, "irr", "expected a number from 0 to 10, found null"},
    {"irr: 0.15", "irr: [0.15]", 9, "irr", "expected a number from 0 to 10, found a list"},
    {"name: example", "name: 2026", 4, "name", "expected a text, found the number 2026"},
    {"name: example", "name: \"\"", 4, "name", "expected a text, found the text \"\""},
    {"base_currency: EUR", "base_currency: euro", 5, "base_currency",
     "expected a currency of three capital letters, found the text \"euro\""},
    {"EUR: 1.0", "EUR: 1.1", 6, "fx.EUR", "expected 1, the rate of the base currency, found the number 1.1"},
    {"SEK: 0.0885", "SEK: 0", 6, "fx.SEK", "expected a number above 0 and at most 1000000, found the number 0"},
    {"SEK: 0.0885", "kr: 0.0885", 6, "fx.kr", "expected a currency of three capital letters, found the text \"kr\""},
    {"[3, 3, 6, 12, 12, 24]", "[3, 3, 6, 12, 12, 25]", 8, "epochs",
     "expected epochs that sum to horizon_months (60), found the sum 61"},
    {"[3, 3, 6, 12, 12, 24]", "[3, 0, 57]", 8, "epochs[1]",
     "expected a whole number from 1 to 600, found the number 0"},
    {"[3, 3, 6, 12, 12, 24]", "[3.5, 56.5]", 8, "epochs[0]",
     "expected a whole number from 1 to 600, found the number 3.5"},
    {"[3, 3, 6, 12, 12, 24]", "[]", 8, "epochs",
     "expected a list of whole numbers of months, found a list that is empty"},
    {"epochs: [3, 3, 6, 12, 12, 24]\n", "", 3, "epochs",
     "missing key, expected epochs that sum to horizon_months (60)"},
    /* law */
    {"  FI:\n", "  Finland:\n", 14, "jurisdictions.Finland",
     "expected a country of two capital letters, found the text \"Finland\""},
    {"currency: SEK", "currency: DKK", 36, "jurisdictions.SE.currency",
     "the currency DKK has no rate, expected one under fx"},
    {"letter_interrupts: true", "letter_interrupts: yes", 20, "jurisdictions.FI.limitation.letter_interrupts",
     "expected true or false, found the text \"yes\""},
    {"letter_interrupts: true", "letter_interrupts: 1", 20, "jurisdictions.FI.limitation.letter_interrupts",
     "expected true or false, found the number 1"},
    {"letter_interrupts: true", "letter_interrupts: True", 20, "jurisdictions.FI.limitation.letter_interrupts",
     "expected true or false, found the text \"True\""},
    {"      interruption_cost: 2.5\n", "", 17, "jurisdictions.FI.limitation.interruption_cost",
     "missing key, expected the cost of a letter where letters interrupt limitation"},
    {"        - {months: 36}\n", "", 18, "jurisdictions.FI.limitation.periods[0]",
     "the last period must match all claims, expected none of `when`"},
    {"- {months: 36}", "- {months: 36.5}", 19, "jurisdictions.FI.limitation.periods[1].months",
     "expected a whole number above 0 and at most 12000, or null, found the number 36.5"},
    {"placements: [0, 1]", "placements: [0, few]", 18, "jurisdictions.FI.limitation.periods[0].when.placements[1]",
     "expected a whole number, 0 or more, found the text \"few\""},
    {"product: [consumer_loan], ", "products: [consumer_loan], ", 18,
     "jurisdictions.FI.limitation.periods[0].when.products", "unknown column in a condition, did you mean product?"},
    {"product: [consumer_loan], ", "birth_year: [1970], ", 18, "jurisdictions.FI.limitation.periods[0].when.birth_year",
     "expected two bounds, from the first to below the second, found 1"},
    {"product: [consumer_loan], ", "balance: [5000, 500], ", 18, "jurisdictions.FI.limitation.periods[0].when.balance",
     "expected from, below or both, and `from` less than `below`"},
    {"product: [consumer_loan], ", "title_on: {from: 2024-02-30}, ", 18,
     "jurisdictions.FI.limitation.periods[0].when.title_on.from",
     "expected a date YYYY-MM-DD, found the text \"2024-02-30\""},
    {"product: [consumer_loan], ", "month_since_default: [1, 2], ", 18,
     "jurisdictions.FI.limitation.periods[0].when.month_since_default",
     "unknown column in a condition, did you mean months_since_default?"},
    {"title_final_months: {consumer: 180, business: null}", "title_final_months: {consumer: 180}", 24,
     "jurisdictions.FI.limitation.title_final_months.business",
     "missing key, expected a whole number above 0 and at most 12000, or null"},
    {"assumed_age: 48", "assumed_age: null", 27, "jurisdictions.FI.mortality.assumed_age",
     "expected a number from 0 to 130, found null"},
    {"max_share: 0.5", "max_share: 1.5", 32, "jurisdictions.FI.attachable.max_share",
     "expected a number from 0 to 1, found the number 1.5"},
    {"{from_multiple: 2, rate: 0.3333}", "{from_multiple: 1, rate: 0.3333}", 34, "jurisdictions.FI.attachable.bands[1]",
     "expected multiples that ascend, found 1 after 1"},
    {"attachable: null", "attachable: none", 56, "jurisdictions.NO.attachable",
     "expected a map, or null, found the text \"none\""},
    /* statuses */
    {"  debt_adjustment:", "  debt_settlement:", 60, "statuses.debt_settlement",
     "unknown legal status, did you mean debt_adjustment?"},
    {"allow: [surveil]", "allow: [surveill]", 60, "statuses.debt_adjustment.allow[0]",
     "unknown action, found the text \"surveill\", did you mean surveil?"},
    {"title: title", "title: granted", 59, "statuses.enforcement_insolvent.title",
     "unknown title state, found the text \"granted\", expected one of: none, pending, title"},
    {"vulnerable_allow: [surveil]", "vulnerable_allow: [surveil, legal]", 61, "vulnerable_allow[1]",
     "legal is not allowed here, expected surveil, amicable or close"},
    {"vulnerable_allow: [surveil]", "vulnerable_allow: [sell]", 61, "vulnerable_allow[0]",
     "sell is not allowed here, expected surveil, amicable or close"},
    /* scorecard */
    {"  half_life: 18\n", "", 65, "scorecard.half_life",
     "missing key, expected the months in which the points of months_since_last_payment lose half of their weight, as "
     "it has `fades: true`"},
    {"half_life: 18", "half_life: 0", 68, "scorecard.half_life",
     "expected a number above 0 and at most 12000, found the number 0"},
    {"since_last_payment: 4", "since_last_payment: 2.5", 99, "segments[0].payers.since_last_payment",
     "expected a whole number from 0 to 12000, found the number 2.5"},
    {"      monthly_share: [0.015, 0.03, 0.05]\n", "", 95, "segments[0].payers.monthly_share",
     "missing key, expected a list of 3 numbers from 0 to 10"},
    {"unreachable_allow: [surveil, legal, sell]", "unreachable_allow: [call]", 62, "unreachable_allow[0]",
     "unknown action, found the text \"call\", did you mean sell?"},
    {"able_from: 560", "able_from: 400", 67, "scorecard.able_from", "expected at least weak_from (430), found 400"},
    {"weak_from: 430", "weak_from: 1002", 66, "scorecard.weak_from",
     "expected a number from 0 to 1001, found the number 1002"},
    {"name: months_since_last_payment", "name: months_since_last_paymnt", 70, "scorecard.characteristics[0].name",
     "unknown characteristic, did you mean months_since_last_payment?"},
    {"name: months_since_last_payment", "name: defaulted_on", 70, "scorecard.characteristics[0].name",
     "defaulted_on is a key or a date, expected a column of amounts, numbers or levels"},
    {"name: months_since_last_payment", "name: claim_id", 70, "scorecard.characteristics[0].name",
     "claim_id is a key or a date, expected a column of amounts, numbers or levels"},
    {"name: months_since_last_payment", "name: zodiac", 70, "scorecard.characteristics[0].name",
     "expected a tape column, a derived figure (docs/model-file.md lists them) or a name of `extra`, found the text "
     "\"zodiac\""},
    {"name: months_since_last_payment", "name: employment", 70, "scorecard.characteristics[0].bins",
     "employment is categorical, expected levels"},
    {"name: legal_status", "name: income_monthly", 71, "scorecard.characteristics[1].levels",
     "income_monthly is numeric, expected bins"},
    {"missing: -0.25, bins", "other: 0, bins", 70, "scorecard.characteristics[0].other",
     "months_since_last_payment is numeric, expected bins that hold every value"},
    {"{below: 24, points: 0.2}", "{below: 6, points: 0.2}", 70, "scorecard.characteristics[0].bins[1]",
     "expected `below` to ascend, found 6 after 6"},
    {"{points: -0.3}", "{below: 48, points: -0.3}", 70, "scorecard.characteristics[0].bins[2]",
     "the last bin must hold all that is left, expected no `below`"},
    {"{below: 24, points: 0.2}", "{points: 0.2}", 70, "scorecard.characteristics[0].bins[1]",
     "a bin before the last one, expected `below`"},
    {"levels: {title: 0.15", "levels: {titel: 0.15", 71, "scorecard.characteristics[1].levels.titel",
     "unknown legal_status, found the text \"titel\", did you mean title?"},
    {"levels: {FI: 0.1", "levels: {fin: 0.1", 72, "scorecard.characteristics[2].levels.fin",
     "expected a country of two capital letters, found the text \"fin\""},
    {"{name: country, levels: {FI: 0.1, NO: -0.1}}", "{name: country}", 72, "scorecard.characteristics[2].levels",
     "missing key, country is categorical"},
    {"name: country,", "name: legal_status,", 72, "scorecard.characteristics[2].levels.FI",
     "unknown legal_status, found the text \"FI\", expected one of: none, filed, title, enforcement, "
     "enforcement_insolvent, bankruptcy, debt_adjustment, deceased, disputed"},
    {"name: country, levels: {FI: 0.1, NO: -0.1}", "name: legal_status, levels: {title: 1}", 72,
     "scorecard.characteristics[2].name", "legal_status stands twice, expected once"},
    /* segments */
    {"id: fi-consumer", "id: all", 75, "segments[0].id", "`all` names the sum over segments, expected another id"},
    {"id: rest", "id: fi-consumer", 104, "segments[1].id", "the id fi-consumer stands twice, expected distinct ids"},
    {"id: rest", "id: \"re,st\"", 104, "segments[1].id",
     "expected at most 63 bytes without spaces, commas, semicolons and quotes"},
    {"id: rest\n", "id: rest\n    when: {country: [SE]}\n", 104, "segments[1]",
     "the last segment must match all claims, expected none of `when`"},
    {"country: [FI]", "country: [Finland]", 76, "segments[0].when.country[0]",
     "expected a country of two capital letters, found the text \"Finland\""},
    {"country: [FI]", "country: FI", 76, "segments[0].when.country",
     "expected a list of values, found the text \"FI\""},
    {"country: [FI]", "country: []", 76, "segments[0].when.country",
     "expected a list of values, found a list that is empty"},
    {"debtor_type: [consumer]", "debtor_type: [person]", 76, "segments[0].when.debtor_type[0]",
     "unknown debtor_type, found the text \"person\", expected one of: consumer, business"},
    {"vulnerable: [0]", "vulnerable: [2]", 76, "segments[0].when.vulnerable[0]",
     "unknown vulnerable, found the number 2, expected one of: 0, 1"},
    {"theta_center: [0.1, 0.2, 0.3]", "theta_center: [0.1, 0.2]", 78, "segments[0].theta_center",
     "expected 3 numbers, found 2"},
    {"theta_center: [0.1, 0.2, 0.3]", "theta_center: [0.1, 0.2, abc]", 78, "segments[0].theta_center[2]",
     "expected a number from -100 to 100, found the text \"abc\""},
    {"[[0, 0.0012]", "[[1, 0.0012]", 80, "segments[0].curves.surveil[0]",
     "expected the first step at month 0, found the number 1"},
    {"[60, 0.0008]", "[0, 0.0008]", 80, "segments[0].curves.surveil[1]",
     "expected months that ascend, found the number 0"},
    {"[60, 0.0008]", "[60.5, 0.0008]", 80, "segments[0].curves.surveil[1]",
     "expected a whole number of months from 0 to 12000, found the number 60.5"},
    {"[60, 0.0008]", "[60, -0.0008]", 80, "segments[0].curves.surveil[1][1]",
     "expected a number from 0 to 100, found the number -0.0008"},
    {"[60, 0.0008]", "[60]", 80, "segments[0].curves.surveil[1]", "expected a step [month, number], found a list"},
    {"[[0, 0.0012], [60, 0.0008]]", "[]", 80, "segments[0].curves.surveil",
     "expected a list of [month, number from 0 to 100] from month 0 on, found a list that is empty"},
    {"surveil: [[0.985, 0.012, 0.003]", "surveil: [[0.985, 0.012, 0.0031]", 85, "segments[0].class_monthly.surveil[0]",
     "expected a row that sums to 1, found the sum 1.0001"},
    {"surveil: [[0.985, 0.012, 0.003]", "surveil: [[1.001, -0.001, 0]", 85, "segments[0].class_monthly.surveil[0][0]",
     "expected a number from 0 to 1, found the number 1.001"},
    {"surveil: [[0.985, 0.012, 0.003], ", "surveil: [", 85, "segments[0].class_monthly.surveil",
     "expected 3 rows, found 2"},
    {"contingent: 0.12, filing", "contingent: 1, filing", 92, "segments[0].cost.legal.contingent",
     "expected a number at least 0 and below 1, found the number 1"},
    {"amicable: 0.92, legal: 0.99", "amicable: 1.01, legal: 0.99", 88, "segments[0].recovery_share.amicable",
     "expected a number from 0 to 1, found the number 1.01"},
    {"bar_months: 36, transaction_cost: 0.03", "bar_months: 0, transaction_cost: 0.03", 102,
     "segments[0].market.bar_months", "expected a number above 0 and at most 12000, found the number 0"},
    /* YAML itself */
    {"irr: 0.15", "irr: !!float 0.15", 9, "irr", "a YAML tag, expected a plain value"},
    {"irr: 0.15", "irr: *unknown", 9, "irr", "an alias without an anchor before it"},
    {"name: example", "name: &a [*a]", 4, "name[0]", "an alias inside the value that it stands for, expected no cycle"},
    {"irr: 0.15", "? [a]\n: 1", 9, NULL, "a key that is no plain word, expected one"},
    {"name: example", "name: \"a\\0b\"", 4, "name", "a text with a NUL byte inside, expected none"},
    {"statuses:", "---\nstatuses:", 59, NULL, "a second YAML document, expected one"},
    /* risk.correlation */
    {"correlation: {factors: [fi-consumer, FI, NO, SE], matrix: [[1, 0.5, 0.2, 0.3], [0.5, 1, 0.1, 0.4], "
     "[0.2, 0.1, 1, 0.6], [0.3, 0.4, 0.6, 1]]}",
     "correlation: x", 120, "risk.correlation",
     "expected a number from 0 to 1, or a map of factors and their matrix, found the text \"x\""},
    {"correlation: {factors: [fi-consumer, FI, NO, SE], matrix: [[1, 0.5, 0.2, 0.3], [0.5, 1, 0.1, 0.4], "
     "[0.2, 0.1, 1, 0.6], [0.3, 0.4, 0.6, 1]]}",
     "correlation: 1.5", 120, "risk.correlation",
     "expected a number from 0 to 1, or a map of factors and their matrix, found the number 1.5"},
    {"correlation: {factors: [fi-consumer, FI, NO, SE], matrix: [[1, 0.5, 0.2, 0.3], [0.5, 1, 0.1, 0.4], "
     "[0.2, 0.1, 1, 0.6], [0.3, 0.4, 0.6, 1]]}",
     "correlation: [1]", 120, "risk.correlation",
     "expected a number from 0 to 1, or a map of factors and their matrix, found a list"},
    {"correlation: {factors: [fi-consumer, FI, NO, SE], matrix: [[1, 0.5, 0.2, 0.3], [0.5, 1, 0.1, 0.4], "
     "[0.2, 0.1, 1, 0.6], [0.3, 0.4, 0.6, 1]]}",
     "correlation: {matrix: [[1]]}", 120, "risk.correlation.factors",
     "missing key, expected a list of segments, countries and SEGMENT/COUNTRY"},
    {"factors: [fi-consumer, FI, NO, SE]", "factors: []", 120, "risk.correlation.factors",
     "expected a list of segments, countries and SEGMENT/COUNTRY, found a list that is empty"},
    {"factors: [fi-consumer, FI, NO, SE]", "factors: [fi-consumr, rest, SE, NO]", 120, "risk.correlation.factors[0]",
     "unknown factor fi-consumr, did you mean fi-consumer?"},
    {"factors: [fi-consumer, FI, NO, SE]", "factors: [fi-consumer, rest/IF]", 120, "risk.correlation.factors[1]",
     "unknown factor rest/IF, did you mean rest/FI?"},
    {"factors: [fi-consumer, FI, NO, SE]", "factors: [qwertyuiop]", 120, "risk.correlation.factors[0]",
     "unknown factor qwertyuiop, expected a segment, a country, or a segment in a country as SEGMENT/COUNTRY"},
    {"factors: [fi-consumer, FI, NO, SE]", "factors: [rest, [1]]", 120, "risk.correlation.factors[1]",
     "expected a segment, a country or SEGMENT/COUNTRY, found a list"},
    {"factors: [fi-consumer, FI, NO, SE]", "factors: [rest, SE, rest, NO]", 120, "risk.correlation.factors[2]",
     "rest stands twice (as number 0, too), expected once"},
    {"factors: [fi-consumer, FI, NO, SE]", "factors: [rest/FI, rest/NO, SE, FI]", 120, "risk.correlation.factors",
     "expected a factor for every segment in every country, found none for segment fi-consumer in NO (and 0 more): "
     "name fi-consumer, NO or fi-consumer/NO"},
    {"matrix: [[1, 0.5, 0.2, 0.3], [0.5, 1, 0.1, 0.4], [0.2, 0.1, 1, 0.6], [0.3, 0.4, 0.6, 1]]", "matrix: 1", 120,
     "risk.correlation.matrix", "expected a row of numbers from -1 to 1 for each factor, found the number 1"},
    {"matrix: [[1, 0.5, 0.2, 0.3], [0.5, 1, 0.1, 0.4], [0.2, 0.1, 1, 0.6], [0.3, 0.4, 0.6, 1]]", "matrix: [[1]]", 120,
     "risk.correlation.matrix", "expected 4 rows, one for each factor, found 1"},
    {"matrix: [[1, 0.5, 0.2, 0.3], [0.5, 1, 0.1, 0.4], [0.2, 0.1, 1, 0.6], [0.3, 0.4, 0.6, 1]]",
     "matrix: [[1, 0, 0, 0], [0, 1, 0], [0, 0, 1, 0], [0, 0, 0, 1]]", 120, "risk.correlation.matrix[1]",
     "expected 4 numbers, one for each factor, found 3"},
    {"matrix: [[1, 0.5, 0.2, 0.3], [0.5, 1, 0.1, 0.4], [0.2, 0.1, 1, 0.6], [0.3, 0.4, 0.6, 1]]",
     "matrix: [[1, 0, 0, 0], 1, [0, 0, 1, 0], [0, 0, 0, 1]]", 120, "risk.correlation.matrix[1]",
     "expected a row of numbers from -1 to 1, found the number 1"},
    {"[1, 0.5, 0.2, 0.3]", "[1, 0.5, .nan, 0.3]", 120, "risk.correlation.matrix[0][2]",
     "expected a number from -1 to 1, found the text \".nan\""},
    {"[1, 0.5, 0.2, 0.3]", "[1, 0.5, 1.2, 0.3]", 120, "risk.correlation.matrix[0][2]",
     "expected a number from -1 to 1, found the number 1.2"},
    {"[0.5, 1, 0.1, 0.4]", "[0.5, 0.9, 0.1, 0.4]", 120, "risk.correlation.matrix[1][1]",
     "expected 1, of FI with itself, found 0.9"},
    {"[0.2, 0.1, 1, 0.6]", "[0.2, 0.3, 1, 0.6]", 120, "risk.correlation.matrix[2][1]",
     "expected 0.1 as row 1 has it (FI and NO), found 0.3"},
    {"matrix: [[1, 0.5, 0.2, 0.3], [0.5, 1, 0.1, 0.4], [0.2, 0.1, 1, 0.6], [0.3, 0.4, 0.6, 1]]",
     "matrix: [[1, 0.9, 0, 0], [0.9, 1, 0.9, 0], [0, 0.9, 1, 0], [0, 0, 0, 1]]", 120, "risk.correlation.matrix",
     "expected a positive semi-definite matrix; given the factors before it, NO (row 2) has the pivot -3.26316: "
     "no variance may be below 0"},
    {"matrix: [[1, 0.5, 0.2, 0.3], [0.5, 1, 0.1, 0.4], [0.2, 0.1, 1, 0.6], [0.3, 0.4, 0.6, 1]]",
     "matrix: [[1, 1, 0, 0], [1, 1, 0.9, 0], [0, 0.9, 1, 0], [0, 0, 0, 1]]", 120, "risk.correlation.matrix",
     "expected a positive semi-definite matrix; the factors before FI determine it, and make its correlation with "
     "NO 0, found 0.9"},
};

static void assert_case(const error_case *c) {
    char text[JK_ERROR_TEXT_MAX];
    jk_model *model = NULL;
    jk_error error = {0};
    jk_status status = load_edited(&model, &error, c->from, c->to, NULL);
    (void)jk_error_text(&error, text, sizeof text);
    bool good = status == JK_ERROR_MODEL && error.status == JK_ERROR_MODEL && model == NULL &&
                (c->key == NULL || strcmp(error.key, c->key) == 0) &&
                (c->message == NULL || strcmp(error.message, c->message) == 0) &&
                (c->key == NULL || error.line == c->line) && strstr(error.file, "edited.yaml") != NULL;
    if (!good) {
        fail_msg("\"%s\" -> \"%s\"\n  found    %s\n  expected %d: %s: %s", c->from, c->to ? c->to : "", text, c->line,
                 c->key ? c->key : "*", c->message ? c->message : "*");
    }
}

static void each_error_names_line_key_and_cause(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_case(&cases[i]);
    }
}

static void assert_text_fails(const char *text, size_t length, jk_status status, int64_t line, const char *message) {
    jk_model *model = NULL;
    jk_error error = {0};
    assert_int_equal(load_text(text, length, &model, &error), status);
    assert_null(model);
    assert_string_equal(error.message, message);
    assert_int_equal(error.line, line);
}

static void files_that_are_no_model(void **state) {
    (void)state;
    assert_text_fails("", 0, JK_ERROR_MODEL, 1, "an empty file, expected keys and values");
    assert_text_fails("# nothing\n", 10, JK_ERROR_MODEL, 1, "an empty file, expected keys and values");
    assert_text_fails("- 1\n", 4, JK_ERROR_MODEL, 1, "expected keys and values, found a list");
    assert_text_fails("\nhello\n", 7, JK_ERROR_MODEL, 2, "expected keys and values, found the text \"hello\"");
    assert_text_fails("a: [1, 2\n", 9, JK_ERROR_MODEL, 2,
                      "not YAML: did not find expected ',' or ']' (column 1), while parsing a flow sequence");
    assert_text_fails("a: \xff\n", 5, JK_ERROR_MODEL, 1, "not UTF-8 text: invalid leading UTF-8 octet at byte 3");
}

static void files_that_cannot_be_read(void **state) {
    (void)state;
    jk_model *model = NULL;
    jk_error error = {0};
    assert_int_equal(jk_model_load("/nonexistent/model.yaml", &model, &error), JK_ERROR_IO);
    assert_string_equal(error.file, "/nonexistent/model.yaml");
    assert_string_equal(error.message, "cannot open: No such file or directory");
    error = (jk_error){0};
    assert_int_equal(jk_model_load("/tmp", &model, &error), JK_ERROR_IO);
    assert_string_equal(error.message, "cannot read: not a regular file");
    assert_int_equal(jk_model_load("/nonexistent/model.yaml", &model, NULL), JK_ERROR_IO);
    assert_null(model);
}

static void the_first_error_is_the_one_reported(void **state) {
    (void)state;
    jk_model *model = NULL;
    jk_error error = {.status = JK_ERROR_DATA, .message = "an earlier cause"};
    assert_int_equal(load_edited(&model, &error, "irr: 0.15", "irr: x", NULL), JK_ERROR_MODEL);
    assert_string_equal(error.message, "an earlier cause");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_error_names_line_key_and_cause),
        cmocka_unit_test(files_that_are_no_model),
        cmocka_unit_test(files_that_cannot_be_read),
        cmocka_unit_test(the_first_error_is_the_one_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
