/* SPDX-License-Identifier: Apache-2.0 */
#include "base/words/language.h"

#include <string.h>

#include "base/number/calendar.h"

const char *const jk_language_names[] = {"en", "fi", "sv", "da", "no", "et", NULL};

typedef struct text_entry {
    const char *key, *words[JK_LANGUAGE_COUNT];
} text_entry;

/* A text that is not there in every language does not compile. */
#define JK_CODE(code, en, fi, sv, da, no, et)                                                                          \
    _Static_assert(sizeof(code) > 1 && sizeof(en) > 1 && sizeof(fi) > 1 && sizeof(sv) > 1 && sizeof(da) > 1 &&         \
                       sizeof(no) > 1 && sizeof(et) > 1,                                                               \
                   "a translation is missing");
#define JK_TEXT(en, fi, sv, da, no, et) JK_CODE(en, en, fi, sv, da, no, et)
#include "base/words/texts_backtest.def"
#include "base/words/texts_deals.def"
#include "base/words/texts_explain.def"
#include "base/words/texts_names.def"
#include "base/words/texts_page.def"
#include "base/words/texts_tables.def"
#undef JK_CODE
#undef JK_TEXT

#define JK_CODE(code, en, fi, sv, da, no, et) {code, {en, fi, sv, da, no, et}},
#define JK_TEXT(en, fi, sv, da, no, et)       {en, {en, fi, sv, da, no, et}},
static const text_entry entries[] = {
#include "base/words/texts_backtest.def"
#include "base/words/texts_deals.def"
#include "base/words/texts_explain.def"
#include "base/words/texts_names.def"
#include "base/words/texts_page.def"
#include "base/words/texts_tables.def"
};
#undef JK_CODE
#undef JK_TEXT
enum { ENTRIES = sizeof entries / sizeof entries[0] };

static jk_language spoken;
static bool speaking; /* else codes stay as they are */
static const char *missed;

const char *jk_language_tag(jk_language language) {
    return language == JK_NORWEGIAN ? "nb" : jk_language_names[language];
}

void jk_language_speak(jk_language language) {
    spoken = language;
    speaking = true;
    missed = NULL;
}

void jk_language_end(void) {
    jk_language_speak(JK_ENGLISH);
    speaking = false;
}

jk_language jk_language_spoken(void) {
    return spoken;
}

const char *jk_text_missed(void) {
    return missed;
}

static const text_entry *find(const char *key, size_t length) {
    for (size_t i = 0; i < ENTRIES; i++) {
        if (strncmp(entries[i].key, key, length) == 0 && entries[i].key[length] == '\0') {
            return &entries[i];
        }
    }
    return NULL;
}

const char *jk_text_if_known(const char *name) {
    const text_entry *entry = speaking ? find(name, strlen(name)) : NULL;
    return entry != NULL ? entry->words[spoken] : name;
}

static void miss(const char *key) {
    missed = missed == NULL && spoken != JK_ENGLISH ? key : missed;
}

const char *jk_text(const char *key) {
    const text_entry *entry = key[0] != '\0' ? find(key, strlen(key)) : NULL;
    if (entry == NULL && key[0] != '\0') {
        miss(key);
    }
    return entry != NULL ? entry->words[spoken] : key;
}

/* ---- numbers and dates ------------------------------------------------------------------------------------------ */

/* jk_languages are the first dialects, in the same order. */
const char *jk_text_decimal(void) {
    return jk_dialects[spoken].decimal == ',' ? "," : ".";
}

const char *jk_text_thousands(void) {
    return spoken == JK_ENGLISH ? "," : spoken == JK_DANISH ? "." : "\u00a0";
}

const char *jk_text_date(int32_t date, char text[JK_TEXT_DATE]) {
    const jk_dialect *dialect = &jk_dialects[spoken];
    if (dialect->year_first) {
        return jk_date_format(date, text);
    }
    const jk_civil civil = jk_civil_from_date(date);
    const int digits = dialect->pads ? 2 : 1;
    (void)snprintf(text, JK_TEXT_DATE, "%0*d%c%0*d%c%04d", digits, (int)(civil.day % 100), dialect->date_mark, digits,
                   (int)(civil.month % 100), dialect->date_mark, (int)(civil.year % 10000));
    return text;
}

/* ---- texts with figures ----------------------------------------------------------------------------------------- */

enum { ARGUMENTS = 12, SPECIFICATION = 24, NUMBER = 400, LINE = 8192 };

typedef enum kind { NONE, INTEGER, LONG, LONG_LONG, SIZE, REAL, STRING, CHARACTER, PERCENT } kind;

/* One conversion: %[place$][flags][width][.decimals][length]letter. */
typedef struct conversion {
    kind kind;
    int place;                         /* from 1; 0: the next */
    char specification[SPECIFICATION]; /* without the place */
    size_t length;                     /* in the text */
} conversion;

