/* SPDX-License-Identifier: Apache-2.0 */
/* jalki account: the purchased portfolio in the buyer's books, at amortised cost. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text/text.h"
#include "base/words/language.h"
#include "cli/commands.h"
#include "cli/options/groups.h"
#include "cli/print/listing_print.h"
#include "cli/value/account_print.h"
#include "cli/value/valuing.h"
#include "jalki/pools.h"

typedef struct account_arguments {
    jk_cli_common common;
    jk_cli_valuing valuing;
    jk_book_terms terms;
    int flows, by; /* among the words of --flows and --by */
    bool capitalise_onboarding;
    const char *cashflow_path, *actual_path, *pools_path;
    const char *revised_path[JK_BOOK_REVISIONS_MAX];
    jk_flows expected, actual, revised[JK_BOOK_REVISIONS_MAX];
} account_arguments;

enum { FLOWS_NET, FLOWS_GROSS };
enum { BY_MONTH, BY_YEAR };
static const char *const flows[] = {"net", "gross", NULL};
static const char *const periods[] = {"month", "year", NULL};

/* ---- options -------------------------------------------------------------------------------------------------- */

/* MONTH=FILE, or FILE alone, whose month is found when the actual collections are read. */
static void read_revised(jk_usage *usage, const char *name, char *text, void *field) {
    account_arguments *arguments = field;
    const char *equals = strchr(text, '=');
    int64_t month = 0;
    size_t count = arguments->terms.revision_count;
    if (count == JK_BOOK_REVISIONS_MAX) {
        jk_usage_error(usage, "%s: more than %d new forecasts", name, (int)JK_BOOK_REVISIONS_MAX);
        return;
    }
    bool numbered = equals != NULL && jk_text_to_integer(text, (size_t)(equals - text), &month);
    if (numbered && (month < 1 || month > JK_HORIZON_MAX)) {
        jk_usage_error(usage, "%s: month %lld is not from 1 to %d", name, (long long)month, (int)JK_HORIZON_MAX);
    }
    arguments->revised_path[count] = numbered ? equals + 1 : text;
    arguments->terms.revision[count] = (jk_book_revision){numbered ? (int)month : -1, &arguments->revised[count]};
    arguments->terms.revision_count++;
}

static const jk_option options[] = {
    {"cashflow", .kind = JK_OPTION_FILE_IN, JK_FIELD(account_arguments, cashflow_path), .value = "F.csv",
     .help = "Flows expected at purchase, as value --cashflow writes them, instead of a tape"},
    {"pools", .kind = JK_OPTION_FILE_IN, JK_FIELD(account_arguments, pools_path), .value = "F.csv",
     .help = "Several pools, a row each: pool, cashflow, price, and where known transaction_costs, bought, actual, "
             "revised (docs/account.md); each keeps its rate, amounts are added up"},
    {"price", .kind = JK_OPTION_MONEY, JK_FIELD(account_arguments, terms.price), .value = "PRICE",
     .otherwise = "the bid for the tape at the required return", .help = "Price paid", .example = "1700000"},
    {"transaction-costs", .kind = JK_OPTION_MONEY, JK_FIELD(account_arguments, terms.transaction_costs),
     .value = "AMOUNT", .standard = "0", .help = "Costs of the purchase that count as part of it"},
    {"capitalise-onboarding", .kind = JK_OPTION_FLAG, JK_FIELD(account_arguments, capitalise_onboarding),
     .otherwise = "an expense", .help = "The tape's onboarding too"},
    {"flows", .kind = JK_OPTION_CHOICE, JK_FIELD(account_arguments, flows), .value = "BASIS", .choices = flows,
     .standard = "gross", .help = "Collections less their cost, or all of them with their cost as an expense"},
    {"actual", .kind = JK_OPTION_FILE_IN, JK_FIELD(account_arguments, actual_path), .value = "F.csv",
     .help = "What came in since: month and collections, or month, gross, cost and sale"},
    {"revised", .kind = JK_OPTION_SPECIAL, .read = read_revised, .value = "[MONTH=]F.csv",
     .otherwise = "the last of --actual", .example = "12=forecast.csv",
     .help = "New forecast at the end of that month, its month 1 is the next; may be given again"},
    {"by", .kind = JK_OPTION_CHOICE, JK_FIELD(account_arguments, by), .value = "PERIOD", .choices = periods,
     .standard = "year", .help = "Rows of the table and the CSV"},
    {"first-year", .kind = JK_OPTION_INTEGER, JK_FIELD(account_arguments, terms.first_year), .value = "MONTHS",
     .low = 1, .high = 12, .standard = "12", .help = "Months from the purchase to the first year-end"},
    {0},
};

