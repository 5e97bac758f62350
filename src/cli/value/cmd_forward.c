/* SPDX-License-Identifier: Apache-2.0 */
/* jalki forward: what to pay for the claims that a seller writes off month by month. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text/text.h"
#include "base/words/language.h"
#include "cli/commands.h"
#include "cli/options/groups.h"
#include "cli/print/listing_print.h"
#include "cli/value/valuing.h"
#include "jalki/export.h"
#include "jalki/forward.h"

typedef struct forward_arguments {
    jk_cli_common common;
    jk_cli_valuing valuing;
    jk_forward_terms terms;
} forward_arguments;

/* ---- options -------------------------------------------------------------------------------------------------- */

static void read_fresh(jk_usage *usage, const char *name, char *text, void *field) {
    int *fresh = field;
    *fresh = strcmp(text, "all") == 0 ? 0 : (int)jk_usage_integer(usage, name, text, 1, JK_HORIZON_MAX);
}

static void read_mix(jk_usage *usage, const char *name, char *text, void *field) {
    jk_forward_terms *terms = field;
    terms->mix_count = 0;
    char *rest = text;
    for (char *part = strsep(&rest, ","); part != NULL; part = strsep(&rest, ",")) {
        char *equals = strrchr(part, '=');
        double share = 0.0;
        if (equals == NULL || equals == part || !jk_text_to_real(equals + 1, strlen(equals + 1), &share) ||
            share < 0.0 || share > 1.0) {
            jk_usage_error(usage, "%s: '%s' is not SEGMENT=SHARE with a share from 0 to 1", name, part);
            return;
        }
        if (terms->mix_count == JK_FORWARD_MIX_MAX) {
            jk_usage_error(usage, "%s: more than %d segments", name, (int)JK_FORWARD_MIX_MAX);
            return;
        }
        *equals = '\0';
        terms->mix[terms->mix_count++] = (jk_forward_mix){part, share};
    }
}

static const jk_option options[] = {
    {"fresh", .kind = JK_OPTION_SPECIAL, .read = read_fresh, JK_FIELD(forward_arguments, terms.fresh),
     .value = "MONTHS", .standard = "3", .example = "6",
     .help = "Claims written off less than so many months ago stand for the inflow; all: the whole tape is a month's "
             "batch"},
    {"term", .kind = JK_OPTION_INTEGER, JK_FIELD(forward_arguments, terms.term), .value = "MONTHS", .low = 1,
     .high = JK_FORWARD_TERM_MAX, .standard = "12", .help = "Batches that the agreement brings"},
    {"volume", .kind = JK_OPTION_MONEY, JK_FIELD(forward_arguments, terms.volume), .value = "FACE", .low = 0.01,
     .high = 1e12, .otherwise = "the tape's fresh face a month", .help = "Face a month", .example = "2000000"},
    {"ramp", .kind = JK_OPTION_INTEGER, JK_FIELD(forward_arguments, terms.ramp), .value = "MONTHS",
     .high = JK_FORWARD_TERM_MAX, .otherwise = "full at once",
     .help = "The volume grows evenly to full in so many months", .example = "6"},
    {"cap", .kind = JK_OPTION_MONEY, JK_FIELD(forward_arguments, terms.cap), .value = "FACE", .low = 0.01, .high = 1e15,
     .otherwise = "no cap", .help = "Most face in all; what is beyond is not bought", .example = "20000000"},
    {"pay-after", .kind = JK_OPTION_INTEGER, JK_FIELD(forward_arguments, terms.pay_after), .value = "MONTHS",
     .high = JK_FORWARD_DELAY_MAX, .standard = "0", .help = "From delivery to payment"},
    {"drift", .kind = JK_OPTION_NUMBER, JK_FIELD(forward_arguments, terms.drift), .value = "RATE", .low = -0.99,
     .high = 1.0, .standard = "0", .help = "Change of collections a year for later batches; -0.05: 5 % less"},
    {"cost-drift", .kind = JK_OPTION_NUMBER, JK_FIELD(forward_arguments, terms.cost_drift), .value = "RATE",
     .low = -0.99, .high = 1.0, .otherwise = "the model's cost_inflation",
     .help = "Growth of cost a year for later batches", .example = "0.02"},
    {"mix", .kind = JK_OPTION_SPECIAL, .read = read_mix, JK_FIELD(forward_arguments, terms),
     .value = "SEGMENT=SHARE,...", .otherwise = "the tape's",
     .help = "Price this mix of the face; others keep their proportions", .example = "fi-bills=0.3"},
    {"asked", .kind = JK_OPTION_PERCENT, JK_FIELD(forward_arguments, terms.asked), .value = "PERCENT", .high = 1000.0,
     .help = "Price asked, per cent of face: what return it would give", .example = "6.5"},
    {0},
};

