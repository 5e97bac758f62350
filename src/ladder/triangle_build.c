/* SPDX-License-Identifier: Apache-2.0 */
/* From cells in any order to a triangle: what kind of labels they have, which age each cell has, and whether the shape
 * is that of a triangle. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/number/sort.h"
#include "ladder/triangle.h"

typedef enum label_kind { KIND_PERIOD, KIND_NUMBER, KIND_TEXT } label_kind;

typedef struct builder {
    jk_triangle_cell *cells;
    size_t count;
    const char *path;
    label_kind origin_kind;
    bool incremental;
    jk_error *error;
} builder;

/* ---- order of cells ---------------------------------------------------------------------------------------------- */

static int compare_numbers(double a, double b) {
    return (a > b) - (a < b);
}

static int compare_origins(const jk_triangle_cell *a, const jk_triangle_cell *b, label_kind kind) {
    switch (kind) {
    case KIND_PERIOD:
        return (a->origin.month > b->origin.month) - (a->origin.month < b->origin.month);
    case KIND_NUMBER:
        return compare_numbers(a->origin.number, b->origin.number);
    default:
        return strcmp(a->origin.text, b->origin.text);
    }
}

/* Orders by origin, age, line. One compare function per kind, as qsort hands nothing through. */
static int compare_rest(const jk_triangle_cell *a, const jk_triangle_cell *b, int origins) {
    int ages = origins != 0 ? origins : compare_numbers(a->age, b->age);
    return ages != 0 ? ages : (a->line > b->line) - (a->line < b->line);
}

static int by_period(const void *a, const void *b) {
    return compare_rest(a, b, compare_origins(a, b, KIND_PERIOD));
}

static int by_number(const void *a, const void *b) {
    return compare_rest(a, b, compare_origins(a, b, KIND_NUMBER));
}

static int by_text(const void *a, const void *b) {
    return compare_rest(a, b, compare_origins(a, b, KIND_TEXT));
}

static void sort_cells(const builder *build) {
    static int (*const orders[])(const void *, const void *) = {by_period, by_number, by_text};
    jk_sort(build->cells, build->count, sizeof *build->cells, orders[build->origin_kind]);
}

static bool starts_origin(const builder *build, size_t i) {
    return i == 0 || compare_origins(&build->cells[i - 1], &build->cells[i], build->origin_kind) != 0;
}

/* ---- ages -------------------------------------------------------------------------------------------------------- */

/* Calendar numbers: never below their origin's number, and not beginning alike for all origins. Cells are sorted by
 * origin and development (their age so far). */
static bool numbers_are_calendar(const builder *build) {
    bool alike = true;
    for (size_t i = 0; i < build->count; i++) {
        const jk_triangle_cell *cell = &build->cells[i];
        if (!cell->origin.is_number || cell->development.number < cell->origin.number ||
            cell->development.number != floor(cell->development.number) ||
            cell->origin.number != floor(cell->origin.number)) {
            return false;
        }
        alike &= !starts_origin(build, i) || cell->development.number == build->cells[0].development.number;
    }
    return !alike;
}

static double greatest_common_divisor(double a, double b) {
    while (b > 0.0) {
        double rest = fmod(a, b);
        a = b;
        b = rest;
    }
    return a;
}

/* Distances from the origin become 1, 2, ... in steps of the finest distance between two of them. */
static jk_status count_from_origin(const builder *build, bool periods) {
    double nearest = INFINITY;
    for (size_t i = 0; i < build->count; i++) {
        jk_triangle_cell *cell = &build->cells[i];
        cell->age =
            periods ? cell->development.month - cell->origin.month : cell->development.number - cell->origin.number;
        if (cell->age < 0.0) {
            return jk_fail(build->error, JK_ERROR_DATA, build->path, cell->line, "development",
                           "calendar period '%s' is before its origin '%s'; expected it to follow",
                           cell->development.text, cell->origin.text);
        }
        nearest = cell->age < nearest ? cell->age : nearest;
    }
    double step = 0.0;
    double present = -INFINITY;
    for (size_t i = 0; i < build->count; i++) {
        const jk_triangle_cell *cell = &build->cells[i];
        double at = periods ? (double)cell->development.month : cell->development.number;
        step = greatest_common_divisor(cell->age - nearest, step);
        present = at > present ? at : present;
    }
    for (size_t i = 0; i < build->count; i++) {
        jk_triangle_cell *cell = &build->cells[i];
        double origin = periods ? (double)cell->origin.month : cell->origin.number;
        double column = step > 0.0 ? floor((present - origin - nearest) / step) : 0.0;
        cell->last = column > 0.0 ? (size_t)column : 0;
        cell->age = step > 0.0 ? (cell->age - nearest) / step + 1.0 : 1.0;
    }
    return JK_OK;
}