static void check(jk_usage *usage, void *command) {
    account_arguments *arguments = command;
    bool tape = arguments->valuing.tape_path != NULL;
    arguments->terms.basis = arguments->flows == FLOWS_NET ? JK_BOOK_NET : JK_BOOK_GROSS;
    if (arguments->pools_path != NULL) {
        static const char *const own[] = {"cashflow", "price", "transaction-costs", "capitalise-onboarding", "actual",
                                          "revised",  "model"};
        for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
            if (jk_usage_given(usage, own[i])) {
                jk_usage_error(usage, "--%s is a pool's own; expected it in the file of --pools", own[i]);
            }
        }
        if (tape) {
            jk_usage_error(usage, "--pools stand instead of a tape; expected one of them");
        }
        return;
    }
    if (tape == (arguments->cashflow_path != NULL)) {
        jk_usage_error(usage, tape ? "--cashflow stands instead of a tape; expected one of them"
                                   : "a tape with --model, --cashflow F.csv or --pools F.csv is needed");
    }
    if (!tape && isnan(arguments->terms.price)) {
        jk_usage_error(usage, "--price is needed with --cashflow");
    }
    if (!tape && arguments->capitalise_onboarding) {
        jk_usage_error(usage, "--capitalise-onboarding is about a tape; expected the amount in --transaction-costs");
    }
    for (size_t i = 0; i < arguments->terms.revision_count; i++) {
        if (arguments->terms.revision[i].after < 0 && arguments->actual_path == NULL) {
            jk_usage_error(usage, "--revised %s: in which month? expected --revised MONTH=%s, or --actual F.csv",
                           arguments->revised_path[i], arguments->revised_path[i]);
        }
    }
}

/* ---- output --------------------------------------------------------------------------------------------------- */

static void print_heading(const account_arguments *arguments, const jk_book *book, const jk_valuation *valuation) {
    char amount[4][JK_AMOUNT_TEXT];
    const char *currency = "";
    if (valuation->arena != NULL) {
        jk_cli_valuing_heading(&arguments->valuing, valuation);
        currency = arguments->valuing.model->base_currency;
    } else {
        jk_cli_say("Cash flow %s, %d months\n", arguments->cashflow_path, arguments->expected.months);
    }
    double outlay = book->price + book->transaction_costs + book->onboarding;
    jk_cli_say("Paid      %s %s: price %s, transaction costs %s, onboarding %s\n", jk_amount(amount[0], outlay, 2),
               currency, jk_amount(amount[1], book->price, 2), jk_amount(amount[2], book->transaction_costs, 2),
               jk_amount(amount[3], book->onboarding, 2));
    jk_cli_say(book->basis == JK_BOOK_NET ? "Rate      credit-adjusted effective interest rate %s %% a year, on net "
                                            "flows\n"
                                          : "Rate      credit-adjusted effective interest rate %s %% a year, on gross "
                                            "flows\n",
               jk_amount(amount[0], 100.0 * book->eir, 2));
    if (valuation->arena != NULL && !arguments->capitalise_onboarding && valuation->onboarding > 0.0) {
        jk_cli_say("Expensed  onboarding of %s %s at purchase\n", jk_amount(amount[0], valuation->onboarding, 2),
                   currency);
    }
}

static char *json_of(const account_arguments *arguments, const jk_book *book, const jk_valuation *valuation) {
    char *manifest = jk_cli_valuing_manifest(&arguments->valuing, valuation);
    char *text = jk_book_json(book, manifest);
    free(manifest);
    return text;
}

