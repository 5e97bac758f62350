/* SPDX-License-Identifier: Apache-2.0 */
/* docs/outputs.md: the columns of all listings, and of what none writes. */
#include <stdio.h>

#include "cli/help/outputs_described.h"
#include "jalki/backtest.h"
#include "jalki/batch.h"
#include "jalki/break_even.h"
#include "jalki/calendar.h"
#include "jalki/calibrate.h"
#include "jalki/chain_ladder.h"
#include "jalki/challenge.h"
#include "jalki/checks.h"
#include "jalki/compare.h"
#include "jalki/experiment.h"
#include "jalki/export.h"
#include "jalki/fit.h"
#include "jalki/forward.h"
#include "jalki/horizon.h"
#include "jalki/hours.h"
#include "jalki/import.h"
#include "jalki/inspect.h"
#include "jalki/inspect_panel.h"
#include "jalki/missing.h"
#include "jalki/model_steps.h"
#include "jalki/panel_join.h"
#include "jalki/pools.h"
#include "jalki/scenario.h"
#include "jalki/simulate.h"
#include "jalki/strata.h"
#include "jalki/tender.h"
#include "jalki/verify.h"
#include "jalki/watch.h"
#include "jalki/worklist.h"

void jk_cli_describe_listings(void) {
    const jk_listing listings[] = {
        jk_groups_listing(NULL),
        jk_cashflow_listing(NULL),
        jk_years_listing(NULL),
        jk_valuation_payers_listing(NULL, NULL),
        jk_strata_listing(NULL),
        jk_strata_cases_listing(NULL),
        jk_bids_listing(NULL),
        jk_scenario_listing(NULL, NULL, -1),
        jk_scenario_changes_listing(NULL, NULL, 1),
        jk_decide_listing(NULL),
        jk_hours_listing(NULL),
        jk_worklist_listing(NULL, NULL),
        jk_worklist_excluded_listing(NULL),
        jk_calendar_listing(NULL),
        jk_calendar_sums_listing(NULL),
        jk_watch_listing(NULL),
        jk_watch_sums_listing(NULL),
        jk_comparison_listing(NULL),
        jk_comparison_decisions_listing(NULL),
        jk_model_diff_listing(NULL),
        jk_model_steps_listing(NULL),
        jk_model_segments_listing(NULL),
        jk_model_log_listing(NULL),
        jk_own_calibration_listing(NULL),
        jk_challenge_listing(NULL),
        jk_challenge_decisions_listing(NULL),
        jk_import_listing(NULL),
        jk_batch_listing(NULL),
        jk_batch_sums_listing(NULL),
        jk_checks_listing(NULL),
        jk_inspect_currencies_listing(NULL),
        jk_inspect_largest_listing(NULL),
        jk_inspect_columns_listing(NULL),
        jk_inspect_numbers_listing(NULL),
        jk_inspect_amounts_listing(NULL),
        jk_inspect_combinations_listing(NULL),
        jk_inspect_figures_listing(NULL),
        jk_inspect_panel_listing(NULL),
        jk_inspect_treatments_listing(NULL),
        jk_backtest_listing(NULL),
        jk_backtest_figures_listing(NULL),
        jk_backtest_stability_listing(NULL),
        jk_horizon_listing(NULL),
        jk_panel_join_listing(NULL),
        jk_fit_listing(NULL, NULL),
        jk_payers_listing(NULL, NULL),
        jk_payer_levels_listing(NULL, NULL),
        jk_effects_listing(NULL),
        jk_overlap_listing(NULL),
        jk_forward_listing(NULL),
        jk_forward_years_listing(NULL),
        jk_forward_segments_listing(NULL),
        jk_forward_ages_listing(NULL),
        jk_tender_listing(NULL),
        jk_book_listing(NULL, false),
        jk_pools_listing(NULL, false),
        jk_break_even_listing(NULL, NULL, 0),
        jk_missing_listing(NULL, 0),
        jk_chain_ladder_listing(NULL, NULL),
        jk_chain_ladder_factors_listing(NULL, NULL),
        jk_verify_listing(NULL),
        jk_simulation_listing(NULL),
        jk_simulation_distributions_listing(NULL),
        jk_simulation_prices_listing(NULL),
        jk_cli_erase_rows,
        jk_cli_replay_rows,
        jk_cli_report_rows,
        jk_cli_version_rows,
        jk_cli_export_rows,
    };
    (void)puts(
        "# Columns of outputs\n\nMade from the listings that write them (`jalki help --as outputs`); "
        "`tests/cli/help.sh` "
        "compares.\n`--format csv` and the lists of JSON have all of these columns, in this order; a table shows those "
        "that fit.\nWhat is missing is an empty cell in CSV and null in JSON. Money is in the model's base "
        "currency, or in that of --currency.\n\nCSV has commas, decimal points, dates as YYYY-MM-DD; with "
        "`--csv-dialect fi|sv|da|no|et|de` what "
        "a spreadsheet "
        "of that\nlanguage reads: semicolons, decimal commas, its dates. The same option reads such files back. A name "
        "that ends "
        "in .csv.gz packs.\n\nEvery file of CSV that a command writes (--claims, --cashflow, --years, --disagree, …) "
        "becomes what its name "
        "ends in:\n`.csv`, `.csv.gz`, `.xlsx` (a sheet with a frozen head, a filter and sums beneath), `.json` (rows "
        "and "
        "manifest),\n`.parquet` (by DuckDB's library, [sql.md](sql.md)); `.txt` and names without an ending "
        "are CSV, another ending is an error.\n");
    for (size_t l = 0; l < sizeof listings / sizeof listings[0]; l++) {
        (void)printf("## %s\n\n| column | unit | in tables | |\n|---|---|---|---|\n", listings[l].name);
        for (size_t c = 0; c < listings[l].column_count; c++) {
            const jk_listing_column *column = &listings[l].columns[c];
            (void)printf("| `%s` | %s | %s | %s |\n", column->name, column->unit,
                         column->head != NULL ? column->head : "", column->meaning);
        }
        (void)putchar('\n');
    }
    (void)puts("# Files written row by row\n\nOf claims, months or rows as they come; `tests/python/test_outputs.py` "
               "holds the columns against "
               "the files.\n");
    jk_cli_describe_outputs();
}
