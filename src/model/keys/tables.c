/* SPDX-License-Identifier: Apache-2.0 */
/* Every key of the model file: kind, bounds, what happens if it is absent, where it goes. */
#include "model/keys/tables.h"

#include <math.h>

#include "model/keys/sections.h"

#define REQUIRED JK_FIELD_REQUIRED
#define NULLABLE JK_FIELD_NULLABLE
#define MONEY    JK_FIELD_MONEY
#define OPEN_LOW JK_FIELD_ABOVE_LOW
#define KEEP     JK_FIELD_KEEP

#define RECORD(id, words, table)                                                                                       \
    const jk_record jk_record_##id = {.name = (words), .fields = (table), .count = sizeof(table) / sizeof(table)[0]}
#define REAL(k, f, lo, hi, s, member, text)                                                                            \
    {                                                                                                                  \
        .key = (k), .kind = JK_FIELD_REAL, .flags = (f), .low = (lo), .high = (hi), .offset = offsetof(s, member),     \
        .meaning = (text)                                                                                              \
    }
#define DEFAULT_REAL(k, value, lo, hi, s, member, text)                                                                \
    {                                                                                                                  \
        .key = (k), .kind = JK_FIELD_REAL, .low = (lo), .high = (hi), .fallback = (value),                             \
        .offset = offsetof(s, member), .meaning = (text)                                                               \
    }
#define WHOLE(k, f, lo, hi, s, member, text)                                                                           \
    {                                                                                                                  \
        .key = (k), .kind = JK_FIELD_WHOLE, .flags = (f), .low = (lo), .high = (hi), .offset = offsetof(s, member),    \
        .fallback = INFINITY, .meaning = (text)                                                                        \
    }
#define BOOLEAN(k, f, s, member, text)                                                                                 \
    { .key = (k), .kind = JK_FIELD_BOOLEAN, .flags = (f), .offset = offsetof(s, member), .meaning = (text) }
#define REALS(k, f, n, lo, hi, s, member, text)                                                                        \
    {                                                                                                                  \
        .key = (k), .kind = JK_FIELD_REALS, .flags = (f), .low = (lo), .high = (hi), .count = (n),                     \
        .offset = offsetof(s, member), .meaning = (text)                                                               \
    }
#define MATRIX(k, f, s, member, text)                                                                                  \
    {                                                                                                                  \
        .key = (k), .kind = JK_FIELD_MATRIX, .flags = (f), .low = 0, .high = 1, .count = JK_CAPACITY_COUNT,            \
        .offset = offsetof(s, member), .meaning = (text)                                                               \
    }
#define STEPS(k, hi, s, member, text)                                                                                  \
    {                                                                                                                  \
        .key = (k), .kind = JK_FIELD_STEPS, .flags = REQUIRED, .low = 0, .high = (hi), .offset = offsetof(s, member),  \
        .meaning = (text)                                                                                              \
    }
#define MAP(k, f, table, text)                                                                                         \
    { .key = (k), .kind = JK_FIELD_RECORD, .flags = (f), .record = &(table), .meaning = (text) }
#define OTHER(k, f, place, function, words, text)                                                                      \
    {                                                                                                                  \
        .key = (k), .kind = JK_FIELD_OTHER, .flags = (f), .offset = (place), .read = (function), .expected = (words),  \
        .meaning = (text)                                                                                              \
    }

enum { MONTHS_MAX = 12000 }; /* a thousand years: dates stay within year 9999 */
#define MONEY_MAX 1e7

static const jk_field period_fields[] = {
    WHOLE("months", REQUIRED | NULLABLE | OPEN_LOW, 0, MONTHS_MAX, jk_limitation_period, months,
          "months until the claim is barred; null: never"),
    OTHER("when", KEEP, offsetof(jk_limitation_period, when), jk_read_condition,
          "a map of columns to lists of values or ranges", "claims to which the period applies; absent: all"),
};
RECORD(period, "jurisdictions.COUNTRY.limitation.periods[]", period_fields);

#define BY_DEBTOR_TYPE(member)                                                                                         \
    WHOLE("consumer", REQUIRED | NULLABLE | OPEN_LOW, 0, MONTHS_MAX, jk_jurisdiction, limitation.member[JK_CONSUMER],  \
          "months for consumers; null: never"),                                                                        \
        WHOLE("business", REQUIRED | NULLABLE | OPEN_LOW, 0, MONTHS_MAX, jk_jurisdiction,                              \
              limitation.member[JK_BUSINESS], "months for businesses; null: never")

