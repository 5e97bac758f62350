/* SPDX-License-Identifier: Apache-2.0 */
/* What a check is worth (a bureau check, an income query): plans see the class of a debtor in every epoch, free of
 * charge, and an owner has to look. docs/checks.md has the method.
 *
 *     jk_checks_options options = {.value = jk_value_defaults(), .price = 0.8, .last_seen = 12, .sample = 200};
 *     jk_checks checks;
 *     jk_checks_make(tape, model, &options, &checks, &error);
 *     jk_checks_reset(&checks); */
#ifndef JALKI_CHECKS_H
#define JALKI_CHECKS_H

#include "jalki/listing.h"
#include "jalki/value.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Checks every so many months; 0: in every epoch. After them stands the plan that never checks. */
enum { JK_CHECK_INTERVALS = 6 };
extern const int jk_check_months[JK_CHECK_INTERVALS];

typedef struct jk_checks_options {
    jk_value_options value;
    double price;  /* of a check of one debtor, base currency, at the prices of the cut-off; >= 0 */
    int last_seen; /* months since the classes on the tape were seen, for what a check now is worth; >= 0 */
    size_t sample; /* claims of a segment, on average, whose intervals are computed; 0: all */
} jk_checks_options;

/* A segment, or all of them. Values are base currency; those under checks are net of their price. */
typedef struct jk_checks_line {
    const char *name;
    uint64_t claims, sampled;
    double seen;                         /* the class seen in every epoch, free: no plan is worth more */
    double never;                        /* never again: what a plan that was found is worth */
    double interval[JK_CHECK_INTERVALS]; /* of the whole segment, from its sample; NaN: no claim of worth in it */
    int best;                            /* of the intervals; JK_CHECK_INTERVALS: never */
    double best_value;
    uint64_t pays;    /* claims for which a check now brings more than the claim's share of its price */
    double pays_gain; /* and by how much together */
} jk_checks_line;

typedef struct jk_checks {
    size_t line_count; /* the model's segments, then all */
    jk_checks_line *line;
    int32_t *worth, *cost; /* [rows] of a check now, and the claim's share of its price; hundredths */
    int32_t *pays;         /* [rows] 0 or 1 */
    jk_valuation valuation;
    const jk_tape *tape;
    const jk_model *model;
    double price;
    int last_seen;
} jk_checks;

/* Makes all of it: two valuations and the checks besides. The same figures for any number of threads and order of rows
 * but for the sample, which goes by the row's number. *checks is the caller's, for jk_checks_reset; empty on failure.
 * JK_ERROR_ARGUMENT for a negative price; else as jk_value_run. `tape` and `model` must outlive it. */
jk_status jk_checks_make(const jk_tape *tape, const jk_model *model, const jk_checks_options *options,
                         jk_checks *checks, jk_error *error);
void jk_checks_reset(jk_checks *checks);

/* "every epoch", "6 months", "never". Returns text. */
enum { JK_CHECK_WORDS = 24 };
const char *jk_check_interval_name(int interval, char text[JK_CHECK_WORDS]);

/* The lines with their columns described; for NULL the columns alone. */
jk_listing jk_checks_listing(const jk_checks *checks);

/* Everything as JSON, ending in a line end; NULL if there is no memory. Free with free(). */
char *jk_checks_json(const jk_checks *checks);

#ifdef __cplusplus
}
#endif
#endif
