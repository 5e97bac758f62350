/* SPDX-License-Identifier: Apache-2.0 */
/* What a program says of itself and of its run in the manifest of every output: version, build, features; the command
 * with its options as far as figures depend on them; the day; the files that were read, each with its digest. `jalki
 * replay` runs a command again from it. A program that sets no record has version and build alone. */
#ifndef JK_BASE_RUN_RECORD_H
#define JK_BASE_RUN_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text/json.h"

typedef struct jk_run_record {
    const char *command;          /* "value" */
    const char *const *arguments; /* operands, then options; NULL-ended */
    const char *const *features;  /* what is built in; NULL-ended */
} jk_run_record;

/* Sets the record, which must last. Before threads are started. */
void jk_run_record_set(const jk_run_record *record);

/* Adds "build", "features" and "run" {"command", "arguments", "date", "inputs": [{"path", "bytes", "digest"}]} to a
 * manifest. A digest is "sha256:…" of the bytes, or "xxh3:…" of a store's checksums; null where the file has none or
 * was changed while it was used. */
void jk_run_record_put(jk_json_builder *builder, json_t *manifest);

/* A manifest of these, "program" and "version". */
json_t *jk_run_record_manifest(jk_json_builder *builder);

/* When the run takes place, one moment for all of it: SOURCE_DATE_EPOCH of the environment where that is set. */
int64_t jk_run_seconds(void);

/* "sha256:…" of the whole file behind the descriptor; false: cannot be read. */
enum { JK_DIGEST_TEXT = 80 };
bool jk_run_digest(int fd, char digest[JK_DIGEST_TEXT]);

#endif
