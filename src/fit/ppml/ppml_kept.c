/* SPDX-License-Identifier: Apache-2.0 */
/* An estimation on disk: its arrays in one order, behind a digest of rows, design, start and options. A file whose
 * digest is another's, or that is too short, is no result and the estimation runs again. */
#include "fit/ppml/ppml_kept.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file/resume.h"
#include "base/memory.h"
#include "base/team/team.h"
#include "fit/ppml/ppml.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

/* An array of the results; `there` of them may be missing altogether. */
typedef struct kept_array {
    void **array;
    size_t count, size;
} kept_array;

enum { ARRAYS = 12 };

/* An estimation without errors has a covariance of one number (ppml.c). */
static void list_arrays(jk_ppml *fit, bool with_errors, kept_array arrays[ARRAYS]) {
    const size_t n = fit->parameters, pairs = with_errors ? n * n : 1;
    const kept_array all[ARRAYS] = {
        {(void **)&fit->estimate, n, sizeof(double)},  {(void **)&fit->state, n, sizeof(uint8_t)},
        {(void **)&fit->std_error, n, sizeof(double)}, {(void **)&fit->degrees, n, sizeof(double)},
        {(void **)&fit->std_model, n, sizeof(double)}, {(void **)&fit->covariance, pairs, sizeof(double)},
        {(void **)&fit->exposure, n, sizeof(double)},  {(void **)&fit->cash, n, sizeof(double)},
        {(void **)&fit->expected, n, sizeof(double)},  {(void **)&fit->payers, n, sizeof(double)},
        {(void **)&fit->clusters, n, sizeof(double)},  {(void **)&fit->left, fit->rows, sizeof(uint16_t)},
    };
    memcpy(arrays, all, sizeof all);
}

/* What an estimation starts from; the rows are those of the run's inputs, of which the folder knows. */
static uint64_t digest_of(const jk_ppml_rows *rows, const jk_ppml_design *design, const jk_ppml_options *options) {
    const size_t n = design->parameters;
    const double sizes[] = {(double)rows->rows,
                            (double)n,
                            (double)rows->clusters,
                            options->tolerance,
                            (double)options->iterations_max,
                            (double)options->warm,
                            (double)options->by_dispersion,
                            (double)options->without_errors};
    uint64_t digest = XXH3_64bits(sizes, sizeof sizes);
    digest = XXH3_64bits_withSeed(rows->weight, rows->rows * sizeof *rows->weight, digest);
    digest = XXH3_64bits_withSeed(rows->cash, rows->rows * sizeof *rows->cash, digest);
    digest = options->start != NULL ? XXH3_64bits_withSeed(options->start, n * sizeof(double), digest) : digest;
    digest = options->held != NULL ? XXH3_64bits_withSeed(options->held, n, digest) : digest;
    for (size_t l = 0; l < options->link_count; l++) {
        const double link[] = {(double)options->links[l].a, (double)options->links[l].b, options->links[l].weight};
        digest = XXH3_64bits_withSeed(link, sizeof link, digest);
    }
    return digest;
}

static bool take(const unsigned char **at, size_t *left, void *to, size_t size) {
    if (size > *left) {
        return false;
    }
    if (size > 0) {
        memcpy(to, *at, size);
    }
    *at += size;
    *left -= size;
    return true;
}

static jk_status unpack(const unsigned char *at, size_t left, const jk_ppml_rows *rows, const jk_ppml_design *design,
                        bool with_errors, jk_ppml *fit, bool *good, jk_error *error) {
    uint64_t there = 0;
    jk_ppml kept;
    kept_array arrays[ARRAYS];
    *good = take(&at, &left, &kept, sizeof kept) && take(&at, &left, &there, sizeof there) &&
            kept.parameters == design->parameters && kept.rows == rows->rows;
    if (!*good) {
        return JK_OK;
    }
    *fit = kept;
    list_arrays(fit, with_errors, arrays);
    for (size_t a = 0; a < ARRAYS; a++) {
        *arrays[a].array = NULL;
    }
    for (size_t a = 0; *good && a < ARRAYS; a++) {
        if ((there >> a & 1) != 0) {
            *arrays[a].array = jk_columns_zero(arrays[a].count, arrays[a].size);
            JK_TRY(jk_held(*arrays[a].array != NULL, error, "the fit"));
            *good = take(&at, &left, *arrays[a].array, arrays[a].count * arrays[a].size);
        }
    }
    *good = *good && left == 0;
    return JK_OK;
}

jk_status jk_ppml_kept_find(const jk_ppml_rows *rows, const jk_ppml_design *design, const jk_ppml_options *options,
                            char name[JK_PPML_NAME], jk_ppml *fit, bool *found, jk_error *error) {
    jk_resume *resume = jk_resume_current();
    void *bytes = NULL;
    size_t size = 0;
    name[0] = '\0';
    *found = false;
    if (resume == NULL) {
        return JK_OK;
    }
    (void)snprintf(name, JK_PPML_NAME, "estimation-%zu-%016" PRIx64, resume->asked++, digest_of(rows, design, options));
    JK_TRY(jk_resume_find(resume, name, &bytes, &size, error));
    if (jk_team_least(bytes != NULL) == 0) { /* all ranks take it, or none does */
        free(bytes);
        return JK_OK;
    }
    jk_status status = unpack(bytes, size, rows, design, !options->without_errors, fit, found, error);
    free(bytes);
    if (status != JK_OK || !*found) {
        jk_ppml_reset(fit);
    }
    return status;
}

jk_status jk_ppml_keep(const char *name, const jk_ppml_options *options, const jk_ppml *fit, jk_error *error) {
    kept_array arrays[ARRAYS];
    jk_ppml copy = *fit; /* its arrays are only read */
    uint64_t there = 0;
    size_t size = sizeof copy + sizeof there;
    if (jk_resume_current() == NULL) {
        return JK_OK;
    }
    list_arrays(&copy, !options->without_errors, arrays);
    for (size_t a = 0; a < ARRAYS; a++) {
        there |= *arrays[a].array != NULL ? UINT64_C(1) << a : 0;
        size += *arrays[a].array != NULL ? arrays[a].count * arrays[a].size : 0;
    }
    unsigned char *bytes = malloc(size), *at = bytes;
    JK_TRY(jk_held(bytes != NULL, error, "the fit"));
    jk_ppml bare = copy;
    kept_array none[ARRAYS];
    list_arrays(&bare, !options->without_errors, none);
    for (size_t a = 0; a < ARRAYS; a++) {
        *none[a].array = NULL;
    }
    memcpy(at, &bare, sizeof bare);
    memcpy(at + sizeof bare, &there, sizeof there);
    at += sizeof copy + sizeof there;
    for (size_t a = 0; a < ARRAYS; a++) {
        if (*arrays[a].array != NULL) {
            memcpy(at, *arrays[a].array, arrays[a].count * arrays[a].size);
            at += arrays[a].count * arrays[a].size;
        }
    }
    jk_status status = jk_resume_keep(jk_resume_current(), name, bytes, size, error);
    free(bytes);
    return status;
}
