/* SPDX-License-Identifier: Apache-2.0 */
/* A piece of claims through all periods. In each period every claim that is left gets a row as it stands; law and score
 * say what the model sees in it; rows that may only be closed end there; the rest get a treatment and an outcome, which
 * is the state of the next period. */
#include "history/generate/generate_history.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number/calendar.h"
#include "base/number/fmath.h"
#include "base/number/normal.h"
#include "base/number/random.h"
#include "jalki/generate.h"
#include "law/law_internal.h"

enum {
    STREAM_HISTORY = 0x400,
    STREAM_READINESS = 0x440,
    STREAM_PHASE = 0x460,
    DEBTOR_SLOTS = 4096,
    LETTER_DAYS = 183,
    LETTER_MONTHS = 36,
    RECENT_MONTHS = 12
};

struct history_piece {
    const history_settings *settings;
    jk_scorer *scorer;
    jk_debtors debtors; /* sums of the present period, by debtor of the piece */
    int32_t *numbers;   /* of debtors that have rows, by debtor of the piece; -1: none yet */
    jk_block base;      /* the claims as at the start */
    jk_block now;       /* the rows of the present period */
    jk_block out;       /* all rows of the piece */
    size_t *claim;      /* of each row of `now` */
    history_claim *claims;
    jk_law_facts law;
    jk_score_columns score;
    void *law_memory, *score_memory, *scratch;
    size_t rows, claim_count, debtor_count; /* of the output */
};

static size_t element_size(int column) {
    bool text = jk_schema_column((jk_column)column)->type == JK_TYPE_TEXT;
    return text ? JK_GENERATE_TEXT_WIDTH : jk_schema_element_size((jk_column)column);
}

static bool block_create(jk_block *block, size_t rows) {
    *block = (jk_block){.text_width = {JK_GENERATE_TEXT_WIDTH, JK_GENERATE_TEXT_WIDTH}};
    bool made = true;
    for (int c = 0; c < JK_FIXED_COLUMN_COUNT; c++) {
        block->column[c] = jk_columns_alloc(rows, element_size(c));
        made = made && block->column[c] != NULL;
    }
    return made;
}

static void block_free(jk_block *block) {
    for (int c = 0; c < JK_FIXED_COLUMN_COUNT; c++) {
        free(block->column[c]);
    }
}

static void copy_row(jk_block *to, size_t to_row, const jk_block *from, size_t from_row, int columns) {
    for (int c = 0; c < columns; c++) {
        size_t size = element_size(c);
        memcpy((char *)to->column[c] + to_row * size, (const char *)from->column[c] + from_row * size, size);
    }
}

/* ---- memory ------------------------------------------------------------------------------------------------- */

void jk_history_piece_free(history_piece *piece) {
    if (piece == NULL) {
        return;
    }
    jk_scorer_free(piece->scorer);
    jk_debtors_reset(&piece->debtors);
    block_free(&piece->base);
    block_free(&piece->now);
    block_free(&piece->out);
    free(piece->numbers);
    free(piece->claim);
    free(piece->claims);
    free(piece->law_memory);
    free(piece->score_memory);
    free(piece->scratch);
    free(piece);
}

