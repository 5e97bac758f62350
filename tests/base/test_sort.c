/* SPDX-License-Identifier: Apache-2.0 */
/* Stable sorting, held against insertion that goes through all earlier rows; with memory and where it is refused. */
#include "cmocka_all.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/number/random.h"
#include "base/number/sort.h"

typedef struct row {
    int key, place;
    char rest[72]; /* longer than what is swapped at once */
} row;

static int by_key(const void *a, const void *b) {
    int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

static int by_key_down(const void *a, const void *b, void *calls) {
    ++*(size_t *)calls;
    return by_key(b, a);
}

static void fill(row *rows, size_t count, unsigned keys, uint64_t seed) {
    for (size_t i = 0; i < count; i++) {
        rows[i] = (row){.key = (int)(jk_philox(7, seed, (uint32_t)i).word[0] % keys), .place = (int)i};
        memset(rows[i].rest, rows[i].key + rows[i].place, sizeof rows[i].rest);
    }
}

/* Ordered, rows of one key by where they stood, each in one piece, all there. */
static void check(const row *rows, size_t count, int direction) {
    bool *seen = calloc(count + 1, sizeof *seen);
    assert_non_null(seen);
    for (size_t i = 0; i < count; i++) {
        assert_false(seen[rows[i].place]);
        seen[rows[i].place] = true;
        for (size_t k = 0; k < sizeof rows[i].rest; k++) {
            assert_int_equal(rows[i].rest[k], (char)(rows[i].key + rows[i].place));
        }
        if (i > 0) {
            int step = direction * (rows[i].key - rows[i - 1].key);
            assert_true(step > 0 || (step == 0 && rows[i].place > rows[i - 1].place));
        }
    }
    free(seen);
}

static void try_all(size_t most) {
    row *rows = malloc((most + 1) * sizeof *rows);
    assert_non_null(rows);
    for (size_t count = 0; count <= most; count = count < 40 ? count + 1 : count * 2 - 7) {
        for (unsigned keys = 1; keys <= 1000; keys *= 10) {
            size_t calls = 0;
            fill(rows, count, keys, count * 7 + keys);
            jk_sort(rows, count, sizeof *rows, by_key);
            check(rows, count, 1);
            fill(rows, count, keys, count * 5 + keys);
            jk_sort_by(rows, count, sizeof *rows, by_key_down, &calls);
            check(rows, count, -1);
            assert_true(count < 2 || calls > 0);
        }
    }
    free(rows);
}

static void test_sorts(void **state) {
    (void)state;
    try_all(3000);
}

static void test_plain_numbers(void **state) {
    (void)state;
    enum { COUNT = 50000 };
    static int numbers[COUNT];
    for (int i = 0; i < COUNT; i++) {
        numbers[i] = (int)jk_philox(3, 1, (uint32_t)i).word[0];
    }
    jk_sort(numbers, COUNT, sizeof numbers[0], by_key);
    for (int i = 1; i < COUNT; i++) {
        assert_true(numbers[i] >= numbers[i - 1]);
    }
}

/* With memory refused it gives the same. */
static void test_without_memory(void **state) {
    (void)state;
#if !defined(__SANITIZE_ADDRESS__)
    enum { COUNT = 400000 }; /* half of them are more than the allocator has at hand */
    row *with = malloc(COUNT * sizeof *with), *without = malloc(COUNT * sizeof *without);
    struct rlimit before, none;
    assert_true(with != NULL && without != NULL);
    fill(with, COUNT, 5000, 3);
    fill(without, COUNT, 5000, 3);
    jk_sort(with, COUNT, sizeof *with, by_key);
    assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
    none = (struct rlimit){1, before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_AS, &none), 0);
    void *volatile refused = malloc(COUNT / 2 * sizeof *with); /* volatile: a compiler may do without the call */
    jk_sort(without, COUNT, sizeof *without, by_key);
    assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
    assert_null(refused);
    assert_memory_equal(with, without, COUNT * sizeof *with);
    check(without, COUNT, 1);
    free(with);
    free(without);
#endif
}

static int by_amount(const void *a, const void *b) {
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

/* By bytes as by comparisons: of either sign, of the whole range and of a narrow one, few and many. */
static void test_amounts(void **state) {
    (void)state;
    enum { MOST = 5000 };
    static int64_t amounts[MOST], same[MOST];
    for (int width = 1; width <= 64; width += 7) {
        for (size_t count = 0; count <= MOST; count = count < 3 ? count + 1 : count * 4 - 1) {
            for (size_t i = 0; i < count; i++) {
                const jk_random4 drawn = jk_philox(11, (uint64_t)width, (uint32_t)i);
                const uint64_t bits = (uint64_t)drawn.word[0] << 32 | drawn.word[1];
                amounts[i] = same[i] = (int64_t)(bits >> (64 - width)) - (width == 64 ? 0 : INT64_C(1) << (width - 1));
            }
            jk_sort_amounts(amounts, count);
            jk_sort(same, count, sizeof *same, by_amount);
            assert_memory_equal(amounts, same, count * sizeof *same);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sorts),
        cmocka_unit_test(test_plain_numbers),
        cmocka_unit_test(test_amounts),
        cmocka_unit_test(test_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
