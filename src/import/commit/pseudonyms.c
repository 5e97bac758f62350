/* SPDX-License-Identifier: Apache-2.0 */
#include "import/commit/pseudonyms.h"

#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file/input.h"
#include "base/file/transfer.h"
#include "base/text/escape.h"
#include "base/words/listing.h"
#include "import/commit/key.h"
#include "jalki/import.h"

static const jk_listing_column columns[] = {
    JK_LISTED_TEXT("kind", NULL, "claim or debtor"),
    JK_LISTED_TEXT("pseudonym", NULL, "What the store has"),
    JK_LISTED_TEXT("id", NULL, "What it stands for"),
};

jk_listing jk_pseudonym_columns(void) {
    return JK_LISTING_FILE("pseudonyms", columns);
}

static const jk_column id_columns[2] = {JK_COLUMN_CLAIM_ID, JK_COLUMN_DEBTOR_ID};
static const char *const kinds[2] = {"claim", "debtor"}; /* as pairs and hashes name them */

/* ---- the key --------------------------------------------------------------------------------------------------- */

static jk_status read_key(jk_pseudonyms *self, const char *path, jk_error *error) {
    int fd = jk_input_open(path, true);
    if (fd < 0) {
        return jk_fail_errno(error, path, "read");
    }
    ssize_t length = jk_read_all(fd, self->key, sizeof self->key); /* up to a byte more than a key has */
    jk_status status = length < 0 ? jk_fail_errno(error, path, "read") : JK_OK;
    (void)close(fd);
    if (status != JK_OK) {
        return status;
    }
    bool longer = length > JK_PSEUDONYM_KEY_MOST;
    self->key_length = longer ? 0 : (size_t)length;
    while (self->key_length > 0 && strchr("\r\n", self->key[self->key_length - 1]) != NULL &&
           self->key[self->key_length - 1] != '\0') {
        self->key_length--;
    }
    return longer || self->key_length < JK_PSEUDONYM_KEY_LEAST
               ? jk_fail(error, JK_ERROR_DATA, path, 0, NULL,
                         "is no key: expected %d to %d random bytes that nobody else has ('openssl rand -hex 32 > key' "
                         "makes them)",
                         JK_PSEUDONYM_KEY_LEAST, JK_PSEUDONYM_KEY_MOST)
               : JK_OK;
}

jk_status jk_pseudonyms_open(jk_pseudonyms *self, const char *key_file, const char *list, jk_error *error) {
    *self = (jk_pseudonyms){.list = {.fd = -1}};
    JK_TRY(read_key(self, key_file, error));
    if (list == NULL) {
        return JK_OK;
    }
    JK_TRY(jk_output_open(&self->list, list, JK_OUTPUT_PERSONAL, error));
    self->lists = true;
    JK_TRY(jk_output_stream(&self->list, error));
    const jk_listing described = jk_pseudonym_columns();
    return jk_listing_csv(&described, self->list.stream, error);
}

jk_status jk_pseudonyms_commit(jk_pseudonyms *self, jk_error *error) {
    bool lists = self->lists;
    self->lists = false;
    return lists ? jk_output_commit(&self->list, error) : JK_OK;
}

void jk_pseudonyms_abort(jk_pseudonyms *self) {
    if (self->lists) {
        jk_output_abort(&self->list);
        self->lists = false;
    }
    OPENSSL_cleanse(self->key, sizeof self->key);
    self->key_length = 0;
}

/* ---- pseudonyms ------------------------------------------------------------------------------------------------ */

/* Without l, o, 0 and 1, which are misread. */
static const char digits[] = "abcdefghijkmnpqrstuvwxyz23456789";

bool jk_pseudonym_of(const jk_pseudonyms *self, bool debtor, const char *id, size_t length, char out[JK_PSEUDONYM]) {
    unsigned char text[8 + JK_TEXT_MAX], hash[EVP_MAX_MD_SIZE];
    unsigned hash_length = 0;
    size_t kind = strlen(kinds[debtor]) + 1;
    memcpy(text, kinds[debtor], kind);
    memcpy(text + kind, id, length);
    if (HMAC(EVP_sha256(), self->key, (int)self->key_length, text, kind + length, hash, &hash_length) == NULL) {
        return false;
    }
    for (unsigned i = 0; i < JK_PSEUDONYM; i++) { /* five bits each, the first ones first */
        unsigned bit = 5 * i, pair = (unsigned)hash[bit / 8] << 8 | hash[bit / 8 + 1];
        out[i] = digits[pair >> (11 - bit % 8) & 31];
    }
    return true;
}