jk_status jk_history_piece_create(const history_settings *settings, history_piece **piece, jk_error *error) {
    enum { N = HISTORY_PIECE_CLAIMS };
    history_piece *made = calloc(1, sizeof *made);
    *piece = made;
    JK_TRY(jk_held(made != NULL, error, "the generator's claims"));
    made->settings = settings;
    size_t periods = (size_t)(settings->options->months / settings->options->period_months);
    made->debtors = (jk_debtors){.count = N,
                                 .balance = jk_columns_zero(N, sizeof(int64_t)),
                                 .workable_balance = jk_columns_zero(N, sizeof(int64_t)),
                                 .claims = jk_columns_zero(N, sizeof(uint32_t))};
    made->numbers = jk_columns_alloc(N, sizeof *made->numbers);
    made->claim = jk_columns_alloc(N, sizeof *made->claim);
    made->claims = jk_columns_alloc(N, sizeof *made->claims);
    made->law_memory = jk_columns_alloc(jk_law_facts_size(N), 1);
    made->score_memory = jk_columns_alloc(jk_score_columns_size(N), 1);
    bool blocks = block_create(&made->base, N);
    blocks = block_create(&made->now, N) && blocks;
    blocks = block_create(&made->out, N * periods) && blocks;
    JK_TRY(jk_held(blocks && made->debtors.balance != NULL && made->debtors.workable_balance != NULL &&
                       made->debtors.claims != NULL && made->numbers != NULL && made->claim != NULL &&
                       made->claims != NULL && made->law_memory != NULL && made->score_memory != NULL,
                   error, "the generator's claims"));
    jk_law_facts_place(&made->law, N, made->law_memory);
    jk_score_columns_place(&made->score, N, made->score_memory);
    JK_TRY(jk_scorer_create(settings->model, settings->tape, settings->law, &made->debtors, &made->scorer, error));
    made->scratch = jk_columns_alloc(jk_score_scratch_size(made->scorer, N), 1);
    return jk_held(made->scratch != NULL, error, "the generator's claims");
}

/* ---- claims at the start ------------------------------------------------------------------------------------ */

/* Debtors of the piece in order of first appearance: a debtor that the tape's generator met in an earlier piece counts
 * as another one here, with the same traits. */
static void number_debtors(history_piece *piece, size_t count) {
    int32_t key[DEBTOR_SLOTS], place[DEBTOR_SLOTS];
    memset(key, 0xff, sizeof key);
    const int32_t *debtor = JK_BLOCK_INT32(&piece->base, DEBTOR_INDEX);
    int32_t next = 0;
    for (size_t i = 0; i < count; i++) {
        size_t at = ((uint32_t)debtor[i] * UINT32_C(2654435761)) % DEBTOR_SLOTS;
        while (key[at] >= 0 && key[at] != debtor[i]) {
            at = (at + 1) % DEBTOR_SLOTS;
        }
        if (key[at] < 0) {
            key[at] = debtor[i];
            place[at] = next++;
        }
        piece->claims[i].debtor = place[at];
    }
    memset(piece->numbers, 0xff, HISTORY_PIECE_CLAIMS * sizeof *piece->numbers);
}

/* A gamma deviate of mean 1 (Marsaglia, Tsang, ACM Transactions on Mathematical Software 26 (2000), 363-372); below
 * shape 1 by u^(1 / shape) of the next one. */
static double draw_readiness(uint64_t seed, uint64_t debtor, double shape) {
    double larger = shape < 1.0 ? shape + 1.0 : shape;
    double d = larger - 1.0 / 3.0, c = 1.0 / (3.0 * sqrt(d));
    for (uint64_t tries = 0;; tries++) {
        jk_random4 four = jk_philox(seed, STREAM_READINESS, debtor << 16 | tries);
        double x = jk_normal_quantile(jk_uniform(four.word[0])), v = 1.0 + c * x;
        v = v * v * v;
        if (v > 0.0 && jk_log(jk_uniform(four.word[1])) < 0.5 * x * x + d - d * v + d * jk_log(v)) {
            double less = shape < 1.0 ? jk_exp(jk_log(jk_uniform(four.word[2])) / shape) : 1.0;
            return d * v * less / shape;
        }
    }
}

static void start_claims(history_piece *piece, size_t number, size_t count) {
    jk_generate_options options = {.seed = piece->settings->options->seed, .cutoff = piece->settings->options->start};
    jk_generate_rows(&options, (uint64_t)number * HISTORY_PIECE_CLAIMS, count, &piece->base);
    const jk_block *base = &piece->base;
    for (size_t i = 0; i < count; i++) {
        piece->claims[i] = (history_claim){
            .alive = true,
            .treatment = -1,
            .status = JK_BLOCK_ENUM(base, LEGAL_STATUS)[i],
            .title_on = JK_BLOCK_INT32(base, TITLE_ON)[i],
            .last_paid_on = JK_BLOCK_INT32(base, LAST_PAID_ON)[i],
            .limitation_on = JK_BLOCK_INT32(base, LIMITATION_ON)[i],
            .principal = JK_BLOCK_MONEY(base, PRINCIPAL)[i],
            .interest = jk_money_or_zero(JK_BLOCK_MONEY(base, INTEREST_ACCRUED)[i]),
            .fees = jk_money_or_zero(JK_BLOCK_MONEY(base, FEES)[i]),
        };
    }
    number_debtors(piece, count);
    double shape = piece->settings->options->heterogeneity;
    for (size_t i = 0; i < count; i++) {
        uint64_t debtor = (uint64_t)number * HISTORY_PIECE_CLAIMS + (uint64_t)piece->claims[i].debtor;
        piece->claims[i].readiness = shape > 0.0 ? draw_readiness(options.seed, debtor, shape) : 1.0;
    }
}

