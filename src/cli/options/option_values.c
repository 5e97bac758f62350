/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/options/option_values.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/number/calendar.h"
#include "base/text/text.h"
#include "jalki/exchange.h"
#include "jalki/price.h"
#include "jalki/schema.h"

static bool is_number(jk_option_kind kind) {
    return kind == JK_OPTION_NUMBER || kind == JK_OPTION_MONEY || kind == JK_OPTION_PERCENT || kind == JK_OPTION_RETURN;
}

/* The bounds of a number, those of its kind where the record gives none. */
static void bounds_of(const jk_option *option, double *low, double *high) {
    bool none = option->low == 0.0 && option->high == 0.0;
    *low = option->kind == JK_OPTION_RETURN ? JK_IRR_LOWEST : option->low;
    *high = option->kind == JK_OPTION_RETURN          ? JK_IRR_HIGHEST
            : option->kind == JK_OPTION_MONEY && none ? 1e15
                                                      : option->high;
}

static void put_integer(const jk_option *option, void *field, int64_t value) {
    switch (option->size) {
    case sizeof(bool):
        *(bool *)field = value != 0;
        break;
    case sizeof(int32_t):
        *(int32_t *)field = (int32_t)value;
        break;
    default:
        memcpy(field, &value, sizeof value);
        break;
    }
}

void jk_option_set_neutral(const jk_option *option, void *field) {
    if (is_number(option->kind)) {
        for (size_t i = 0; i < option->size / sizeof(double); i++) {
            ((double *)field)[i] = (double)NAN;
        }
    } else if (option->kind == JK_OPTION_DATE) {
        put_integer(option, field, JK_MISSING_INTEGER);
    } else if (option->kind == JK_OPTION_CHOICE) {
        put_integer(option, field, -1);
    }
}

/* ---- numbers -------------------------------------------------------------------------------------------------- */

int64_t jk_usage_integer(jk_usage *usage, const char *name, const char *text, int64_t low, int64_t high) {
    int64_t value = 0;
    if (!jk_text_to_integer(text, strlen(text), &value) || value < low || value > high) {
        jk_usage_error(usage, "%s: '%s' is not a whole number from %lld to %lld", name, text, (long long)low,
                       (long long)high);
        return 0;
    }
    return value;
}

double jk_usage_real(jk_usage *usage, const char *name, const char *text, double low, double high) {
    double value = 0.0;
    if (!jk_text_to_real(text, strlen(text), &value) || value < low || value > high) {
        jk_usage_error(usage, "%s: '%s' is not a number from %g to %g", name, text, low, high);
        return 0.0;
    }
    return value;
}

/* A bound of integers; those of 64 bits are no doubles. */
static int64_t whole(double bound) {
    return bound >= JK_INTEGER_MOST ? INT64_MAX : (int64_t)bound;
}

static void take_number(jk_usage *usage, const jk_option *option, const char *name, const char *text, double *field) {
    double low = 0.0, high = 0.0;
    bounds_of(option, &low, &high);
    double value = 0.0;
    if (!jk_text_to_real(text, strlen(text), &value) || value < low || value > high) {
        jk_usage_error(usage, "%s: '%s' is not a number from %g to %g%s%s", name, text, low, high,
                       option->example != NULL ? "; expected for example " : "",
                       option->example != NULL ? option->example : "");
        return;
    }
    *field = option->kind == JK_OPTION_PERCENT ? value / 100.0 : value;
}

/* Numbers with commas between. */
static void take_numbers(jk_usage *usage, const jk_option *option, const char *name, const char *text, double *field,
                         size_t *count) {
    double low = 0.0, high = 0.0;
    bounds_of(option, &low, &high);
    *count = 0;
    for (const char *part = text; part != NULL;) {
        const char *comma = strchr(part, ',');
        size_t length = comma == NULL ? strlen(part) : (size_t)(comma - part);
        double value = 0.0;
        bool good = jk_text_to_real(part, length, &value) && value >= low && value <= high;
        if (!good && option->kind == JK_OPTION_RETURN) {
            jk_usage_error(usage, "%s: '%.*s' is not a yearly return from %g to %g; expected for example %s", name,
                           (int)length, part, low, high, option->example);
            return;
        }
        if (!good || *count == option->most) {
            jk_usage_error(usage, "%s: '%s' is not a list of at most %zu numbers from %g to %g", name, text,
                           option->most, low, high);
            return;
        }
        field[(*count)++] = option->kind == JK_OPTION_PERCENT ? value / 100.0 : value;
        part = comma == NULL ? NULL : comma + 1;
    }
}