static jk_cli_book_view view_of(const account_arguments *arguments) {
    return (jk_cli_book_view){.by_month = arguments->by == BY_MONTH,
                              .news = arguments->terms.actual != NULL || arguments->terms.revision_count > 0};
}

static int print(const account_arguments *arguments, const jk_book *book, const jk_valuation *valuation) {
    const jk_cli_book_view view = view_of(arguments);
    if (jk_cli_json_on_stdout(&arguments->common)) {
        return jk_cli_print_text(json_of(arguments, book, valuation));
    }
    if (arguments->common.format == JK_FORMAT_CSV) {
        const jk_listing rows = jk_book_listing(book, view.by_month);
        return jk_cli_listing_csv(&rows);
    }
    jk_cli_speak(&arguments->common);
    print_heading(arguments, book, valuation);
    return jk_cli_book_tables(book, &view) | jk_cli_finish();
}

/* ---- the command ---------------------------------------------------------------------------------------------- */

/* The tape's own flows; the price is its bid unless given. */
static jk_status value_tape(account_arguments *arguments, jk_valuation *valuation, jk_error *error) {
    JK_TRY(jk_cli_valuing_value(&arguments->valuing, &arguments->common, valuation, error));
    if (isnan(arguments->terms.price)) {
        arguments->terms.price = jk_offer_make(valuation, NULL, 0, NAN).bid;
    }
    arguments->terms.onboarding = arguments->capitalise_onboarding ? valuation->onboarding : 0.0;
    return jk_flows_of_valuation(valuation, &arguments->expected, error);
}

static jk_status read_files(account_arguments *arguments, jk_error *error) {
    if (arguments->cashflow_path != NULL) {
        JK_TRY(jk_flows_read(arguments->cashflow_path, &arguments->expected, error));
    }
    if (arguments->actual_path != NULL) {
        JK_TRY(jk_flows_read(arguments->actual_path, &arguments->actual, error));
        arguments->terms.actual = &arguments->actual;
    }
    for (size_t i = 0; i < arguments->terms.revision_count; i++) {
        JK_TRY(jk_flows_read(arguments->revised_path[i], &arguments->revised[i], error));
        int *after = &arguments->terms.revision[i].after;
        *after = *after < 0 ? arguments->actual.months : *after;
    }
    return JK_OK;
}

static void warn(const jk_cli_common *common, const char *pool, const jk_book *book) {
    if (book->eir < 0.0) {
        jk_cli_note(common, "warning: %swhat was paid is more than all that is expected to come in", pool);
    }
    if (book->least_month > 0) {
        jk_cli_note(
            common,
            "warning: %sthe carrying amount falls below 0, to %.2f at the end of month %d: more is expected to go "
            "out from then on than to come in, and no asset stands below 0; expected forecasts of collections "
            "(a provision for costs to come is no part of the asset)",
            pool, book->least, book->least_month);
    }
}

static jk_status account(account_arguments *arguments, jk_valuation *valuation, jk_book *book, jk_error *error) {
    const char *json = arguments->common.json_path;
    JK_TRY(jk_cli_check_outputs(arguments->revised_path, arguments->terms.revision_count, &json, 1, error));
    JK_TRY(read_files(arguments, error));
    if (arguments->valuing.tape_path != NULL) {
        JK_TRY(value_tape(arguments, valuation, error));
    }
    JK_TRY(jk_book_make(&arguments->terms, &arguments->expected, book, error));
    warn(&arguments->common, "", book);
    return jk_cli_json_to_file(&arguments->common) ? jk_cli_write_text(json, json_of(arguments, book, valuation), error)
                                                   : JK_OK;
}

/* ---- several pools ---------------------------------------------------------------------------------------------- */

