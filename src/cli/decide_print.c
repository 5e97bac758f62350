/* SPDX-License-Identifier: Apache-2.0 */
/* Printing the decisions of `jalki decide`: tables, CSV, JSON, and the worth of limits in words. */
#include <stdlib.h>

#include "cli/decide_command.h"
#include "cli/listing_print.h"
#include "cli/workbooks.h"

static jk_decide_outcome outcome_of(const decide_arguments *arguments, const decide_work *work) {
    return (jk_decide_outcome){work->candidates,
                               &work->decided,
                               work->limits,
                               arguments->limit_count,
                               work->curve,
                               arguments->curve != NULL ? (size_t)arguments->curve_steps : 0,
                               work->curve_limit,
                               work->claim_by_claim,
                               work->hour_price != NULL ? &arguments->later : NULL,
                               arguments->cautious != NULL ? &work->cautious : NULL};
}

char *jk_cli_decide_json(const decide_arguments *arguments, const decide_work *work) {
    jk_decide_outcome outcome = outcome_of(arguments, work);
    return jk_decided_json(&outcome, &work->valuation, !arguments->by_claim);
}

static jk_table *table_with(const char *alignment, const char *const *heads, size_t count) {
    jk_table *table = jk_table_create(alignment);
    for (size_t i = 0; table != NULL && i < count; i++) {
        jk_table_cell(table, "%s", heads[i]);
    }
    return table;
}

static int print_limits(const decide_work *work, size_t count) {
    static const char *const heads[] = {"limit", "amount", "used", "worth of one more"};
    jk_table *table = table_with("lrrr", heads, 4);
    for (size_t m = 0; table != NULL && m < count; m++) {
        char name[JK_LIMIT_NAME_MAX];
        jk_table_cell(table, "%s", jk_limit_name(work->candidates, &work->limits[m], name));
        jk_table_amount(table, work->limits[m].amount, 2);
        jk_table_amount(table, work->decided.use[m], 2);
        jk_table_amount(table, work->decided.price[m], 2);
    }
    return jk_cli_print_table(table, "Limits");
}

static void print_words(const decide_work *work, const char *currency, size_t count) {
    for (size_t m = 0; m < count; m++) {
        char name[JK_LIMIT_NAME_MAX];
        char price[JK_AMOUNT_TEXT];
        const jk_limit *limit = &work->limits[m];
        static const char *const unit[] = {"one more unit of court budget", "one more hour of agent time",
                                           "one more claim"};
        if (work->decided.price[m] > 0.0) {
            (void)printf("  %s: %s is worth %s %s\n", jk_limit_name(work->candidates, limit, name),
                         unit[limit->resource], jk_amount(price, work->decided.price[m], 2), currency);
        } else {
            (void)printf("  %s: does not bind\n", jk_limit_name(work->candidates, limit, name));
        }
    }
}

static int print_curve(const decide_arguments *arguments, const decide_work *work) {
    static const char *const heads[] = {"amount", "value", "worth of one more"};
    jk_table *table = table_with("rrr", heads, 3);
    for (int i = 0; table != NULL && i < arguments->curve_steps; i++) {
        jk_table_amount(table, work->curve[i].amount, 2);
        jk_table_amount(table, work->curve[i].objective, 2);
        jk_table_amount(table, work->curve[i].price, 2);
    }
    char name[JK_LIMIT_NAME_MAX];
    char title[JK_LIMIT_NAME_MAX + 16];
    (void)snprintf(title, sizeof title, "What if: %s",
                   jk_limit_name(work->candidates, &work->limits[work->curve_limit], name));
    return jk_cli_print_table(table, title);
}