static void prepare(void *command) {
    forward_arguments *arguments = command;
    arguments->terms = jk_forward_defaults();
}

/* ---- output --------------------------------------------------------------------------------------------------- */

static void print_terms(const forward_arguments *arguments, const jk_forward *forward) {
    const jk_forward_terms *terms = &forward->terms;
    char a[JK_AMOUNT_TEXT];
    char b[JK_AMOUNT_TEXT];
    char date[JK_TEXT_DATE];
    const char *currency = arguments->valuing.model->base_currency;
    jk_cli_say("Tape      %s, cut-off %s\n", arguments->valuing.tape_path, jk_text_date(forward->fresh.cutoff, date));
    jk_cli_say("Model     %s (%s)\n", arguments->valuing.model->name, arguments->valuing.model_path);
    jk_cli_say("Fresh     %s claims, face %s %s", jk_amount(a, (double)forward->fresh.total.claims, 0),
               jk_amount(b, forward->fresh.total.face, 0), currency);
    if (terms->fresh > 0) {
        jk_cli_say(", months since write-off: fewer than %d\n", terms->fresh);
    } else {
        jk_cli_say(": the whole tape\n");
    }
    jk_cli_say("Terms     batches: %d of %s", terms->term, jk_amount(a, terms->volume, 0));
    if (terms->ramp > 1) {
        jk_cli_say(", full from batch %d on", terms->ramp);
    }
    if (isfinite(terms->cap)) {
        jk_cli_say(", at most %s in all", jk_amount(a, terms->cap, 0));
    }
    if (terms->pay_after > 0) {
        jk_cli_say(", months from delivery to payment: %d\n", terms->pay_after);
    } else {
        jk_cli_say(", paid on delivery\n");
    }
    jk_cli_say("Later     batches: collections %+.1f %% a year, cost %+.1f %% a year\n", 100.0 * terms->drift,
               100.0 * terms->cost_drift);
}

static int decimals_of(const jk_forward *forward) {
    return forward->face < 1e6 ? 2 : 0;
}

static void print_price(const jk_forward *forward) {
    int decimals = decimals_of(forward);
    char a[JK_AMOUNT_TEXT];
    char b[JK_AMOUNT_TEXT];
    jk_cli_say("\n  Price %s %% of face, for %s %% a year", jk_amount(a, 100.0 * forward->price, 2),
               jk_amount(b, 100.0 * forward->fresh.irr, jk_cli_rate_decimals(forward->fresh.irr)));
    if (forward->terms.mix_count > 0) {
        jk_cli_say(" (%s %% at the tape's own mix)", jk_amount(a, 100.0 * forward->price_own_mix, 2));
    }
    jk_cli_say(".\n");
    jk_cli_say("  The first batch alone would be worth %s %%, the last %s %%.\n",
               jk_amount(a, 100.0 * forward->month[0].own_price, 2),
               jk_amount(b, 100.0 * forward->month[forward->batches - 1].own_price, 2));
    jk_cli_say("  Bought in all %s of face for %s", jk_amount(a, forward->face, decimals),
               jk_amount(b, forward->paid, decimals));
    jk_cli_say("; most money out %s, in month %d", jk_amount(a, forward->funding, decimals), forward->funding_month);
    if (forward->payback > 0) {
        jk_cli_say("; nothing out from month %d on", forward->payback);
    }
    if (!isnan(forward->multiple)) {
        jk_cli_say("; money multiple %s", jk_amount(a, forward->multiple, 2));
    }
    jk_cli_say(".\n");
    if (!isnan(forward->terms.asked)) {
        jk_cli_say("  At %s %% of face the agreement would ", jk_amount(a, 100.0 * forward->terms.asked, 2));
        if (forward->asked_outcome == JK_IRR_FOUND) {
            jk_cli_say("return %s %% a year.\n", jk_amount(a, 100.0 * forward->asked_irr, 2));
        } else {
            jk_cli_say(forward->asked_outcome == JK_IRR_NO_ROOT         ? "have no return.\n"
                       : forward->asked_outcome == JK_IRR_SEVERAL_ROOTS ? "have several returns.\n"
                                                                        : "have a return above 10,000 %% a year.\n");
        }
    }
}

/* A change with its sign, never -0.00. */
static bool segment_written(jk_table *table, const jk_listing *rows, const jk_cell *cells, const char *column) {
    const bool is_change = strcmp(column, "if_tenth_more") == 0;
    if (is_change) {
        const double points = jk_cli_listing_cell(rows, cells, column)->number;
        jk_table_say(table, "%+.2f %%", nearbyint(100.0 * points) / 100.0 + 0.0);
    }
    return is_change;
}