/* ---- the rows of a period ----------------------------------------------------------------------------------- */

static int64_t money_or_missing(int64_t base, int64_t now) {
    return base == JK_MISSING_MONEY && now == 0 ? JK_MISSING_MONEY : now;
}

/* What was paid in the last months before the period: since the start by the claim's own account, before it a part of
 * the seller's figure that shrinks as time passes. */
static int64_t paid_lately(const history_piece *piece, const history_claim *claim, int64_t seller, int window,
                           int period) {
    int length = piece->settings->options->period_months;
    int passed = period * length;
    int64_t sum = 0;
    for (int back = 1; back <= period && back * length <= window; back++) {
        sum += claim->paid[(period - back) % HISTORY_SLOTS_MAX];
    }
    if (seller != JK_MISSING_MONEY && passed < window) {
        sum += (int64_t)((double)seller * (double)(window - passed) / (double)window + 0.5);
    }
    return seller == JK_MISSING_MONEY && sum == 0 ? JK_MISSING_MONEY : sum;
}

/* A letter of the owner keeps a claim alive where letters do: half a year before the date it names. */
static void write_letters(const history_piece *piece, history_claim *claim, int32_t country, int32_t start) {
    const jk_law *law = piece->settings->law;
    bool interrupts = law->rules[jk_law_place((size_t)law->jurisdiction[country + 1], JK_CONSUMER)].letter_interrupts;
    bool near = claim->limitation_on > start && claim->limitation_on <= start + LETTER_DAYS;
    if (claim->limitation_on != JK_MISSING_INTEGER && interrupts && near) {
        claim->limitation_on = jk_date_add_months(start, LETTER_MONTHS);
    }
}

static void put_row(history_piece *piece, size_t number, size_t i, size_t row, int period, int32_t start) {
    history_claim *claim = &piece->claims[i];
    const jk_block *base = &piece->base;
    jk_block *now = &piece->now;
    copy_row(now, row, base, i, JK_TAPE_COLUMN_COUNT);
    write_letters(piece, claim, JK_BLOCK_INT32(base, COUNTRY)[i], start);
    char *key = (char *)now->column[JK_COLUMN_DEBTOR_ID] + row * JK_GENERATE_TEXT_WIDTH;
    uint64_t label = (uint64_t)number * HISTORY_PIECE_CLAIMS + (uint64_t)claim->debtor + 1;
    for (int digit = JK_GENERATE_TEXT_WIDTH - 1; digit > 0; digit--) {
        key[digit] = (char)('0' + label % 10);
        label /= 10;
    }
    ((int32_t *)now->column[JK_COLUMN_DEBTOR_INDEX])[row] = claim->debtor;
    ((int8_t *)now->column[JK_COLUMN_LEGAL_STATUS])[row] = claim->status;
    ((int32_t *)now->column[JK_COLUMN_TITLE_ON])[row] = claim->title_on;
    ((int32_t *)now->column[JK_COLUMN_LAST_PAID_ON])[row] = claim->last_paid_on;
    ((int32_t *)now->column[JK_COLUMN_LIMITATION_ON])[row] = claim->limitation_on;
    ((int64_t *)now->column[JK_COLUMN_PRINCIPAL])[row] = claim->principal;
    ((int64_t *)now->column[JK_COLUMN_INTEREST_ACCRUED])[row] =
        money_or_missing(JK_BLOCK_MONEY(base, INTEREST_ACCRUED)[i], claim->interest);
    ((int64_t *)now->column[JK_COLUMN_FEES])[row] = money_or_missing(JK_BLOCK_MONEY(base, FEES)[i], claim->fees);
    ((int64_t *)now->column[JK_COLUMN_INSTALMENT_MONTHLY])[row] = JK_MISSING_MONEY; /* spells are of the model's size */
    ((int64_t *)now->column[JK_COLUMN_PAYMENTS_12M])[row] =
        paid_lately(piece, claim, JK_BLOCK_MONEY(base, PAYMENTS_12M)[i], RECENT_MONTHS, period);
    ((int64_t *)now->column[JK_COLUMN_PAYMENTS_24M])[row] =
        paid_lately(piece, claim, JK_BLOCK_MONEY(base, PAYMENTS_24M)[i], 2 * RECENT_MONTHS, period);
    ((int32_t *)now->column[JK_COLUMN_PERIOD_START])[row] = start;
    ((int64_t *)now->column[JK_COLUMN_BALANCE_START])[row] = claim->principal + claim->interest + claim->fees;
    piece->claim[row] = i;
}

