/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios side by side as tables and as CSV. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/words/language.h"
#include "cli/print/listing_print.h"
#include "cli/print/strata_print.h"
#include "cli/scenario/scenario_command.h"

enum { CHANGES_SHOWN = 3 };

static const unsigned modes[] = {JK_MODE_REPLANNED, JK_MODE_COMMITTED};

static const jk_valuation *base_of(const jk_scenario_view *view) {
    return jk_scenario_at(view->grid, 0, 0, -1);
}

/* ---- tables ---------------------------------------------------------------------------------------------------- */

static bool is_of(const jk_listing *rows, const jk_cell *cells, const char *mode) {
    const char *of = jk_cli_listing_cell(rows, cells, "mode")->text;
    const bool is_all = strcmp(jk_cli_listing_cell(rows, cells, "segment")->text, "all") == 0;
    return (strcmp(of, "base") == 0 || strcmp(of, mode) == 0) && is_all == (rows->choice < 0);
}

static bool is_replanned(const jk_listing *rows, const jk_cell *cells) {
    return is_of(rows, cells, "replanned");
}

static bool is_committed(const jk_listing *rows, const jk_cell *cells) {
    return is_of(rows, cells, "committed");
}

/* The return where it is another than the base's; no change of the base against itself. */
static bool line_written(jk_table *table, const jk_listing *rows, const jk_cell *cells, const char *column) {
    const bool is_base = strcmp(jk_cli_listing_cell(rows, cells, "mode")->text, "base") == 0;
    const jk_cell *cell = jk_cli_listing_cell(rows, cells, column);
    const double irr = jk_cli_listing_cell(rows, cells, "irr")->number;
    char rate[JK_AMOUNT_TEXT];
    if (strcmp(column, "scenario") == 0 && irr != jk_scenario_at(rows->source[1], 0, 0, -1)->irr) {
        jk_table_say(table, "%s (at %s %%)", cell->text, jk_amount(rate, 100.0 * irr, jk_cli_rate_decimals(irr)));
    } else if (strcmp(column, "scenario") == 0) {
        jk_table_cell(table, "%s", is_base ? jk_text(cell->text) : cell->text);
    } else if (strcmp(column, "change_pct") == 0) {
        jk_table_amount(table, is_base ? (double)NAN : cell->number, 1);
    } else if (strcmp(column, "payback_months") == 0) {
        jk_table_payback(table, cell->number);
    } else {
        return false;
    }
    return true;
}

static int print_mode(const jk_scenario_view *view, size_t mode) {
    enum { GROSS = 5 };
    static const char *const titles[] = {"Re-planned: the owner knows the scenario and plans for it",
                                         "Committed: the base plan is kept, only the flows change"};
    const bool is_anew = modes[mode] == JK_MODE_REPLANNED;
    const char *const shown[] = {"scenario",
                                 "value",
                                 "change_pct",
                                 "bid",
                                 "bid_pct_of_face",
                                 "erc_gross_84",
                                 "erc_gross_120",
                                 "erc_gross_180",
                                 "multiple",
                                 "payback_months",
                                 is_anew && view->segment < 0 ? "changed_claims" : NULL,
                                 NULL};
    const char *heads[sizeof shown / sizeof shown[0]] = {NULL};
    char gross[JK_ERC_COUNT][32];
    const int horizon = base_of(view)->flow.months;
    for (int i = 0; i < JK_ERC_COUNT; i++) {
        jk_text_format(gross[i], sizeof gross[i], "gross %d m",
                       jk_erc_months[i] < horizon ? jk_erc_months[i] : horizon);
        heads[GROSS + i] = gross[i];
    }
    const jk_listing rows = jk_scenario_listing(view->set, view->grid, view->segment);
    return jk_cli_listing_table(&rows, &(jk_cli_listing_view){.title = titles[mode],
                                                              .shown = shown,
                                                              .heads = heads,
                                                              .is_ruled = true,
                                                              .wanted = is_anew ? is_replanned : is_committed,
                                                              .written = line_written,
                                                              .money_decimals = jk_cli_decimals(base_of(view))});
}

