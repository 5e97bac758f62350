/* SPDX-License-Identifier: Apache-2.0 */
#include "claims.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "bench.h"
#include "jalki/generate.h"

static void load_columns(bench_claims *claims) {
    uint64_t columns =
        jk_law_columns(claims->law) | jk_scorer_columns(claims->scorer) | (uint64_t)1 << JK_COLUMN_DEBTOR_INDEX;
    claims->block.rows = claims->rows;
    for (int i = 0; i < JK_TAPE_COLUMN_COUNT; i++) {
        jk_column column = (jk_column)i;
        if ((columns >> i & 1) != 0) {
            bool text = jk_schema_column(column)->type == JK_TYPE_TEXT;
            size_t size = text ? jk_tape_text_width(claims->tape, column) : jk_schema_element_size(column);
            claims->block.column[i] = jk_columns_alloc(claims->rows, size);
            bench_must(claims->block.column[i] == NULL ? JK_ERROR_MEMORY : JK_OK);
            bench_must(jk_tape_read(claims->tape, column, 0, claims->rows, claims->block.column[i], bench_error()));
        }
    }
}

bench_claims *bench_claims_make(size_t rows) {
    bench_claims *claims = calloc(1, sizeof *claims);
    bench_must(claims == NULL ? JK_ERROR_MEMORY : JK_OK);
    claims->rows = rows;
    jk_generate_options options = jk_generate_defaults();
    options.rows = rows;
    const char *path = bench_path("claims.h5");
    bench_must(jk_generate_store(&options, path, NULL, bench_error()));
    bench_must(jk_tape_open(path, &claims->tape, bench_error()));
    (void)unlink(path); /* stays open */
    bench_must(jk_model_load(bench_model_path(), &claims->model, bench_error()));
    bench_must(jk_law_create(claims->model, claims->tape, options.cutoff, &claims->law, bench_error()));
    bench_must(jk_debtors_create(claims->law, claims->tape, NULL, &claims->debtors, bench_error()));
    bench_must(
        jk_scorer_create(claims->model, claims->tape, claims->law, &claims->debtors, &claims->scorer, bench_error()));
    load_columns(claims);
    claims->memory[0] = jk_columns_zero(jk_law_facts_size(rows), 1);
    claims->memory[1] = jk_columns_zero(jk_score_columns_size(rows), 1);
    claims->memory[2] = jk_columns_zero(jk_terms_size(rows), 1);
    claims->scratch = jk_columns_zero(jk_score_scratch_size(claims->scorer, rows), 1);
    for (int i = 0; i < 3; i++) {
        bench_must(claims->memory[i] == NULL || claims->scratch == NULL ? JK_ERROR_MEMORY : JK_OK);
    }
    jk_law_facts_place(&claims->facts, rows, claims->memory[0]);
    jk_score_columns_place(&claims->score, rows, claims->memory[1]);
    jk_terms_place(&claims->terms, rows, claims->memory[2]);
    bench_claims_law(claims);
    bench_claims_score(claims);
    bench_claims_terms(claims);
    return claims;
}

void bench_claims_free(bench_claims *claims) {
    for (int i = 0; i < JK_TAPE_COLUMN_COUNT; i++) {
        free(claims->block.column[i]);
    }
    for (int i = 0; i < 3; i++) {
        free(claims->memory[i]);
    }
    free(claims->scratch);
    jk_scorer_free(claims->scorer);
    jk_debtors_reset(&claims->debtors);
    jk_law_free(claims->law);
    jk_tape_close(claims->tape);
    jk_model_free(claims->model);
    free(claims->segments);
    free(claims);
}

void bench_claims_law(bench_claims *claims) {
    jk_law_block(claims->law, &claims->block, &claims->facts);
}

void bench_claims_score(bench_claims *claims) {
    jk_score_block(claims->scorer, &claims->block, &claims->facts, &claims->score, claims->scratch);
}

void bench_claims_terms(bench_claims *claims) {
    unsigned allow = JK_ALLOW_ALL & ~JK_ALLOW(JK_SELL);
    jk_terms_block(claims->model, &claims->debtors, &claims->block, &claims->facts, &claims->score, allow,
                   &claims->terms);
}

void bench_claims_open_all_states(bench_claims *claims) {
    jk_terms *terms = &claims->terms;
    for (size_t i = 0; i < claims->rows; i++) {
        terms->title_state[i] = JK_TITLE_NONE;
        terms->allowed[i] = JK_ALLOW_ALL & ~JK_ALLOW(JK_SELL);
        terms->bar_untitled[i] = INFINITY;
        terms->bar_titled[i] = INFINITY;
        terms->share[i] = terms->share[i] > 0.0f ? terms->share[i] : 1.0f;
    }
}

void bench_claims_pay_at_once(bench_claims *claims) {
    const size_t segments = claims->model->segment_count;
    claims->segments = malloc(segments * sizeof *claims->segments);
    if (claims->segments == NULL) {
        abort();
    }
    memcpy(claims->segments, claims->model->segments, segments * sizeof *claims->segments);
    for (size_t g = 0; g < segments; g++) {
        claims->segments[g].payers.given = false;
        claims->segments[g].lost_share = 0.0;
        claims->segments[g].recovery_share[JK_TREAT_LEGAL] = 1.0;
    }
    claims->model->segments = claims->segments;
    for (size_t i = 0; i < claims->rows; i++) {
        claims->terms.dividend[i] = 0.0f;
        claims->terms.fading[i] = 0.0f;
        claims->terms.garnish_later[i] = claims->terms.garnish[i];
        claims->terms.capacity_class[i] = (uint8_t)jk_terms_class(&claims->terms, i);
        claims->terms.interest_monthly[i] = 0.0f;
        claims->terms.paying[i] = 0;
    }
}