/* Rows that are barred or may only be closed end the claim with the period before. */
static void drop_closed(history_piece *piece) {
    size_t kept = 0;
    int8_t *exits = piece->out.column[JK_COLUMN_EXIT];
    for (size_t row = 0; row < piece->now.rows; row++) {
        history_claim *claim = &piece->claims[piece->claim[row]];
        if (piece->law.workable[row]) {
            if (kept < row) {
                copy_row(&piece->now, kept, &piece->now, row, JK_FIXED_COLUMN_COUNT);
                piece->claim[kept] = piece->claim[row];
            }
            kept++;
            continue;
        }
        claim->alive = false;
        if (claim->seen) {
            exits[claim->last_row] = JK_EXIT_CLOSED;
        }
    }
    piece->now.rows = kept;
}

static void sum_debtors(history_piece *piece) {
    jk_debtors *sums = &piece->debtors;
    memset(sums->balance, 0, sums->count * sizeof *sums->balance);
    memset(sums->workable_balance, 0, sums->count * sizeof *sums->workable_balance);
    memset(sums->claims, 0, sums->count * sizeof *sums->claims);
    for (size_t row = 0; row < piece->now.rows; row++) {
        int32_t debtor = JK_BLOCK_INT32(&piece->now, DEBTOR_INDEX)[row];
        int64_t units = jk_debtor_units(piece->law.balance[row]);
        sums->balance[debtor] += units;
        sums->workable_balance[debtor] += piece->law.workable[row] ? units : 0;
        sums->claims[debtor]++;
    }
}

/* ---- outcomes ----------------------------------------------------------------------------------------------- */

static history_row see_row(const history_piece *piece, size_t row, int period) {
    const history_settings *settings = piece->settings;
    const jk_law_facts *law = &piece->law;
    const jk_jurisdiction *jurisdiction = &settings->model->jurisdictions[law->jurisdiction[row]];
    const jk_segment *segment = &settings->model->segments[law->segment[row]];
    double age = law->debtor_age[row];
    const history_claim *claim = &piece->claims[piece->claim[row]];
    double half_life = settings->model->scorecard.half_life;
    double passed = ((double)period + 0.5) * (double)settings->options->period_months;
    double faded = half_life > 0.0 ? claim->fading * jk_exp(-0x1.62e42fefa39efp-1 * passed / half_life) : 0.0;
    return (history_row){
        .segment = segment,
        .class_power = settings->class_power +
                       law->segment[row] * (size_t)(JK_TREATMENT_COUNT * JK_CAPACITY_COUNT * JK_CAPACITY_COUNT),
        .eta = piece->score.eta[row] - piece->score.fading[row] + faded,
        .readiness = claim->readiness,
        .dividend = law->dividend[row],
        .plans = (law->allowed[row] & (JK_ALLOW(JK_SURVEIL) | JK_ALLOW(JK_AMICABLE))) != 0,
        .garnish = jk_law_garnish(law, row, &piece->debtors, JK_BLOCK_INT32(&piece->now, DEBTOR_INDEX)[row]),
        .age = law->age_months[row],
        .exit = segment->exit_monthly + law->exit_status[row],
        .mortality = isnan(age) ? 0.0 : jurisdiction->mortality.G * jk_exp(jurisdiction->mortality.b * age) / 12.0,
        .balance = JK_BLOCK_MONEY(&piece->now, BALANCE_START)[row],
        .exchange = settings->law->exchange[JK_BLOCK_INT32(&piece->now, CURRENCY)[row] + 1],
    };
}

