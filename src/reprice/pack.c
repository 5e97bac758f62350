/* SPDX-License-Identifier: Apache-2.0 */
/* Books as bytes. One function visits every figure in order, so that what is written is what is read; numbers are
 * little-endian, columns lie in planes of bytes (all first bytes, then all second ones), which compresses better. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/layout.h"
#include "reprice/book.h"

static const char magic[8] = {'j', 'k', 'b', 'o', 'o', 'k', '0', '1'};

typedef struct packer {
    bool reading, failed; /* no memory, or bytes that are no book */
    unsigned char *bytes; /* that are written */
    const unsigned char *from;
    size_t size, used;
    jk_arena *arena; /* for what is read */
} packer;

static void visit(packer *p, void *value, size_t size) {
    if (p->failed || (p->reading && p->size - p->used < size)) {
        p->failed = true;
        memset(value, 0, size);
        return;
    }
    if (p->reading) {
        memcpy(value, p->from + p->used, size);
    } else {
        while (p->size - p->used < size) {
            size_t larger = p->size * 2 + 4096;
            unsigned char *bytes = realloc(p->bytes, larger);
            if (bytes == NULL) {
                p->failed = true;
                return;
            }
            p->bytes = bytes;
            p->size = larger;
        }
        memcpy(p->bytes + p->used, value, size);
    }
    p->used += size;
}

static void visit_int(packer *p, int *value) {
    int32_t held = *value;
    visit(p, &held, sizeof held);
    *value = held;
}

static void visit_bool(packer *p, bool *value) {
    int held = *value;
    visit_int(p, &held);
    *value = held != 0;
}

/* A count of things of at least `least` bytes each. */
static void visit_count(packer *p, size_t *count, size_t least) {
    uint32_t held = (uint32_t)*count;
    visit(p, &held, sizeof held);
    if (p->reading && (p->failed || held > (p->size - p->used) / least)) {
        p->failed = true;
        held = 0;
    }
    *count = held;
}

/* An array that the reader owns; NULL where there is nothing to keep. */
static void *room(packer *p, size_t count, size_t size) {
    void *made = jk_arena_alloc(p->arena, count + 1, size);
    p->failed = p->failed || made == NULL;
    return p->failed ? NULL : made;
}

static void visit_steps(packer *p, jk_steps *steps) {
    visit_count(p, &steps->count, sizeof(int32_t) + sizeof(double));
    if (p->reading) {
        int32_t *month = room(p, steps->count, sizeof *month);
        double *value = room(p, steps->count, sizeof *value);
        for (size_t i = 0; !p->failed && i < steps->count; i++) {
            visit(p, &month[i], sizeof month[i]);
            visit(p, &value[i], sizeof value[i]);
            p->failed = p->failed || month[i] < (i == 0 ? 0 : month[i - 1]);
        }
        p->failed = p->failed || steps->count == 0;
        steps->month = month;
        steps->value = value;
        return;
    }
    for (size_t i = 0; i < steps->count; i++) {
        int32_t month = steps->month[i];
        double value = steps->value[i];
        visit(p, &month, sizeof month);
        visit(p, &value, sizeof value);
    }
}

static void visit_text(packer *p, const char **text) {
    size_t length = p->reading ? 0 : strlen(*text);
    visit_count(p, &length, 1);
    char *held = p->reading ? room(p, length, 1) : NULL;
    for (size_t i = 0; i < length && !p->failed; i++) {
        char c = p->reading ? '\0' : (*text)[i];
        visit(p, &c, 1);
        if (p->reading) {
            held[i] = c;
        }
    }
    *text = p->reading ? held : *text;
}

#define VISIT(p, field) visit(p, &(field), sizeof(field))

static void visit_payers(packer *p, jk_payers *payers) {
    visit_bool(p, &payers->given);
    VISIT(p, payers->settled_share);
    VISIT(p, payers->monthly_share);
    VISIT(p, payers->breakage);
    VISIT(p, payers->monthly);
}

/* What the plan takes of a segment: neither its condition nor what belongs to the score. */
static void visit_segment(packer *p, jk_segment *segment) {
    visit_text(p, &segment->id);
    VISIT(p, segment->exit_monthly);
    for (int a = 0; a < JK_TREATMENT_COUNT; a++) {
        visit_steps(p, &segment->curve[a]);
        VISIT(p, segment->cost[a].monthly);
        VISIT(p, segment->cost[a].contingent);
    }
    VISIT(p, segment->class_multiplier);
    VISIT(p, segment->class_monthly);
    VISIT(p, segment->recovery_share);
    VISIT(p, segment->filing);
    VISIT(p, segment->enforcement_monthly);
    VISIT(p, segment->fee_shift);
    VISIT(p, segment->months_to_title);
    VISIT(p, segment->pre_title_factor);
    VISIT(p, segment->garnish_share);
    VISIT(p, segment->lost_share);
    visit_payers(p, &segment->payers);
    VISIT(p, segment->effort_hours);
    VISIT(p, segment->hour);
    VISIT(p, segment->hours_monthly);
    visit_steps(p, &segment->market_price);
    VISIT(p, segment->title_factor);
    VISIT(p, segment->bar_months);
    VISIT(p, segment->transaction_cost);
    VISIT(p, segment->payer_factor);
    VISIT(p, segment->informed);
    VISIT(p, segment->reference);
    VISIT(p, segment->insight_cap);
}

