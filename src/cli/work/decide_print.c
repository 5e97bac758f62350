/* SPDX-License-Identifier: Apache-2.0 */
/* Printing the decisions of `jalki decide`: tables, CSV, JSON, and the worth of limits in words. */
#include <stdlib.h>

#include "base/words/language.h"
#include "cli/options/workbooks.h"
#include "cli/print/listing_print.h"
#include "cli/work/decide_command.h"

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
                               arguments->cautious != NULL ? &work->cautious : NULL,
                               work->strata};
}

char *jk_cli_decide_json(const decide_arguments *arguments, const decide_work *work) {
    jk_decide_outcome outcome = outcome_of(arguments, work);
    return jk_decided_json(&outcome, &work->valuation, !arguments->by_claim);
}

/* Of the rows about decisions, limits and points of a curve those of limits. */
static int print_limits(jk_listing rows, size_t count) {
    static const char *const shown[] = {"limit", "amount", "used", "shadow_price", NULL};
    static const char *const heads[] = {"limit", "amount", "used", "worth of one more"};
    rows.rows = JK_ACTION_COUNT + count;
    return jk_cli_listing_table(
        &rows, &(jk_cli_listing_view){
                   .title = "Limits", .money_decimals = 2, .shown = shown, .heads = heads, .first = JK_ACTION_COUNT});
}

static void print_words(const decide_work *work, const char *currency, size_t count) {
    for (size_t m = 0; m < count; m++) {
        char name[JK_LIMIT_NAME_MAX];
        char price[JK_AMOUNT_TEXT];
        const jk_limit *limit = &work->limits[m];
        (void)jk_limit_name(work->candidates, limit, name);
        if (!(work->decided.price[m] > 0.0)) {
            jk_cli_say("  %s: does not bind\n", name);
            continue;
        }
        (void)jk_amount(price, work->decided.price[m], 2);
        switch (limit->resource) {
        case JK_RESOURCE_COURT:
            jk_cli_say("  %s: one more unit of court budget is worth %s %s\n", name, price, currency);
            break;
        case JK_RESOURCE_HOURS:
            jk_cli_say("  %s: one more hour of agent time is worth %s %s\n", name, price, currency);
            break;
        default:
            jk_cli_say("  %s: one more claim is worth %s %s\n", name, price, currency);
            break;
        }
    }
}

static int print_curve(const jk_listing *rows, const decide_arguments *arguments, const decide_work *work) {
    static const char *const shown[] = {"amount", "objective", "shadow_price", NULL};
    static const char *const heads[] = {"amount", "value", "worth of one more"};
    char name[JK_LIMIT_NAME_MAX];
    char title[JK_LIMIT_NAME_MAX + 64];
    jk_text_format(title, sizeof title, "What if: %s",
                   jk_limit_name(work->candidates, &work->limits[work->curve_limit], name));
    return jk_cli_listing_table(rows, &(jk_cli_listing_view){.plain_title = title,
                                                             .money_decimals = 2,
                                                             .shown = shown,
                                                             .heads = heads,
                                                             .first = JK_ACTION_COUNT + arguments->limit_count});
}

static const char *const strata_sums[] = {"claims", "face",    "share_of_face", "value", "value_free", "close",
                                          "sell",   "surveil", "amicable",      "legal", NULL};

jk_status jk_cli_decide_workbook(const decide_arguments *arguments, const decide_work *work, jk_error *error) {
    jk_decide_outcome outcome = outcome_of(arguments, work);
    jk_listing listing = jk_decide_listing(&outcome);
    jk_listing strata = jk_decided_strata_listing(work->strata);
    const jk_xlsx_table tables[] = {
        {.sheet = "Decisions", .title = "Decisions under the limits, the limits, what if", .listing = &listing},
        {.sheet = "By columns", .title = "By the columns asked for", .listing = &strata, .added = strata_sums},
    };
    const jk_cli_book book = {.tables = tables, .table_count = work->strata != NULL ? 2 : 1};
    return jk_cli_write_workbook(&arguments->common, &arguments->valuing, &work->valuation, &book, error);
}

