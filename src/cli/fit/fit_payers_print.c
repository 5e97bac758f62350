/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/fit/fit_payers_print.h"

#include <math.h>
#include <stdio.h>

#include "cli/print/table.h"
#include "cli/value/valuing.h"

static void number_cell(jk_table *table, const char *format, double value) {
    char text[64] = "";
    if (isfinite(value)) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        (void)snprintf(text, sizeof text, format, value);
#pragma GCC diagnostic pop
    }
    jk_table_cell(table, "%s", text);
}

static const char *index_name(const jk_payer_term *term) {
    return term->index < 0                          ? ""
           : term->figure == JK_PAYER_MONTHLY_SHARE ? jk_capacity_name((jk_capacity)term->index)
                                                    : jk_action_name((jk_action)(term->index + (int)JK_SURVEIL));
}

static int print_terms(const jk_payers_result *payers, const jk_model *base) {
    jk_table *table =
        jk_table_headed("lllrrrrr", "figure", "segment", "of", "estimate", "95 %", "taken", "own data", "debtors");
    jk_table_rule(table);
    for (size_t i = 0; i < payers->term_count; i++) {
        const jk_payer_term *term = &payers->terms[i];
        if (!isfinite(term->std_error)) {
            continue;
        }
        const char *format = term->figure == JK_PAYER_HALF_LIFE ? "%.1f" : "%.4f";
        char low[32], high[32];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        (void)snprintf(low, sizeof low, format, term->low);
        (void)snprintf(high, sizeof high, format, term->high);
#pragma GCC diagnostic pop
        jk_table_cell(table, "%s", jk_payer_figure_name(term->figure));
        jk_table_cell(table, "%s", term->segment >= 0 ? base->segments[term->segment].id : "all");
        jk_table_cell(table, "%s", index_name(term));
        number_cell(table, format, term->estimate);
        jk_table_cell(table, "%s to %s", low, high);
        number_cell(table, format, term->value);
        jk_table_cell(table, "%.0f %%", 100.0 * term->credibility);
        jk_table_count(table, (uint64_t)term->debtors);
    }
    return jk_cli_print_table(table, "Payers: shares of new payers who settle, months and shares of the others");
}

static int print_levels(const jk_payers_result *payers, const jk_model *base) {
    jk_table *table = jk_table_headed("llllrrrrr", "level of", "segment", "treatment", "", "actual", "expected",
                                      "ratio", "s.e.", "taken");
    jk_table_rule(table);
    for (size_t i = 0; i < payers->level_count; i++) {
        const jk_payer_level *level = &payers->levels[i];
        if (!(level->expected > 0.0)) {
            continue;
        }
        jk_table_cell(table, "%s", level->what);
        jk_table_cell(table, "%s", level->segment >= 0 ? base->segments[level->segment].id : "all");
        jk_table_cell(table, "%s",
                      level->treatment >= 0 ? jk_action_name((jk_action)(level->treatment + (int)JK_SURVEIL)) : "");
        jk_table_cell(table, "%s", level->level);
        jk_table_amount(table, level->actual, 0);
        jk_table_amount(table, level->expected, 0);
        number_cell(table, "%.3f", level->ratio);
        number_cell(table, "%.3f", level->std_error);
        number_cell(table, "%.3f", level->value);
    }
    return jk_cli_print_table(
        table, "Levels: what landmarks of the panel expected of the months that followed, and what came in");
}

int jk_cli_fit_payers(const jk_fit_result *result, const jk_model *base) {
    const jk_payers_result *payers = result->payer_figures;
    if (!payers->learned) {
        return 0; /* the messages say why not */
    }
    (void)printf("\nNew payers            %16zu, of whom %zu settled at once; %zu spells of payments ended\n",
                 payers->begun, payers->settled, payers->ended);
    (void)printf("Who paid in a period paid in the next in %.1f %% of cases, the quiet in %.2f %%.\n",
                 100.0 * payers->again, 100.0 * payers->quiet);
    (void)printf(
        "Curves are intensities of new payers; cash above is the balance of those who began (times the share that "
        "a settlement brings).\n");
    int failed = print_terms(payers, base);
    return payers->level_count > 0 ? failed | print_levels(payers, base) : failed;
}