jk_status jk_cli_decide_workbook(const decide_arguments *arguments, const decide_work *work, jk_error *error) {
    jk_decide_outcome outcome = outcome_of(arguments, work);
    jk_listing listing = jk_decide_listing(&outcome);
    const jk_xlsx_table table = {
        .sheet = "Decisions", .title = "Decisions under the limits, the limits, what if", .listing = &listing};
    const jk_cli_book book = {.tables = &table, .table_count = 1};
    return jk_cli_write_workbook(&arguments->common, &arguments->valuing, &work->valuation, &book, error);
}

static void print_caution(const jk_cautious *cautious, const char *currency) {
    char amount[JK_AMOUNT_TEXT];
    (void)printf("  cautious, by treatments that %s: amicable lowered for %llu claims, legal for %llu",
                 cautious->by_lot ? "chance assigned" : "were chosen, not drawn by lot",
                 (unsigned long long)cautious->lowered[JK_TREAT_AMICABLE],
                 (unsigned long long)cautious->lowered[JK_TREAT_LEGAL]);
    (void)printf(" (never compared: %llu and %llu); without limits %llu claims are decided otherwise, which the model "
                 "says is worth %s %s less\n",
                 (unsigned long long)cautious->not_compared[JK_TREAT_AMICABLE],
                 (unsigned long long)cautious->not_compared[JK_TREAT_LEGAL], (unsigned long long)cautious->changed,
                 jk_amount(amount, cautious->given_up, 0), currency);
}

int jk_cli_decide_print(const decide_arguments *arguments, const decide_work *work) {
    if (jk_cli_json_on_stdout(&arguments->common)) {
        return jk_cli_print_text(jk_cli_decide_json(arguments, work));
    }
    jk_decide_outcome outcome = outcome_of(arguments, work);
    jk_listing listing = jk_decide_listing(&outcome);
    if (arguments->common.format == JK_FORMAT_CSV) {
        return jk_cli_listing_csv(&listing);
    }
    const jk_cli_valuing *valuing = &arguments->valuing;
    const char *currency = valuing->model->base_currency;
    char objective[JK_AMOUNT_TEXT];
    char unlimited[JK_AMOUNT_TEXT];
    jk_cli_valuing_heading(valuing, &work->valuation);
    listing.rows = JK_ACTION_COUNT; /* limits and points have tables of their own */
    jk_cli_listing_view view = {.title = "Decisions under the limits",
                                .money_decimals = jk_cli_decimals(&work->valuation)};
    int failed = jk_cli_listing_table(&listing, &view);
    if (arguments->limit_count > 0) {
        failed |= print_limits(work, arguments->limit_count);
        (void)printf("\n");
        print_words(work, currency, arguments->limit_count);
    }
    double gap = work->decided.bound - work->decided.objective;
    (void)printf("\n  worth %s %s under the limits, %s without; no allocation within the limits is worth more than "
                 "%.4f %% more\n",
                 jk_amount(objective, work->decided.objective, 0), currency,
                 jk_amount(unlimited, work->decided.unlimited, 0),
                 work->decided.bound > 0.0 ? 100.0 * gap / work->decided.bound : 0.0);
    if (!arguments->by_claim) {
        (void)printf("  claim by claim, carried out with one court fee a debtor: %s %s; a debtor treated in one way "
                     "brings %s more\n",
                     jk_amount(objective, work->claim_by_claim, 0), currency,
                     jk_amount(unlimited, work->decided.objective - work->claim_by_claim, 0));
    }
    (void)printf("  court fees now %s %s, ", jk_amount(objective, work->decided.court, 2), currency);
    (void)printf("agent hours in the first epoch %s\n", jk_amount(objective, work->decided.hours, 1));
    if (work->hour_price != NULL) {
        failed |= jk_cli_print_hours_table(&arguments->later, valuing->model,
                                           "Hours of later epochs, paid at these prices in the values");
    }
    if (arguments->cautious != NULL) {
        print_caution(&work->cautious, currency);
    }
    if (arguments->curve != NULL) {
        failed |= print_curve(arguments, work);
    }
    return failed | jk_cli_finish();
}
