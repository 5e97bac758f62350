/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/fit_print.h"

#include <math.h>
#include <string.h>

#include "base/calendar.h"
#include "cli/fit_payers_print.h"
#include "cli/table.h"
#include "cli/valuing.h"

static const char *treatment_name(int treatment) {
    return treatment < 0 ? "" : jk_action_name((jk_action)(treatment + (int)JK_SURVEIL));
}

/* A ratio or a rate with its 95 % interval; what was not estimated says why. */
static void estimate_cells(jk_table *table, const jk_fit_term *term, const char *format, double scale) {
    if (term->reference || term->state != JK_PPML_FREE) {
        jk_table_cell(table, "%s", term->reference ? "reference" : jk_ppml_state_name(term->state));
        jk_table_cell(table, "%s", "");
        return;
    }
    char low[32], high[32], own[32];
    (void)snprintf(own, sizeof own, format, scale * exp(term->estimate));
    (void)snprintf(low, sizeof low, format, scale * exp(term->low));
    (void)snprintf(high, sizeof high, format, scale * exp(term->high));
    jk_table_cell(table, "%s", own);
    if (isfinite(term->low)) {
        jk_table_cell(table, "%s to %s", low, high);
    } else {
        jk_table_cell(table, "one debtor");
    }
}

static void evidence_cells(jk_table *table, const jk_fit_term *term) {
    jk_table_amount(table, term->exposure, 0);
    jk_table_amount(table, term->cash, 0);
    jk_table_count(table, (uint64_t)term->payers);
}

static int print_points(const jk_fit_result *result) {
    jk_table *table =
        jk_table_headed("llrrrrrr", "characteristic", "level", "ratio", "95 %", "points", "exposure", "cash", "payers");
    jk_table_rule(table);
    const char *last = "";
    for (size_t i = 0; i < result->term_count; i++) {
        const jk_fit_term *term = &result->terms[i];
        if (term->kind != JK_FIT_POINTS) {
            continue;
        }
        jk_table_cell(table, "%s", strcmp(last, term->characteristic) == 0 ? "" : term->characteristic);
        last = term->characteristic;
        jk_table_cell(table, "%s", term->level);
        estimate_cells(table, term, "%.3f", 1.0);
        jk_table_cell(table, "%+.3f", term->value);
        evidence_cells(table, term);
    }
    return jk_cli_print_table(table, "Points: intensity against the reference level");
}

/* Curves (per mille of the balance a month) or classes (ratios), one line per figure. */
static int print_segments(const jk_fit_result *result, const jk_model *base, jk_fit_kind kind, const char *title) {
    bool curve = kind == JK_FIT_CURVE;
    jk_table *table =
        jk_table_headed("lllrrrrrrr", "segment", "treatment", curve ? "months" : "class", curve ? "% a month" : "ratio",
                        "95 %", "taken", "own data", "exposure", "cash", "payers");
    jk_table_rule(table);
    size_t count = 0;
    int segment = -1, treatment = -1;
    for (size_t i = 0; i < result->term_count; i++) {
        const jk_fit_term *term = &result->terms[i];
        if (term->kind != kind) {
            continue;
        }
        bool same = term->segment == segment && term->treatment == treatment;
        jk_table_cell(table, "%s", same ? "" : base->segments[term->segment].id);
        jk_table_cell(table, "%s", same ? "" : treatment_name(term->treatment));
        segment = term->segment;
        treatment = term->treatment;
        jk_table_cell(table, "%s", term->level);
        estimate_cells(table, term, curve ? "%.4f" : "%.3f", curve ? 100.0 : 1.0);
        if (curve && term->credibility == 0.0 && term->value == 0.0) {
            jk_table_cell(table, "base model");
        } else {
            jk_table_cell(table, curve ? "%.4f" : "%.3f", (curve ? 100.0 : 1.0) * exp(term->value));
        }
        jk_table_cell(table, "%.0f %%", 100.0 * term->credibility);
        evidence_cells(table, term);
        count++;
    }
    if (count == 0) {
        jk_table_free(table);
        return 0;
    }
    return jk_cli_print_table(table, title);
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
    int failed = print_segments(result, base, JK_FIT_CURVE, "Curves: cash as a share of the balance, reference levels");
    failed |= print_segments(result, base, JK_FIT_CLASS, "Capacity classes: intensity against the reference class");
    failed |= print_points(result);
    failed |= jk_cli_fit_payers(result, base);
    return failed | jk_cli_finish();
}
