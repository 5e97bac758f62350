/* SPDX-License-Identifier: Apache-2.0 */
/* Collecting a book in a run. Of more claims than there is room for, those with the largest priorities stay: with a
 * size s and a number u of the claim's own in (0, 1) the priority is s / u; with tau the largest priority of those that
 * went, a claim of size s stands for max(s, tau) / s claims (Duffield, Lund and Thorup, 2007, "Priority sampling for
 * estimation of arbitrary subset sums"). Numbers are counted by row, so that neither threads nor blocks show. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/number/random.h"
#include "base/number/sort.h"
#include "base/team/team.h"
#include "reprice/book.h"

#define FACE_PART 0.02 /* of the face in a claim's size: what is worth nothing may come to be worth something */

enum { STREAM = 0x626f6f6b }; /* of random numbers */

typedef struct kept {
    double priority, size;
    uint64_t row;
    size_t place; /* in the thread's columns */
} kept;

/* A thread's claims: a heap with the smallest priority first. */
typedef struct heap {
    kept *entry;
    size_t count;
    double lost; /* the largest priority of those that went; 0: none */
    jk_book_columns columns;
} heap;

struct jk_collecting {
    size_t room;
    int threads;
    heap *heap;
    uint8_t *rank; /* of countries, by code of the tape */
};

/* ---- before the run ---------------------------------------------------------------------------------------------- */

static jk_status rank_countries(jk_book *book, const jk_tape *tape, jk_error *error) {
    size_t count = 0;
    const char *const *code = jk_tape_dictionary(tape, JK_COLUMN_COUNTRY, &count);
    if (count > UINT8_MAX) {
        return jk_fail(error, JK_ERROR_DATA, jk_tape_path(tape), 0, "country",
                       "%zu countries; a page re-prices at most %d", count, UINT8_MAX);
    }
    book->collecting->rank = jk_arena_alloc(book->arena, count + 1, 1);
    JK_TRY(jk_held(book->collecting->rank != NULL, error, "the claims of a page"));
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < count; k++) {
            book->collecting->rank[i] = (uint8_t)(book->collecting->rank[i] + (strcmp(code[k], code[i]) < 0));
        }
    }
    book->country_count = count;
    return JK_OK;
}

jk_status jk_book_create(const jk_tape *tape, const jk_model *model, size_t room, jk_book **book, jk_error *error) {
    *book = NULL;
    jk_book *made = calloc(1, sizeof *made);
    JK_TRY(jk_held(made != NULL, error, "the claims of a page"));
    size_t rows = jk_tape_rows(tape);
    made->model = *model;
    made->arena = jk_arena_create();
    made->collecting = made->arena == NULL ? NULL : jk_arena_alloc(made->arena, 1, sizeof *made->collecting);
    jk_status status = JK_OK;
    if (made->collecting == NULL) {
        status = jk_fail_memory(error, "the claims of a page");
    } else {
        made->collecting->room = rows < room ? rows : room;
        status = rank_countries(made, tape, error);
    }
    if (status != JK_OK) {
        jk_book_free(made);
        return status;
    }
    *book = made;
    return JK_OK;
}

/* ---- the run ----------------------------------------------------------------------------------------------------- */

static jk_status begin(void *context, const jk_value_shape *shape, jk_error *error) {
    const jk_book *book = context;
    struct jk_collecting *collecting = book->collecting;
    size_t room = collecting->room, threads = (size_t)shape->threads;
    collecting->heap = jk_arena_alloc(book->arena, threads, sizeof *collecting->heap);
    collecting->threads = shape->threads;
    for (size_t t = 0; collecting->heap != NULL && t < threads; t++) {
        heap *own = &collecting->heap[t];
        unsigned char *memory = jk_arena_alloc(book->arena, jk_book_columns_size(room + 1) + JK_ALIGNMENT - 1, 1);
        own->entry = jk_arena_alloc(book->arena, room + 1, sizeof *own->entry);
        JK_TRY(jk_held(own->entry != NULL && memory != NULL, error, "the claims of a page"));
        memory += -(uintptr_t)memory % JK_ALIGNMENT;
        jk_book_columns_place(&own->columns, room + 1, memory);
    }
    return jk_held(collecting->heap != NULL, error, "the claims of a page");
}