static const jk_field title_final_fields[] = {BY_DEBTOR_TYPE(title_final_months)};
RECORD(title_final, "jurisdictions.COUNTRY.limitation.title_final_months", title_final_fields);

static const jk_field final_fields[] = {BY_DEBTOR_TYPE(final_months)};
RECORD(final, "jurisdictions.COUNTRY.limitation.final_months", final_fields);

static const jk_field limitation_fields[] = {
    OTHER("periods", REQUIRED, 0, jk_read_periods, "a list of periods, the last without `when`",
          "limitation without a title: the first period that matches"),
    BOOLEAN("letter_interrupts", REQUIRED, jk_jurisdiction, limitation.letter_interrupts,
            "whether a letter of the creditor starts the period anew"),
    {.key = "interruption_cost",
     .kind = JK_FIELD_REAL,
     .flags = MONEY,
     .low = 0,
     .high = MONEY_MAX,
     .fallback = NAN, /* law.c asks for it where letters interrupt */
     .offset = offsetof(jk_jurisdiction, limitation.interruption_cost),
     .meaning = "cost of one such letter, per debtor; required where letters interrupt"},
    WHOLE("title_months", NULLABLE | OPEN_LOW, 0, MONTHS_MAX, jk_jurisdiction, limitation.title_months,
          "life of a title in months; null or absent: titles do not end"),
    BOOLEAN("title_renewable", 0, jk_jurisdiction, limitation.title_renewable,
            "whether a title can be renewed before it ends; absent: false"),
    MAP("title_final_months", REQUIRED, jk_record_title_final, "end of a title that no renewal moves, from its date"),
    MAP("final_months", REQUIRED, jk_record_final, "end of the claim that nothing moves, from defaulted_on"),
};
RECORD(limitation, "jurisdictions.COUNTRY.limitation", limitation_fields);

static const jk_field interest_fields[] = {
    REAL("consumer", REQUIRED, 0, 10, jk_jurisdiction, interest.rate[JK_CONSUMER],
         "statutory late interest for consumers, simple, per year"),
    REAL("business", REQUIRED, 0, 10, jk_jurisdiction, interest.rate[JK_BUSINESS],
         "statutory late interest for businesses, simple, per year"),
    {.key = "accrual_months",
     .kind = JK_FIELD_REAL,
     .flags = NULLABLE,
     .low = 0,
     .high = MONTHS_MAX,
     .fallback = INFINITY,
     .offset = offsetof(jk_jurisdiction, interest.accrual_months),
     .meaning = "months from the cut-off during which interest accrues; null or absent: no end"},
};
RECORD(interest, "jurisdictions.COUNTRY.interest", interest_fields);

static const jk_field mortality_fields[] = {
    REAL("G", REQUIRED, 0, 1, jk_jurisdiction, mortality.G, "level of the yearly hazard G*exp(b*age)"),
    REAL("b", REQUIRED, 0, 0.3, jk_jurisdiction, mortality.b, "growth of the hazard per year of age"),
    REAL("assumed_age", REQUIRED, 0, 130, jk_jurisdiction, mortality.assumed_age,
         "age in years where the year of birth is unknown; used for mortality only"),
};
RECORD(mortality, "jurisdictions.COUNTRY.mortality", mortality_fields);

static const jk_field band_fields[] = {
    REAL("from_multiple", REQUIRED, 0, 1000, jk_attachable_band, from_multiple,
         "multiple of the protected amount at which the band begins"),
    REAL("rate", REQUIRED, 0, 1, jk_attachable_band, rate, "share taken of the income within the band"),
    DEFAULT_REAL("months", 12, 1, 12, jk_attachable_band, months,
                 "months of the year in which it may be taken; absent: 12"),
};
RECORD(band, "jurisdictions.COUNTRY.attachable.bands[]", band_fields);

