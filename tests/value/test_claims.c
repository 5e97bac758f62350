/* SPDX-License-Identifier: Apache-2.0 */
/* Claims as a CSV, as a table in memory, as a frame and as a store: each cell against what the run itself showed of the
 * claim, own columns against what the tape was made of, all four forms against each other. */
#include "cmocka_all.h"

#include <hdf5.h>

#include "base/words/listing.h"
#include "jalki/export.h"
#include "jalki/frame.h"
#include "value/claims_case.h"
#include "value/engine_case.h"

enum { ROWS = 700, CELLS = 32, FIXED = 25, OWN = 4 };

static jk_tape *tape;
static jk_claims_table *table;
static jk_valuation valuation;
static char *csv;

/* What the run shows of each claim. */
static struct {
    char id[JK_TEXT_MAX + 1], debtor[JK_TEXT_MAX + 1];
    double score, theta, figures[12], balance;
    int capacity, paying, segment, decision, reason, country, currency;
} seen[ROWS];

static jk_status see(void *context, const jk_value_block *b, jk_error *error) {
    (void)context;
    (void)error;
    for (size_t i = 0; i < b->block->rows; i++) {
        const size_t row = b->block->first_row + i, width[2] = {jk_tape_text_width(tape, JK_COLUMN_CLAIM_ID),
                                                                jk_tape_text_width(tape, JK_COLUMN_DEBTOR_ID)};
        memcpy(seen[row].id, (const char *)b->block->column[JK_COLUMN_CLAIM_ID] + i * width[0], width[0]);
        memcpy(seen[row].debtor, (const char *)b->block->column[JK_COLUMN_DEBTOR_ID] + i * width[1], width[1]);
        const double figures[] = {(double)b->plan->value[i],
                                  (double)b->plan->action_value[JK_CLOSE][i],
                                  (double)b->plan->action_value[JK_SELL][i],
                                  (double)b->plan->action_value[JK_SURVEIL][i],
                                  (double)b->plan->action_value[JK_AMICABLE][i],
                                  (double)b->plan->action_value[JK_LEGAL][i],
                                  (double)b->plan->erc_gross[i],
                                  (double)b->plan->erc_net[i],
                                  (double)b->plan->gross_12m[i],
                                  (double)b->plan->gross_60m[i],
                                  b->law->attachable[i],
                                  b->law->title_state[i] == JK_TITLE_NONE ? b->law->bar_untitled[i]
                                                                          : b->law->bar_titled[i]};
        memcpy(seen[row].figures, figures, sizeof figures);
        seen[row].score = b->score->score[i];
        seen[row].theta = b->score->theta_now[i];
        seen[row].balance = b->law->balance[i];
        seen[row].capacity = b->score->capacity_class[i];
        seen[row].paying = b->score->paying[i];
        seen[row].segment = b->law->segment[i];
        seen[row].decision = b->plan->decision[i];
        seen[row].reason = b->reason[i];
        seen[row].country = ((const int32_t *)b->block->column[JK_COLUMN_COUNTRY])[i];
        seen[row].currency = ((const int32_t *)b->block->column[JK_COLUMN_CURRENCY])[i];
    }
    return JK_OK;
}

static int run_all(void **state) {
    jk_error error = {0};
    assert_int_equal(set_up(state), 0);
    tape = open_made("plain.h5", &(tape_plan){.rows = ROWS, .own = 1});
    jk_claims_file *file = NULL;
    jk_results_file *store = NULL;
    must(jk_claims_open(file_name("claims.csv"), tape, model, true, &file, &error), &error);
    must(jk_claims_table_open(tape, model, true, &table, &error), &error);
    must(jk_results_open(file_name("all.h5"), tape, model, &store, &error), &error);
    const jk_value_sink sinks[] = {
        jk_claims_sink(file), jk_claims_table_sink(table), jk_results_sink(store), {.block = see}};
    jk_value_options options = jk_value_defaults();
    options.allow = JK_ALLOW_ALL;
    options.run = (jk_run){.threads = 2, .block_rows = 150};
    must(jk_value_run(tape, model, &options, sinks, 4, &valuation, &error), &error);
    must(jk_claims_commit(file, &error), &error);
    must(jk_results_commit(store, &valuation, &error), &error);
    csv = file_text(file_name("claims.csv"));
    return 0;
}

