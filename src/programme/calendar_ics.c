/* SPDX-License-Identifier: Apache-2.0 */
/* What falls due for the calendars of people: iCalendar, RFC 5545. One entry a day and kind of act, whole days, lines
 * of at most 75 bytes that end in CR LF. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/file/output.h"
#include "base/number/calendar.h"
#include "base/number/grid.h"
#include "base/text/escape.h"
#include "jalki/calendar.h"
#include "programme/words.h"

enum { LINE_BYTES = 75, CLAIMS_NAMED = 20, TEXT_BYTES = 8192, DAY_TEXT = 16 };

/* A content line, folded: a line that goes on begins with a space. UTF-8 is not cut. */
static void put_line(FILE *out, const char *line) {
    size_t used = 0;
    for (const char *c = line; *c != '\0';) {
        size_t length = 1;
        while (((unsigned char)c[length] & 0xc0) == 0x80) {
            length++;
        }
        if (used + length > LINE_BYTES) {
            (void)fputs("\r\n ", out);
            used = 1;
        }
        (void)fwrite(c, 1, length, out);
        used += length;
        c += length;
    }
    (void)fputs("\r\n", out);
}

__attribute__((format(printf, 2, 3))) static void put(FILE *out, const char *format, ...) {
    char line[TEXT_BYTES + 64];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    put_line(out, line);
}

/* Appends text with the characters escaped that mean something. */
static void add_text(char text[TEXT_BYTES], const char *more) {
    char shown[JK_TEXT_MAX * JK_ESCAPE_GROWTH + 1];
    size_t length = strlen(text);
    (void)jk_escape_text(shown, sizeof shown, more);
    for (const char *c = shown; *c != '\0' && length + 3 < TEXT_BYTES; c++) {
        if (strchr(",;\\", *c) != NULL) {
            text[length++] = '\\';
        }
        text[length++] = *c;
    }
    text[length] = '\0';
}

static const char *day(int32_t date, char text[DAY_TEXT]) {
    jk_civil civil = jk_civil_from_date(date);
    (void)snprintf(text, DAY_TEXT, "%04d%02d%02d", (int)civil.year, (int)civil.month, (int)civil.day);
    return text;
}

static int32_t shown_on(const jk_calendar *calendar, const jk_due *due) {
    return due->act_by < calendar->cutoff ? calendar->cutoff : due->act_by;
}

/* Entries of a kind among those of one day, [from, to): names the first claims. */
static jk_status put_event(const jk_calendar *calendar, size_t from, size_t to, jk_due_kind kind, FILE *out,
                           jk_error *error) {
    char text[TEXT_BYTES] = "", id[JK_TEXT_MAX + 1], start[DAY_TEXT], end[DAY_TEXT], stamp[DAY_TEXT],
         date[JK_DATE_TEXT];
    char words[128];
    uint64_t count = 0;
    int64_t cost = 0, stake = 0;
    int32_t first_due = INT32_MAX;
    for (size_t i = from; i < to; i++) {
        const jk_due *due = &calendar->due[i];
        if (due->kind != kind || (kind <= JK_DUE_RENEWAL && !due->pays)) {
            continue;
        }
        if (count++ < CLAIMS_NAMED) {
            memset(id, 0, sizeof id);
            JK_TRY(jk_tape_read(calendar->tape, JK_COLUMN_CLAIM_ID, due->row, 1, id, error));
            add_text(text, count > 1 ? ", " : "");
            add_text(text, id);
        }
        cost += jk_grid_from_double((double)due->cost);
        stake += jk_grid_from_double((double)due->stake);
        first_due = due->on < first_due ? due->on : first_due;
    }
    if (count == 0) {
        return JK_OK;
    }
    if (count > CLAIMS_NAMED) {
        (void)snprintf(words, sizeof words, " and %llu more", (unsigned long long)(count - CLAIMS_NAMED));
        add_text(text, words);
    }
    int32_t on = shown_on(calendar, &calendar->due[from]);
    put(out, "BEGIN:VEVENT");
    put(out, "UID:%s-%s-%.16s@jalki", day(on, start), jk_due_name(kind),
        jk_tape_sha256(calendar->tape)[0] != '\0' ? jk_tape_sha256(calendar->tape) : "tape");
    put(out, "DTSTAMP:%sT000000Z", day(calendar->cutoff, stamp));
    put(out, "DTSTART;VALUE=DATE:%s", start);
    put(out, "DTEND;VALUE=DATE:%s", day(on + 1, end));
    put(out, "SUMMARY:%llu × %s", (unsigned long long)count, jk_due_words(kind));
    put(out, "DESCRIPTION:Due from %s\\, cost %.2f %s\\, at stake %.2f: %s", jk_date_format(first_due, date),
        jk_grid_to_double(cost), calendar->model->base_currency, jk_grid_to_double(stake), text);
    put(out, "CATEGORIES:%s", jk_due_name(kind));
    put(out, "TRANSP:TRANSPARENT");
    put(out, "END:VEVENT");
    return JK_OK;
}

static jk_status put_events(const jk_calendar *calendar, FILE *out, jk_error *error) {
    put(out, "BEGIN:VCALENDAR");
    put(out, "VERSION:2.0");
    put(out, "PRODID:-//jalki//calendar//EN");
    put(out, "CALSCALE:GREGORIAN");
    for (size_t from = 0, to = 0; from < calendar->count; from = to) {
        int32_t on = shown_on(calendar, &calendar->due[from]);
        for (to = from; to < calendar->count && shown_on(calendar, &calendar->due[to]) == on; to++) {
        }
        for (int kind = 0; kind < JK_DUE_COUNT; kind++) {
            JK_TRY(put_event(calendar, from, to, (jk_due_kind)kind, out, error));
        }
    }
    put(out, "END:VCALENDAR");
    return JK_OK;
}

jk_status jk_calendar_write_ics(const jk_calendar *calendar, const char *path, jk_error *error) {
    jk_output output = {.fd = -1};
    JK_TRY(jk_output_open(&output, path, JK_OUTPUT_PERSONAL, error));
    jk_status status = jk_output_stream(&output, error);
    status = status == JK_OK ? put_events(calendar, output.stream, error) : status;
    status = status == JK_OK ? jk_output_commit(&output, error) : status;
    if (status != JK_OK) {
        jk_output_abort(&output);
    }
    return status;
}