static const jk_field attachable_fields[] = {
    REAL("base", REQUIRED | MONEY, 0, MONEY_MAX, jk_jurisdiction, attachable.base,
         "protected amount of the debtor, per month"),
    REAL("per_dependant", REQUIRED | MONEY, 0, MONEY_MAX, jk_jurisdiction, attachable.per_dependant,
         "protected amount of each dependant, per month"),
    BOOLEAN("housing_counts", REQUIRED, jk_jurisdiction, attachable.housing_counts,
            "whether housing cost is added to the protected amount"),
    REAL("max_share", REQUIRED, 0, 1, jk_jurisdiction, attachable.max_share,
         "largest share of the income that is taken"),
    REAL("assumed_attachable", MONEY, 0, MONEY_MAX, jk_jurisdiction, attachable.assumed_attachable,
         "attachable income per month where income is unknown; absent: 0"),
    OTHER("bands", REQUIRED, 0, jk_read_bands, "a list of bands", "bands of income, by ascending multiple"),
};
RECORD(attachable, "jurisdictions.COUNTRY.attachable", attachable_fields);

static const jk_field jurisdiction_fields[] = {
    OTHER("currency", KEEP, offsetof(jk_jurisdiction, currency), jk_read_currency,
          "a currency of three capital letters",
          "currency of the money in this jurisdiction; absent: the base currency"),
    MAP("limitation", REQUIRED, jk_record_limitation, "when a claim is barred"),
    MAP("interest", REQUIRED, jk_record_interest, "statutory late interest"),
    MAP("mortality", REQUIRED, jk_record_mortality, "mortality of consumers"),
    OTHER("attachable", REQUIRED | NULLABLE, 0, jk_read_attachable, "a map, or null",
          "income that enforcement can take; null: private creditors cannot garnish"),
};
RECORD(jurisdiction, "jurisdictions.COUNTRY", jurisdiction_fields);

static const jk_field status_fields[] = {
    OTHER("class", KEEP | NULLABLE, 0, jk_read_class, "none, weak, able, or null",
          "capacity class that the status forces; null: by the score"),
    OTHER("title", KEEP, 0, jk_read_title, "none, pending or title", "title state that the status implies"),
    OTHER("allow", KEEP, 0, jk_read_allow, "a list of actions", "actions that the status allows; close always"),
    REAL("exit_monthly", KEEP, 0, 10, jk_status_rule, exit_monthly,
         "intensity of exit that the status adds, per month"),
    REAL("dividend_monthly", KEEP, 0, 10, jk_status_rule, dividend_monthly,
         "intensity of dividends that the status brings whatever is done, per month; absent: 0"),
};
RECORD(status, "statuses.STATUS", status_fields);

static const jk_field bin_fields[] = {
    {.key = "below",
     .kind = JK_FIELD_REAL,
     .low = -1e15,
     .high = 1e15,
     .fallback = INFINITY,
     .offset = offsetof(jk_bin_entry, below),
     .meaning = "upper end of the bin, itself excluded; absent in the last bin"},
    REAL("points", REQUIRED, -100, 100, jk_bin_entry, points, "added to eta"),
};
RECORD(bin, "scorecard.characteristics[].bins[]", bin_fields);

static const jk_field characteristic_fields[] = {
    {.key = "name",
     .kind = JK_FIELD_TEXT,
     .flags = REQUIRED,
     .offset = offsetof(jk_characteristic_entry, name),
     .meaning = "a tape column or a derived figure"},
    REAL("missing", 0, -100, 100, jk_characteristic_entry, missing, "points where the value is missing; absent: 0"),
    {.key = "other",
     .kind = JK_FIELD_REAL,
     .low = -100,
     .high = 100,
     .fallback = NAN, /* refused for a numeric characteristic */
     .offset = offsetof(jk_characteristic_entry, other),
     .meaning = "points of a level that is not listed (categorical only); absent: 0"},
    BOOLEAN("fades", 0, jk_characteristic_entry, fades,
            "whether its points lose half of their weight every half_life months; absent: false"),
    OTHER("in_segments", KEEP, offsetof(jk_characteristic_entry, in_segments), jk_read_node,
          "a map of segments to numbers from -10 to 10",
          "what all its points are multiplied by for claims of these segments; absent: 1"),
    OTHER("bins", KEEP, offsetof(jk_characteristic_entry, bins), jk_read_node, "a list of bins",
          "bins of a numeric characteristic, ascending"),
    OTHER("special", KEEP, offsetof(jk_characteristic_entry, special), jk_read_node, "a map of values to points",
          "values of a numeric characteristic that stand for something else, as -999: bins of their own"),
    OTHER("levels", KEEP, offsetof(jk_characteristic_entry, levels), jk_read_node, "a map of levels to points",
          "levels of a categorical characteristic"),
};
RECORD(characteristic, "scorecard.characteristics[]", characteristic_fields);

