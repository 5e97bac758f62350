/* SPDX-License-Identifier: Apache-2.0 */
#include "support/refusal.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/text/json.h"

static atomic_long left;
static atomic_bool was_refused;
static pid_t refusing;
static _Thread_local bool spared;

void refuse_allocation(long number) {
    refusing = getpid();
    atomic_store(&was_refused, false);
    atomic_store(&left, number);
}

bool allocation_was_refused(void) {
    return atomic_load(&was_refused);
}

/* Whether this one is refused. */
static bool is_refused(void) {
    if (spared || atomic_load(&left) <= 0 || getpid() != refusing || atomic_fetch_sub(&left, 1) != 1) {
        return false;
    }
    atomic_store(&was_refused, true);
    return true;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
int __real_posix_memalign(void **memory, size_t alignment, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
int __wrap_posix_memalign(void **memory, size_t alignment, size_t size);

void *__wrap_malloc(size_t size) {
    return is_refused() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size) {
    return is_refused() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size) {
    return is_refused() ? NULL : __real_realloc(memory, size);
}

void *__wrap_aligned_alloc(size_t alignment, size_t size) {
    return is_refused() ? NULL : __real_aligned_alloc(alignment, size);
}

int __wrap_posix_memalign(void **memory, size_t alignment, size_t size) {
    return is_refused() ? ENOMEM : __real_posix_memalign(memory, alignment, size);
}

json_t *__real_jk_json_parse_file(FILE *file, size_t flags, json_error_t *problem);
json_t *__wrap_jk_json_parse_file(FILE *file, size_t flags, json_error_t *problem);

/* Jansson's parser loses what it has made of a text when it gets no more memory: it gets all that it asks for. */
json_t *__wrap_jk_json_parse_file(FILE *file, size_t flags, json_error_t *problem) {
    spared = true;
    json_t *root = __real_jk_json_parse_file(file, flags, problem);
    spared = false;
    return root;
}