static void visit_jurisdiction(packer *p, jk_jurisdiction *jurisdiction) {
    visit_int(p, &jurisdiction->limitation.title_renewable);
    VISIT(p, jurisdiction->limitation.title_months);
    VISIT(p, jurisdiction->interest.accrual_months);
    VISIT(p, jurisdiction->mortality.b);
}

static void visit_epochs(packer *p, jk_model *model) {
    size_t epochs = (size_t)model->epoch_count;
    visit_count(p, &epochs, sizeof(int32_t));
    int32_t *held = p->reading ? room(p, epochs, sizeof *held) : NULL;
    int64_t months = 0;
    for (size_t j = 0; j < epochs && !p->failed; j++) {
        int32_t epoch = p->reading ? 0 : model->epochs[j];
        VISIT(p, epoch);
        months += epoch;
        p->failed = p->failed || epoch < 1 || months > JK_HORIZON_MAX;
        if (p->reading && !p->failed) {
            held[j] = epoch;
        }
    }
    p->failed = p->failed || epochs == 0;
    model->epoch_count = (int)epochs;
    model->horizon_months = (int)months;
    model->epochs = p->reading ? held : model->epochs;
}

static void visit_model(packer *p, jk_model *model) {
    visit_epochs(p, model);
    VISIT(p, model->cost_inflation);
    VISIT(p, model->onboarding_cost);
    VISIT(p, model->scorecard.half_life);
    VISIT(p, model->scorecard.class_given_score);
    visit_count(p, &model->jurisdiction_count, sizeof(double));
    visit_count(p, &model->segment_count, sizeof(double));
    p->failed = p->failed || model->segment_count < 1 || model->segment_count > JK_SEGMENTS_MAX;
    jk_jurisdiction *jurisdictions = p->reading ? room(p, model->jurisdiction_count, sizeof *jurisdictions) : NULL;
    for (size_t i = 0; i < model->jurisdiction_count && !p->failed; i++) {
        jk_jurisdiction one = {0};
        one = p->reading ? one : model->jurisdictions[i];
        visit_jurisdiction(p, &one);
        if (p->reading) {
            jurisdictions[i] = one;
        }
    }
    jk_segment *segments = p->reading ? room(p, model->segment_count, sizeof *segments) : NULL;
    for (size_t g = 0; g < model->segment_count && !p->failed; g++) {
        jk_segment one = {0};
        one = p->reading ? one : model->segments[g];
        visit_segment(p, &one);
        if (p->reading) {
            segments[g] = one;
        }
    }
    if (p->reading) {
        model->jurisdictions = jurisdictions;
        model->segments = segments;
    }
}

/* ---- columns ---------------------------------------------------------------------------------------------------- */

static const jk_layout layout[] = {
    JK_LAYOUT(jk_book_columns, terms.balance),
    JK_LAYOUT(jk_book_columns, terms.interest_monthly),
    JK_LAYOUT(jk_book_columns, terms.theta),
    JK_LAYOUT(jk_book_columns, terms.fading),
    JK_LAYOUT(jk_book_columns, terms.instalment),
    JK_LAYOUT(jk_book_columns, terms.dividend),
    JK_LAYOUT(jk_book_columns, terms.garnish),
    JK_LAYOUT(jk_book_columns, terms.share),
    JK_LAYOUT(jk_book_columns, terms.mortality),
    JK_LAYOUT(jk_book_columns, terms.exit_status),
    JK_LAYOUT(jk_book_columns, terms.bar_untitled),
    JK_LAYOUT(jk_book_columns, terms.bar_titled),
    JK_LAYOUT(jk_book_columns, terms.interruption),
    JK_LAYOUT(jk_book_columns, terms.age_months),
    JK_LAYOUT(jk_book_columns, terms.segment),
    JK_LAYOUT(jk_book_columns, terms.jurisdiction),
    JK_LAYOUT(jk_book_columns, terms.capacity_class),
    JK_LAYOUT(jk_book_columns, terms.title_state),
    JK_LAYOUT(jk_book_columns, terms.paying),
    JK_LAYOUT(jk_book_columns, terms.allowed),
    JK_LAYOUT(jk_book_columns, face),
    JK_LAYOUT(jk_book_columns, stands_for),
    JK_LAYOUT(jk_book_columns, country),
    JK_LAYOUT(jk_book_columns, band),
};