static jk_status set_ages(builder *build) {
    bool origin_periods = true;
    bool origin_numbers = true;
    bool periods = true;
    const jk_triangle_cell *no_number = NULL;
    for (size_t i = 0; i < build->count; i++) {
        const jk_triangle_cell *cell = &build->cells[i];
        origin_periods &= cell->origin.is_period;
        origin_numbers &= cell->origin.is_number;
        periods &= cell->development.is_period;
        no_number = no_number == NULL && !cell->development.is_number ? cell : no_number;
        build->cells[i].age = cell->development.number;
        build->cells[i].last = SIZE_MAX;
    }
    build->origin_kind = origin_periods ? KIND_PERIOD : origin_numbers ? KIND_NUMBER : KIND_TEXT;
    if (origin_periods && periods) {
        return count_from_origin(build, true);
    }
    if (no_number != NULL) {
        return jk_fail(build->error, JK_ERROR_DATA, build->path, no_number->line, "development",
                       "'%s' is no age; expected a number in every row, or calendar periods (1995, 1995Q2, 1995-04) in "
                       "both origin and development",
                       no_number->development.text);
    }
    sort_cells(build);
    return numbers_are_calendar(build) ? count_from_origin(build, false) : JK_OK;
}

/* ---- shape ------------------------------------------------------------------------------------------------------- */

/* The ages of the triangle and each cell's column. Counted ages are whole and without gaps by themselves; written ages
 * are those that occur. */
static jk_status number_columns(const builder *build, jk_triangle *triangle) {
    triangle->age = jk_columns_alloc(build->count, sizeof(double));
    JK_TRY(jk_held(triangle->age != NULL, build->error, "the triangle"));
    for (size_t i = 0; i < build->count; i++) {
        triangle->age[i] = build->cells[i].age;
    }
    jk_sort(triangle->age, build->count, sizeof(double), jk_compare_reals);
    for (size_t i = 0; i < build->count; i++) {
        if (i == 0 || triangle->age[i] != triangle->age[triangle->ages - 1]) {
            triangle->age[triangle->ages++] = triangle->age[i];
        }
    }
    for (size_t i = 0; i < build->count; i++) {
        const double *found =
            bsearch(&build->cells[i].age, triangle->age, triangle->ages, sizeof(double), jk_compare_reals);
        build->cells[i].column = (size_t)(found - triangle->age);
        triangle->origins += starts_origin(build, i);
    }
    const char *side = triangle->origins > JK_TRIANGLE_SIDE_MAX ? "origins"
                       : triangle->ages > JK_TRIANGLE_SIDE_MAX  ? "ages"
                                                                : NULL;
    if (side != NULL) {
        return jk_fail(build->error, JK_ERROR_DATA, build->path, 0, NULL, "more than %d %s; expected a triangle",
                       JK_TRIANGLE_SIDE_MAX, side);
    }
    if (triangle->origins < 2 || triangle->ages < 2) {
        return jk_fail(build->error, JK_ERROR_DATA, build->path, 0, NULL,
                       "%zu origin%s and %zu age%s; expected at least two of both", triangle->origins,
                       triangle->origins == 1 ? "" : "s", triangle->ages, triangle->ages == 1 ? "" : "s");
    }
    return JK_OK;
}

/* Counted in steps, the distance to the cell before it within its origin that most cells have. */
static double usual_distance(const builder *build) {
    enum { DISTANCES = 64 };
    size_t count[DISTANCES] = {0};
    size_t most = 1;
    for (size_t i = 1; i < build->count; i++) {
        double distance = build->cells[i].age - build->cells[i - 1].age;
        if (!starts_origin(build, i) && distance >= 1.0 && distance < DISTANCES) {
            count[(size_t)distance]++;
        }
    }
    for (size_t d = 1; d < DISTANCES; d++) {
        most = count[d] > count[most] ? d : most;
    }
    return (double)most;
}

/* A gap has a cause: periods of another length than the others (a last diagonal at half-year), or a cell that is not
 * there. */
static jk_status fail_gap(const builder *build, const jk_triangle *triangle, size_t i, size_t expected) {
    double usual = build->cells[i].last != SIZE_MAX ? usual_distance(build) : 1.0;
    for (size_t k = 1; usual > 1.0 && k < build->count; k++) {
        const jk_triangle_cell *before = &build->cells[k - 1];
        const jk_triangle_cell *cell = &build->cells[k];
        if (!starts_origin(build, k) && fmod(cell->age - before->age, usual) != 0.0) {
            return jk_fail(build->error, JK_ERROR_DATA, build->path, cell->line, "development",
                           "from '%s' to '%s' are %g steps, between the others %g: periods of another length have ages "
                           "that no other origin knows; expected equal steps (leave that diagonal out, or give amounts "
                           "as at full periods)",
                           before->development.text, cell->development.text, cell->age - before->age, usual);
        }
    }
    const jk_triangle_cell *cell = &build->cells[i];
    return jk_fail(build->error, JK_ERROR_DATA, build->path, cell->line, NULL,
                   "origin '%s' has development '%s', but no cell at age %g before it; expected all ages from the "
                   "first on (an amount of 0 is written as 0)",
                   cell->origin.text, cell->development.text, triangle->age[expected]);
}