static const jk_field scorecard_fields[] = {
    REAL("intercept", REQUIRED, -100, 100, jk_scorecard, intercept, "eta of a claim with no points"),
    REAL("weak_from", REQUIRED, 0, 1001, jk_scorecard, weak_from, "lowest rounded score of the class weak"),
    REAL("able_from", REQUIRED, 0, 1001, jk_scorecard, able_from, "lowest rounded score of the class able"),
    REAL("half_life", OPEN_LOW, 0, MONTHS_MAX, jk_scorecard, half_life,
         "months in which points that fade lose half of their weight; required where a characteristic fades"),
    MATRIX("class_given_score", KEEP, jk_scorecard, class_given_score,
           "what claims truly are, rows by the class of their score: none, weak, able; absent: what the score says"),
    OTHER("characteristics", REQUIRED, 0, jk_read_characteristics, "a list of characteristics",
          "what the points depend on"),
    OTHER("trees", KEEP, 0, jk_read_trees,
          "the name of a model file of XGBoost (JSON, UBJ) or LightGBM (text), or a map of it",
          "a tree ensemble whose output is added to eta; absent: none"),
    OTHER("network", KEEP, 0, jk_read_network, "the name of a network's file (JSON)",
          "a logistic model or a neural network whose output is added to eta; absent: none"),
    OTHER("own_score", KEEP, 0, jk_read_own_score, "a map", "a score that somebody else made, brought to eta"),
};
RECORD(scorecard, "scorecard", scorecard_fields);

#define BY_TREATMENT(line)                                                                                             \
    line("surveil", JK_TREAT_SURVEIL), line("amicable", JK_TREAT_AMICABLE), line("legal", JK_TREAT_LEGAL)

static const jk_field curves_fields[] = {
#define LINE(k, t) STEPS(k, 100, jk_segment, curve[t], "monthly intensity by month since write-off")
    BY_TREATMENT(LINE)
#undef LINE
};
RECORD(curves, "segments[].curves", curves_fields);

static const jk_field class_multiplier_fields[] = {
#define LINE(k, t)                                                                                                     \
    REALS(k, REQUIRED, JK_CAPACITY_COUNT, 0, 1000, jk_segment, class_multiplier[t],                                    \
          "factor on the intensity for none, weak, able")
    BY_TREATMENT(LINE)
#undef LINE
};
RECORD(class_multiplier, "segments[].class_multiplier", class_multiplier_fields);

static const jk_field class_monthly_fields[] = {
#define LINE(k, t) MATRIX(k, REQUIRED, jk_segment, class_monthly[t], "monthly transitions, rows from none, weak, able")
    BY_TREATMENT(LINE)
#undef LINE
};
RECORD(class_monthly, "segments[].class_monthly", class_monthly_fields);

static const jk_field recovery_share_fields[] = {
#define LINE(k, t)                                                                                                     \
    REAL(k, REQUIRED, 0, 1, jk_segment, recovery_share[t], "share of the balance that a resolution brings")
    BY_TREATMENT(LINE)
#undef LINE
};
RECORD(recovery_share, "segments[].recovery_share", recovery_share_fields);

#define COST_FIELDS(t)                                                                                                 \
    REAL("monthly", REQUIRED | MONEY, 0, 1e6, jk_segment, cost[t].monthly, "cost per debtor and month"),               \
        REAL("contingent", REQUIRED | JK_FIELD_BELOW_HIGH, 0, 1, jk_segment, cost[t].contingent,                       \
             "share of what comes in that is paid for collecting it")

static const jk_field cost_surveil_fields[] = {COST_FIELDS(JK_TREAT_SURVEIL)};
RECORD(cost_surveil, "segments[].cost.surveil", cost_surveil_fields);

static const jk_field cost_amicable_fields[] = {COST_FIELDS(JK_TREAT_AMICABLE)};
RECORD(cost_amicable, "segments[].cost.amicable", cost_amicable_fields);

static const jk_field cost_legal_fields[] = {
    COST_FIELDS(JK_TREAT_LEGAL),
    REAL("filing", REQUIRED | MONEY, 0, 1e6, jk_segment, filing, "cost of filing for a title, per debtor"),
    REAL("enforcement_monthly", REQUIRED | MONEY, 0, 1e6, jk_segment, enforcement_monthly,
         "cost per debtor and month once there is a title"),
    REAL("fee_shift", REQUIRED, 0, 10, jk_segment, fee_shift, "share of the filing cost that the debtor comes to owe"),
};
RECORD(cost_legal, "segments[].cost.legal", cost_legal_fields);

