/* SPDX-License-Identifier: Apache-2.0 */
/* The simulation behind jk_generate_panel: a piece of claims followed through all periods. */
#ifndef JK_HISTORY_GENERATE_HISTORY_H
#define JK_HISTORY_GENERATE_HISTORY_H

#include <stdbool.h>

#include "jalki/generate_panel.h"
#include "jalki/score.h"

/* Claims of a piece; debtors do not reach beyond it. */
enum { HISTORY_PIECE_CLAIMS = 1024, HISTORY_SLOTS_MAX = 24 };

/* Random words of a claim's period, each with its own place. */
enum {
    DRAW_RESOLVE,
    DRAW_EXIT,
    DRAW_EXIT_KIND,
    DRAW_INSTALMENTS,
    DRAW_ROUND,
    DRAW_CLASS,
    DRAW_TITLE,
    DRAW_KEEP_TREATMENT,
    DRAW_TREATMENT,
    DRAW_SALE,
    DRAW_FIRST_CLASS,
    DRAW_HIDE,
    DRAW_OTHER, /* garnishment and dividends */
    DRAW_FREE_1,
    DRAW_FREE_2,
    DRAW_FREE_3,
    DRAW_COUNT /* a multiple of 4 */
};

typedef struct history_settings {
    const jk_generate_panel_options *options;
    const jk_model *model;
    jk_tape *tape; /* the generator's dictionaries */
    jk_law *law;
    double *class_power; /* by segment, treatment, from, to: class_monthly to the power of a period's months */
} history_settings;

/* What is known of a claim between its periods. */
typedef struct history_claim {
    bool alive, seen;
    int8_t class, treatment; /* treatment -1: none yet */
    uint8_t title;
    int8_t status;
    int32_t title_on, last_paid_on, limitation_on;
    int64_t principal, interest, fees; /* minor units of the claim's currency */
    int64_t paid[HISTORY_SLOTS_MAX];   /* by period, a ring */
    int32_t debtor;                    /* in the piece */
    int32_t claim_number;              /* in the piece, by first row */
    size_t last_row;                   /* in the output */
    /* Spells, where the segment has payers; months from the present period's start. */
    bool paying;
    double due;        /* the next payment, while paying */
    double quiet_from; /* the end of the last spell, if it reaches into the period */
    double readiness;  /* of the debtor */
    double fading;     /* the part of eta that fades, as the claim stood in its first row */
} history_claim;

/* A row at its start, as the model sees it. */
typedef struct history_row {
    const jk_segment *segment;
    const double *class_power; /* of the segment */
    double eta;                /* what fades has faded since the claim's first row */
    double garnish, dividend, age, exit, mortality;
    double readiness; /* of the debtor beside what the model knows; 1 unless it is drawn */
    bool plans;       /* there is somebody to keep a plan with */
    int64_t balance;  /* minor units */
    double exchange;  /* base units per unit of the claim's currency */
} history_row;

/* What came of it. */
typedef struct history_outcome {
    double months;
    double paid_at; /* months from the period's start to the last payment; -1: not known to the day, or none */
    int64_t cash, reduction, cost; /* minor units */
    int8_t exit, class_end;
    bool titled, pending; /* at the end */
} history_outcome;

/* Draws what happens in a period. */
history_outcome jk_history_draw(const jk_generate_panel_options *options, const history_row *row, history_claim *claim,
                                const uint32_t word[DRAW_COUNT], uint64_t index);

/* The part of it that spells are, for a segment with payers: cash, what it takes off the balance, the claim's end if it
 * is paid, and the mood that it goes on with. `limit`: months until the claim leaves otherwise. */
void jk_history_spells(const jk_generate_panel_options *options, const history_row *row, history_claim *claim,
                       uint64_t index, double limit, history_outcome *outcome);

/* Draws the treatment of a period among those that `allowed` (bits JK_ALLOW) holds; -1: none is. */
int8_t jk_history_treatment(const history_claim *claim, unsigned allowed, double balance,
                            const uint32_t word[DRAW_COUNT]);

typedef struct history_piece history_piece; /* memory of one thread */
jk_status jk_history_piece_create(const history_settings *settings, history_piece **piece, jk_error *error);
void jk_history_piece_free(history_piece *piece);

/* Simulates claims [number * HISTORY_PIECE_CLAIMS, …) and returns their rows; claim_index and debtor_index count from 0
 * within the piece. */
jk_block *jk_history_piece_run(history_piece *piece, size_t number, size_t *claims, size_t *debtors);

#endif