/* Ties go by row, so that the same claims stay whatever comes first. */
static bool is_before(const kept *a, const kept *b) {
    return a->priority != b->priority ? a->priority < b->priority : a->row > b->row;
}

static void sink_down(heap *own, size_t at) {
    for (size_t child = 2 * at + 1; child < own->count; child = 2 * at + 1) {
        child += child + 1 < own->count && is_before(&own->entry[child + 1], &own->entry[child]);
        if (!is_before(&own->entry[child], &own->entry[at])) {
            return;
        }
        kept swapped = own->entry[at];
        own->entry[at] = own->entry[child];
        own->entry[child] = swapped;
        at = child;
    }
}

static void rise(heap *own, size_t at) {
    while (at > 0 && is_before(&own->entry[at], &own->entry[(at - 1) / 2])) {
        kept swapped = own->entry[at];
        own->entry[at] = own->entry[(at - 1) / 2];
        own->entry[(at - 1) / 2] = swapped;
        at = (at - 1) / 2;
    }
}

/* One row of terms to another place; claims that are not planned keep what they are sorted by, and nothing else. */
static void copy_terms(const jk_terms *from, size_t i, jk_terms *to, size_t k) {
    bool planned = from->allowed[i] != 0;
    to->balance[k] = planned ? from->balance[i] : 0.0f;
    to->interest_monthly[k] = planned ? from->interest_monthly[i] : 0.0f;
    to->theta[k] = planned ? from->theta[i] : 0.0f;
    to->fading[k] = planned ? from->fading[i] : 0.0f;
    to->instalment[k] = planned ? from->instalment[i] : 0.0f;
    to->dividend[k] = planned ? from->dividend[i] : 0.0f;
    to->garnish[k] = planned ? from->garnish[i] : 0.0f;
    to->share[k] = planned ? from->share[i] : 0.0f;
    to->mortality[k] = planned ? from->mortality[i] : 0.0f;
    to->exit_status[k] = planned ? from->exit_status[i] : 0.0f;
    to->bar_untitled[k] = planned ? from->bar_untitled[i] : 0.0;
    to->bar_titled[k] = planned ? from->bar_titled[i] : 0.0;
    to->interruption[k] = planned ? from->interruption[i] : 0.0f;
    to->age_months[k] = planned ? from->age_months[i] : 0;
    to->segment[k] = from->segment[i];
    to->jurisdiction[k] = from->jurisdiction[i];
    to->capacity_class[k] = planned ? from->capacity_class[i] : 0;
    to->title_state[k] = planned ? from->title_state[i] : 0;
    to->paying[k] = planned ? from->paying[i] : 0;
    to->allowed[k] = from->allowed[i];
}

static void copy_row(const jk_book_columns *from, size_t i, jk_book_columns *to, size_t k) {
    copy_terms(&from->terms, i, &to->terms, k);
    to->face[k] = from->face[i];
    to->country[k] = from->country[i];
    to->band[k] = from->band[i];
}

/* Whether the claim stays for now: then claim->place is where its row is to go, in the place of one that goes if need
 * be. */
static bool find_place(heap *own, size_t room, kept *claim) {
    const bool full = own->count == room;
    if (full && !is_before(&own->entry[0], claim)) {
        own->lost = fmax(own->lost, claim->priority);
        return false;
    }
    claim->place = full ? own->entry[0].place : own->count;
    if (full) {
        own->lost = fmax(own->lost, own->entry[0].priority);
        own->entry[0] = *claim;
        sink_down(own, 0);
    } else {
        own->entry[own->count++] = *claim;
        rise(own, own->count - 1);
    }
    return true;
}

static jk_status take_block(void *context, const jk_value_block *block, jk_error *error) {
    (void)error;
    const struct jk_collecting *collecting = ((jk_book *)context)->collecting;
    heap *own = &collecting->heap[block->thread];
    const int32_t *country = JK_BLOCK_INT32(block->block, COUNTRY);
    for (size_t i = 0; i < block->block->rows; i++) {
        uint64_t row = block->block->first_row + i;
        double face = block->law->balance[i], size = (double)block->plan->value[i] + FACE_PART * face;
        kept claim = {size / jk_uniform(jk_philox(0, STREAM, row).word[0]), size, row, 0};
        if (find_place(own, collecting->room, &claim)) {
            copy_terms(block->terms, i, &own->columns.terms, claim.place);
            own->columns.face[claim.place] = face;
            own->columns.country[claim.place] = collecting->rank[country[i]];
            own->columns.band[claim.place] = (uint8_t)jk_book_band_of(block->law->age_months[i]);
        }
    }
    return JK_OK;
}

