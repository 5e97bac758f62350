/* SPDX-License-Identifier: Apache-2.0 */
/* A synthetic Nordic tape of any size, for tests, demonstrations and measurements. It describes no real person. The
 * shapes (countries, products, balances, ages, statuses, what is missing) are argued in docs/generator.md.
 *
 * Row i of the tape is a function of (seed, cutoff, i) alone: numbers are counter-based, so the same tape comes out for
 * any number of threads and any way of cutting it into pieces, on any machine, and a tape of n claims is the
 * beginning of every longer tape with the same seed and cut-off. Nothing of the tape's size is held in memory.
 */
#ifndef JALKI_GENERATE_H
#define JALKI_GENERATE_H

#include "jalki/schema.h"
#include "jalki/status.h"

#ifdef __cplusplus
extern "C" {
#endif

#define JK_GENERATE_ROWS_MAX ((uint64_t)2000000000) /* debtor numbers must fit int32 */

typedef struct jk_generate_options {
    uint64_t rows; /* claims, 1 to JK_GENERATE_ROWS_MAX */
    uint64_t seed; /* any number */
    int32_t
        cutoff; /* days since 1970-01-01; all dates but limitation_on lie on or before it. 1990-01-01 to 2100-12-31 */
} jk_generate_options;

/* One million claims, seed 1, cut-off 2026-06-30 (fixed, so that a tape does not depend on the day it is made). */
jk_generate_options jk_generate_defaults(void);

/* Strings of the dictionary columns in code order: COUNTRY, PRODUCT, CURRENCY. NULL and 0 for other columns. */
const char *const *jk_generate_dictionary(jk_column column, size_t *count);

/* Bytes of one claim_id and of one debtor_id. */
enum { JK_GENERATE_TEXT_WIDTH = 11 };

/* Allocates every column for `rows` rows (64-byte aligned) / frees them. A reset block may be reset again. */
jk_status jk_generate_block_init(jk_block *block, size_t rows, jk_error *error);
void jk_generate_block_reset(jk_block *block);

/* Fills rows [first, first + count) of the tape into `block`, which was made for at least `count` rows. options->rows
 * is not looked at. Fastest where `first` and `count` are multiples of 4096. Cannot fail; allocates nothing; any number
 * of threads may call it with blocks of their own. */
void jk_generate_rows(const jk_generate_options *options, uint64_t first, size_t count, jk_block *block);

/* Writes a tape; the file appears whole or not at all.
 *   store  the HDF5 store that `import` would make of the CSV
 *   csv    canonical columns, RFC 4180, '\n'; with gzip != 0 as a gzip file of several members
 * JK_ERROR_ARGUMENT for options out of range. */
jk_status jk_generate_store(const jk_generate_options *options, const char *path, const jk_run *run, jk_error *error);
jk_status jk_generate_csv(const jk_generate_options *options, const char *path, int gzip, const jk_run *run,
                          jk_error *error);

#ifdef __cplusplus
}
#endif
#endif
