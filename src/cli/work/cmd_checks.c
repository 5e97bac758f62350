/* SPDX-License-Identifier: Apache-2.0 */
/* jalki checks: what looking at a debtor's means is worth. */
#include <stdlib.h>

#include "base/error.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/help/outputs_described.h"
#include "cli/options/groups.h"
#include "cli/print/listing_print.h"
#include "cli/value/valuing.h"
#include "jalki/checks.h"
#include "jalki/export.h"

typedef struct checks_arguments {
    jk_cli_common common;
    jk_cli_valuing valuing;
    jk_checks_options options;
    int last_seen, sample;
    const char *claims_path;
} checks_arguments;

static const jk_option options[] = {
    {"price", .kind = JK_OPTION_NUMBER, JK_FIELD(checks_arguments, options.price), .value = "PRICE", .low = 0.0,
     .high = 1e6, .is_needed = true, .example = "0.80",
     .help = "Of a check of one debtor (a bureau check, an income query), base currency"},
    {"last-seen", .kind = JK_OPTION_INTEGER, JK_FIELD(checks_arguments, last_seen), .value = "MONTHS", .high = 600,
     .standard = "12", .help = "Months since the classes on the tape were seen, for what a check now is worth"},
    {"sample", .kind = JK_OPTION_INTEGER, JK_FIELD(checks_arguments, sample), .value = "N", .high = 1e9,
     .standard = "200", .help = "Claims of a segment whose intervals are computed; 0: all"},
    {0},
};

static const jk_option outputs[] = {
    {"claims", .kind = JK_OPTION_FILE_OUT, JK_FIELD(checks_arguments, claims_path), .value = "F.csv", .no_stdout = true,
     .help = "What a check now is worth and costs per claim, CSV; compressed if it ends in .gz"},
    {0},
};

/* ---- printing -------------------------------------------------------------------------------------------------- */

static int print(const checks_arguments *arguments, const jk_checks *checks) {
    if (jk_cli_json_on_stdout(&arguments->common)) {
        return jk_cli_print_text(jk_checks_json(checks));
    }
    jk_listing listing = jk_checks_listing(checks);
    if (arguments->common.format == JK_FORMAT_CSV) {
        return jk_cli_listing_csv(&listing);
    }
    const jk_checks_line *all = &checks->line[checks->line_count - 1];
    const char *currency = checks->model->base_currency;
    char one[JK_AMOUNT_TEXT], two[JK_AMOUNT_TEXT], words[JK_CHECK_WORDS];
    double by_segment = 0.0;
    for (size_t g = 0; g + 1 < checks->line_count; g++) {
        by_segment += checks->line[g].best_value;
    }
    jk_cli_valuing_heading(&arguments->valuing, &checks->valuation);
    jk_cli_listing_view view = {
        .title = "What checks are worth", .claims = "claims", .money_decimals = jk_cli_decimals(&checks->valuation)};
    int failed = jk_cli_listing_table(&listing, &view);
    (void)printf(
        "\n  Bounds: %s %s if the class is seen in every epoch for nothing, as value has it; %s if nobody ever "
        "looks again.\n",
        jk_amount(one, all->seen, 0), currency, jk_amount(two, all->never, 0));
    (void)printf(
        "  Policy: at %s %s a check, %s if all debtors are looked at alike (%s is best), %s if each segment has "
        "its own interval.\n",
        jk_amount(one, checks->price, 2), currency, jk_amount(two, all->best_value, 0),
        jk_check_interval_name(all->best, words), jk_amount((char[JK_AMOUNT_TEXT]){0}, by_segment, 0));
    (void)printf(
        "  Now: of classes last seen %d months ago, those of %s claims are worth looking at, for %s %s beyond the "
        "price.\n",
        checks->last_seen, jk_amount(one, (double)all->pays, 0), jk_amount(two, all->pays_gain, 2), currency);
    return failed | jk_cli_finish();
}

/* ---- the command ----------------------------------------------------------------------------------------------- */

static jk_status write_claims(const checks_arguments *arguments, const jk_checks *checks, jk_error *error) {
    const jk_cli_valuing *valuing = &arguments->valuing;
    const jk_claims_column columns[] = {{.parts = checks->worth}, {.parts = checks->cost}, {.parts = checks->pays}};
    jk_claims_file *file = NULL;
    jk_valuation again = {0};
    JK_TRY(jk_claims_open(arguments->claims_path, valuing->tape, valuing->model, true, &file, error));
    jk_status status = jk_claims_add(file, NULL, &jk_cli_checks_claims_rows, columns, error);
    if (status == JK_OK) {
        jk_value_sink sink = jk_claims_sink(file);
        status = jk_value_run(valuing->tape, valuing->model, &valuing->options, &sink, 1, &again, error);
    }
    jk_valuation_reset(&again);
    if (status == JK_OK) {
        return jk_claims_commit(file, error);
    }
    jk_claims_abort(file);
    return status;
}

static jk_status make(checks_arguments *arguments, jk_checks *checks, jk_error *error) {
    jk_cli_valuing *valuing = &arguments->valuing;
    JK_TRY(jk_cli_valuing_open(valuing, &arguments->common, error));
    arguments->options.value = valuing->options;
    arguments->options.last_seen = arguments->last_seen;
    arguments->options.sample = (size_t)arguments->sample;
    JK_TRY(jk_checks_make(valuing->tape, valuing->model, &arguments->options, checks, error));
    if (arguments->claims_path != NULL) {
        JK_TRY(write_claims(arguments, checks, error));
    }
    return jk_cli_json_to_file(&arguments->common)
               ? jk_cli_write_text(arguments->common.json_path, jk_checks_json(checks), error)
               : JK_OK;
}

static int run_checks(void *command) {
    checks_arguments *arguments = command;
    jk_error error = {0};
    jk_checks checks = {0};
    jk_status status = make(arguments, &checks, &error);
    int code = status == JK_OK ? print(arguments, &checks) : jk_cli_fail(&error);
    jk_checks_reset(&checks);
    jk_cli_valuing_close(&arguments->valuing);
    return code;
}

const jk_command jk_command_checks = {
    .name = "checks",
    .summary = "what it is worth to look at a debtor's means, how often, and for whom now",
    .purpose =
        "Says what checks of debtors (a bureau check, an income query) are worth: the portfolio if their class is "
        "always seen, looked at every so many months, or never again; and for which claims a check pays now.",
    .examples = {"jalki checks tape.h5 --model models/nordic.yaml --price 0.80",
                 "jalki checks tape.h5 --model models/nordic.yaml --price 0.80 --last-seen 24 --claims checks.csv"},
    .operand = JK_VALUED_TAPE(checks_arguments),
    .groups = {{"Checks", options, 0, false},
               JK_VALUING_GROUP(checks_arguments),
               JK_IRR_GROUP(checks_arguments),
               {"Output", outputs, 0, false},
               JK_JSON_GROUP,
               JK_MEMORY_GROUP(checks_arguments)},
    .size = sizeof(checks_arguments),
    .run = run_checks,
};