/* A status can decide; else what claims of such a score are by the model, or, where it does not say, six in ten what
 * the score says, the others one of the other two. */
static int8_t first_class(const jk_scorecard *card, int8_t override, uint8_t scored, uint32_t word) {
    static const double as_scored = 0.6;
    double u = jk_uniform(word);
    if (override >= 0) {
        return override;
    }
    if (jk_class_is_guessed(card)) {
        const double *share = card->class_given_score[scored];
        return u < share[0] ? JK_CAPACITY_NONE : (u < share[0] + share[1] ? JK_CAPACITY_WEAK : JK_CAPACITY_ABLE);
    }
    int other = u < as_scored ? 0 : (u < as_scored + (1.0 - as_scored) / 2.0 ? 1 : 2);
    return (int8_t)((scored + other) % JK_CAPACITY_COUNT);
}

static void put_outcome(history_piece *piece, size_t row, const history_claim *claim, const history_outcome *outcome,
                        bool hidden) {
    jk_block *now = &piece->now;
    int64_t costs = outcome->cash < claim->fees ? outcome->cash : claim->fees;
    int64_t principal = outcome->cash - costs < claim->principal ? outcome->cash - costs : claim->principal;
    ((int8_t *)now->column[JK_COLUMN_TREATMENT])[row] = claim->treatment;
    ((int8_t *)now->column[JK_COLUMN_TITLE_STATE])[row] = (int8_t)claim->title;
    ((int8_t *)now->column[JK_COLUMN_CAPACITY_CLASS])[row] = hidden ? JK_MISSING_ENUM : claim->class;
    ((int8_t *)now->column[JK_COLUMN_CAPACITY_CLASS_END])[row] = hidden ? JK_MISSING_ENUM : outcome->class_end;
    ((double *)now->column[JK_COLUMN_PERIOD_MONTHS])[row] = outcome->months;
    ((int64_t *)now->column[JK_COLUMN_CASH])[row] = outcome->cash;
    ((int64_t *)now->column[JK_COLUMN_CASH_COSTS])[row] = costs;
    ((int64_t *)now->column[JK_COLUMN_CASH_PRINCIPAL])[row] = principal;
    ((int64_t *)now->column[JK_COLUMN_CASH_INTEREST])[row] = outcome->cash - costs - principal;
    ((int64_t *)now->column[JK_COLUMN_COST])[row] = outcome->cost;
    ((int8_t *)now->column[JK_COLUMN_EXIT])[row] = outcome->exit;
}

/* What instalments pay off: fees, then interest, then principal. */
static void pay_off(history_claim *claim, int64_t amount) {
    int64_t *parts[] = {&claim->fees, &claim->interest, &claim->principal};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        int64_t part = amount < *parts[i] ? amount : *parts[i];
        *parts[i] -= part;
        amount -= part;
    }
}

static void move_on(history_claim *claim, const history_outcome *outcome, int period, int period_months, int32_t start,
                    int32_t next_start) {
    claim->alive = outcome->exit == JK_EXIT_NONE;
    claim->class = outcome->class_end;
    claim->paid[period % HISTORY_SLOTS_MAX] = outcome->cash;
    if (outcome->cash > 0) {
        int32_t day = start + (int32_t)(outcome->paid_at * JK_DAYS_PER_MONTH);
        claim->last_paid_on = outcome->paid_at >= 0.0 && day < next_start ? day : next_start - 1;
    }
    claim->due -= (double)period_months;
    claim->quiet_from -= (double)period_months;
    pay_off(claim, outcome->reduction);
    if (outcome->titled && claim->title != JK_TITLE_HELD) {
        claim->title = JK_TITLE_HELD;
        claim->title_on = next_start;
        claim->status = JK_STATUS_TITLE;
    } else if (outcome->pending && claim->title == JK_TITLE_NONE) {
        claim->title = JK_TITLE_PENDING;
        claim->status = JK_STATUS_FILED;
    }
}