/* ---- ranks: each keeps of its own claims what might stay, then the heaps are merged ----------------------------- */

static void add_claim(heap *own, size_t room, kept claim, const jk_book_columns *from) {
    const size_t at = claim.place;
    if (find_place(own, room, &claim)) {
        copy_row(from, at, &own->columns, claim.place);
    }
}

static void merge_threads(struct jk_collecting *collecting) {
    for (int t = 1; t < collecting->threads; t++) {
        const heap *other = &collecting->heap[t];
        for (size_t i = 0; i < other->count; i++) {
            add_claim(&collecting->heap[0], collecting->room, other->entry[i], &other->columns);
        }
        collecting->heap[0].lost = fmax(collecting->heap[0].lost, other->lost);
    }
    collecting->threads = 1;
}

/* A heap as bytes: this, the claims, their columns. */
typedef union parcel_head {
    struct {
        uint64_t count;
        double lost;
    } of;
    unsigned char room[JK_ALIGNMENT];
} parcel_head;

static size_t entries_size(size_t count) {
    return (count * sizeof(kept) + JK_ALIGNMENT - 1) / JK_ALIGNMENT * JK_ALIGNMENT;
}

static jk_status pack_heap(void *context, void **bytes, size_t *size, jk_error *error) {
    const heap *own = &((jk_book *)context)->collecting->heap[0];
    const parcel_head head = {.of = {own->count, own->lost}};
    *size = sizeof head + entries_size(own->count) + jk_book_columns_size(own->count);
    unsigned char *made = jk_columns_zero(*size, 1); /* aligned */
    JK_TRY(jk_held(made != NULL, error, "the claims of a page"));
    memcpy(made, &head, sizeof head);
    jk_book_columns columns;
    jk_book_columns_place(&columns, own->count, made + sizeof head + entries_size(own->count));
    for (size_t i = 0; i < own->count; i++) {
        kept claim = own->entry[i];
        copy_row(&own->columns, claim.place, &columns, i);
        claim.place = i;
        memcpy(made + sizeof head + i * sizeof claim, &claim, sizeof claim);
    }
    *bytes = made;
    return JK_OK;
}

static jk_status merge_heap(void *context, const void *bytes, size_t size, jk_error *error) {
    const struct jk_collecting *collecting = ((jk_book *)context)->collecting;
    heap *own = &collecting->heap[0];
    const unsigned char *from = bytes;
    parcel_head head;
    size_t count = 0;
    if (size >= sizeof head) {
        memcpy(&head, from, sizeof head);
        count = head.of.count;
    }
    if (size < sizeof head || count > collecting->room ||
        size != sizeof head + entries_size(count) + jk_book_columns_size(count)) {
        return jk_fail(error, JK_ERROR_DATA, NULL, 0, NULL, "what another rank kept for the page does not suit it");
    }
    unsigned char *memory = jk_columns_alloc(jk_book_columns_size(count), 1); /* aligned */
    JK_TRY(jk_held(memory != NULL, error, "the claims of a page"));
    memcpy(memory, from + sizeof head + entries_size(count), jk_book_columns_size(count));
    jk_book_columns columns;
    jk_book_columns_place(&columns, count, memory);
    for (size_t i = 0; i < count; i++) {
        kept claim;
        memcpy(&claim, from + sizeof head + i * sizeof claim, sizeof claim);
        claim.place = i;
        add_claim(own, collecting->room, claim, &columns);
    }
    own->lost = fmax(own->lost, head.of.lost);
    free(memory);
    return JK_OK;
}

static jk_status clear_heap(void *context, jk_error *error) {
    (void)error;
    heap *own = &((jk_book *)context)->collecting->heap[0];
    own->count = 0;
    own->lost = 0.0;
    return JK_OK;
}

static jk_status gather(void *context, jk_error *error) {
    merge_threads(((jk_book *)context)->collecting);
    const jk_team_parcel parcel = {context, pack_heap, merge_heap, clear_heap};
    return jk_team_merge(&parcel, error);
}

jk_value_sink jk_book_sink(jk_book *book) {
    return (jk_value_sink){.begin = begin, .block = take_block, .gather = gather, .context = book};
}