/* A number of bytes: 500M, 2G. */
static void take_size(jk_usage *usage, const char *name, const char *text, void *field) {
    static const struct {
        char unit;
        int shift;
    } units[] = {{'K', 10}, {'M', 20}, {'G', 30}, {'T', 40}};
    size_t length = strlen(text);
    int shift = 0;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        char last = length > 1 ? text[length - 1] : '\0';
        if (last == units[i].unit || last == units[i].unit + ('a' - 'A')) {
            shift = units[i].shift;
        }
    }
    double number = 0.0;
    if (!jk_text_to_real(text, length - (shift > 0 ? 1 : 0), &number) || number * exp2(shift) < 1048576.0 ||
        number * exp2(shift) > 1e15) {
        jk_usage_error(usage, "%s: '%s' is not a size of at least 1M; expected a number with K, M, G or T", name, text);
        return;
    }
    size_t bytes = (size_t)(number * exp2(shift));
    memcpy(field, &bytes, sizeof bytes);
}

/* ---- words ---------------------------------------------------------------------------------------------------- */

/* The words of a choice in a sentence: table, json or csv. */
static void list_words(const char *const *words, char *text, size_t room) {
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; words[i] != NULL && used < room; i++) {
        const char *between = i == 0 ? "" : words[i + 1] == NULL ? " or " : ", ";
        int written = snprintf(text + used, room - used, "%s%s", between, words[i]);
        used += written > 0 ? (size_t)written : 0;
    }
}

static void take_choice(jk_usage *usage, const jk_option *option, const char *name, const char *text, void *field) {
    size_t count = 0;
    for (; option->choices[count] != NULL; count++) {
        if (strcmp(text, option->choices[count]) == 0) {
            put_integer(option, field, (int64_t)count);
            return;
        }
    }
    char words[512];
    list_words(option->choices, words, sizeof words);
    int nearest = jk_text_nearest(text, option->choices, count);
    jk_usage_error(usage, "%s: '%s' is not %s%s%s%s", name, text, words, nearest >= 0 ? "; did you mean '" : "",
                   nearest >= 0 ? option->choices[nearest] : "", nearest >= 0 ? "'?" : "");
}

static void take_text(jk_usage *usage, const jk_option *option, const char *name, const char *text, const char **field,
                      size_t *count) {
    if (option->no_stdout && strcmp(text, "-") == 0) {
        jk_usage_error(usage, "%s: '-' is not a file; expected a name (/dev/stdout writes to standard output)", name);
    } else if (count == NULL) {
        *field = text;
    } else if (*count == option->most) {
        jk_usage_error(usage, "%s: may be given at most %zu times", name, option->most);
    } else {
        field[(*count)++] = text;
    }
}

static void take_date(jk_usage *usage, const jk_option *option, const char *name, const char *text, void *field) {
    int32_t date = 0;
    if (!jk_date_parse(text, strlen(text), &date)) {
        int day = 0, month = 0, year = 0, end = 0;
        bool other = sscanf(text, "%2d%*1[./-]%2d%*1[./-]%4d%n", &day, &month, &year, &end) == 3 && text[end] == '\0' &&
                     jk_civil_is_valid(year, month, day);
        char meant[JK_DATE_TEXT];
        jk_usage_error(usage, "%s: '%s' is not a date of the form YYYY-MM-DD%s%s%s", name, text,
                       other ? "; did you mean " : "",
                       other ? jk_date_format(jk_date_from_civil(year, month, day), meant) : "", other ? "?" : "");
        return;
    }
    put_integer(option, field, date);
}

