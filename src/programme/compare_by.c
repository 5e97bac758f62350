/* SPDX-License-Identifier: Apache-2.0 */
/* Claims by a column of texts or levels that the reader of a comparison names. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "programme/compare.h"

enum { FROM, TO, PIECE_ROWS = 65536, TEXTS_MAX = 4096 };

static jk_status find_column(const jk_tape *tape, const char *name, jk_column *column, jk_error *error) {
    int found = jk_schema_find(name, strlen(name));
    found = found >= 0 ? found : jk_extras_find(jk_tape_extras(tape), name);
    const jk_type type = found >= 0 ? jk_schema_column((jk_column)found)->type : JK_TYPE_TEXT;
    if (found < 0) {
        return jk_fail(error, JK_ERROR_DATA, jk_tape_path(tape), 0, name,
                       "the tape has no such column; expected one of texts or levels, such as country, product, or an "
                       "own text of its mapping");
    }
    if (type != JK_TYPE_DICTIONARY && type != JK_TYPE_ENUM) {
        return jk_fail(error, JK_ERROR_DATA, jk_tape_path(tape), 0, name,
                       "this column holds no texts or levels; expected one that does, such as country or product");
    }
    *column = (jk_column)found;
    return JK_OK;
}

/* Numbers of the names of one side's codes; [0] is that of what is missing. */
static jk_status number_codes(const jk_tape *tape, jk_column column, jk_names *names, uint16_t **number,
                              jk_error *error) {
    static const char *const missing = "missing";
    size_t count = 0;
    const char *const *texts = jk_schema_column(column)->type == JK_TYPE_ENUM
                                   ? jk_schema_levels(column, &count)
                                   : jk_tape_dictionary(tape, column, &count);
    if (count > TEXTS_MAX) {
        return jk_fail(error, JK_ERROR_DATA, jk_tape_path(tape), 0, jk_schema_column(column)->name,
                       "has %zu different texts; expected a column of at most %d to group by", count, TEXTS_MAX);
    }
    *number = jk_columns_zero(count + 1, sizeof **number);
    if (*number == NULL) {
        return jk_fail_memory(error, "names of groups");
    }
    JK_TRY(jk_names_add(names, &missing, 1, *number, error));
    return jk_names_add(names, texts, count, *number + 1, error);
}

/* Of the first tape all rows, of the second those of new claims. */
static jk_status fill_side(const jk_comparison *comparison, const jk_match *match, int side, jk_column column,
                           const uint16_t *number, jk_error *error) {
    const jk_tape *tape = side == FROM ? comparison->from.tape : comparison->to.tape;
    const bool is_enum = jk_schema_column(column)->type == JK_TYPE_ENUM;
    const size_t rows = jk_tape_rows(tape);
    int32_t *codes = jk_columns_alloc(PIECE_ROWS, sizeof *codes);
    jk_status status = codes == NULL ? jk_fail_memory(error, "a column of the tape") : JK_OK;
    for (size_t first = 0; first < rows && status == JK_OK; first += PIECE_ROWS) {
        size_t count = rows - first < PIECE_ROWS ? rows - first : PIECE_ROWS;
        status = jk_tape_read(tape, column, first, count, codes, error);
        for (size_t i = 0; i < count && status == JK_OK; i++) {
            size_t line = side == FROM ? first + i : match->line[first + i];
            int32_t code = is_enum ? ((const int8_t *)(const void *)codes)[i] : codes[i];
            if (side == FROM || !jk_match_in_from(match, line)) {
                comparison->claims.by[line] = number[code + 1];
            }
        }
    }
    free(codes);
    return status;
}

jk_status jk_compare_group_by(jk_comparison *comparison, const jk_match *match, const char *by, jk_error *error) {
    jk_names names = {0};
    jk_status status = JK_OK;
    for (int side = FROM; side <= TO && status == JK_OK; side++) {
        const jk_tape *tape = side == FROM ? comparison->from.tape : comparison->to.tape;
        jk_column column = JK_COLUMN_COUNTRY;
        uint16_t *number = NULL;
        status = find_column(tape, by, &column, error);
        status = status == JK_OK ? number_codes(tape, column, &names, &number, error) : status;
        status = status == JK_OK ? fill_side(comparison, match, side, column, number, error) : status;
        free(number);
    }
    comparison->by = by;
    comparison->by_name = names.name;
    comparison->by_count = names.count;
    return status;
}
