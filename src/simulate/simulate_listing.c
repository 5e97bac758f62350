/* SPDX-License-Identifier: Apache-2.0 */
/* What a simulation found as rows, the columns described once: distributions, each with all its figures and their
 * errors; prices at a confidence; and both with one figure a row, as CSV has them. */
#include <stdio.h>

#include "base/error.h"
#include "base/words/listing.h"
#include "jalki/simulate.h"

/* ---- distributions ------------------------------------------------------------------------------------------------
 */

enum { WHAT, YEAR, PATHS, FIGURES, DISTRIBUTION_COLUMNS = FIGURES + 2 * JK_FIGURE_COUNT };

/* A figure and, behind it, its error. */
#define FIGURE(figure, name, head, meaning)                                                                            \
    [FIGURES + 2 * (figure)] = {name, head, "money, or a year", meaning, JK_LISTING_FIGURE, 0},                        \
                   [FIGURES + 2 * (figure) +                                                                           \
                       1] = {name "_std_error", "+/-", "likewise", "Standard error of it, from the number of paths",   \
                             JK_LISTING_FIGURE, 0}
static const jk_listing_column distribution_columns[DISTRIBUTION_COLUMNS] = {
    [WHAT] = JK_LISTED_TEXT("what", NULL,
                            "pv, gross, net, irr_at_price; erc_year_N: collections of the year, erc_to_year_N: up to "
                            "its end; pv_after_N: of so many paths"),
    [YEAR] = JK_LISTED_COUNT("year", "year", "Year after the cut-off, from 1, of erc_year_N and erc_to_year_N"),
    [PATHS] = JK_LISTED_COUNT("paths", "paths", "Paths that have a value"),
    FIGURE(JK_FIGURE_MEAN, "mean", "mean", "Mean over the paths; money, of irr_at_price a yearly return"),
    FIGURE(JK_FIGURE_SD, "sd", "standard deviation", "Standard deviation"),
    FIGURE(JK_FIGURE_P01, "p01", "worst 1 %", "On one path of a hundred it is less"),
    FIGURE(JK_FIGURE_P05, "p05", "worst 5 %", "On one of twenty"),
    FIGURE(JK_FIGURE_P25, "p25", "worst quarter", "On a quarter of the paths"),
    FIGURE(JK_FIGURE_P50, "p50", "median", "On half of them"),
    FIGURE(JK_FIGURE_P75, "p75", "best quarter", "On three quarters"),
    FIGURE(JK_FIGURE_P95, "p95", "best 5 %", "On all but one of twenty"),
    FIGURE(JK_FIGURE_P99, "p99", "best 1 %", "On all but one of a hundred"),
    FIGURE(JK_FIGURE_ES05, "es05", "mean of the worst 5 %", "Mean of the worst twentieth of the paths"),
};
#undef FIGURE

static void set_what(jk_cell *cells, const char *format, int number) {
    char what[32];
    (void)snprintf(what, sizeof what, format, number);
    jk_cell_set(&cells[WHAT], what);
}

/* The distribution of a row; says in its cells what it is of. */
static const jk_distribution *distribution_of(const jk_simulation *simulation, size_t row, jk_cell *cells) {
    static const char *const names[JK_SIMULATION_YEARS] = {[JK_SIMULATION_VALUE] = "pv",
                                                           [JK_SIMULATION_GROSS] = "gross",
                                                           [JK_SIMULATION_NET] = "net",
                                                           [JK_SIMULATION_RETURN] = "irr_at_price"};
    const jk_distribution *const whole[JK_SIMULATION_YEARS] = {[JK_SIMULATION_VALUE] = &simulation->value,
                                                               [JK_SIMULATION_GROSS] = &simulation->gross,
                                                               [JK_SIMULATION_NET] = &simulation->net,
                                                               [JK_SIMULATION_RETURN] = &simulation->irr_at_price};
    const size_t years = (size_t)simulation->years;
    if (row < JK_SIMULATION_YEARS) {
        jk_cell_set(&cells[WHAT], names[row]);
        return whole[row];
    }
    row -= JK_SIMULATION_YEARS;
    if (row < 2 * years) {
        const int year = (int)(row % years) + 1;
        set_what(cells, row < years ? "erc_year_%d" : "erc_to_year_%d", year);
        cells[YEAR].number = year;
        return row < years ? &simulation->year[row] : &simulation->collected[row - years];
    }
    const jk_distribution *after = &simulation->convergence[row - 2 * years];
    set_what(cells, "pv_after_%d", (int)after->count);
    return after;
}

static jk_status distribution_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    const jk_simulation *simulation = listing->source[0];
    const jk_distribution *of = distribution_of(simulation, row, cells);
    const int decimals = of == &simulation->irr_at_price ? 8 : 2;
    (void)error;
    cells[PATHS].number = (double)of->count;
    for (size_t f = 0; f < JK_FIGURE_COUNT; f++) {
        jk_cell_set_figure(&cells[FIGURES + 2 * f], of->figure[f], decimals);
        jk_cell_set_figure(&cells[FIGURES + 2 * f + 1], of->error[f], decimals);
    }
    return JK_OK;
}