static int drop_all(void **state) {
    free(csv);
    jk_claims_table_free(table);
    jk_valuation_reset(&valuation);
    return close_made(state, tape);
}

/* ---- text ----------------------------------------------------------------------------------------------------- */

/* A number as the file has it in full: nine digits, nothing where there is none. */
static void put_full(char *line, double value) {
    char text[40] = ",";
    if (isfinite(value)) {
        (void)snprintf(text, sizeof text, ",%.9g", value == 0.0 ? 0.0 : value);
    }
    (void)strcat(line, text);
}

static void put_word(char *line, const char *word) {
    (void)strcat(line, ",");
    if (strpbrk(word, "\",") == NULL) {
        (void)strcat(line, word);
        return;
    }
    char *out = line + strlen(line);
    *out++ = '"';
    for (; *word != '\0'; word++) {
        *out++ = *word;
        if (*word == '"') {
            *out++ = '"';
        }
    }
    memcpy(out, "\"", 2);
}

static const char *const countries[] = {"FI", "SE", "PL"}, *const currencies[] = {"EUR", "SEK"};
static const char *const branches[] = {"north", "a \"b\", c", "south", ""};

/* Own columns as tape_maker.h makes them: claim `row` has key `row`. */
static void put_own(char *line, size_t row) {
    char text[40];
    put_full(line, row % 5 == 3 ? (double)NAN : (double)row / 8.0 - 3.0);
    put_word(line, branches[row % 4]);
    text[0] = '\0';
    (void)strcat(line, ",");
    if (row % 6 != 1) {
        (void)strcat(line, jk_date_format(tape_cutoff() - (int32_t)row, text));
    }
    (void)strcat(line, ",");
    if (row % 7 != 2) {
        (void)snprintf(text, sizeof text, "%.2f", (1005.0 - 3.0 * (double)row) / 100.0);
        (void)strcat(line, text);
    }
}

static void put_claim(char *line, size_t row) {
    static const char *const capacities[] = {"none", "weak", "able"};
    static const char *const actions[] = {"close", "sell", "surveil", "amicable", "legal"};
    static const char *const reasons[] = {"barred", "status", "uneconomic", "best"};
    char text[40];
    line[0] = '\0';
    put_word(line, seen[row].id);
    memmove(line, line + 1, strlen(line)); /* no comma before the first */
    (void)snprintf(text, sizeof text, ",%.0f", seen[row].score);
    (void)strcat(line, text);
    put_full(line, seen[row].theta);
    put_word(line, capacities[seen[row].capacity]);
    put_word(line, seen[row].paying ? "1" : "0");
    put_word(line, model->segments[seen[row].segment].id);
    put_word(line, actions[seen[row].decision]);
    put_word(line, reasons[seen[row].reason]);
    for (size_t f = 0; f < 12; f++) {
        put_full(line, seen[row].figures[f]);
    }
    put_word(line, seen[row].debtor);
    put_word(line, countries[seen[row].country]);
    put_word(line, currencies[seen[row].currency]);
    put_full(line, seen[row].balance);
    put_full(line, 100.0 * seen[row].figures[0] / seen[row].balance);
    put_own(line, row);
}

static void test_csv(void **state) {
    (void)state;
    char expected[2048], *rest = csv;
    const jk_listing columns = jk_claims_columns();
    jk_listing_head(&columns, expected);
    (void)strcat(expected, ",distance,branch,seen_on,paid_to_court");
    assert_string_equal(strsep(&rest, "\n"), expected);
    for (size_t row = 0; row < ROWS; row++) {
        put_claim(expected, row);
        assert_string_equal(strsep(&rest, "\n"), expected);
    }
    assert_string_equal(rest, "");
}