void jk_option_take(jk_usage *usage, const jk_option *option, const char *name, const char *text, void *field,
                    size_t *count) {
    switch (option->kind) {
    case JK_OPTION_FLAG:
        put_integer(option, field, 1);
        break;
    case JK_OPTION_TEXT:
    case JK_OPTION_FILE_IN:
    case JK_OPTION_FILE_OUT:
        take_text(usage, option, name, text, field, count);
        break;
    case JK_OPTION_INTEGER:
        put_integer(option, field, jk_usage_integer(usage, name, text, whole(option->low), whole(option->high)));
        break;
    case JK_OPTION_NUMBER:
    case JK_OPTION_MONEY:
    case JK_OPTION_PERCENT:
    case JK_OPTION_RETURN:
        if (count != NULL) {
            take_numbers(usage, option, name, text, field, count);
        } else {
            take_number(usage, option, name, text, field);
        }
        break;
    case JK_OPTION_DATE:
        take_date(usage, option, name, text, field);
        break;
    case JK_OPTION_CHOICE:
        take_choice(usage, option, name, text, field);
        break;
    case JK_OPTION_SIZE:
        take_size(usage, name, text, field);
        break;
    case JK_OPTION_SPECIAL:
    case JK_OPTION_HELP:
        break;
    }
}

/* Whether the name's last part behind a point says what kind of file it is: letters, perhaps with figures behind them.
 */
static bool is_kind(const char *ending) {
    const char *at = ending + 1;
    while (isalnum((unsigned char)*at)) {
        at++;
    }
    return isalpha((unsigned char)ending[1]) && *at == '\0';
}

/* Endings of files that are known to be something; other names of what is no CSV are the user's affair. */
static bool is_known(const char *ending) {
    static const char *const known[] = {".csv", ".tsv",   ".json", ".h5",  ".hdf5", ".xlsx",   ".xls",    ".xlsm",
                                        ".ods", ".pdf",   ".html", ".xml", ".docx", ".yaml",   ".yml",    ".parquet",
                                        ".orc", ".avro",  ".dta",  ".sav", ".rds",  ".sqlite", ".duckdb", ".feather",
                                        ".db",  ".arrow", ".gz",   ".zip", ".zst",  ".bz2",    ".xz",     ".7z"};
    bool found = false;
    for (size_t k = 0; k < sizeof known / sizeof known[0]; k++) {
        found |= strcasecmp(ending, known[k]) == 0;
    }
    return found;
}

const char *jk_option_foreign_ending(const jk_option *option, const char *text) {
    static const char *const of_name[] = {".json", ".xlsx"}; /* --json F, --xlsx F */
    static const char *const same[][2] = {{".csv", ".txt"}, {".csv", ".gz"}, {".yaml", ".yml"}, {".h5", ".hdf5"}};
    const char *own = strchr(option->value, '.');
    const char *ending = strrchr(jk_file_name(text), '.');
    for (size_t k = 0; own == NULL && k < sizeof of_name / sizeof of_name[0]; k++) {
        own = strcmp(option->name, of_name[k] + 1) == 0 ? of_name[k] : NULL;
    }
    if (option->kind != JK_OPTION_FILE_OUT || own == NULL || ending == NULL || strcasecmp(ending, own) == 0) {
        return NULL;
    }
    bool is_csv = strcmp(own, ".csv") == 0;
    if (is_csv ? !is_kind(ending) || jk_exchange_kind_of(text) != JK_EXCHANGE_CSV /* what CSV becomes */
               : !is_known(ending)) {
        return NULL;
    }
    for (size_t k = 0; k < sizeof same / sizeof same[0]; k++) {
        if (strcmp(own, same[k][0]) == 0 && strcasecmp(ending, same[k][1]) == 0) {
            return NULL;
        }
    }
    return own;
}

bool jk_is_parquet(const char *path) {
    const char *ending = strrchr(path, '.');
    return ending != NULL && strcasecmp(ending, ".parquet") == 0;
}

bool jk_option_is_csv(const jk_option *option, const char *text) {
    return option->kind == JK_OPTION_FILE_OUT && strstr(option->value, ".csv") != NULL &&
           !(option->takes_parquet && jk_is_parquet(text));
}
