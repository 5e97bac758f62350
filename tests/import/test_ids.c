/* SPDX-License-Identifier: Apache-2.0 */
/* The table of identifiers against a list that is looked through from end to end: while it grows, where digests share
 * their place, and where they share one half. */
#include <stdlib.h>
#include <string.h>

#include "base/number/random.h"
#include "cmocka_all.h"
#include "import/commit/ids.h"

enum { IDS = 9000 };

/* Digests of which many want the same place, and pairs that differ in one half only; three parts of 32 bits are kept.
 */
static void make(uint64_t seed, uint32_t i, uint64_t key[2]) {
    const jk_random4 draw = jk_philox(seed, 3, i / 2);
    key[0] = ((uint64_t)draw.word[0] << 20) | (draw.word[1] % (seed == 0 ? 7 : 1000000));
    key[1] = draw.word[2];
    key[i % 4 < 2 ? 0 : 1] ^= (uint64_t)(i % 2) << (i % 4 < 2 ? 40 : 7);
}

static void numbers_stay_while_the_table_grows(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < 2; seed++) {
        jk_id_table table = {0};
        const uint32_t count = seed == 0 ? 2000 : IDS;
        uint64_t(*keys)[2] = calloc(count, sizeof *keys);
        for (uint32_t i = 0; i < count; i++) {
            make(seed, i, keys[i]);
            if (i % 100 == 0) {
                assert_true(jk_id_reserve(&table, 100));
                assert_true(table.count + 100 <= table.slot_count - table.slot_count / 4); /* never fuller than that */
            }
            assert_int_equal(jk_id_find_or_add(&table, keys[i], i), i);
            assert_int_equal(table.count, i + 1);
            const uint32_t before = i / 2;
            assert_int_equal(jk_id_find_or_add(&table, keys[before], i + 7), before); /* there already */
        }
        for (uint32_t i = 0; i < count; i++) {
            uint32_t number = UINT32_MAX;
            assert_true(jk_id_find(&table, keys[i], &number) && number == i);
            const uint64_t other[2] = {keys[i][0] ^ (uint64_t)1 << 60, keys[i][1]};
            assert_false(jk_id_find(&table, other, &number));
        }
        jk_id_free(&table);
        assert_true(table.slots == NULL && table.count == 0 && table.slot_count == 0);
        jk_id_free(&table);
        free(keys);
    }
}

/* Three quarters of the places at most are taken, and none is asked for before that. */
static void room_is_made_in_time(void **state) {
    (void)state;
    static const size_t cases[][2] = {{0, 4096}, {1, 4096}, {3072, 4096}, {3073, 8192}, {6144, 8192}, {6145, 16384}};
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        jk_id_table table = {0};
        assert_true(jk_id_reserve(&table, cases[c][0]));
        assert_int_equal(table.slot_count, cases[c][1]);
        for (uint32_t i = 0; i < cases[c][0]; i++) {
            (void)jk_id_find_or_add(&table, (const uint64_t[]){(uint64_t)i * 77, i}, i);
        }
        const size_t left = cases[c][1] - cases[c][1] / 4 - cases[c][0];
        assert_true(jk_id_reserve(&table, left));
        assert_int_equal(table.slot_count, cases[c][1]);
        assert_true(jk_id_reserve(&table, left + 1));
        assert_int_equal(table.slot_count, 2 * cases[c][1]);
        for (uint32_t i = 0; i < cases[c][0]; i++) {
            uint32_t number = 0;
            assert_true(jk_id_find(&table, (const uint64_t[]){(uint64_t)i * 77, i}, &number) && number == i);
        }
        jk_id_free(&table);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(numbers_stay_while_the_table_grows),
                                       cmocka_unit_test(room_is_made_in_time)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
