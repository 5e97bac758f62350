/* SPDX-License-Identifier: Apache-2.0 */
/* Variants of a batch: a job's command with the options that not all jobs of the command share, so that fifty
 * portfolios under two scenarios are two variants; and sums by variant. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/number/sort.h"
#include "batch/batch_reader.h"

/* What some job of a command asks. */
typedef struct asked_word {
    const char *command, *word;
    size_t job;
    bool by_all; /* jobs of the command */
} asked_word;

static int by_word(const asked_word *one, const asked_word *other) {
    int order = strcmp(one->command, other->command);
    return order != 0 ? order : strcmp(one->word, other->word);
}

static int by_word_and_job(const void *a, const void *b) {
    const asked_word *one = a, *other = b;
    int order = by_word(one, other);
    return order != 0 ? order : (one->job > other->job) - (one->job < other->job);
}

static int by_word_alone(const void *a, const void *b) {
    return by_word(a, b);
}

static size_t jobs_of(const jk_batch *batch, const char *command) {
    size_t count = 0;
    for (size_t j = 0; j < batch->job_count; j++) {
        count += strcmp(batch->jobs[j].command, command) == 0;
    }
    return count;
}

/* Leaves one entry of each word with whether all jobs of the command ask it; returns how many. */
static size_t join_words(const jk_batch *batch, asked_word *words, size_t count) {
    size_t joined = 0, jobs = 0;
    for (size_t from = 0, to = 0; from < count; from = to) {
        size_t asking = 0;
        for (to = from; to < count && by_word(&words[from], &words[to]) == 0; to++) {
            asking += to == from || words[to].job != words[to - 1].job;
        }
        bool same_command = joined > 0 && strcmp(words[joined - 1].command, words[from].command) == 0;
        jobs = same_command ? jobs : jobs_of(batch, words[from].command);
        words[joined] = words[from];
        words[joined++].by_all = asking == jobs;
    }
    return joined;
}

static const char *variant_of(jk_batch *batch, const jk_batch_job *job, const asked_word *words, size_t count) {
    char text[2 * BATCH_TEXT_MAX];
    size_t used = 0;
    (void)snprintf(text, sizeof text, "%s", job->command);
    for (size_t i = 0; i < job->asked_count; i++) {
        const asked_word wanted = {.command = job->command, .word = job->asked[i]};
        const asked_word *found = bsearch(&wanted, words, count, sizeof *words, by_word_alone);
        if (found != NULL && !found->by_all) {
            used = strlen(text);
            (void)snprintf(text + used, sizeof text - used, "%s%s", used > strlen(job->command) ? ", " : " ",
                           job->asked[i]);
        }
    }
    return jk_arena_text(batch->arena, text, strlen(text));
}

jk_status jk_batch_name_variants(jk_batch *batch, jk_error *error) {
    size_t count = 0, used = 0;
    for (size_t j = 0; j < batch->job_count; j++) {
        count += batch->jobs[j].asked_count;
    }
    asked_word *words = malloc((count + 1) * sizeof *words);
    bool held = words != NULL;
    for (size_t j = 0; held && j < batch->job_count; j++) {
        const jk_batch_job *job = &batch->jobs[j];
        for (size_t i = 0; i < job->asked_count; i++) {
            words[used++] = (asked_word){.command = job->command, .word = job->asked[i], .job = j};
        }
    }
    if (held) {
        jk_sort(words, count, sizeof *words, by_word_and_job);
        count = join_words(batch, words, count);
    }
    for (size_t j = 0; held && j < batch->job_count; j++) {
        batch->jobs[j].variant = variant_of(batch, &batch->jobs[j], words, count);
        held = batch->jobs[j].variant != NULL;
    }
    free(words);
    return jk_held(held, error, "the jobs");
}

/* ---- sums ------------------------------------------------------------------------------------------------------- */

static jk_batch_sum *sum_of(jk_batch *batch, const jk_batch_job *job) {
    for (size_t i = 0; i < batch->sum_count; i++) {
        jk_batch_sum *sum = &batch->sums[i];
        if (strcmp(sum->variant, job->variant) == 0 && strcmp(sum->currency, job->currency) == 0) {
            return sum;
        }
    }
    batch->sums[batch->sum_count] = (jk_batch_sum){.variant = job->variant, .currency = job->currency};
    return &batch->sums[batch->sum_count++];
}

jk_status jk_batch_add_up(jk_batch *batch, jk_error *error) {
    batch->sums = jk_arena_alloc(batch->arena, batch->job_count + 1, sizeof *batch->sums);
    batch->sum_count = 0;
    JK_TRY(jk_held(batch->sums != NULL, error, "the sums of the jobs"));
    for (size_t j = 0; j < batch->job_count; j++) {
        const jk_batch_job *job = &batch->jobs[j];
        if (job->state == JK_JOB_DONE && (isfinite(job->value) || isfinite(job->bid))) {
            jk_batch_sum *sum = sum_of(batch, job);
            sum->jobs++;
            sum->claims += job->claims;
            sum->face += job->face;
            sum->value += job->value;
            sum->bid += job->bid;
        }
    }
    return JK_OK;
}