/* A cell must be its origin's next one. */
static jk_status check_cell(const builder *build, const jk_triangle *triangle, size_t i, size_t expected) {
    const jk_triangle_cell *cell = &build->cells[i];
    if (cell->column + 1 == expected) {
        return jk_fail(build->error, JK_ERROR_DATA, build->path, cell->line, NULL,
                       "origin '%s' and development '%s' were given in line %lld already; expected each cell once",
                       cell->origin.text, cell->development.text, (long long)build->cells[i - 1].line);
    }
    return cell->column == expected ? JK_OK : fail_gap(build, triangle, i, expected);
}

/* Nothing was collected up to, but not with, this column: 0 of the period, what was before in sum. */
static void fill_up(jk_triangle *triangle, size_t origin, size_t end) {
    double *row = triangle->cumulative + origin * triangle->ages;
    for (size_t age = triangle->observed[origin]; age < end; age++) {
        row[age] = age > 0 ? row[age - 1] : 0.0;
        if (triangle->filled++ == 0) {
            triangle->filled_origin = origin;
            triangle->filled_age = age;
        }
    }
    triangle->observed[origin] = end > triangle->observed[origin] ? end : triangle->observed[origin];
}

/* The present is the same for all origins. */
static jk_status reach_present(const builder *build, jk_triangle *triangle, size_t origin,
                               const jk_triangle_cell *last) {
    size_t end = last->last == SIZE_MAX ? 0 : last->last + 1;
    end = end < triangle->ages ? end : triangle->ages;
    if (build->incremental) {
        fill_up(triangle, origin, end);
        return JK_OK;
    }
    if (triangle->observed[origin] >= end) {
        return JK_OK;
    }
    return jk_fail(build->error, JK_ERROR_DATA, build->path, last->line, NULL,
                   "origin '%s' ends with development '%s', before the latest of the file; expected its amount as at "
                   "the present, also where nothing was added (amounts by period may leave such rows out: "
                   "--incremental)",
                   last->origin.text, last->development.text);
}

/* Origins in an order of time must not end earlier than later ones: that is a row that somebody forgot to bring up to
 * date, and its ultimate would be silently that of a younger origin. */
static jk_status check_staircase(const builder *build, const jk_triangle *triangle, size_t origin, int64_t line) {
    if (build->origin_kind == KIND_TEXT || origin == 0 ||
        triangle->observed[origin] <= triangle->observed[origin - 1]) {
        return JK_OK;
    }
    return jk_fail(build->error, JK_ERROR_DATA, build->path, line, NULL,
                   "origin '%s' is observed for %zu ages, the earlier '%s' for %zu only; expected no fewer",
                   triangle->origin[origin], triangle->observed[origin], triangle->origin[origin - 1],
                   triangle->observed[origin - 1]);
}

static jk_status fill(const builder *build, jk_triangle *triangle) {
    size_t origin = 0;
    bool even = usual_distance(build) == 1.0;
    for (size_t i = 0; i < build->count; i++) {
        const jk_triangle_cell *cell = &build->cells[i];
        if (starts_origin(build, i)) {
            origin += i > 0;
            triangle->origin[origin] = strdup(cell->origin.text);
            JK_TRY(jk_held(triangle->origin[origin] != NULL, build->error, "the triangle"));
        }
        if (build->incremental && cell->last != SIZE_MAX && cell->column > triangle->observed[origin] && even) {
            fill_up(triangle, origin, cell->column);
        }
        size_t age = triangle->observed[origin];
        JK_TRY(check_cell(build, triangle, i, age));
        double *row = triangle->cumulative + origin * triangle->ages;
        row[age] = cell->value + (build->incremental && age > 0 ? row[age - 1] : 0.0);
        triangle->observed[origin]++;
        if (i + 1 == build->count || starts_origin(build, i + 1)) {
            JK_TRY(reach_present(build, triangle, origin, cell));
            JK_TRY(check_staircase(build, triangle, origin, cell->line));
        }
    }
    return JK_OK;
}

jk_status jk_triangle_build(jk_triangle_cell *cells, size_t count, bool incremental, const char *path,
                            jk_triangle *triangle, jk_error *error) {
    builder build = {.cells = cells, .count = count, .path = path, .incremental = incremental, .error = error};
    *triangle = (jk_triangle){0};
    jk_status status = JK_OK;
    JK_TRY_CLEANUP(set_ages(&build));
    sort_cells(&build);
    JK_TRY_CLEANUP(number_columns(&build, triangle));
    triangle->origin = jk_columns_zero(triangle->origins, sizeof(char *));
    triangle->observed = jk_columns_zero(triangle->origins, sizeof(size_t));
    triangle->cumulative = jk_columns_alloc(triangle->origins * triangle->ages, sizeof(double));
    JK_TRY_CLEANUP(jk_held(triangle->origin != NULL && triangle->observed != NULL && triangle->cumulative != NULL,
                           error, "the triangle"));
    for (size_t i = 0; i < triangle->origins * triangle->ages; i++) {
        triangle->cumulative[i] = (double)NAN;
    }
    JK_TRY_CLEANUP(fill(&build, triangle));
cleanup:
    if (status != JK_OK) {
        jk_triangle_reset(triangle);
    }
    return status;
}
