/* SPDX-License-Identifier: Apache-2.0 */
#include "import/share.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/team/team.h"

enum {
    STRIPES_EACH = 16,           /* for each of the processes, where the files are small */
    STRIPES_KEPT = 64,           /* of a run that may go on later */
    STRIPE_MOST = 4 << 20,       /* bytes */
    STRIPE_KEPT_MOST = 64 << 20, /* so that there are not too many files */
    PIECE = 8 << 20              /* packed bytes that are handed over at once */
};

/* Before the chunks of a piece. */
typedef struct piece_head {
    uint64_t mark, stripe, begin, end;
    uint32_t more, file_ended;
} piece_head;
static const uint64_t MARK = UINT64_C(0x3165636569706b6a); /* "jkpiece1" */

jk_status jk_share_begin(jk_share *share, const jk_import_input *inputs, size_t count, jk_error *error) {
    const bool kept = share->kept != NULL;
    const size_t wanted = kept ? STRIPES_KEPT : (size_t)STRIPES_EACH * (size_t)share->owners;
    share->next = share->own >= 0 && !share->collects ? (size_t)share->own : 0;
    return jk_stripes_make(inputs, count, wanted, kept ? STRIPE_KEPT_MOST : STRIPE_MOST, &share->stripes, error);
}

void jk_share_end(jk_share *share) {
    jk_stripes_free(&share->stripes);
    jk_bytes_free(&share->taken);
    jk_bytes_free(&share->given);
}

bool jk_share_packs(const jk_share *share) {
    return !share->collects || share->kept != NULL;
}

/* ---- taking ----------------------------------------------------------------------------------------------------- */

static void name_piece(size_t stripe, size_t piece, char name[64]) {
    (void)snprintf(name, 64, "stripe-%zu-%zu", stripe, piece);
}

static bool read_head(const void *bytes, size_t size, size_t stripe, piece_head *head) {
    if (bytes == NULL || size < sizeof *head) {
        return false;
    }
    memcpy(head, bytes, sizeof *head);
    return head->mark == MARK && head->stripe == stripe;
}

/* Whether all pieces of the stripe are kept. */
static jk_status is_kept(jk_share *share, size_t stripe, bool *whole, jk_error *error) {
    piece_head head = {.more = 1};
    *whole = share->kept != NULL;
    for (size_t piece = 0; *whole && head.more != 0; piece++) {
        char name[64];
        void *bytes = NULL;
        size_t size = 0, found = share->kept->found;
        name_piece(stripe, piece, name);
        JK_TRY(jk_resume_find(share->kept, name, &bytes, &size, error));
        share->kept->found = found; /* counted when it is taken */
        *whole = read_head(bytes, size, stripe, &head);
        free(bytes);
    }
    return JK_OK;
}

static jk_status take_kept(jk_share *share, size_t stripe, void **bytes, size_t *size, jk_error *error) {
    char name[64];
    name_piece(stripe, share->piece, name);
    return jk_resume_find(share->kept, name, bytes, size, error);
}

/* Keeps what another rank has parsed. */
static jk_status keep_taken(const jk_share *share, size_t stripe, const void *bytes, size_t size, jk_error *error) {
    char name[64];
    if (share->kept == NULL) {
        return JK_OK;
    }
    name_piece(stripe, share->piece, name);
    return jk_resume_keep(share->kept, name, bytes, size, error);
}

/* The next piece of a stripe that is not parsed here. */
static jk_status take_piece(jk_share *share, size_t stripe, bool kept, piece_head *head, jk_error *error) {
    void *bytes = NULL;
    size_t size = 0;
    const int owner = (int)(stripe % (size_t)share->owners) + 1;
    jk_status status =
        kept ? take_kept(share, stripe, &bytes, &size, error) : jk_team_take(owner, &bytes, &size, error);
    if (status == JK_OK && !read_head(bytes, size, stripe, head)) {
        status = jk_fail(error, JK_ERROR_DATA, NULL, 0, NULL, "what was kept of an import does not suit its files");
    }
    if (status == JK_OK && !kept) {
        status = keep_taken(share, stripe, bytes, size, error);
    }
    share->piece++;
    if (status != JK_OK) {
        free(bytes);
        return status;
    }
    jk_bytes_free(&share->taken);
    share->taken = (jk_bytes){bytes, size, size};
    share->taken_at = sizeof *head;
    share->taken_more = head->more != 0;
    share->taken_kept = kept;
    return JK_OK;
}

/* Whether a stripe can be used: it begins where the one before it ended. */
static bool follows(const jk_share *share, const jk_stripe *stripe, const piece_head *head) {
    return stripe->begin == 0 || (!share->file_ended && head->begin == share->reached);
}

static jk_status drop_rest(jk_share *share, size_t stripe, bool kept, jk_error *error) {
    piece_head head;
    while (share->taken_more) {
        JK_TRY(take_piece(share, stripe, kept, &head, error));
    }
    jk_bytes_free(&share->taken);
    share->taken_at = 0;
    return JK_OK;
}

/* ---- reading ---------------------------------------------------------------------------------------------------- */

/* The stripe's text, from where the one before it ended. */
static jk_status begin_text(jk_share *share, jk_import_reader *reader, const jk_stripe *stripe, jk_error *error) {
    const bool first = stripe->begin == 0;
    const uint64_t begin = first ? 0 : share->collects ? share->reached : stripe->begin;
    if (!first && (share->collects && (share->file_ended || begin >= stripe->goal))) {
        return JK_OK; /* its rows belong to the stripe before it */
    }
    share->reading = true;
    share->begin = begin;
    return jk_reader_start(reader, stripe->source, begin, stripe->goal, error);
}