static int print_segments(const jk_forward *forward) {
    const jk_listing rows = jk_forward_segments_listing(forward);
    return jk_cli_listing_table(
        &rows,
        &(jk_cli_listing_view){.title = "By segment (a mix is priced segment by segment; last column: the agreement's "
                                        "price with ten points more of the segment)",
                               .written = segment_written});
}

/* Both ends of an age in one cell. */
static bool age_written(jk_table *table, const jk_listing *rows, const jk_cell *cells, const char *column) {
    const bool is_age = strcmp(column, "from_months") == 0;
    if (is_age) {
        const int from = (int)jk_cli_listing_cell(rows, cells, column)->number;
        const double below = jk_cli_listing_cell(rows, cells, "below_months")->number;
        if (isfinite(below)) {
            jk_table_cell(table, "%d-%d", from, (int)below - 1);
        } else {
            jk_table_say(table, "%d and more", from);
        }
    }
    return is_age;
}

static int print_ages(const jk_forward *forward) {
    const jk_listing rows = jk_forward_ages_listing(forward);
    return jk_cli_listing_table(
        &rows,
        &(jk_cli_listing_view){.title = "By age at sale (what waiting costs the seller, all else as on this tape)",
                               .written = age_written});
}

static int print_years(const jk_forward *forward) {
    const jk_listing rows = jk_forward_years_listing(forward);
    return jk_cli_listing_table(&rows, &(jk_cli_listing_view){.title = "Cash by year of the agreement",
                                                              .money_decimals = decimals_of(forward)});
}

static char *json_of(const forward_arguments *arguments, const jk_forward *forward) {
    return jk_forward_json(arguments->valuing.tape, arguments->valuing.model, forward);
}

static int print(const forward_arguments *arguments, const jk_forward *forward) {
    if (jk_cli_json_on_stdout(&arguments->common)) {
        return jk_cli_print_text(json_of(arguments, forward));
    }
    if (arguments->common.format == JK_FORMAT_CSV) {
        const jk_listing months = jk_forward_listing(forward);
        return jk_cli_listing_csv(&months);
    }
    jk_cli_speak(&arguments->common);
    print_terms(arguments, forward);
    print_price(forward);
    return print_segments(forward) | print_ages(forward) | print_years(forward) | jk_cli_finish();
}

/* ---- the command ---------------------------------------------------------------------------------------------- */

static jk_status price_flow(forward_arguments *arguments, jk_forward *forward, jk_error *error) {
    jk_cli_valuing *valuing = &arguments->valuing;
    JK_TRY(jk_cli_valuing_open(valuing, &arguments->common, error));
    JK_TRY(jk_cli_valuing_explain(valuing, 1, NULL, 0, error));
    JK_TRY(jk_forward_make(valuing->tape, valuing->model, &valuing->options, &arguments->terms, forward, error));
    if (forward->fresh.total.claims < 200) {
        jk_cli_note(&arguments->common, "warning: only %llu claims stand for the inflow",
                    (unsigned long long)forward->fresh.total.claims);
    }
    return jk_cli_json_to_file(&arguments->common)
               ? jk_cli_write_text(arguments->common.json_path, json_of(arguments, forward), error)
               : JK_OK;
}

static int run_forward(void *command) {
    forward_arguments *arguments = command;
    jk_error error = {0};
    jk_forward forward = {0};
    jk_status status = price_flow(arguments, &forward, &error);
    int code = status == JK_OK ? print(arguments, &forward) : jk_cli_fail(&error);
    jk_forward_reset(&forward);
    jk_cli_valuing_close(&arguments->valuing);
    return code;
}

const jk_command jk_command_forward = {
    .name = "forward",
    .summary = "forward flow: the price of what a seller writes off month by month",
    .purpose = "Forward flow: the price, per cent of face, for all claims that a seller writes off in the months to "
               "come, with the tape's fresh claims as a sample of them.",
    .examples = {"jalki forward tape.h5 --model models/nordic.yaml --term 24 --volume 2000000 --ramp 6",
                 "jalki forward tape.h5 --model models/nordic.yaml --term 24 --drift -0.03 --pay-after 1 \\\n"
                 "    --mix fi-bills=0.3 --asked 6.5 --format csv"},
    .operand = JK_VALUED_TAPE(forward_arguments),
    .groups = {{"Agreement", options, 0, false},
               JK_VALUING_GROUP(forward_arguments),
               JK_IRR_GROUP(forward_arguments),
               JK_SELL_GROUP(forward_arguments),
               {"Output", jk_json_options, 0, false},
               JK_LANGUAGE_GROUP,
               JK_MEMORY_GROUP(forward_arguments)},
    .size = sizeof(forward_arguments),
    .prepare = prepare,
    .run = run_forward,
};