static const jk_field cost_fields[] = {
    MAP("surveil", REQUIRED, jk_record_cost_surveil, "what surveillance costs"),
    MAP("amicable", REQUIRED, jk_record_cost_amicable, "what amicable collection costs"),
    MAP("legal", REQUIRED, jk_record_cost_legal, "what legal collection costs"),
    REAL("hour", MONEY, 0, 1e6, jk_segment, hour, "cost of an agent hour of effort_hours, beside the above; absent: 0"),
};
RECORD(cost, "segments[].cost", cost_fields);

static const jk_field legal_fields[] = {
    REAL("months_to_title", REQUIRED, 0, 600, jk_segment, months_to_title, "mean months from filing to a title"),
    REAL("pre_title_factor", REQUIRED, 0, 1000, jk_segment, pre_title_factor,
         "factor on the legal intensity while the case is pending"),
    REALS("garnish_share", REQUIRED, JK_CAPACITY_COUNT, 0, 1, jk_segment, garnish_share,
          "share of the attachable income that reaches the claim, for none, weak, able"),
    REAL("lost_share", 0, 0, 0.99, jk_segment, lost_share,
         "share of the cases that are lost, and the claim with them; absent: 0"),
};
RECORD(legal, "segments[].legal", legal_fields);

static const jk_field settled_share_fields[] = {
#define LINE(k, t)                                                                                                     \
    REAL(k, REQUIRED, 0, 1, jk_segment, payers.settled_share[t], "share of new payers who settle in one payment")
    BY_TREATMENT(LINE)
#undef LINE
};
RECORD(settled_share, "segments[].payers.settled_share", settled_share_fields);

static const jk_field breakage_fields[] = {
#define LINE(k, t)                                                                                                     \
    REAL(k, REQUIRED, 0, 10, jk_segment, payers.breakage[t], "intensity with which instalments stop, per month")
    BY_TREATMENT(LINE)
#undef LINE
};
RECORD(breakage, "segments[].payers.breakage", breakage_fields);

static const jk_field payer_monthly_fields[] = {
#define LINE(k, t)                                                                                                     \
    REAL(k, REQUIRED | MONEY, 0, 1e6, jk_segment, payers.monthly[t], "cost of a debtor who pays, per month")
    BY_TREATMENT(LINE)
#undef LINE
};
RECORD(payer_monthly, "segments[].payers.monthly", payer_monthly_fields);

static const jk_field payers_fields[] = {
    MAP("settled_share", REQUIRED, jk_record_settled_share, "of new payers, those who settle in one payment"),
    REALS("monthly_share", REQUIRED, JK_CAPACITY_COUNT, 0, 10, jk_segment, payers.monthly_share,
          "share of the balance at the cut-off that a payer pays a month, for none, weak, able"),
    MAP("breakage", REQUIRED, jk_record_breakage, "how soon payers stop"),
    MAP("monthly", REQUIRED, jk_record_payer_monthly, "what debtors who pay cost"),
    {.key = "since_last_payment",
     .kind = JK_FIELD_INTEGER,
     .low = 0,
     .high = MONTHS_MAX,
     .fallback = 3,
     .offset = offsetof(jk_segment, payers.since_last_payment),
     .meaning = "a debtor is paying whose last payment is less than so many months ago; absent: 3"},
};
RECORD(payers, "segments[].payers", payers_fields);

static const jk_field effort_fields[] = {
#define LINE(k, t) REAL(k, 0, 0, 1e4, jk_segment, effort_hours[t], "agent hours in the first epoch; absent: 0")
    BY_TREATMENT(LINE)
#undef LINE
};
RECORD(effort, "segments[].effort_hours", effort_fields);

