/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/fit/fit_print.h"

#include <math.h>
#include <string.h>

#include "base/number/calendar.h"
#include "cli/fit/fit_payers_print.h"
#include "cli/print/listing_print.h"
#include "cli/value/valuing.h"

/* A figure as the model has it: a ratio, or for curves per cent of the balance a month. */
static void effect_text(char text[32], double logarithm, bool curve) {
    (void)snprintf(text, 32, curve ? "%.4f" : "%.3f", (curve ? 100.0 : 1.0) * exp(logarithm));
}

/* Estimates as ratios or rates with their 95 % interval; what was not estimated says why. */
static bool written(jk_table *table, const jk_listing *listing, const jk_cell *cells, const char *column) {
    const jk_cell *cell = jk_cli_listing_cell(listing, cells, column);
    const char *characteristic = jk_cli_listing_cell(listing, cells, "characteristic")->text;
    const char *state = jk_cli_listing_cell(listing, cells, "state")->text;
    const bool estimated = strcmp(state, jk_ppml_state_name(JK_PPML_FREE)) == 0;
    const bool curve = strcmp(characteristic, "curve") == 0;
    char text[32], high[32];
    effect_text(text, cell->number, curve);
    if (strcmp(column, "estimate") == 0) {
        jk_table_cell(table, "%s", estimated ? text : state);
    } else if (strcmp(column, "low") == 0) {
        effect_text(high, jk_cli_listing_cell(listing, cells, "high")->number, curve);
        if (isfinite(cell->number) && estimated) {
            jk_table_cell(table, "%s to %s", text, high);
        } else {
            const bool has_error = isfinite(jk_cli_listing_cell(listing, cells, "std_error")->number);
            jk_table_cell(table, "%s", !estimated ? "" : has_error ? "too few payers" : "one debtor");
        }
    } else if (strcmp(column, "shrunk") == 0) {
        if (!curve && strcmp(characteristic, "capacity_class") != 0) {
            jk_table_cell(table, "%+.3f", cell->number); /* points */
        } else {
            const bool base = jk_cli_listing_cell(listing, cells, "credibility")->number == 0.0 && cell->number == 0.0;
            jk_table_cell(table, "%s", curve && base ? "base model" : text);
        }
    } else if (strcmp(column, "credibility") == 0) {
        jk_table_cell(table, "%.0f %%", 100.0 * cell->number);
    } else {
        return false;
    }
    return true;
}

static bool is_curve(const jk_listing *listing, const jk_cell *cells) {
    return strcmp(jk_cli_listing_cell(listing, cells, "characteristic")->text, "curve") == 0;
}

static bool is_class(const jk_listing *listing, const jk_cell *cells) {
    return strcmp(jk_cli_listing_cell(listing, cells, "characteristic")->text, "capacity_class") == 0;
}

static bool is_points(const jk_listing *listing, const jk_cell *cells) {
    return !is_curve(listing, cells) && !is_class(listing, cells);
}

/* Curves, classes and points, each a table of its own. */
static int print_terms(const jk_fit_result *result, const jk_model *base) {
    static const char *const of_segments[] = {"segment",     "treatment", "level", "estimate", "low", "shrunk",
                                              "credibility", "exposure",  "cash",  "payers",   NULL};
    static const char *const of_points[] = {"characteristic", "level", "estimate", "low", "shrunk",
                                            "exposure",       "cash",  "payers",   NULL};
    static const char *const curves[] = {"segment", "treatment", "months",   "% a month", "95 %",
                                         "taken",   "own data",  "exposure", "cash",      "payers"};
    static const char *const classes[] = {"segment", "treatment", "class",    "ratio", "95 %",
                                          "taken",   "own data",  "exposure", "cash",  "payers"};
    static const char *const points[] = {"characteristic", "level",    "ratio", "95 %",
                                         "points",         "exposure", "cash",  "payers"};
    const jk_cli_listing_view views[] = {
        {.plain_title = "Curves: cash as a share of the balance, reference levels",
         .shown = of_segments,
         .heads = curves,
         .blank = 2,
         .may_be_empty = true,
         .is_ruled = true,
         .wanted = is_curve,
         .written = written},
        {.plain_title = "Capacity classes: intensity against the reference class",
         .shown = of_segments,
         .heads = classes,
         .blank = 2,
         .may_be_empty = true,
         .is_ruled = true,
         .wanted = is_class,
         .written = written},
        {.plain_title = "Points: intensity against the reference level",
         .shown = of_points,
         .heads = points,
         .blank = 1,
         .is_ruled = true,
         .wanted = is_points,
         .written = written},
    };
    const jk_listing terms = jk_fit_listing(result, base);
    int failed = 0;
    for (size_t i = 0; i < sizeof views / sizeof views[0]; i++) {
        failed |= jk_cli_listing_table(&terms, &views[i]);
    }
    return failed;
}