static void print_caution(const jk_cautious *cautious, const char *currency) {
    char amount[JK_AMOUNT_TEXT];
    jk_cli_say("  cautious, by treatments that %s: amicable lowered for %llu claims, legal for %llu",
               jk_text(cautious->by_lot ? "chance assigned" : "were chosen, not drawn by lot"),
               (unsigned long long)cautious->lowered[JK_TREAT_AMICABLE],
               (unsigned long long)cautious->lowered[JK_TREAT_LEGAL]);
    jk_cli_say(" (never compared: %llu and %llu); without limits %llu claims are decided otherwise, which the model "
               "says is worth %s %s less\n",
               (unsigned long long)cautious->not_compared[JK_TREAT_AMICABLE],
               (unsigned long long)cautious->not_compared[JK_TREAT_LEGAL], (unsigned long long)cautious->changed,
               jk_amount(amount, cautious->given_up, 0), currency);
}

static int print_strata(const decide_work *work, int decimals) {
    jk_listing strata = jk_decided_strata_listing(work->strata);
    jk_cli_listing_view view = {
        .title = "Decisions by the columns asked for", .added = strata_sums, .money_decimals = decimals};
    return jk_cli_listing_table(&strata, &view);
}

static void print_worth(const decide_arguments *arguments, const decide_work *work, const char *currency) {
    char one[JK_AMOUNT_TEXT], other[JK_AMOUNT_TEXT], third[JK_AMOUNT_TEXT];
    double gap = work->decided.bound - work->decided.objective;
    jk_cli_say("\n  worth %s %s under the limits, %s without; no allocation within the limits is worth more than "
               "%s %% more\n",
               jk_amount(one, work->decided.objective, 0), currency, jk_amount(other, work->decided.unlimited, 0),
               jk_amount(third, work->decided.bound > 0.0 ? 100.0 * gap / work->decided.bound : 0.0, 4));
    if (!arguments->by_claim) {
        jk_cli_say("  claim by claim, carried out with one court fee a debtor: %s %s; a debtor treated in one way "
                   "brings %s more\n",
                   jk_amount(one, work->claim_by_claim, 0), currency,
                   jk_amount(other, work->decided.objective - work->claim_by_claim, 0));
    }
    jk_cli_say("  court fees now %s %s, agent hours in the first epoch %s\n", jk_amount(one, work->decided.court, 2),
               currency, jk_amount(other, work->decided.hours, 1));
}

int jk_cli_decide_print(const decide_arguments *arguments, const decide_work *work) {
    if (jk_cli_json_on_stdout(&arguments->common)) {
        return jk_cli_print_text(jk_cli_decide_json(arguments, work));
    }
    jk_decide_outcome outcome = outcome_of(arguments, work);
    jk_listing listing = jk_decide_listing(&outcome);
    if (arguments->common.format == JK_FORMAT_CSV) {
        jk_listing strata = jk_decided_strata_listing(work->strata);
        return jk_cli_listing_csv(work->strata != NULL ? &strata : &listing);
    }
    jk_cli_speak(&arguments->common);
    const jk_cli_valuing *valuing = &arguments->valuing;
    const char *currency = valuing->model->base_currency;
    jk_cli_valuing_heading(valuing, &work->valuation);
    jk_listing decisions = listing;
    decisions.rows = JK_ACTION_COUNT; /* limits and points have tables of their own */
    static const char *const added[] = {"claims", "face", "value", NULL};
    jk_cli_listing_view view = {
        .title = "Decisions under the limits", .added = added, .money_decimals = jk_cli_decimals(&work->valuation)};
    int failed = jk_cli_listing_table(&decisions, &view);
    failed |= work->strata != NULL ? print_strata(work, view.money_decimals) : 0;
    if (arguments->limit_count > 0) {
        failed |= print_limits(listing, arguments->limit_count);
        (void)printf("\n");
        print_words(work, currency, arguments->limit_count);
    }
    print_worth(arguments, work, currency);
    if (work->hour_price != NULL) {
        failed |= jk_cli_print_hours_table(&arguments->later,
                                           jk_text("Hours of later epochs, paid at these prices in the values"));
    }
    if (arguments->cautious != NULL) {
        print_caution(&work->cautious, currency);
    }
    if (arguments->curve != NULL) {
        failed |= print_curve(&listing, arguments, work);
    }
    return failed | jk_cli_finish();
}