static size_t digits_at(const char *text) {
    return strspn(text, "0123456789");
}

static conversion read_conversion(const char *text) {
    conversion c = {NONE, 0, "%", 1};
    size_t place = digits_at(text + 1);
    if (place > 0 && place < 3 && text[1 + place] == '$') {
        for (size_t i = 1; i <= place; i++) {
            c.place = 10 * c.place + text[i] - '0';
        }
        c.length += place + 1;
    }
    const char *start = text + c.length;
    size_t size = strspn(start, "-+0#");
    size += digits_at(start + size);
    size += start[size] == '.' ? 1 + digits_at(start + size + 1) : 0;
    size_t at = size;
    size_t longs = strspn(start + at, "l");
    size_t sizes = longs == 0 && start[at] == 'z' ? 1 : 0;
    char letter = start[at + longs + sizes];
    size = at + longs + sizes + 1;
    if (letter == '\0' || size + 2 > SPECIFICATION) {
        return c;
    }
    memcpy(c.specification + 1, start, size);
    c.specification[size + 1] = '\0';
    c.length += size;
    c.kind = strchr("diu", letter) != NULL  ? (sizes        ? SIZE
                                               : longs == 0 ? INTEGER
                                               : longs == 1 ? LONG
                                                            : LONG_LONG)
             : strchr("fg", letter) != NULL ? REAL
             : letter == 's'                ? STRING
             : letter == 'c'                ? CHARACTER
             : letter == '%'                ? PERCENT
                                            : NONE;
    return c;
}

typedef struct argument {
    kind kind;
    union {
        int integer;
        long whole;
        long long wide;
        size_t size;
        double real;
        const char *string;
    } is;
} argument;

/* The arguments as the key's conversions say; returns how many. */
static int take_arguments(const char *key, argument taken[ARGUMENTS], va_list arguments) {
    int count = 0;
    for (const char *at = strchr(key, '%'); at != NULL && count < ARGUMENTS; at = strchr(at, '%')) {
        conversion c = read_conversion(at);
        at += c.length;
        argument *one = &taken[count];
        one->kind = c.kind;
        switch (c.kind) {
        case INTEGER:
        case CHARACTER:
            one->is.integer = va_arg(arguments, int);
            break;
        case LONG:
            one->is.whole = va_arg(arguments, long);
            break;
        case LONG_LONG:
            one->is.wide = va_arg(arguments, long long);
            break;
        case SIZE:
            one->is.size = va_arg(arguments, size_t);
            break;
        case REAL:
            one->is.real = va_arg(arguments, double);
            break;
        case STRING:
            one->is.string = va_arg(arguments, const char *);
            break;
        default:
            continue; /* %% takes none */
        }
        count++;
    }
    return count;
}

typedef struct writer {
    char *to;
    size_t size, length;
} writer;

static void put(writer *out, const char *text, size_t length) {
    for (size_t i = 0; i < length && out->length + 1 < out->size; i++) {
        out->to[out->length++] = text[i];
    }
}

