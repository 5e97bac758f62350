/* SPDX-License-Identifier: Apache-2.0 */
/* Nothing is allocated per block: a run over 300 blocks makes exactly as many allocations as one over 30. The program's
 * own malloc family counts and hands on to the C library's. */
#include <stdatomic.h>
#include <unistd.h>

#include "cmocka_all.h"

#include "jalki/export.h"
#include "value/tape_maker.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__GLIBC__)
#define CANNOT_COUNT 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define CANNOT_COUNT 1
#endif
#endif

#ifndef CANNOT_COUNT
static atomic_size_t allocations;

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
int posix_memalign(void **memory, size_t alignment, size_t size);

void *malloc(size_t size) {
    atomic_fetch_add(&allocations, 1);
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    atomic_fetch_add(&allocations, 1);
    return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size) {
    atomic_fetch_add(&allocations, 1);
    return __libc_realloc(memory, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    atomic_fetch_add(&allocations, 1);
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
    atomic_fetch_add(&allocations, 1);
    *memory = __libc_memalign(alignment, size);
    return *memory == NULL ? 12 : 0;
}

static char folder[] = "/tmp/jalki-allocations-XXXXXX";

static const char *file_name(const char *name) {
    static char path[4][256];
    static int next;
    char *text = path[next++ % 4];
    (void)snprintf(text, sizeof path[0], "%s/%s", folder, name);
    return text;
}

/* Allocations of one run with per-claim results in both forms, after everything has been opened. */
static size_t count_run(const char *name, const jk_model *model) {
    jk_error error = {0};
    jk_tape *tape = NULL;
    jk_claims_file *claims = NULL;
    jk_results_file *results = NULL;
    must(jk_tape_open(file_name(name), &tape, &error), &error);
    must(jk_claims_open(file_name("claims.csv.gz"), tape, model, false, &claims, &error), &error);
    must(jk_results_open(file_name("results.h5"), tape, model, &results, &error), &error);
    jk_value_sink sinks[] = {jk_claims_sink(claims), jk_results_sink(results)};
    jk_value_options options = jk_value_defaults();
    options.run = (jk_run){.threads = 2, .block_rows = 100};
    jk_valuation valuation;
    size_t before = atomic_load(&allocations);
    must(jk_value_run(tape, model, &options, sinks, 2, &valuation, &error), &error);
    size_t made = atomic_load(&allocations) - before;
    jk_valuation_reset(&valuation);
    jk_claims_abort(claims);
    jk_results_abort(results);
    jk_tape_close(tape);
    return made;
}
#endif

static void test_steady_state(void **state) {
    (void)state;
#ifdef CANNOT_COUNT
    print_message("skipped: allocations cannot be counted under a sanitizer\n");
    skip();
#else
    char path[512];
    const char *source = getenv("JALKI_SOURCE");
    jk_error error = {0};
    jk_model *model = NULL;
    (void)snprintf(path, sizeof path, "%s/models/nordic.yaml", source != NULL ? source : ".");
    must(jk_model_load(path, &model, &error), &error);
    assert_non_null(mkdtemp(folder));
    make_tape(file_name("short.h5"), &(tape_plan){.rows = 3000});
    make_tape(file_name("long.h5"), &(tape_plan){.rows = 30000});
    (void)count_run("short.h5", model); /* the thread pool and the like */
    size_t of_short = count_run("short.h5", model);
    size_t of_long = count_run("long.h5", model);
    print_message("%zu allocations for 30 blocks, %zu for 300\n", of_short, of_long);
    assert_true(of_short > 0);
    assert_int_equal(of_short, of_long);
    (void)unlink(file_name("short.h5"));
    (void)unlink(file_name("long.h5"));
    (void)rmdir(folder);
    jk_model_free(model);
#endif
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_steady_state)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
