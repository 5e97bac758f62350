/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a file of jobs, for a program of two commands: jobs in an order that suits what they need, or an error.
 * Seeds: a batch with combinations, and one whose jobs need each other. */
#include <string.h>

#include "fuzz_file.h"

#include "jalki/batch.h"

static bool has_command(const char *command) {
    return strcmp(command, "value") == 0 || strcmp(command, "generate") == 0;
}

static jk_batch_key key_of(const char *command, const char *name) {
    static const struct {
        const char *name;
        jk_batch_key key;
    } keys[] = {{"read", {.kind = JK_BATCH_ONE, .is_operand = true, .is_input = true}},
                {"model", {.kind = JK_BATCH_ONE, .is_input = true}},
                {"irr", {.kind = JK_BATCH_LIST}},
                {"floor", {.kind = JK_BATCH_SEVERAL}},
                {"sell", {.kind = JK_BATCH_FLAG}},
                {"json", {.kind = JK_BATCH_ONE, .is_output = true}},
                {"output", {.kind = JK_BATCH_ONE, .is_output = true}}};
    (void)command;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (strcmp(keys[i].name, name) == 0) {
            return keys[i].key;
        }
    }
    return (jk_batch_key){.kind = JK_BATCH_UNKNOWN};
}

static const char *nearest(const char *command, const char *key) {
    (void)command;
    return key == NULL ? "value" : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const jk_batch_rules rules = {.has_command = has_command, .key = key_of, .nearest = nearest};
    char path[64];
    int fd = fuzz_file(data, size, path);
    jk_batch batch = {0};
    jk_error error = {0};
    jk_status status = jk_batch_load(path, &rules, &batch, &error);
    FUZZ_AGREE(status, error);
    for (size_t i = 0; status == JK_OK && i < batch.job_count; i++) { /* each comes after those that it needs */
        const jk_batch_job *job = &batch.jobs[batch.order[i]];
        for (size_t n = 0; n < job->need_count; n++) {
            size_t place = 0;
            while (place < i && batch.order[place] != job->needs[n]) {
                place++;
            }
            if (place == i) {
                abort();
            }
        }
    }
    jk_batch_reset(&batch);
    (void)close(fd);
    return 0;
}