/* The pairs of a chunk wait in its memory for their turn: kind, length, id. */
static bool keep_pair(jk_import_chunk *chunk, size_t which, const char *id, size_t length, const char *pseudonym) {
    char cell[JK_CELL_BYTES(JK_TEXT_MAX)];
    size_t cell_length = (size_t)(jk_cell_write(cell, id, length) - cell);
    size_t room = strlen(kinds[which]) + JK_PSEUDONYM + cell_length + 4;
    if (chunk->pairs_length + room > chunk->pairs_room) {
        size_t more = 2 * chunk->pairs_room + room + 65536;
        char *grown = realloc(chunk->pairs, more);
        if (grown == NULL) {
            return false;
        }
        chunk->pairs = grown;
        chunk->pairs_room = more;
    }
    int used = snprintf(chunk->pairs + chunk->pairs_length, room, "%s,%.*s,%.*s\n", kinds[which], JK_PSEUDONYM,
                        pseudonym, (int)cell_length, cell);
    chunk->pairs_length += (size_t)used;
    return true;
}

static jk_status replace(const jk_pseudonyms *self, jk_import_chunk *chunk, size_t which, uint64_t seed,
                         jk_error *error) {
    const size_t width = chunk->text_width[which];
    const char *ids = chunk->column[id_columns[which]];
    char *made = calloc(chunk->rows + 1, JK_PSEUDONYM);
    jk_status status = jk_held(made != NULL, error, "pseudonyms");
    for (size_t row = 0; status == JK_OK && row < chunk->rows; row++) {
        const char *id = ids + row * width;
        char *out = made + row * JK_PSEUDONYM;
        size_t length = strnlen(id, width);
        if (length == 0) {
            continue; /* missing */
        }
        if (!jk_pseudonym_of(self, which == 1, id, length, out)) {
            status = jk_fail(error, JK_ERROR_INTERNAL, NULL, 0, NULL, "cannot compute the hash");
        } else if (self->lists && !chunk->bad[row] && !keep_pair(chunk, which, id, length, out)) {
            status = jk_fail_memory(error, "pseudonyms");
        }
        jk_import_key(out, JK_PSEUDONYM, seed, chunk->key[which] + 2 * row);
    }
    if (status == JK_OK) {
        memcpy(chunk->column[id_columns[which]], made, chunk->rows * JK_PSEUDONYM);
        chunk->text_width[which] = JK_PSEUDONYM;
        chunk->order[which] = (jk_chunk_order){.in_order = false};
    }
    free(made);
    return status;
}

jk_status jk_pseudonyms_apply(const jk_pseudonyms *self, jk_import_chunk *chunk, uint64_t seed, jk_error *error) {
    static const char masked[] = "(an id)";
    chunk->pairs_length = 0;
    if (chunk->kind != JK_CHUNK_ROWS) {
        return JK_OK;
    }
    for (size_t which = 0; which < 2; which++) {
        if (chunk->column[id_columns[which]] != NULL) {
            JK_TRY(replace(self, chunk, which, seed, error));
        }
    }
    for (size_t i = 0; i < chunk->reject_count; i++) {
        jk_import_reject *reject = &chunk->rejects[i];
        if ((reject->column == JK_COLUMN_CLAIM_ID || reject->column == JK_COLUMN_DEBTOR_ID) &&
            reject->value_length > 0) {
            reject->value = NULL;
            reject->value_length = sizeof masked - 1;
            memcpy(reject->short_value, masked, sizeof masked);
        }
    }
    return JK_OK;
}

jk_status jk_pseudonyms_list(jk_pseudonyms *self, const jk_import_chunk *chunk, jk_error *error) {
    if (!self->lists || chunk->kind != JK_CHUNK_ROWS || chunk->pairs_length == 0) {
        return JK_OK;
    }
    return fwrite(chunk->pairs, 1, chunk->pairs_length, self->list.stream) == chunk->pairs_length
               ? JK_OK
               : jk_fail_errno(error, self->list.target, "write");
}
