/* SPDX-License-Identifier: Apache-2.0 */
/* Claims to decide on whose figures are drawn, coarsely: ties, zeros and gains of exactly nothing are frequent. */
#ifndef JK_TESTS_MADE_CANDIDATES_H
#define JK_TESTS_MADE_CANDIDATES_H

#include "jalki/decide.h"
#include "value/engine_case.h"

typedef struct drawing {
    uint64_t seed;
    size_t row;
} drawing;

static inline uint32_t draw(const drawing *from, uint64_t what, uint32_t below) {
    return jk_philox(from->seed, what, from->row).word[0] % below;
}

static inline float drawn_value(const drawing *from, uint64_t what) {
    return draw(from, what, 6) == 0 ? NAN : 0.25f * (float)(int)(draw(from, what + 100, 400)) - 20.0f;
}

/* The tape's claims, three of a debtor, which do not lie side by side. */
static inline jk_candidates *make_candidates(const jk_tape *tape, uint64_t seed) {
    static const int32_t effort[] = {0, 2500, 5000, 10000, 20000};
    static const int32_t bar[] = {INT32_MAX, -3, 0, 1, 2, 50, 91, 92, 93, 94, 400};
    jk_error error = {0};
    jk_candidates *made = NULL;
    must(jk_candidates_create(tape, model, &made, &error), &error);
    int32_t *country = malloc(made->claims * sizeof *country);
    must(jk_tape_read(tape, JK_COLUMN_DEBTOR_INDEX, 0, made->claims, made->debtor, &error), &error);
    must(jk_tape_read(tape, JK_COLUMN_COUNTRY, 0, made->claims, country, &error), &error);
    for (size_t i = 0; i < made->claims; i++) {
        drawing from = {seed, i};
        made->value[JK_CLOSE][i] = 0.0f;
        for (int a = JK_SELL; a < JK_ACTION_COUNT; a++) {
            made->value[a][i] = drawn_value(&from, (uint64_t)a);
        }
        for (int t = 0; t < JK_TREATMENT_COUNT; t++) {
            made->hours[t][i] = effort[draw(&from, 10 + (uint64_t)t, 5)];
        }
        made->court[i] = draw(&from, 20, 3) == 0 ? 0 : 500 * (int32_t)(1 + draw(&from, 21, 30));
        made->balance[i] = 0.5 * draw(&from, 22, 40);
        made->instalment[i] = draw(&from, 23, 3) == 0 ? NAN : (float)(1 + draw(&from, 24, 50));
        made->bar_days[i] = bar[draw(&from, 25, 11)];
        made->country[i] = (uint16_t)country[i];
        made->segment[i] = (uint16_t)draw(&from, 26, (uint32_t)model->segment_count);
        made->exclusion[i] = (uint8_t)(draw(&from, 27, 10) < 7 ? JK_EXCLUDED_NOT : 1 + draw(&from, 28, 4));
        made->capacity_class[i] = made->title_state[i] = made->reachable[i] = made->silent_months[i] = 0;
        made->paying[i] = draw(&from, 29, 4) == 0;
    }
    free(country);
    return made;
}

/* A made tape of `rows` claims in an order that parts those of a debtor. */
static inline jk_tape *open_mixed(size_t rows, size_t stride) {
    size_t *key = malloc(rows * sizeof *key);
    for (size_t i = 0; i < rows; i++) {
        key[i] = i * stride % rows;
    }
    tape_plan plan = {.key = key, .rows = rows};
    jk_tape *tape = open_made("mixed.h5", &plan);
    free(key);
    return tape;
}

/* As open_plain. */
static inline int open_mixed_tape(void **state, size_t rows, size_t stride, jk_tape **tape) {
    const int failed = set_up(state);
    *tape = failed ? NULL : open_mixed(rows, stride);
    return failed;
}

#endif