jk_listing jk_simulation_distributions_listing(const jk_simulation *simulation) {
    const size_t rows =
        simulation == NULL ? 0 : JK_SIMULATION_YEARS + 2 * (size_t)simulation->years + simulation->convergence_count;
    return JK_LISTING_OF("simulate distributions", distribution_columns, rows, distribution_cells, simulation);
}

/* ---- prices -------------------------------------------------------------------------------------------------------
 */

enum { CONFIDENCE, PRICE, PRICE_ERROR, PRICE_COLUMNS };

static const jk_listing_column price_columns[PRICE_COLUMNS] = {
    [CONFIDENCE] = {"confidence", "", "share", "On this part of the paths the price earns the required return",
                    JK_LISTING_FIGURE, 0},
    [PRICE] = {"price", "price", "money", "The highest that does", JK_LISTING_FIGURE, 0},
    [PRICE_ERROR] = {"std_error", "+/-", "money", "Standard error of it, from the number of paths", JK_LISTING_FIGURE,
                     0},
};

static jk_status price_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    const jk_simulation *simulation = listing->source[0];
    (void)error;
    jk_cell_set_figure(&cells[CONFIDENCE], jk_confidence[row], 2);
    jk_cell_set_figure(&cells[PRICE], simulation->confidence_price[row], 2);
    jk_cell_set_figure(&cells[PRICE_ERROR], simulation->confidence_error[row], 2);
    return JK_OK;
}

jk_listing jk_simulation_prices_listing(const jk_simulation *simulation) {
    return JK_LISTING_OF("simulate prices", price_columns, simulation == NULL ? 0 : JK_CONFIDENCE_COUNT, price_cells,
                         simulation);
}

/* ---- one figure a row ---------------------------------------------------------------------------------------------
 */

enum { OF, NAME, AMOUNT, STD_ERROR, COLUMNS, SINGLE_FIGURES = 4 };

static const jk_listing_column columns[COLUMNS] = {
    [OF] = JK_LISTED_TEXT("what", NULL,
                          "pv, gross, net, irr_at_price, erc_year_N, erc_to_year_N, pv_after_N (paths), "
                          "price_at_confidence"),
    [NAME] =
        JK_LISTED_FIGURE("figure", "",
                         "mean, standard deviation, quantiles, expected shortfall; of price_at_confidence the "
                         "confidence; of pv also base_value, of irr_at_price price, probability_of_required_return "
                         "and probability_of_loss"),
    [AMOUNT] = JK_LISTED_FIGURE("amount", "money, a year, or share", "The figure over the paths"),
    [STD_ERROR] = JK_LISTED_FIGURE("std_error", "likewise",
                                   "From the number of paths; missing where there is none, or it is not known"),
};

static void set_single(const jk_simulation *simulation, size_t row, jk_cell *cells) {
    const struct {
        const char *what, *figure;
        double number;
        int decimals;
    } singles[SINGLE_FIGURES] = {
        {"pv", "base_value", simulation->base_value, 2},
        {"irr_at_price", "price", simulation->price, 2},
        {"irr_at_price", "probability_of_required_return", simulation->probability_of_return, 8},
        {"irr_at_price", "probability_of_loss", simulation->probability_of_loss, 8},
    };
    jk_cell_set(&cells[OF], singles[row].what);
    jk_cell_set(&cells[NAME], singles[row].figure);
    jk_cell_set_figure(&cells[AMOUNT], singles[row].number, singles[row].decimals);
}

/* All figures of the distributions, then the prices, then figures that are by themselves. */
static jk_status figure_cells(const jk_listing *listing, size_t row, jk_cell *cells, jk_error *error) {
    const jk_simulation *simulation = listing->source[0];
    const jk_listing distributions = jk_simulation_distributions_listing(simulation);
    const jk_listing prices = jk_simulation_prices_listing(simulation);
    const size_t figures = distributions.rows * JK_FIGURE_COUNT;
    jk_cell from[JK_LISTING_COLUMNS];
    if (row < figures) {
        const size_t place = FIGURES + 2 * (row % JK_FIGURE_COUNT);
        JK_TRY(jk_listing_row(&distributions, row / JK_FIGURE_COUNT, from, error));
        cells[OF] = from[WHAT];
        jk_cell_set(&cells[NAME], distribution_columns[place].name);
        cells[AMOUNT] = from[place];
        cells[STD_ERROR] = from[place + 1];
    } else if (row < figures + prices.rows) {
        JK_TRY(jk_listing_row(&prices, row - figures, from, error));
        jk_cell_set(&cells[OF], "price_at_confidence");
        cells[NAME] = from[CONFIDENCE];
        cells[AMOUNT] = from[PRICE];
        cells[STD_ERROR] = from[PRICE_ERROR];
    } else {
        set_single(simulation, row - figures - prices.rows, cells);
    }
    return JK_OK;
}

jk_listing jk_simulation_listing(const jk_simulation *simulation) {
    const size_t rows = simulation == NULL ? 0
                                           : jk_simulation_distributions_listing(simulation).rows * JK_FIGURE_COUNT +
                                                 JK_CONFIDENCE_COUNT + SINGLE_FIGURES;
    return JK_LISTING_OF("simulate", columns, rows, figure_cells, simulation);
}
