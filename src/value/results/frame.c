/* SPDX-License-Identifier: Apache-2.0 */
#include "jalki/frame.h"

#include <math.h>
#include <string.h>

#include "jalki/export.h"
#include "value/results/cashflow_columns.h"

static jk_status read_tape(const jk_frame *frame, size_t column, size_t first, size_t count, void *out,
                           jk_error *error) {
    return jk_tape_read(frame->source, (jk_column)frame->column[column].place, first, count, out, error);
}

void jk_frame_of_tape(const jk_tape *tape, jk_frame *frame) {
    static const jk_frame_type types[] = {
        [JK_TYPE_TEXT] = JK_FRAME_TEXT,    [JK_TYPE_ENUM] = JK_FRAME_CODE8,  [JK_TYPE_DICTIONARY] = JK_FRAME_CODE32,
        [JK_TYPE_DATE] = JK_FRAME_DATE,    [JK_TYPE_MONEY] = JK_FRAME_MONEY, [JK_TYPE_REAL] = JK_FRAME_DOUBLE,
        [JK_TYPE_INTEGER] = JK_FRAME_INT32};
    const jk_kind kind = jk_tape_kind(tape);
    *frame = (jk_frame){.name = kind == JK_KIND_PANEL ? "panel" : "tape",
                        .rows = jk_tape_rows(tape),
                        .source = tape,
                        .read = read_tape};
    for (int c = 0; c < JK_COLUMN_COUNT; c++) {
        const jk_column column = (jk_column)c;
        const jk_type type = jk_schema_column(column)->type;
        const char *name = jk_extras_column_name(jk_tape_extras(tape), kind, column);
        if (name == NULL || !jk_schema_in_store(kind, column) || jk_tape_is_absent(tape, column)) {
            continue;
        }
        jk_frame_column *to = &frame->column[frame->column_count++];
        *to = (jk_frame_column){.name = name,
                                .unit = jk_schema_unit(column),
                                .type = types[type],
                                .width = type == JK_TYPE_TEXT ? jk_tape_text_width(tape, column)
                                                              : jk_schema_element_size(column),
                                .place = c};
        if (type == JK_TYPE_ENUM) {
            to->words = jk_schema_levels(column, &to->word_count);
        } else if (type == JK_TYPE_DICTIONARY) {
            to->words = jk_tape_dictionary(tape, column, &to->word_count);
        }
    }
}

static jk_status read_claims(const jk_frame *frame, size_t column, size_t first, size_t count, void *out,
                             jk_error *error) {
    const size_t width = frame->column[column].width;
    const char *data = jk_claims_table_data(frame->source, (size_t)frame->column[column].place);
    (void)error;
    memcpy(out, data + first * width, count * width);
    return JK_OK;
}

void jk_frame_of_claims(const jk_claims_table *claims, jk_frame *frame) {
    static const jk_frame_type types[] = {
        [JK_RESULT_FLOAT32] = JK_FRAME_FLOAT, [JK_RESULT_FLOAT64] = JK_FRAME_DOUBLE, [JK_RESULT_INT32] = JK_FRAME_INT32,
        [JK_RESULT_ENUM] = JK_FRAME_CODE8,    [JK_RESULT_INDEX] = JK_FRAME_CODE16,   [JK_RESULT_TEXT] = JK_FRAME_TEXT};
    *frame = (jk_frame){.name = "results", .rows = jk_claims_table_rows(claims), .source = claims, .read = read_claims};
    for (size_t c = 0; c < jk_claims_table_columns(claims); c++) {
        const jk_result_column *column = jk_claims_table_column(claims, c);
        frame->column[frame->column_count++] =
            (jk_frame_column){.name = column->name,
                              .unit = column->unit,
                              .type = types[column->type],
                              .width = jk_result_element_size(column->type, column->text_width),
                              .words = column->levels,
                              .word_count = column->level_count,
                              .place = (int)c};
    }
}

enum { FLOW_MONTH, FLOW_SEGMENT, FLOW_FIRST };

static jk_status read_cashflow(const jk_frame *frame, size_t column, size_t first, size_t count, void *out,
                               jk_error *error) {
    const jk_valuation *valuation = frame->source;
    const int place = frame->column[column].place;
    (void)error;
    for (size_t i = 0; i < count; i++) {
        const size_t month = (first + i) / valuation->segment_count, segment = (first + i) % valuation->segment_count;
        if (place == FLOW_MONTH) {
            ((int32_t *)out)[i] = (int32_t)month + 1;
        } else if (place == FLOW_SEGMENT) {
            ((int32_t *)out)[i] = (int32_t)segment;
        } else {
            const jk_month flow = jk_valuation_month(valuation, (int)month + 1, segment);
            double flows[JK_CASHFLOW_COUNT];
            jk_cashflow_amounts(&flow, flows);
            ((double *)out)[i] = flows[place - FLOW_FIRST];
        }
    }
    return JK_OK;
}

void jk_frame_of_cashflow(const jk_valuation *valuation, jk_frame *frame) {
    const jk_listing columns = jk_cashflow_columns();
    *frame = (jk_frame){.name = "cashflow",
                        .rows = (size_t)valuation->flow.months * valuation->segment_count,
                        .source = valuation,
                        .read = read_cashflow};
    for (int c = 0; c < (int)columns.column_count; c++) {
        frame->column[frame->column_count++] =
            (jk_frame_column){.name = columns.columns[c].name,
                              .unit = c == FLOW_MONTH     ? "months after the cut-off"
                                      : c == FLOW_SEGMENT ? "code"
                                                          : "money",
                              .type = c == FLOW_MONTH     ? JK_FRAME_INT32
                                      : c == FLOW_SEGMENT ? JK_FRAME_CODE32
                                                          : JK_FRAME_DOUBLE,
                              .width = c <= FLOW_SEGMENT ? sizeof(int32_t) : sizeof(double),
                              .words = c == FLOW_SEGMENT ? valuation->segment_id : NULL,
                              .word_count = c == FLOW_SEGMENT ? valuation->segment_count : 0,
                              .place = c};
    }
}

bool jk_frame_is_missing(const jk_frame_column *column, const void *data, size_t row) {
    switch (column->type) {
    case JK_FRAME_TEXT:
        return ((const char *)data)[row * column->width] == '\0';
    case JK_FRAME_CODE8:
        return ((const int8_t *)data)[row] < 0;
    case JK_FRAME_CODE16:
        return ((const uint16_t *)data)[row] >= column->word_count;
    case JK_FRAME_CODE32:
        return ((const int32_t *)data)[row] < 0;
    case JK_FRAME_MONEY:
        return ((const int64_t *)data)[row] == JK_MISSING_MONEY;
    case JK_FRAME_FLOAT:
        return isnan(((const float *)data)[row]);
    case JK_FRAME_DOUBLE:
        return isnan(((const double *)data)[row]);
    default:
        return ((const int32_t *)data)[row] == JK_MISSING_INTEGER;
    }
}