static const jk_field market_fields[] = {
    STEPS("price", 10, jk_segment, market_price, "price as a share of the balance by month since write-off"),
    REALS("title_factor", REQUIRED, JK_TITLE_COUNT, 0, 100, jk_segment, title_factor,
          "factor on the price without a title, pending, with a title"),
    REAL("bar_months", REQUIRED | OPEN_LOW, 0, MONTHS_MAX, jk_segment, bar_months,
         "months to the bar below which the price falls in proportion"),
    REAL("transaction_cost", REQUIRED, 0, 1, jk_segment, transaction_cost, "share of the price that the sale costs"),
    DEFAULT_REAL("payer_factor", 1, 0, 100, jk_segment, payer_factor,
                 "factor on the price where the debtor is paying; absent: 1"),
    REAL("informed", 0, 0, 1, jk_segment, informed,
         "how far the price follows the claim's own intensity; absent: 0, one price for all"),
    {.key = "reference",
     .kind = JK_FIELD_REAL,
     .flags = OPEN_LOW,
     .low = 0,
     .high = 1000,
     .fallback = 1,
     .offset = offsetof(jk_segment, reference),
     .meaning = "theta times the amicable class multiplier at which a buyer pays `price`; absent: 1"},
    DEFAULT_REAL("insight_cap", 4, 1, 1000, jk_segment, insight_cap,
                 "largest multiple of the reference that a buyer pays for; absent: 4"),
};
RECORD(market, "segments[].market", market_fields);

static const jk_field segment_fields[] = {
    {.key = "id",
     .kind = JK_FIELD_TEXT,
     .flags = REQUIRED,
     .offset = offsetof(jk_segment, id),
     .meaning = "name of the segment in results; unique, not `all`"},
    OTHER("when", KEEP, offsetof(jk_segment, when), jk_read_condition, "a map of columns to lists of values or ranges",
          "claims of the segment; absent: all"),
    REAL("exit_monthly", REQUIRED, 0, 10, jk_segment, exit_monthly, "intensity of exit other than death, per month"),
    REALS("theta_center", 0, JK_CAPACITY_COUNT, -100, 100, jk_segment, theta_center,
          "subtracted from eta, by class now; absent: 0"),
    MAP("own_score", 0, jk_record_own_calibration, "how the scorecard's own score is calibrated here"),
    MAP("curves", REQUIRED, jk_record_curves, "baseline intensity of each treatment"),
    MAP("class_multiplier", REQUIRED, jk_record_class_multiplier, "intensity by class"),
    MAP("class_monthly", REQUIRED, jk_record_class_monthly, "how classes change"),
    MAP("recovery_share", REQUIRED, jk_record_recovery_share, "settlement discount"),
    MAP("cost", REQUIRED, jk_record_cost, "costs in base currency"),
    MAP("legal", REQUIRED, jk_record_legal, "the way to a title, and garnishment"),
    OTHER("payers", KEEP, 0, jk_read_payers, "a map",
          "instalments: who begins, with what, and who stops; absent: who pays, pays at once"),
    MAP("effort_hours", 0, jk_record_effort, "agent hours; absent: 0"),
    MAP("market", REQUIRED, jk_record_market, "what a sale brings"),
};
RECORD(segment, "segments[]", segment_fields);

static const jk_field risk_country_fields[] = {
    REAL("volatility", KEEP, 0, 2, jk_risk_factor, volatility, "standard deviation of log m; absent: that of all"),
    REAL("persistence", KEEP, 0, 1, jk_risk_factor, persistence,
         "correlation of log m with itself a year later; absent: that of all"),
};
RECORD(risk_country, "risk.countries.COUNTRY", risk_country_fields);

static const jk_field risk_parameter_fields[] = {
    DEFAULT_REAL("curve", 0.05, 0, 2, jk_risk, curve_error,
                 "of the level of each segment's curve, by treatment; absent: 0.05"),
    DEFAULT_REAL("class_multiplier", 0.05, 0, 2, jk_risk, class_multiplier_error,
                 "of each segment's multipliers of the classes none and weak; absent: 0.05"),
    DEFAULT_REAL("garnish_share", 0.1, 0, 2, jk_risk, garnish_share_error,
                 "of each segment's share of garnished income; absent: 0.1"),
};
RECORD(risk_parameters, "risk.parameters", risk_parameter_fields);

static const jk_field risk_correlation_fields[] = {
    OTHER("factors", REQUIRED, 0, jk_read_risk_factors, "a list of segments, countries and SEGMENT/COUNTRY",
          "what moves by itself, at most 512; of those that could be a claim's the most exact is its factor"),
    OTHER("matrix", REQUIRED, 0, jk_read_risk_matrix, "a row of numbers from -1 to 1 for each factor",
          "correlations of log m; symmetric, 1 on the diagonal, positive semi-definite"),
};
RECORD(risk_correlation, "risk.correlation", risk_correlation_fields);

