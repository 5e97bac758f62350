/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/print/strata_print.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/words/language.h"
#include "base/words/listing.h"
#include "cli/print/listing_print.h"

jk_status jk_cli_strata_open(const jk_cli_valuing *valuing, const char *by, jk_strata_shape shape, jk_strata **strata,
                             jk_error *error) {
    const int32_t cutoff = valuing->cutoff != JK_MISSING_INTEGER ? valuing->cutoff : jk_tape_cutoff(valuing->tape);
    return by == NULL ? JK_OK : jk_strata_open(valuing->tape, valuing->model, by, cutoff, shape, strata, error);
}

enum { BESIDE = 4 }; /* cases beside each other in one table; those after them stand in a table beneath */

/* Places of columns in the listing, and the sums beneath them. */
typedef struct strata_work {
    jk_listing listing;
    size_t first, columns, cases, rows; /* of what is grouped by */
    size_t claims, face, money, percent;
    size_t from, to; /* the cases of the table */
    double all_claims, all_face;
    double *all; /* [cases] sums of money */
} strata_work;

static size_t place_of(const jk_listing *listing, const char *name) {
    size_t at = 0;
    while (at + 1 < listing->column_count && strcmp(listing->columns[at].name, name) != 0) {
        at++;
    }
    return at;
}

static void put_heads(jk_table *table, const strata_work *work, const jk_cli_strata_view *view) {
    for (size_t c = 0; c < work->columns; c++) {
        const char *head = work->listing.columns[work->first + c].head;
        jk_table_cell(table, "%s", jk_text_if_known(head));
    }
    jk_table_words(table, "claims");
    jk_table_words(table, "face");
    for (size_t k = work->from; k < work->to; k++) {
        jk_table_cell(table, "%s", view->heads[k]);
        jk_table_words(table, view->percent_head);
    }
}

static jk_status put_row(jk_table *table, strata_work *work, const jk_cli_strata_view *view, size_t row,
                         jk_error *error) {
    for (size_t k = work->from; k < work->to; k++) {
        jk_cell cells[JK_LISTING_COLUMNS];
        JK_TRY(jk_listing_row(&work->listing, k * work->rows + row, cells, error));
        for (size_t c = 0; k == work->from && c < work->columns; c++) {
            jk_cli_listing_code(table, &work->listing.columns[work->first + c], cells[work->first + c].text);
        }
        if (k == work->from) {
            jk_table_amount(table, cells[work->claims].number, 0);
            jk_table_amount(table, cells[work->face].number, view->decimals);
            work->all_claims += cells[work->claims].number;
            work->all_face += cells[work->face].number;
        }
        jk_table_amount(table, cells[work->money].number, view->decimals);
        jk_table_percent(table, cells[work->percent].number);
        work->all[k] += cells[work->money].number;
    }
    return JK_OK;
}

/* A percentage of the sums is made of them as that of a row is: of face, or against the base. */
static void put_sums(jk_table *table, const strata_work *work, const jk_cli_strata_view *view, size_t each) {
    const bool is_change = strcmp(view->percent, "change_pct") == 0;
    jk_table_rule(table);
    for (size_t c = 0; c < work->columns; c++) {
        jk_table_cell(table, "%s", c == 0 ? jk_text("all") : "");
    }
    jk_table_amount(table, work->all_claims, 0);
    jk_table_amount(table, work->all_face, view->decimals);
    for (size_t k = work->from; k < work->to; k++) {
        const double base = work->all[k - k % each];
        jk_table_amount(table, work->all[k], view->decimals);
        jk_table_percent(table, !is_change      ? jk_percent(work->all[k], work->all_face)
                                : k % each == 0 ? (double)NAN
                                                : jk_percent(work->all[k] - base, base));
    }
}

/* A table of the cases from `from` on. */
static int print_cases(strata_work *work, const jk_cli_strata_view *view, size_t each, const char *title) {
    char alignment[JK_LISTING_COLUMNS + 2 + 2 * BESIDE + 1];
    const size_t cells = work->columns + 2 + 2 * (work->to - work->from);
    memset(alignment, 'l', work->columns);
    memset(alignment + work->columns, 'r', cells - work->columns);
    alignment[cells] = '\0';
    jk_error error = {0};
    jk_status status = JK_OK;
    jk_table *table = jk_table_create(alignment);
    work->all_claims = work->all_face = 0.0;
    put_heads(table, work, view);
    for (size_t row = 0; row < work->rows && status == JK_OK; row++) {
        status = put_row(table, work, view, row, &error);
    }
    put_sums(table, work, view, each);
    if (status != JK_OK) {
        jk_table_free(table);
        return jk_cli_fail(&error);
    }
    return jk_cli_print_table(table, title);
}

int jk_cli_strata_table(const jk_strata *strata, const jk_cli_strata_view *view) {
    const jk_strata_shape shape = jk_strata_shape_of(strata);
    strata_work work = {.listing = jk_strata_cases_listing(strata),
                        .columns = jk_strata_columns(strata),
                        .cases = shape.cases,
                        .rows = jk_strata_rows(strata)};
    work.first = place_of(&work.listing, "required_return") + 1;
    work.claims = place_of(&work.listing, "claims");
    work.face = place_of(&work.listing, "face");
    work.money = place_of(&work.listing, view->money);
    work.percent = place_of(&work.listing, view->percent);
    work.all = calloc(work.cases, sizeof *work.all);
    int failed = work.all == NULL ? jk_cli_print_table(NULL, NULL) : 0;
    for (; work.all != NULL && work.from < work.cases; work.from = work.to) {
        work.to = work.from + BESIDE < work.cases ? work.from + BESIDE : work.cases;
        if (work.from > 0) {
            (void)putchar('\n');
        }
        failed |= print_cases(&work, view, shape.each, work.from == 0 ? jk_text(view->title) : NULL);
    }
    free(work.all);
    return failed;
}