static void print_trees(const jk_fit_result *result) {
    if (result->trees != NULL) {
        const jk_boost_result *boost = &result->trees->boost;
        (void)printf("trees                 %16d over %zu features; deviance of debtors held out %.2f %% %s\n",
                     boost->rounds, result->trees->features,
                     100.0 * fabs(1.0 - boost->deviance_trees / boost->deviance_alone),
                     boost->deviance_trees < boost->deviance_alone ? "less than by points alone"
                                                                   : "more: points alone do as well");
    }
}

static void print_head(const jk_fit_result *result, const jk_model *base) {
    char first[JK_DATE_TEXT], end[JK_DATE_TEXT], text[JK_AMOUNT_TEXT];
    (void)printf("rows                  %16s\n", jk_amount(text, (double)result->rows, 0));
    if (result->rows_used < result->rows) {
        (void)printf("rows estimated on     %16s\n", jk_amount(text, (double)result->rows_used, 0));
    }
    (void)printf("debtors               %16s\n", jk_amount(text, (double)result->debtors, 0));
    (void)printf("debtors that paid     %16s\n", jk_amount(text, (double)result->payers, 0));
    (void)printf("periods                     %s to %s\n", jk_date_format(result->span.first_start, first),
                 jk_date_format(result->span.end, end));
    (void)printf("balance x months      %16s %s\n", jk_amount(text, result->exposure, 0), base->base_currency);
    (void)printf("cash                  %16s %s\n", jk_amount(text, result->cash, 2), base->base_currency);
    (void)printf("expected by the model %16s %s (%.2f %% of actual)\n", jk_amount(text, result->expected, 2),
                 base->base_currency, 100.0 * result->expected / result->cash);
    (void)printf("the same, classes by the score %7s %s (%.2f %% of actual)\n",
                 jk_amount(text, result->scored_expected, 2), base->base_currency,
                 100.0 * result->scored_expected / result->cash);
    (void)printf("dispersion            %16s %s, by debtor ", jk_amount(text, result->dispersion, 2),
                 base->base_currency);
    (void)printf("%s\n", jk_amount(text, result->cluster_dispersion, 2));
    if (result->draws > 0) {
        (void)printf("intervals by bootstrap %15zu draws; %zu figures without, for want of payers\n", result->draws,
                     result->drawn_few);
    }
    (void)printf("figures estimated     %16zu in %d steps\n", result->parameter_count, result->iterations);
    print_trees(result);
}

static void print_sentences(const char *title, const char *const *lines, size_t count, size_t most) {
    if (count == 0) {
        return;
    }
    (void)printf("\n%s\n", title);
    for (size_t i = 0; i < count && i < most; i++) {
        (void)printf("  %s\n", lines[i]);
    }
    if (count > most) {
        (void)printf("  … and %zu more (--full)\n", count - most);
    }
}

static void print_summary(const jk_fit_result *result, const jk_model *base, bool full) {
    enum { SHOWN = 8 };
    size_t most = full ? SIZE_MAX : SHOWN;
    char text[JK_AMOUNT_TEXT], cash[JK_AMOUNT_TEXT];
    (void)printf("%s rows of %zu debtors, of whom %zu paid ", jk_amount(text, (double)result->rows, 0), result->debtors,
                 result->payers);
    (void)printf("%s %s; the model expects %.1f %% of it\n", jk_amount(cash, result->cash, 0), base->base_currency,
                 100.0 * result->expected / result->cash);
    if (!full) {
        print_trees(result);
    }
    print_sentences("What to worry about", result->worries, result->worry_count, SIZE_MAX);
    print_sentences("What was learned", result->learned, result->learned_count, most);
    print_sentences("What was not", result->messages, result->message_count, most);
}

int jk_cli_fit_print(const jk_fit_result *result, const jk_model *base, bool full) {
    print_summary(result, base, full);
    if (!full) {
        (void)puts("\nAll figures: --full, --json F, or a page with plots: --html F");
        return jk_cli_finish();
    }
    (void)putchar('\n');
    print_head(result, base);
    int failed = print_terms(result, base);
    failed |= jk_cli_fit_payers(result, base);
    return failed | jk_cli_finish();
}