static const jk_field risk_fields[] = {
    DEFAULT_REAL("volatility", 0.15, 0, 2, jk_risk, all.volatility,
                 "standard deviation of log m, the multiplier of a country's collections; absent: 0.15"),
    DEFAULT_REAL("persistence", 0.6, 0, 1, jk_risk, all.persistence,
                 "correlation of log m with itself a year later; 1: one draw for the whole horizon; absent: 0.6"),
    OTHER("correlation", JK_FIELD_ALWAYS, 0, jk_read_risk_correlation,
          "a number from 0 to 1, or a map of factors and their matrix",
          "of log m between any two countries, or between factors of segments and countries; absent: 0.5"),
    OTHER("countries", KEEP, 0, jk_read_risk_countries, "a map of countries to volatility and persistence",
          "countries that differ from that"),
    MAP("parameters", KEEP, jk_record_risk_parameters,
        "standard errors of the logarithm of parameters, where no covariance is given"),
};
RECORD(risk, "risk", risk_fields);

static const jk_field model_fields[] = {
    OTHER("jalki_model", REQUIRED, 0, jk_read_version, "1, the version of this format", "version of this format"),
    {.key = "name",
     .kind = JK_FIELD_TEXT,
     .flags = REQUIRED,
     .offset = offsetof(jk_model, name),
     .meaning = "name of the model in results"},
    {.key = "version",
     .kind = JK_FIELD_TEXT,
     .flags = KEEP,
     .offset = offsetof(jk_model, version),
     .meaning = "which of the models of that name; of this file, not of those it includes"},
    MAP("lineage", KEEP, jk_record_lineage, "where the model comes from; of this file, not of those it includes"),
    OTHER("base_currency", REQUIRED, offsetof(jk_model, base_currency), jk_read_currency,
          "a currency of three capital letters",
          "currency of the money under segments; of results, too, where --currency asks for no other"),
    OTHER("fx", JK_FIELD_ALWAYS, 0, jk_read_exchange_rates, "a map of currencies to rates",
          "base units per unit of each currency; absent: the base currency only"),
    {.key = "horizon_months",
     .kind = JK_FIELD_INTEGER,
     .low = 1,
     .high = JK_HORIZON_MAX,
     .fallback = 180,
     .offset = offsetof(jk_model, horizon_months),
     .meaning = "months that are valued; absent: 180"},
    OTHER("epochs", KEEP, 0, jk_read_epochs, "a list of whole numbers of months",
          "lengths of the review periods; their sum is the horizon; absent: 3, 3, 3, 3, 6, 6, then 13 of 12"),
    REAL("irr", REQUIRED, 0, 10, jk_model, irr, "required yearly return"),
    REAL("cost_inflation", 0, -0.5, 1, jk_model, cost_inflation, "yearly growth of all costs; absent: 0"),
    REAL("onboarding_cost", MONEY, 0, 1e6, jk_model, onboarding_cost, "cost per claim at purchase; absent: 0"),
    OTHER("extra", KEEP, offsetof(jk_model, extras), jk_read_extras, "a map of own columns to their types",
          "own columns of tapes that the model uses: number, text, date or money"),
    OTHER("jurisdictions", REQUIRED, 0, jk_read_jurisdictions, "a map of countries to their law",
          "the law by country; EU is the fallback"),
    OTHER("statuses", KEEP, 0, jk_read_statuses, "a map of legal statuses to rules", "what each legal status changes"),
    OTHER("vulnerable_allow", KEEP, 0, jk_read_vulnerable_allow, "a list of actions",
          "actions for vulnerable debtors; absent: surveil, amicable, close"),
    OTHER("unreachable_allow", KEEP, 0, jk_read_unreachable_allow, "a list of actions",
          "actions where the debtor is known to be out of reach (reachable: none); absent: all"),
    OTHER("scorecard", REQUIRED, 0, jk_read_scorecard, "a map", "from a claim to its score"),
    OTHER("segments", REQUIRED, 0, jk_read_segments, "a list of segments, the last without `when`",
          "curves, costs and prices; the first segment that matches"),
    OTHER("risk", KEEP, offsetof(jk_model, risk), jk_read_risk, "a map",
          "how far collections may stray; see simulate.md"),
};
RECORD(model, "top level", model_fields);