static jk_status begin_stripe(jk_share *share, jk_import_reader *reader, jk_error *error) {
    const size_t number = share->next;
    const jk_stripe *stripe = &share->stripes.stripe[number];
    bool kept = false;
    piece_head head;
    share->piece = 0;
    share->next += share->collects ? 1 : (size_t)share->owners;
    JK_TRY(is_kept(share, number, &kept, error));
    if (!share->collects) {
        return kept ? JK_OK : begin_text(share, reader, stripe, error); /* the other one has it already */
    }
    const bool elsewhere = (int)(number % (size_t)share->owners) != share->own;
    if (!kept && !elsewhere) {
        return begin_text(share, reader, stripe, error);
    }
    JK_TRY(take_piece(share, number, kept, &head, error));
    if (follows(share, stripe, &head)) {
        return JK_OK;
    }
    JK_TRY(drop_rest(share, number, kept, error));
    return begin_text(share, reader, stripe, error);
}

static jk_status give_taken(jk_share *share, jk_import_reader *reader, jk_import_chunk *chunk, jk_error *error) {
    const unsigned char *bytes = share->taken.byte + share->taken_at;
    const size_t left = share->taken.length - share->taken_at, length = jk_chunk_packed_length(bytes, left);
    const jk_stripe *stripe = &share->stripes.stripe[share->next - 1];
    if (length == 0) {
        return jk_fail(error, JK_ERROR_DATA, NULL, 0, NULL, "what was kept of an import is none of its pieces");
    }
    chunk->source = stripe->source;
    chunk->plan = &reader->inputs[stripe->source].plan;
    chunk->taken = true;
    chunk->fresh_length = 0;
    share->taken_at += length;
    return jk_chunk_take_packed(chunk, bytes, length, error);
}

/* After the last chunk of a piece: where its stripe ended, or the next piece. */
static jk_status end_piece(jk_share *share, jk_import_reader *reader, jk_error *error) {
    const size_t number = share->next - 1;
    piece_head head;
    memcpy(&head, share->taken.byte, sizeof head);
    if (head.more == 0) {
        share->reached = head.end;
        share->file_ended = head.file_ended != 0;
        if (share->file_ended) {
            jk_csv_source_pass(reader->inputs[share->stripes.stripe[number].source].source);
        }
        jk_bytes_free(&share->taken);
        share->taken_at = 0;
        return JK_OK;
    }
    return take_piece(share, number, share->taken_kept, &head, error);
}

static void nothing(jk_import_reader *reader, jk_import_chunk *chunk, size_t source) {
    chunk->kind = JK_CHUNK_NOTHING;
    chunk->source = source;
    chunk->plan = &reader->inputs[source].plan;
    chunk->text = chunk->memory + JK_CSV_SLACK;
    chunk->length = chunk->read_length = chunk->fresh_length = chunk->packed_length = 0;
    chunk->flags = 0;
    chunk->last = chunk->stripe_ends = false;
    chunk->taken = true;
}

jk_status jk_share_read(jk_share *share, jk_import_reader *reader, jk_import_chunk *chunk, bool *end, jk_error *error) {
    *end = false;
    for (;;) {
        if (share->reading) {
            JK_TRY(jk_import_read_on(reader, chunk, error));
            chunk->taken = false;
            chunk->stripe = share->next - (share->collects ? 1 : (size_t)share->owners);
            chunk->stripe_begin = share->begin;
            share->reading = !chunk->stripe_ends;
            share->reached = chunk->end;
            share->file_ended = chunk->last;
            return JK_OK;
        }
        if (share->taken_at < share->taken.length) {
            return give_taken(share, reader, chunk, error);
        }
        if (share->taken.length > 0) {
            JK_TRY(end_piece(share, reader, error));
            continue;
        }
        if (share->next >= share->stripes.count) {
            const size_t last = share->stripes.stripe[share->stripes.count - 1].source;
            nothing(reader, chunk, last);
            *end = true;
            return JK_OK;
        }
        JK_TRY(begin_stripe(share, reader, error));
    }
}

/* ---- giving ----------------------------------------------------------------------------------------------------- */

static jk_status hand_over(jk_share *share, const jk_import_chunk *chunk, jk_error *error) {
    const piece_head head = {.mark = MARK,
                             .stripe = chunk->stripe,
                             .begin = chunk->stripe_begin,
                             .end = chunk->end,
                             .more = !chunk->stripe_ends,
                             .file_ended = chunk->last};
    memcpy(share->given.byte, &head, sizeof head);
    char name[64];
    name_piece(chunk->stripe, share->given_pieces, name);
    jk_status status = share->collects
                           ? jk_resume_keep(share->kept, name, share->given.byte, share->given.length, error)
                           : jk_team_put(share->given.byte, share->given.length, error);
    share->given_pieces = chunk->stripe_ends ? 0 : share->given_pieces + 1;
    share->given.length = 0;
    return status;
}

jk_status jk_share_give(jk_share *share, const jk_import_chunk *chunk, jk_error *error) {
    if (!jk_share_packs(share) || chunk->taken) {
        return JK_OK;
    }
    if (share->given.length == 0) {
        JK_TRY(jk_held(jk_bytes_reserve(&share->given, sizeof(piece_head)), error, "a stripe as bytes"));
        memset(share->given.byte, 0, sizeof(piece_head));
        share->given.length = sizeof(piece_head);
    }
    JK_TRY(jk_chunk_pack(chunk, &share->given, error));
    return chunk->stripe_ends || share->given.length >= PIECE ? hand_over(share, chunk, error) : JK_OK;
}