/* ---- columns -------------------------------------------------------------------------------------------------- */

static double cell_of(size_t column, size_t row) {
    return claims_number(table, column, row);
}

static const char *word_of(size_t column, size_t row) {
    const size_t place = (size_t)cell_of(column, row);
    assert_true(place < jk_claims_table_column(table, column)->level_count);
    return jk_claims_table_column(table, column)->levels[place];
}

static void assert_number(double found, double expected) {
    if (!(found == expected || (isnan(found) && !isfinite(expected)))) {
        fail_msg("%.17g is not %.17g", found, expected);
    }
}

static void test_table(void **state) {
    (void)state;
    static const size_t figures[] = {8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19};
    const jk_listing columns = jk_claims_columns();
    assert_int_equal(jk_claims_table_rows(table), ROWS);
    assert_int_equal(jk_claims_table_columns(table), FIXED + OWN);
    for (size_t c = 0; c < FIXED; c++) {
        assert_string_equal(jk_claims_table_column(table, c)->name, columns.columns[c].name);
        assert_string_equal(jk_claims_table_column(table, c)->meaning, columns.columns[c].meaning);
    }
    static const char *const own[] = {"distance", "branch", "seen_on", "paid_to_court"};
    for (size_t c = 0; c < OWN; c++) {
        assert_string_equal(jk_claims_table_column(table, FIXED + c)->name, own[c]);
    }
    const size_t width = jk_claims_table_column(table, 0)->text_width;
    for (size_t row = 0; row < ROWS; row++) {
        assert_memory_equal((const char *)jk_claims_table_data(table, 0) + row * width, seen[row].id, width);
        assert_number(cell_of(1, row), seen[row].score);
        assert_number(cell_of(2, row), seen[row].theta);
        assert_number(cell_of(3, row), seen[row].capacity);
        assert_number(cell_of(4, row), seen[row].paying);
        assert_string_equal(word_of(5, row), model->segments[seen[row].segment].id);
        assert_number(cell_of(6, row), seen[row].decision);
        assert_number(cell_of(7, row), seen[row].reason);
        for (size_t f = 0; f < 12; f++) {
            assert_number(cell_of(figures[f], row), seen[row].figures[f]);
        }
        assert_string_equal(word_of(21, row), countries[seen[row].country]);
        assert_string_equal(word_of(22, row), currencies[seen[row].currency]);
        assert_number(cell_of(23, row), seen[row].balance);
        assert_number(cell_of(24, row), 100.0 * seen[row].figures[0] / seen[row].balance);
        assert_number(cell_of(25, row), row % 5 == 3 ? (double)NAN : (double)row / 8.0 - 3.0);
        assert_string_equal(word_of(26, row), branches[row % 4]);
        assert_number(cell_of(27, row), row % 6 == 1 ? JK_MISSING_INTEGER : tape_cutoff() - (double)row);
        assert_number(cell_of(28, row), row % 7 == 2 ? (double)NAN : (1005.0 - 3.0 * (double)row) / 100.0);
    }
}

