/* SPDX-License-Identifier: Apache-2.0 */
/* Valuations by columns that the reader names, freely combined: a row for each combination that has claims.
 *
 *     jk_strata *strata = NULL;
 *     jk_strata_open(tape, model, "country,balance_band,vintage", cutoff, (jk_strata_shape){1, 1}, &strata, &error);
 *     sinks[0] = jk_strata_sink(strata);
 *     jk_value_run(tape, model, &options, sinks, 1, &valuation, &error);
 *     jk_strata_finish(strata, &(jk_strata_case){.valuation = &valuation}, &error);
 *     jk_listing listing = jk_strata_listing(strata);
 *
 * Columns are those of the tape that hold texts or levels (country, product, legal_status, an own text of the mapping)
 * and these: balance_band (balance at the cut-off in the base currency), vintage (year of write-off), last_payment (how
 * long ago), segment, decision, capacity_class. Sums are exact, as all of a valuation are. */
#ifndef JALKI_STRATA_H
#define JALKI_STRATA_H

#include "jalki/listing.h"
#include "jalki/value.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { JK_STRATA_COLUMNS = 5, JK_STRATA_MOST = 65536 }; /* columns at once, and their combinations in one case */

/* Cases of the run, 1 to JK_CASES_MAX in all (the more of them, the fewer combinations). The first of every `each` is
 * the base that the others of them are compared with. */
typedef struct jk_strata_shape {
    size_t cases, each;
} jk_strata_shape;

/* `by`: 1 to JK_STRATA_COLUMNS names with commas between; `cutoff`: of the valuation. tape and model must outlive it.
 * JK_ERROR_ARGUMENT where a name is none of a column that can be grouped by. Free with jk_strata_free. */
jk_status jk_strata_open(const jk_tape *tape, const jk_model *model, const char *by, int32_t cutoff,
                         jk_strata_shape shape, jk_strata **strata, jk_error *error);

/* Keeps the combination of each of the tape's rows, too, for sums that are not the valuation's own (jalki/decide.h). */
jk_status jk_strata_keep(jk_strata *strata, jk_error *error);

/* For one run. A block fails with JK_ERROR_UNSUPPORTED where there are too many combinations. Combinations with
 * `decision` are by that of the first case. */
jk_value_sink jk_strata_sink(jk_strata *strata);

/* One of the run's cases. */
typedef struct jk_strata_case {
    const jk_valuation *valuation; /* of the case; not looked at later */
    const char *scenario, *mode;   /* "base" where NULL; must outlive the strata */
    double required;               /* the return as asked for; the valuation's may have been shifted */
} jk_strata_case;

/* Puts the sums together, texts in the order of their bytes and bands ascending, after the run. */
jk_status jk_strata_finish(jk_strata *strata, const jk_strata_case *cases, jk_error *error);

/* Of a run of one case: the columns asked for, then claims, face, value, and so on; for NULL those that any has. */
jk_listing jk_strata_listing(const jk_strata *strata);

/* Of several: every combination in every case, case by case. */
jk_listing jk_strata_cases_listing(const jk_strata *strata);
jk_strata_shape jk_strata_shape_of(const jk_strata *strata);
size_t jk_strata_columns(const jk_strata *strata); /* that were asked for */
size_t jk_strata_rows(const jk_strata *strata);    /* combinations */
void jk_strata_free(jk_strata *strata);            /* NULL is accepted */

#ifdef __cplusplus
}
#endif
#endif