/* Both decisions in one cell. */
static bool change_written(jk_table *table, const jk_listing *rows, const jk_cell *cells, const char *column) {
    const bool is_change = strcmp(column, "from") == 0;
    if (is_change) {
        jk_table_say(table, "%s to %s", jk_text(jk_cli_listing_cell(rows, cells, "from")->text),
                     jk_text(jk_cli_listing_cell(rows, cells, "to")->text));
    }
    return is_change;
}

static int print_changes(const jk_scenario_view *view) {
    const jk_listing rows = jk_scenario_changes_listing(view->set, view->grid, CHANGES_SHOWN);
    return jk_cli_listing_table(
        &rows,
        &(jk_cli_listing_view){.title = "Decisions that change, re-planned (the three most frequent of each scenario)",
                               .claims = "claims",
                               .blank = 1,
                               .is_ruled = true,
                               .written = change_written,
                               .money_decimals = jk_cli_decimals(base_of(view))});
}

static void print_notes(const jk_scenario_view *view) {
    jk_cli_say("\nScenarios of %s\n", view->set->path);
    for (size_t s = 0; s < view->set->count; s++) {
        const jk_scenario *scenario = &view->set->scenarios[s];
        (void)printf("  %s%s%s\n", scenario->name, scenario->note == NULL ? "" : ": ",
                     scenario->note == NULL ? "" : scenario->note);
    }
}

/* Combinations of columns in the base and every scenario and mode. */
static int print_strata(const jk_scenario_view *view) {
    enum { HEAD = 160 };
    const size_t cases = view->grid->count;
    char(*text)[HEAD] = calloc(cases, sizeof *text);
    const char **heads = calloc(cases, sizeof *heads);
    for (size_t m = 0; text != NULL && heads != NULL && m < 2; m++) {
        for (size_t s = 0; (view->grid->modes & modes[m]) != 0 && s < view->grid->scenario_count; s++) {
            const size_t at = jk_scenario_index(view->grid, 0, modes[m], (int)s);
            const char *name = view->set->scenarios[s].name;
            jk_text_format(text[at], HEAD, modes[m] == JK_MODE_COMMITTED ? "%s (committed)" : "%s", name);
            heads[at] = text[at];
        }
        heads[0] = jk_text("base");
    }
    const jk_cli_strata_view table = {.title = "Value by the columns asked for",
                                      .money = "value",
                                      .percent = "change_pct",
                                      .heads = heads,
                                      .percent_head = "change %",
                                      .decimals = jk_cli_decimals(base_of(view))};
    int failed =
        text != NULL && heads != NULL ? jk_cli_strata_table(view->strata, &table) : jk_cli_print_table(NULL, NULL);
    free((void *)heads);
    free(text);
    return failed;
}

int jk_scenario_print_tables(const jk_scenario_view *view) {
    const jk_valuation *base = base_of(view);
    char rate[JK_AMOUNT_TEXT];
    jk_cli_valuing_heading(view->valuing, base);
    jk_cli_say("Return    %s %% a year", jk_amount(rate, 100.0 * base->irr, jk_cli_rate_decimals(base->irr)));
    if (view->segment >= 0) {
        jk_cli_say("; segment %s", base->segment_id[view->segment]);
    }
    (void)putchar('\n');
    print_notes(view);
    int failed = 0;
    for (size_t m = 0; m < 2; m++) {
        if ((view->grid->modes & modes[m]) != 0) {
            failed |= print_mode(view, m);
        }
    }
    if ((view->grid->modes & JK_MODE_REPLANNED) != 0 && view->segment < 0) {
        failed |= print_changes(view);
    }
    failed |= view->strata != NULL ? print_strata(view) : 0;
    return failed | jk_cli_finish();
}

/* ---- CSV ------------------------------------------------------------------------------------------------------- */

int jk_scenario_print_csv(const jk_scenario_view *view) {
    jk_listing listing = view->strata != NULL ? jk_strata_cases_listing(view->strata)
                                              : jk_scenario_listing(view->set, view->grid, view->segment);
    return jk_cli_listing_csv(&listing);
}