static int print_pools(const account_arguments *arguments, const jk_pools *pools) {
    jk_cli_book_view view = {.by_month = arguments->by == BY_MONTH};
    for (size_t p = 0; p < pools->count; p++) {
        const jk_account_row *total = &pools->pool[p].book.total;
        view.news = view.news || total->performance != 0.0 || total->revision != 0.0;
        view.purchases = view.purchases || pools->pool[p].bought > 0;
    }
    if (jk_cli_json_on_stdout(&arguments->common)) {
        return jk_cli_print_text(jk_pools_json(pools));
    }
    if (arguments->common.format == JK_FORMAT_CSV) {
        const jk_listing rows = jk_pools_listing(pools, view.by_month);
        return jk_cli_listing_csv(&rows);
    }
    jk_cli_speak(&arguments->common);
    return jk_cli_pools_table(pools) | jk_cli_book_tables(&pools->all, &view) | jk_cli_finish();
}

static jk_status account_pools(const account_arguments *arguments, jk_pools *pools, jk_error *error) {
    const char *json = arguments->common.json_path;
    JK_TRY(jk_cli_check_outputs(&arguments->pools_path, 1, &json, 1, error));
    JK_TRY(jk_pools_read(arguments->pools_path, arguments->terms.basis, arguments->terms.first_year, pools, error));
    JK_TRY(jk_cli_check_outputs((const char *const *)pools->file, pools->file_count, &json, 1, error));
    for (size_t p = 0; p < pools->count; p++) {
        char name[80];
        (void)snprintf(name, sizeof name, "pool %.64s: ", pools->pool[p].name);
        warn(&arguments->common, name, &pools->pool[p].book);
    }
    return jk_cli_json_to_file(&arguments->common) ? jk_cli_write_text(json, jk_pools_json(pools), error) : JK_OK;
}

static int run_pools(const account_arguments *arguments) {
    jk_error error = {0};
    jk_pools pools = {0};
    jk_status status = account_pools(arguments, &pools, &error);
    int code = status == JK_OK ? print_pools(arguments, &pools) : jk_cli_fail(&error);
    jk_pools_reset(&pools);
    return code;
}

static int run_account(void *command) {
    account_arguments *arguments = command;
    if (arguments->pools_path != NULL) {
        return run_pools(arguments);
    }
    jk_error error = {0};
    jk_valuation valuation = {0};
    jk_book book = {0};
    jk_status status = account(arguments, &valuation, &book, &error);
    int code = status == JK_OK ? print(arguments, &book, &valuation) : jk_cli_fail(&error);
    jk_book_reset(&book);
    jk_valuation_reset(&valuation);
    jk_flows_reset(&arguments->expected);
    jk_flows_reset(&arguments->actual);
    for (size_t i = 0; i < JK_BOOK_REVISIONS_MAX; i++) {
        jk_flows_reset(&arguments->revised[i]);
    }
    jk_cli_valuing_close(&arguments->valuing);
    return code;
}

const jk_command jk_command_account = {
    .name = "account",
    .summary = "the purchased portfolio in the books: IFRS 9 amortised cost by year",
    .purpose = "The purchased portfolio at amortised cost (IFRS 9, purchased credit-impaired): its effective interest "
               "rate, and by year what it earns, what comes in, what new forecasts change, and what it stands at.",
    .usage = "T.h5 --model M.yaml | --cashflow F.csv | --pools F.csv",
    .examples = {"jalki account tape.h5 --model models/nordic.yaml --price 1700000 --first-year 6",
                 "jalki account --cashflow bought.csv --price 1700000 --transaction-costs 25000 \\\n"
                 "    --actual collected.csv --revised 12=forecast.csv --by month --format csv",
                 "jalki account --pools pools.csv --first-year 6 --json book.json"},
    .operand = JK_VALUED_TAPE_IF(account_arguments),
    .groups = {{"The book", options, 0, false},
               JK_VALUING_IF_TAPE_GROUP(account_arguments),
               JK_IRR_GROUP(account_arguments),
               JK_SELL_GROUP(account_arguments),
               {"Output", jk_json_options, 0, false},
               JK_LANGUAGE_GROUP,
               JK_MEMORY_GROUP(account_arguments)},
    .size = sizeof(account_arguments),
    .check = check,
    .run = run_account,
};