/* A frame has what it is made of: the table, the tape, the cash flow. */
static void test_frames(void **state) {
    (void)state;
    jk_frame frame;
    jk_error error = {0};
    jk_frame_of_claims(table, &frame);
    assert_int_equal(frame.rows, ROWS);
    assert_int_equal(frame.column_count, FIXED + OWN);
    for (size_t c = 0; c < frame.column_count; c++) {
        const jk_frame_column *column = &frame.column[c];
        const jk_result_column *of = jk_claims_table_column(table, c);
        char part[100 * (JK_TEXT_MAX + 1)];
        assert_string_equal(column->name, of->name);
        assert_string_equal(column->unit, of->unit);
        assert_int_equal(column->word_count, of->level_count);
        must(frame.read(&frame, c, 37, 100, part, &error), &error);
        assert_memory_equal(part, (const char *)jk_claims_table_data(table, c) + 37 * column->width,
                            100 * column->width);
    }
    jk_frame_of_tape(tape, &frame);
    assert_string_equal(frame.name, "tape");
    size_t own = 0;
    for (size_t c = 0; c < frame.column_count; c++) {
        if (strcmp(frame.column[c].name, "paid_to_court") == 0) {
            int64_t money[9];
            must(frame.read(&frame, c, 0, 9, money, &error), &error);
            assert_int_equal(frame.column[c].type, JK_FRAME_MONEY);
            assert_true(money[8] == 1005 - 24 && money[2] == JK_MISSING_MONEY);
            assert_true(jk_frame_is_missing(&frame.column[c], money, 2));
            assert_false(jk_frame_is_missing(&frame.column[c], money, 3));
            own++;
        } else if (strcmp(frame.column[c].name, "branch") == 0) {
            assert_int_equal(frame.column[c].word_count, 3);
            assert_string_equal(frame.column[c].words[1], branches[1]);
            own++;
        }
    }
    assert_int_equal(own, 2);
    jk_frame_of_cashflow(&valuation, &frame);
    const size_t segments = valuation.segment_count;
    assert_int_equal(frame.rows, (size_t)valuation.flow.months * segments);
    assert_int_equal(frame.column_count, 7);
    for (int flow = 0; flow < 5; flow++) {
        double found[3];
        int32_t month[3], segment[3];
        const size_t first = 5 * segments + 1;
        must(frame.read(&frame, 0, first, 3, month, &error), &error);
        must(frame.read(&frame, 1, first, 3, segment, &error), &error);
        must(frame.read(&frame, (size_t)flow + 2, first, 3, found, &error), &error);
        for (size_t i = 0; i < 3; i++) {
            const jk_month of = jk_valuation_month(&valuation, 6, i + 1);
            const double expected[] = {of.gross, of.instalments, of.cost, of.sale, of.net};
            assert_int_equal(month[i], 6);
            assert_int_equal(segment[i], (int)i + 1);
            assert_number(found[i], expected[flow]);
        }
    }
}

/* ---- the store, by the HDF5 library ----------------------------------------------------------------------------- */

static void test_store(void **state) {
    (void)state;
    hid_t file = H5Fopen(file_name("all.h5"), H5F_ACC_RDONLY, H5P_DEFAULT);
    assert_true(file >= 0);
    size_t compared = 0;
    for (size_t c = 1; c < FIXED + OWN; c++) {
        if (c >= 20 && c < FIXED) {
            continue; /* whose claim it is, and what it owes: the tape has it */
        }
        const jk_result_column *column = jk_claims_table_column(table, c);
        char name[100];
        (void)snprintf(name, sizeof name, "/result/%s", column->name);
        hid_t data = H5Dopen2(file, name, H5P_DEFAULT);
        assert_true(data >= 0);
        hid_t type = H5Dget_type(data);
        const size_t width = jk_result_element_size(column->type, column->text_width);
        assert_int_equal(H5Tget_size(type), width);
        char *rows = malloc(ROWS * width);
        assert_true(H5Dread(data, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, rows) >= 0);
        assert_memory_equal(rows, jk_claims_table_data(table, c), ROWS * width);
        free(rows);
        assert_true(H5Tclose(type) >= 0 && H5Dclose(data) >= 0);
        compared++;
    }
    assert_int_equal(compared, 19 + OWN);
    const size_t cells = (size_t)valuation.flow.months * valuation.segment_count * 5;
    double *flow = malloc(cells * sizeof *flow);
    hid_t data = H5Dopen2(file, "/portfolio/cashflow", H5P_DEFAULT);
    assert_true(data >= 0 && H5Dread(data, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, flow) >= 0);
    for (size_t m = 0; m < (size_t)valuation.flow.months; m += 17) {
        for (size_t s = 0; s < valuation.segment_count; s++) {
            const jk_month month = jk_valuation_month(&valuation, (int)m + 1, s);
            const double *found = flow + (m * valuation.segment_count + s) * 5;
            assert_true(found[0] == month.gross && found[1] == month.instalments && found[2] == month.cost);
            assert_true(found[3] == month.sale && found[4] == month.net);
        }
    }
    free(flow);
    assert_true(H5Dclose(data) >= 0 && H5Fclose(file) >= 0);
}