/* ---- after the run ----------------------------------------------------------------------------------------------- */

typedef struct place {
    kept claim;
    const jk_book_columns *columns;
} place;

static int by_priority(const void *a, const void *b) {
    const kept *x = &((const place *)a)->claim, *y = &((const place *)b)->claim;
    return is_before(x, y) ? 1 : is_before(y, x) ? -1 : 0;
}

static int by_row(const void *a, const void *b) {
    uint64_t x = ((const place *)a)->claim.row, y = ((const place *)b)->claim.row;
    return (x > y) - (x < y);
}

/* A claim that stands for several is as large as they are. */
static void enlarge(jk_book_columns *columns, size_t k, double stands_for) {
    jk_terms *terms = &columns->terms;
    columns->stands_for[k] = stands_for;
    if (stands_for != 1.0) {
        terms->balance[k] = (float)((double)terms->balance[k] * stands_for);
        terms->interest_monthly[k] = (float)((double)terms->interest_monthly[k] * stands_for);
        terms->share[k] = (float)((double)terms->share[k] * stands_for);
        terms->interruption[k] = (float)((double)terms->interruption[k] * stands_for);
        columns->face[k] *= stands_for;
    }
}

static jk_status put_together(jk_book *book, place *all, size_t count, double lost, jk_error *error) {
    size_t room = book->collecting->room;
    jk_sort(all, count, sizeof *all, by_priority);
    for (size_t i = room; i < count; i++) {
        lost = fmax(lost, all[i].claim.priority);
    }
    book->rows = count < room ? count : room;
    book->is_whole = lost == 0.0;
    jk_sort(all, book->rows, sizeof *all, by_row);
    book->memory = jk_columns_zero(jk_book_columns_size(book->rows), 1);
    JK_TRY(jk_held(book->memory != NULL, error, "the claims of a page"));
    jk_book_columns_place(&book->columns, book->rows, book->memory);
    for (size_t k = 0; k < book->rows; k++) {
        const jk_book_columns *from = all[k].columns;
        size_t at = all[k].claim.place;
        copy_row(from, at, &book->columns, k);
        enlarge(&book->columns, k, fmax(lost / all[k].claim.size, 1.0));
    }
    return JK_OK;
}

static void anchor(jk_book *book, const jk_valuation *valuation) {
    jk_month sum = jk_valuation_months(valuation, valuation->flow.months, valuation->flow.segments);
    book->whole = (jk_book_whole){.claims = (double)valuation->total.claims,
                                  .face = valuation->total.face,
                                  .value = valuation->total.value,
                                  .erc_gross = valuation->total.erc_gross,
                                  .erc_net = valuation->total.erc_net,
                                  .gross = sum.gross,
                                  .instalments = sum.instalments,
                                  .cost = sum.cost,
                                  .sale = sum.sale};
    book->irr = valuation->irr;
    book->cutoff = valuation->cutoff;
    book->allow = valuation->allow;
}

jk_status jk_book_finish(jk_book *book, const jk_valuation *valuation, const jk_floor *floors, size_t floor_count,
                         jk_error *error) {
    struct jk_collecting *collecting = book->collecting;
    if (floor_count > JK_BOOK_FLOORS_MAX) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, "floor", "%zu floors; expected at most %d", floor_count,
                       (int)JK_BOOK_FLOORS_MAX);
    }
    size_t count = 0;
    double lost = 0.0;
    for (int t = 0; t < collecting->threads; t++) {
        count += collecting->heap[t].count;
        lost = fmax(lost, collecting->heap[t].lost);
    }
    place *all = calloc(count + 1, sizeof *all);
    JK_TRY(jk_held(all != NULL, error, "the claims of a page"));
    size_t used = 0;
    for (int t = 0; t < collecting->threads; t++) {
        for (size_t i = 0; i < collecting->heap[t].count; i++) {
            all[used++] = (place){collecting->heap[t].entry[i], &collecting->heap[t].columns};
        }
    }
    jk_status status = put_together(book, all, count, lost, error);
    free(all);
    jk_arena_free(book->arena);
    book->arena = NULL;
    book->collecting = NULL;
    for (size_t i = 0; i < floor_count; i++) {
        book->floors[i] = floors[i];
    }
    book->floor_count = floor_count;
    anchor(book, valuation);
    return status;
}