static void play_row(history_piece *piece, size_t number, size_t row, int period, int32_t start, int32_t next_start) {
    const jk_generate_panel_options *options = piece->settings->options;
    size_t i = piece->claim[row];
    history_claim *claim = &piece->claims[i];
    uint32_t word[DRAW_COUNT];
    uint64_t index = ((uint64_t)number * HISTORY_PIECE_CLAIMS + i) << 12 | (uint64_t)period;
    for (int w = 0; w < DRAW_COUNT; w += 4) {
        jk_random4 four = jk_philox(options->seed, STREAM_HISTORY + (uint64_t)(w / 4), index);
        memcpy(word + w, four.word, sizeof four.word);
    }
    if (!claim->seen) {
        claim->seen = true;
        claim->claim_number = (int32_t)piece->claim_count++;
        claim->title = piece->law.title_state[row];
        claim->class = first_class(&piece->settings->model->scorecard, piece->law.class_override[row],
                                   piece->score.capacity_class[row], word[DRAW_FIRST_CLASS]);
        claim->fading = piece->score.fading[row];
        claim->paying = piece->score.paying[row];
        claim->due = jk_uniform(jk_philox(options->seed, STREAM_PHASE, index).word[0]);
    }
    if (piece->numbers[claim->debtor] < 0) {
        piece->numbers[claim->debtor] = (int32_t)piece->debtor_count++;
    }
    claim->treatment = jk_history_treatment(claim, piece->law.allowed[row], piece->law.balance[row], word);
    history_row seen = see_row(piece, row, period);
    history_outcome outcome = jk_history_draw(options, &seen, claim, word, index);
    put_outcome(piece, row, claim, &outcome, jk_uniform(word[DRAW_HIDE]) < options->hidden);
    ((int32_t *)piece->now.column[JK_COLUMN_CLAIM_INDEX])[row] = claim->claim_number;
    claim->last_row = piece->rows + row;
    move_on(claim, &outcome, period, options->period_months, start, next_start);
}

static void run_period(history_piece *piece, size_t number, size_t count, int period) {
    const jk_generate_panel_options *options = piece->settings->options;
    int32_t start = jk_date_add_months(options->start, period * options->period_months);
    int32_t next = jk_date_add_months(options->start, (period + 1) * options->period_months);
    size_t rows = 0;
    for (size_t i = 0; i < count; i++) {
        if (piece->claims[i].alive) {
            put_row(piece, number, i, rows++, period, start);
        }
    }
    piece->now.rows = rows;
    jk_law_block(piece->settings->law, &piece->now, &piece->law);
    drop_closed(piece);
    if (piece->now.rows < rows) {
        jk_law_block(piece->settings->law, &piece->now, &piece->law);
    }
    sum_debtors(piece);
    jk_score_block(piece->scorer, &piece->now, &piece->law, &piece->score, piece->scratch);
    for (size_t row = 0; row < piece->now.rows; row++) {
        play_row(piece, number, row, period, start, next);
        copy_row(&piece->out, piece->rows + row, &piece->now, row, JK_FIXED_COLUMN_COUNT);
        ((int32_t *)piece->out.column[JK_COLUMN_DEBTOR_INDEX])[piece->rows + row] =
            piece->numbers[piece->claims[piece->claim[row]].debtor];
    }
    piece->rows += piece->now.rows;
}

jk_block *jk_history_piece_run(history_piece *piece, size_t number, size_t *claims, size_t *debtors) {
    const jk_generate_panel_options *options = piece->settings->options;
    uint64_t left = options->claims - (uint64_t)number * HISTORY_PIECE_CLAIMS;
    size_t count = left < HISTORY_PIECE_CLAIMS ? (size_t)left : HISTORY_PIECE_CLAIMS;
    piece->rows = piece->claim_count = piece->debtor_count = 0;
    start_claims(piece, number, count);
    for (int period = 0; period < options->months / options->period_months; period++) {
        run_period(piece, number, count, period);
    }
    *claims = piece->claim_count;
    *debtors = piece->debtor_count;
    piece->out.rows = piece->rows;
    return &piece->out;
}
