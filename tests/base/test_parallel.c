/* SPDX-License-Identifier: Apache-2.0 */
#include "base/team/parallel.h"

#include <stdatomic.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/random.h"
#include "cmocka_all.h"

enum { COUNT = 10000 };
static atomic_int visits[COUNT];

static jk_status visit(void *context, int thread, size_t i, jk_error *error) {
    const int *threads = context;
    (void)error;
    assert_in_range(thread, 0, *threads - 1);
    atomic_fetch_add(&visits[i], 1);
    return JK_OK;
}

static void every_index_is_visited_once(void **state) {
    (void)state;
    for (int threads = 1; threads <= 7; threads += 3) {
        memset(visits, 0, sizeof visits);
        jk_run run = {.threads = threads};
        assert_int_equal(jk_parallel_for(&run, COUNT, "visit", 1, visit, &threads, NULL), JK_OK);
        for (size_t i = 0; i < COUNT; i++) {
            assert_int_equal(visits[i], 1);
        }
    }
}

static jk_status fail_at_500(void *context, int thread, size_t i, jk_error *error) {
    (void)context;
    (void)thread;
    return i == 500 ? jk_fail(error, JK_ERROR_DATA, "tape.csv", 7, "fees", "'%s' is not a number", "x") : JK_OK;
}

static void the_first_failure_is_returned(void **state) {
    (void)state;
    jk_run run = {.threads = 3};
    jk_error error = {0};
    assert_int_equal(jk_parallel_for(&run, COUNT, "fail", 1, fail_at_500, NULL, &error), JK_ERROR_DATA);
    char text[JK_ERROR_TEXT_MAX];
    assert_string_equal(jk_error_text(&error, text, sizeof text), "tape.csv:7: fees: 'x' is not a number");
    (void)jk_fail(&error, JK_ERROR_IO, "other", 0, NULL, "later");
    assert_int_equal(error.status, JK_ERROR_DATA); /* the first cause wins */
}

static int stop_at_once(void *context, const char *stage, uint64_t done, uint64_t total) {
    (void)context;
    (void)stage;
    return done <= total;
}

static void progress_can_stop_the_work(void **state) {
    (void)state;
    jk_run run = {.threads = 2, .progress = stop_at_once};
    int threads = 2;
    assert_int_equal(jk_parallel_for(&run, COUNT, "visit", 1, visit, &threads, NULL), JK_ERROR_INTERRUPTED);
}

static void philox_gives_the_published_numbers(void **state) {
    (void)state;
    /* Known answers of philox4x32-10 from the authors' Random123 distribution (kat_vectors). */
    jk_random4 zero = jk_philox(0, 0, 0);
    assert_int_equal(zero.word[0], 0x6627e8d5u);
    assert_int_equal(zero.word[1], 0xe169c58du);
    assert_int_equal(zero.word[2], 0xbc57ac4cu);
    assert_int_equal(zero.word[3], 0x9b00dbd8u);
    jk_random4 ones = jk_philox(UINT64_MAX, UINT64_MAX, UINT64_MAX);
    assert_int_equal(ones.word[0], 0x408f276du);
    assert_int_equal(ones.word[1], 0x41c83b0eu);
    assert_int_equal(ones.word[2], 0xa20bc7c6u);
    assert_int_equal(ones.word[3], 0x6d5451fdu);
}

static void arenas_give_zeroed_pieces_of_any_size(void **state) {
    (void)state;
    jk_arena *arena = jk_arena_create();
    assert_non_null(arena);
    for (size_t size = 1; size < 300000; size = size * 3 + 1) {
        unsigned char *piece = jk_arena_alloc(arena, size, 1);
        assert_non_null(piece);
        assert_int_equal((uintptr_t)piece % 16, 0);
        assert_int_equal(piece[0] | piece[size - 1], 0);
        memset(piece, 0xff, size);
    }
    assert_null(jk_arena_alloc(arena, SIZE_MAX, 16));
    assert_string_equal(jk_arena_text(arena, "word and more", 4), "word");
    jk_arena_free(arena);
    assert_null(jk_columns_alloc(SIZE_MAX / 2, 4));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_index_is_visited_once),
        cmocka_unit_test(the_first_failure_is_returned),
        cmocka_unit_test(progress_can_stop_the_work),
        cmocka_unit_test(philox_gives_the_published_numbers),
        cmocka_unit_test(arenas_give_zeroed_pieces_of_any_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