/* ---- what a command adds ---------------------------------------------------------------------------------------- */

static void test_added_columns(void **state) {
    (void)state;
    static const jk_listing_column added[] = {{"court_cost", NULL, "money", "A", JK_LISTING_NUMBER, 2},
                                              {"hours", NULL, "", "B", JK_LISTING_NUMBER, 0},
                                              {"free", NULL, "", "C", JK_LISTING_TEXT, 0}};
    const jk_listing described = {.columns = added, .column_count = 3};
    static int32_t cents[ROWS], hours[ROWS];
    static uint8_t action[ROWS], other[ROWS];
    for (int i = 0; i < ROWS; i++) {
        cents[i] = 350 - i;
        hours[i] = i;
        action[i] = (uint8_t)(i % 5);
        other[i] = (uint8_t)((i + 2) % 5);
    }
    const jk_claims_column columns[] = {{.parts = cents}, {.parts = hours}, {.action = action}};
    jk_error error = {0};
    jk_claims_file *file = NULL;
    must(jk_claims_open(file_name("claims.csv"), tape, model, true, &file, &error), &error);
    must(jk_claims_add(file, other, &described, columns, &error), &error);
    const jk_value_sink sink = jk_claims_sink(file);
    jk_value_options options = jk_value_defaults();
    options.allow = JK_ALLOW_ALL;
    options.run = (jk_run){.threads = 3, .block_rows = 64};
    jk_valuation again;
    must(jk_value_run(tape, model, &options, &sink, 1, &again, &error), &error);
    must(jk_claims_commit(file, &error), &error);
    jk_valuation_reset(&again);
    char *text = file_text(file_name("claims.csv")), *rest = text, expected[2048], own[400];
    assert_non_null(strstr(strsep(&rest, "\n"), "value_pct_of_face,court_cost,hours,free,distance,branch"));
    for (size_t row = 0; row < ROWS; row++) {
        static const char *const actions[] = {"close", "sell", "surveil", "amicable", "legal"};
        seen[row].decision = other[row];
        put_claim(expected, row);
        own[0] = '\0';
        put_own(own, row);
        expected[strlen(expected) - strlen(own)] = '\0';
        char end[40];
        const int parts = 350 - (int)row, size = abs(parts);
        (void)snprintf(end, sizeof end, ",%s%d.%02d,%zu,%s", parts < 0 ? "-" : "", size / 100, size % 100, row,
                       actions[row % 5]);
        (void)strcat(strcat(expected, end), own);
        assert_string_equal(strsep(&rest, "\n"), expected);
    }
    free(text);
    must(jk_claims_open(file_name("claims.csv"), tape, model, true, &file, &error), &error);
    for (int i = 0; i < 5; i++) { /* 16 columns at most */
        must(jk_claims_add(file, NULL, &described, columns, &error), &error);
    }
    const jk_listing one = {.columns = added, .column_count = 1};
    must(jk_claims_add(file, NULL, &one, columns, &error), &error);
    assert_int_equal(jk_claims_add(file, NULL, &one, columns, &error), JK_ERROR_ARGUMENT);
    jk_claims_abort(file);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_csv), cmocka_unit_test(test_table),
                                       cmocka_unit_test(test_frames), cmocka_unit_test(test_store),
                                       cmocka_unit_test(test_added_columns)};
    return cmocka_run_group_tests(tests, run_all, drop_all);
}
