/* SPDX-License-Identifier: Apache-2.0 */
/* The countries of a tape, to cut segments by: a claim's cash flow is then known by country, too. */
#ifndef JK_SCENARIO_COUNTRIES_H
#define JK_SCENARIO_COUNTRIES_H

#include "jalki/model.h"
#include "jalki/tape.h"

/* All of them; the tape owns the codes. */
static inline jk_where jk_countries_of(const jk_tape *tape) {
    jk_where where = {0};
    where.countries = jk_tape_dictionary(tape, JK_COLUMN_COUNTRY, &where.country_count);
    return where;
}

#endif
