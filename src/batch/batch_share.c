/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs of one tape have its columns from memory once one of them has read them; what each got from where is counted. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/file/input.h"
#include "jalki/batch.h"
#include "jalki/share.h"

struct jk_batch_sharing {
    jk_batch *batch;
    size_t memory;
    jk_tape_reads *reads;    /* [job_count], in memory that the jobs share */
    jk_tape_sharing **tapes; /* [job_count]: held by the first job that reads the tape; NULL: none */
};

jk_batch_sharing *jk_batch_share(jk_batch *batch, size_t memory) {
    jk_batch_sharing *self = calloc(1, sizeof *self);
    jk_tape_sharing **tapes = calloc(batch->job_count + 1, sizeof *tapes);
    void *reads = mmap(NULL, (batch->job_count + 1) * sizeof(jk_tape_reads), PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (self == NULL || tapes == NULL || reads == MAP_FAILED) {
        if (reads != MAP_FAILED) {
            (void)munmap(reads, (batch->job_count + 1) * sizeof(jk_tape_reads));
        }
        free(tapes);
        free(self);
        return NULL;
    }
    *self = (jk_batch_sharing){.batch = batch, .memory = memory, .reads = reads, .tapes = tapes};
    return self;
}

void jk_batch_share_free(jk_batch_sharing *sharing) {
    if (sharing != NULL) {
        for (size_t j = 0; j < sharing->batch->job_count; j++) {
            jk_tape_share_end(sharing->tapes[j]);
        }
        (void)munmap(sharing->reads, (sharing->batch->job_count + 1) * sizeof(jk_tape_reads));
        free(sharing->tapes);
        free(sharing);
    }
}

/* Jobs of the same tape that wait or run, and the one that holds it for all: the first in the file. */
static size_t count_open(const jk_batch *batch, const char *tape, size_t *holder) {
    size_t count = 0;
    *holder = batch->job_count;
    for (size_t j = 0; j < batch->job_count; j++) {
        if (batch->jobs[j].tape != NULL && strcmp(batch->jobs[j].tape, tape) == 0) {
            *holder = *holder == batch->job_count ? j : *holder;
            count += batch->jobs[j].state == JK_JOB_WAITING;
        }
    }
    return count;
}

void jk_batch_share_before(jk_batch_sharing *sharing, size_t job, const char *path) {
    size_t holder = 0;
    bool wanted = count_open(sharing->batch, sharing->batch->jobs[job].tape, &holder) > 1 && sharing->memory > 0;
    if (wanted && sharing->tapes[holder] == NULL) {
        /* What is no tape, or cannot be shared, the jobs read for themselves; it is theirs to say what is wrong. */
        (void)jk_tape_share(path, sharing->memory, &sharing->tapes[holder], NULL);
        jk_input_disown(path);
    }
}

void jk_batch_share_in_job(const jk_batch_sharing *sharing, size_t job) {
    jk_tape_count_reads(&sharing->reads[job]);
}

void jk_batch_share_after(jk_batch_sharing *sharing, size_t job) {
    jk_batch_job *ended = &sharing->batch->jobs[job];
    size_t holder = 0;
    ended->read_bytes = sharing->reads[job].file;
    ended->shared_bytes = sharing->reads[job].shared;
    if (ended->tape != NULL && count_open(sharing->batch, ended->tape, &holder) == 0) {
        jk_tape_share_end(sharing->tapes[holder]);
        sharing->tapes[holder] = NULL;
    }
}