static void visit_column(packer *p, const jk_layout *column, jk_book_columns *columns, size_t rows) {
    unsigned char *values = NULL;
    memcpy(&values, (unsigned char *)columns + column->member, sizeof values);
    for (size_t plane = 0; plane < column->element; plane++) {
        for (size_t i = 0; i < rows && !p->failed; i++) {
            visit(p, &values[i * column->element + plane], 1);
        }
    }
}

/* Indices that tables are read by. */
static bool is_within(const jk_book *book) {
    const jk_terms *terms = &book->columns.terms;
    for (size_t i = 0; i < book->rows; i++) {
        if (terms->segment[i] >= book->model.segment_count ||
            terms->jurisdiction[i] >= book->model.jurisdiction_count || terms->title_state[i] >= JK_TITLE_COUNT ||
            terms->capacity_class[i] % JK_CLASS_GUESSED >= JK_CAPACITY_COUNT ||
            terms->capacity_class[i] >= 2 * JK_CLASS_GUESSED || terms->allowed[i] > JK_ALLOW_ALL ||
            book->columns.country[i] >= book->country_count || book->columns.band[i] >= JK_BOOK_BANDS) {
            return false;
        }
        if (terms->capacity_class[i] >= JK_CLASS_GUESSED && !jk_class_is_guessed(&book->model.scorecard)) {
            return false;
        }
    }
    return true;
}

static void visit_rows(packer *p, jk_book *book) {
    visit_count(p, &book->rows, jk_book_columns_size(1) / JK_ALIGNMENT);
    if (p->reading && !p->failed) {
        book->memory = jk_columns_zero(jk_book_columns_size(book->rows), 1);
        p->failed = book->memory == NULL;
        if (!p->failed) {
            jk_book_columns_place(&book->columns, book->rows, book->memory);
        }
    }
    for (size_t c = 0; c < sizeof layout / sizeof layout[0] && !p->failed; c++) {
        visit_column(p, &layout[c], &book->columns, book->rows);
    }
    p->failed = p->failed || (p->reading && !is_within(book));
}

static void visit_book(packer *p, jk_book *book) {
    char head[sizeof magic];
    memcpy(head, magic, sizeof head);
    VISIT(p, head);
    p->failed = p->failed || memcmp(head, magic, sizeof magic) != 0;
    VISIT(p, book->irr);
    VISIT(p, book->cutoff);
    VISIT(p, book->allow);
    VISIT(p, book->whole);
    visit_bool(p, &book->is_whole);
    visit_count(p, &book->country_count, 1);
    visit_count(p, &book->floor_count, sizeof(double));
    p->failed = p->failed || book->floor_count > JK_BOOK_FLOORS_MAX;
    for (size_t i = 0; i < book->floor_count && !p->failed; i++) {
        int kind = (int)book->floors[i].kind;
        visit_int(p, &kind);
        book->floors[i].kind = (jk_floor_kind)kind;
        VISIT(p, book->floors[i].bound);
        p->failed = p->failed || kind < 0 || kind >= JK_FLOOR_KIND_COUNT;
    }
    visit_model(p, &book->model);
    visit_rows(p, book);
}

jk_status jk_book_pack(const jk_book *book, unsigned char **bytes, size_t *size, jk_error *error) {
    packer p = {0};
    jk_book copy = *book; /* what is visited is not changed, but may be */
    visit_book(&p, &copy);
    if (p.failed) {
        free(p.bytes);
        return jk_fail_memory(error, "the claims of a page");
    }
    *bytes = p.bytes;
    *size = p.used;
    return JK_OK;
}

jk_status jk_book_unpack(const unsigned char *bytes, size_t size, jk_book **book, jk_error *error) {
    *book = NULL;
    jk_book *made = calloc(1, sizeof *made);
    packer p = {.reading = true, .from = bytes, .size = size, .arena = jk_arena_create()};
    if (made == NULL || p.arena == NULL) {
        free(made);
        jk_arena_free(p.arena);
        return jk_fail_memory(error, "the claims of a page");
    }
    made->arena = p.arena;
    visit_book(&p, made);
    if (p.failed) {
        jk_book_free(made);
        return jk_fail(error, JK_ERROR_FORMAT, NULL, 0, NULL, "these bytes are no packed portfolio");
    }
    *book = made;
    return JK_OK;
}
