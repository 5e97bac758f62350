/* SPDX-License-Identifier: Apache-2.0 */
/* What claims can be grouped by, in free combination: a column of the tape, or what is made of some; and tables of sums
 * by combination. A column's values are codes of a few bits, which together are the key of a combination. */
#ifndef JK_TAPE_STRATUM_H
#define JK_TAPE_STRATUM_H

#include <assert.h>
#include <stdbool.h>

#include "base/words/listing.h"
#include "jalki/tape.h"

typedef enum jk_stratum_source {
    JK_STRATUM_CODES,  /* a column of texts */
    JK_STRATUM_LEVELS, /* a column of levels */
    JK_STRATUM_VINTAGE,
    JK_STRATUM_PAID,
    /* Of no column. */
    JK_STRATUM_BALANCE,
    /* Neither; what a valuation alone knows of a claim. */
    JK_STRATUM_SEGMENT,
    JK_STRATUM_DECISION,
    JK_STRATUM_CLASS
} jk_stratum_source;

typedef struct jk_stratum_column {
    jk_stratum_source source;
    jk_column column; /* of the tape, for sources below JK_STRATUM_BALANCE */
    const char *name;
    const char *const *words; /* of codes and levels, else NULL */
    size_t word_count;
} jk_stratum_column;

enum {
    JK_STRATUM_BITS = 12,    /* of a key, for each column; code 0 is missing */
    JK_STRATUM_COLUMNS = 5,  /* at once */
    JK_STRATUM_MOST = 65536, /* combinations */
    JK_STRATUM_WORD = 256    /* bytes of a word, and of the words of a combination */
};

/* Columns that were asked for. */
typedef struct jk_stratum_list {
    size_t count;
    jk_stratum_column by[JK_STRATUM_COLUMNS];
    uint64_t columns; /* of the tape that they need, bits: none for balance_band and what a valuation knows */
} jk_stratum_list;

/* Reads names with commas between. `valued`: those of a valuation, too. JK_ERROR_ARGUMENT where a name is none of a
 * column that can be grouped by, is named twice, or there are too many. */
jk_status jk_stratum_read(const jk_tape *tape, const char *by, bool valued, jk_stratum_list *list, jk_error *error);

/* The code of a row, below 2^JK_STRATUM_BITS, for the sources above those of a valuation; `balance` of the row is what
 * bands are made of. */
uint32_t jk_stratum_code(const jk_stratum_column *column, const jk_block *block, double balance, size_t row,
                         int32_t cutoff);

/* Keys: codes of all columns, the first in the highest bits, plus 1. */
static inline uint64_t jk_stratum_key(uint64_t key, uint32_t code) {
    assert(code < 1U << JK_STRATUM_BITS);
    return key << JK_STRATUM_BITS | code;
}
uint32_t jk_stratum_code_of(const jk_stratum_list *list, uint64_t key, size_t column);
/* Its words with ", " between. */
const char *jk_stratum_words(const jk_stratum_list *list, uint64_t key, char text[JK_STRATUM_WORD]);

/* ---- listings by combination ------------------------------------------------------------------------------------ */

/* The first `list->count` columns, and the cells of a combination in them. */
void jk_stratum_put_heads(const jk_stratum_list *list, jk_listing_column *heads);
void jk_stratum_put_words(const jk_stratum_list *list, uint64_t key, jk_cell *cells);

/* Claims, face and its share: three columns from one that the listing says. */
#define JK_STRATUM_FACE_LISTING(at, share_head)                                                                        \
    [(at)] = JK_LISTED_COUNT("claims", "claims", "Claims of the combination"),                                         \
    [(at) + 1] = JK_LISTED_MONEY("face", "face", "What they owe at the cut-off"),                                      \
    [(at) + 2] = {"share_of_face", share_head, "%", "Their face in per cent of all", JK_LISTING_NUMBER, 4}

/* ---- sums ------------------------------------------------------------------------------------------------------ */

/* Sums by key: `cells` integers each. */
typedef struct jk_stratum_table {
    size_t slots, cells, count, most;
    uint64_t *key; /* [slots]; 0: free */
    int64_t *cell; /* [slots][cells] */
} jk_stratum_table;

/* Bytes of a table whose combinations times cells are at most JK_STRATUM_MOST x 8, and its making; false: no memory. */
size_t jk_stratum_table_bytes(size_t cells);
bool jk_stratum_table_init(jk_stratum_table *table, size_t cells);
void jk_stratum_table_free(jk_stratum_table *table);

/* The cells of a key above 0, zero at first; NULL where there are too many combinations. */
int64_t *jk_stratum_cells(jk_stratum_table *table, uint64_t key);
jk_status jk_stratum_fail_many(const jk_stratum_table *table, const jk_tape *tape, jk_error *error);

/* Adds up tables into the first and closes it up: its first `count` places are in order, texts by their bytes, others
 * by code. JK_ERROR_UNSUPPORTED where there are too many combinations. */
jk_status jk_stratum_join(jk_stratum_list *list, jk_stratum_table *tables, size_t count, const jk_tape *tape,
                          jk_error *error);

#endif
