/* SPDX-License-Identifier: Apache-2.0 */
#include "jalki/flows.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text/text.h"
#include "csv/table.h"

/* 600 months of a thousand segments, with room to spare; the largest amount that is taken. */
enum { TEXT_MAX = 1 << 27, NAMED_MAX = 40 };
#define AMOUNT_MAX 1e15

typedef struct flow_reader {
    const char *path;
    jk_flows *flows;
    jk_month *parts; /* sums over the rows of segments, for a file without rows of all */
    int part_months;
    bool started;
    size_t month, segment, gross, cost, sale; /* columns; SIZE_MAX: absent */
} flow_reader;

static jk_status find_columns(flow_reader *reader, const jk_csv_header *header, jk_error *error) {
    reader->started = true;
    reader->month = jk_csv_table_column(header, "month");
    reader->segment = jk_csv_table_column(header, "segment");
    reader->gross = jk_csv_table_column(header, "collections");
    reader->cost = reader->sale = SIZE_MAX;
    if (reader->gross == SIZE_MAX) {
        reader->gross = jk_csv_table_column(header, "gross");
        reader->cost = jk_csv_table_column(header, "cost");
        reader->sale = jk_csv_table_column(header, "sale");
    }
    reader->flows->has_costs = reader->cost != SIZE_MAX;
    if (reader->month == SIZE_MAX || reader->gross == SIZE_MAX) {
        return jk_fail(error, JK_ERROR_DATA, reader->path, 1, reader->month == SIZE_MAX ? "month" : "gross",
                       "no such column in the header; expected month and collections, or month, gross, cost and sale");
    }
    return JK_OK;
}

/* Of a column that the file has not, nothing: *amount stays as it is. */
static jk_status read_amount(const flow_reader *reader, const jk_csv_header *header, const jk_csv_field *field,
                             size_t column, int64_t line, double *amount, jk_error *error) {
    if (column == SIZE_MAX) {
        return JK_OK;
    }
    const jk_csv_field *cell = &field[column];
    if (!jk_text_to_real(cell->text, cell->length, amount) || fabs(*amount) > AMOUNT_MAX) {
        return jk_fail(error, JK_ERROR_DATA, reader->path, line, header->names[column],
                       "'%.*s' is not an amount up to %g", (int)(cell->length < NAMED_MAX ? cell->length : NAMED_MAX),
                       cell->text, AMOUNT_MAX);
    }
    return JK_OK;
}

static jk_status read_row(void *context, const jk_csv_header *header, const jk_csv_field *field, int64_t line,
                          jk_error *error) {
    flow_reader *reader = context;
    if (!reader->started) {
        JK_TRY(find_columns(reader, header, error));
    }
    const jk_csv_field *segment = reader->segment != SIZE_MAX ? &field[reader->segment] : NULL;
    bool part = segment != NULL && (segment->length != 3 || memcmp(segment->text, "all", 3) != 0);
    int *months = part ? &reader->part_months : &reader->flows->months;
    jk_month *flow = part ? reader->parts : reader->flows->month;
    int64_t month = 0;
    const jk_csv_field *cell = &field[reader->month];
    bool read = jk_text_to_integer(cell->text, cell->length, &month);
    bool next = month == *months + 1 || (part && *months > 0 && month == *months);
    if (!read || !next || month > JK_HORIZON_MAX) {
        return jk_fail(error, JK_ERROR_DATA, reader->path, line, "month",
                       "'%.*s' is not the next month; expected %d (months 1, 2, 3, … in order, at most %d)",
                       (int)(cell->length < NAMED_MAX ? cell->length : NAMED_MAX), cell->text, *months + 1,
                       (int)JK_HORIZON_MAX);
    }
    *months = (int)month;
    double gross = 0.0, cost = 0.0, sale = 0.0;
    JK_TRY(read_amount(reader, header, field, reader->gross, line, &gross, error));
    JK_TRY(read_amount(reader, header, field, reader->cost, line, &cost, error));
    JK_TRY(read_amount(reader, header, field, reader->sale, line, &sale, error));
    jk_month *into = &flow[month - 1];
    into->gross += gross;
    into->cost += cost;
    into->sale += sale;
    into->net = into->gross - into->cost + into->sale;
    return JK_OK;
}

jk_status jk_flows_read(const char *path, jk_flows *flows, jk_error *error) {
    *flows = (jk_flows){.month = calloc(JK_HORIZON_MAX, sizeof *flows->month)};
    JK_TRY(jk_held(flows->month != NULL, error, "a cash flow"));
    flow_reader reader = {.path = path, .flows = flows, .parts = calloc(JK_HORIZON_MAX, sizeof *reader.parts)};
    jk_status status = reader.parts == NULL ? jk_fail_memory(error, "a cash flow")
                                            : jk_csv_table_read(path, TEXT_MAX, read_row, &reader, error);
    if (status == JK_OK && flows->months == 0) {
        free(flows->month);
        flows->month = reader.parts;
        flows->months = reader.part_months;
        reader.parts = NULL;
    }
    free(reader.parts);
    if (status == JK_OK && flows->months == 0) {
        status = jk_fail(error, JK_ERROR_DATA, path, 0, NULL, "no month in it");
    }
    if (status != JK_OK) {
        jk_flows_reset(flows);
    }
    return status;
}

void jk_flows_reset(jk_flows *flows) {
    free(flows->month);
    *flows = (jk_flows){0};
}