/* %-22s by characters: %s pads by bytes. */
static void put_string(writer *out, const char *specification, const char *text) {
    const bool left = strchr(specification, '-') != NULL;
    const char *digits = specification + strcspn(specification, "123456789.");
    size_t width = 0, characters = 0, bytes = strlen(text), most = SIZE_MAX;
    for (; *digits >= '0' && *digits <= '9'; digits++) {
        width = 10 * width + (size_t)(*digits - '0');
    }
    if (*digits == '.') {
        for (most = 0, digits++; *digits >= '0' && *digits <= '9'; digits++) {
            most = 10 * most + (size_t)(*digits - '0');
        }
    }
    bytes = bytes < most ? bytes : most;
    for (size_t i = 0; i < bytes; i++) {
        characters += ((unsigned char)text[i] & 0xc0) != 0x80;
    }
    for (size_t i = characters; !left && i < width; i++) {
        put(out, " ", 1);
    }
    put(out, text, bytes);
    for (size_t i = characters; left && i < width; i++) {
        put(out, " ", 1);
    }
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" /* a specification is a conversion of the key, or the same kind   \
                                                      */
static void put_argument(writer *out, const char *specification, const argument *one) {
    char text[NUMBER];
    switch (one->kind) {
    case INTEGER:
    case CHARACTER:
        (void)snprintf(text, sizeof text, specification, one->is.integer);
        break;
    case LONG:
        (void)snprintf(text, sizeof text, specification, one->is.whole);
        break;
    case LONG_LONG:
        (void)snprintf(text, sizeof text, specification, one->is.wide);
        break;
    case SIZE:
        (void)snprintf(text, sizeof text, specification, one->is.size);
        break;
    case REAL:
        (void)snprintf(text, sizeof text, specification, one->is.real);
        break;
    default:
        put_string(out, specification, one->is.string);
        return;
    }
    char *point = one->kind == REAL ? strchr(text, '.') : NULL;
    if (point != NULL) {
        *point = *jk_text_decimal();
    }
    put(out, text, strlen(text));
}
#pragma GCC diagnostic pop

static void put_text(writer *out, const char *text, size_t length, const argument *taken, int count) {
    int next = 0;
    const char *end = text + length;
    while (text < end) {
        const char *sign = memchr(text, '%', (size_t)(end - text));
        put(out, text, (size_t)((sign != NULL ? sign : end) - text));
        if (sign == NULL) {
            return;
        }
        conversion c = read_conversion(sign);
        text = sign + c.length;
        if (c.kind == PERCENT) {
            put(out, "%", 1);
            continue;
        }
        int place = c.place > 0 ? c.place - 1 : next++;
        if (place < count && taken[place].kind == c.kind) {
            put_argument(out, c.specification, &taken[place]);
        }
    }
}

static bool is_around(char c) {
    return c == ' ' || c == '\n';
}

/* Whether a text says something in words: a letter outside its conversions. */
static bool has_words(const char *text) {
    while (*text != '\0') {
        if (*text == '%') {
            text += read_conversion(text).length;
        } else if ((*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z')) {
            return true;
        } else {
            text++;
        }
    }
    return false;
}

void jk_text_vformat(char *to, size_t size, const char *format, va_list arguments) {
    if (spoken == JK_ENGLISH) {
        (void)vsnprintf(to, size, format, arguments);
        return;
    }
    argument taken[ARGUMENTS];
    writer out = {to, size, 0};
    int count = take_arguments(format, taken, arguments);
    size_t length = strlen(format), before = 0;
    const text_entry *entry = find(format, length);
    if (entry != NULL) {
        put_text(&out, entry->words[spoken], strlen(entry->words[spoken]), taken, count);
    } else {
        while (before < length && is_around(format[before])) {
            before++;
        }
        size_t end = length;
        while (end > before && is_around(format[end - 1])) {
            end--;
        }
        entry = find(format + before, end - before);
        const char *words = entry != NULL ? entry->words[spoken] : format + before;
        put(&out, format, before);
        put_text(&out, words, entry != NULL ? strlen(words) : end - before, taken, count);
        put(&out, format + end, length - end);
        if (entry == NULL && has_words(format)) {
            miss(format);
        }
    }
    if (size > 0) {
        to[out.length] = '\0';
    }
}

void jk_text_format(char *to, size_t size, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    jk_text_vformat(to, size, format, arguments);
    va_end(arguments);
}

void jk_text_vprint(FILE *out, const char *format, va_list arguments) {
    char text[LINE];
    if (spoken == JK_ENGLISH) {
        (void)vfprintf(out, format, arguments);
        return;
    }
    jk_text_vformat(text, sizeof text, format, arguments);
    (void)fputs(text, out);
}

void jk_text_print(FILE *out, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    jk_text_vprint(out, format, arguments);
    va_end(arguments);
}

/* ---- the catalogue ---------------------------------------------------------------------------------------------- */

const char *jk_text_in(jk_language language, const char *key) {
    const text_entry *entry = find(key, strlen(key));
    return entry != NULL ? entry->words[language] : key;
}

bool jk_text_is_code(size_t index) {
    const char *key = entries[index].key;
    return strcmp(key, entries[index].words[JK_ENGLISH]) != 0 &&
           strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(key);
}

bool jk_text_is_plain(size_t index) {
    for (const char *at = strchr(entries[index].key, '%'); at != NULL; at = strchr(at, '%')) {
        conversion c = read_conversion(at);
        if (c.kind != NONE) {
            return false;
        }
        at++;
    }
    return true;
}

size_t jk_text_count(void) {
    return ENTRIES;
}

const char *jk_text_key(size_t index) {
    return entries[index].key;
}

const char *jk_text_at(size_t index, jk_language language) {
    return entries[index].words[language];
}

bool jk_text_sound(size_t index, jk_language language) {
    kind kinds[ARGUMENTS] = {NONE};
    int count = 0, next = 0;
    for (const char *at = strchr(entries[index].words[JK_ENGLISH], '%'); at != NULL; at = strchr(at, '%')) {
        conversion c = read_conversion(at);
        at += c.length;
        if (c.kind != PERCENT && (c.kind == NONE || count == ARGUMENTS)) {
            return true; /* a percent sign in words, not a format: nothing to hold it against */
        }
        if (c.kind != PERCENT) {
            kinds[count++] = c.kind;
        }
    }
    for (const char *at = strchr(entries[index].words[language], '%'); at != NULL && count > 0; at = strchr(at, '%')) {
        conversion c = read_conversion(at);
        at += c.length;
        if (c.kind == PERCENT) {
            continue;
        }
        int place = c.place > 0 ? c.place - 1 : next++;
        if (place >= count || kinds[place] != c.kind) {
            return false;
        }
    }
    return true;
}
