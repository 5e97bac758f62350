/* SPDX-License-Identifier: Apache-2.0 */
#include "import/rows/codes.h"

#include <string.h>
#include <strings.h>

enum { WORDS_MAX = 8, NAME_LEAST = 5 };

typedef struct code_words {
    const char *code;
    const char *words[WORDS_MAX]; /* in small letters */
} code_words;

/* The countries of the shipped models and their neighbours; others are written as codes. */
static const code_words countries[] = {
    {"FI", {"fin", "finland", "suomi", "246", "soome"}},
    {"SE", {"swe", "sweden", "sverige", "ruotsi", "752", "rootsi"}},
    {"DK", {"dnk", "denmark", "danmark", "tanska", "208", "taani"}},
    {"NO", {"nor", "norway", "norge", "noreg", "norja", "578", "norra"}},
    {"EE", {"est", "estonia", "eesti", "estland", "viro", "233"}},
    {"LV", {"lva", "latvia", "latvija", "lettland"}},
    {"LT", {"ltu", "lithuania", "lietuva", "litauen"}},
    {"DE", {"deu", "germany", "deutschland", "tyskland", "saksa"}},
    {"PL", {"pol", "poland", "polska", "polen", "puola"}},
    {"NL", {"nld", "netherlands", "nederland"}},
    {"ES", {"esp", "spain"}},
    {"FR", {"fra", "france"}},
    {"IT", {"ita", "italy"}},
    {"AT", {"aut", "austria"}},
    {"BE", {"bel", "belgium"}},
    {"IE", {"irl", "ireland"}},
    {"IS", {"isl", "iceland", "island"}},
    {"GB", {"gbr", "uk", "united kingdom"}},
    {"US", {"usa", "united states"}},
};

/* "kr" is the money of three countries and stands for none. */
static const code_words currencies[] = {
    {"EUR", {"\xe2\x82\xac", "euro", "euros", "euroa"}},
    {"USD", {"us$"}},
    {"GBP", {"\xc2\xa3"}},
    {"PLN", {"z\xc5\x82"}},
};

/* Codes that may come in small letters. */
static const char *const country_codes[] = {
    "FI", "SE", "DK", "NO", "EE", "LV", "LT", "DE", "PL", "NL", "ES", "FR", "IT", "AT", "BE", "IE", "IS", "GB", "US",
    "LU", "PT", "GR", "CZ", "SK", "HU", "RO", "BG", "HR", "SI", "CY", "MT", "CH", "LI", "UA", "RU", "CA", "AU"};
static const char *const currency_codes[] = {"EUR", "SEK", "DKK", "NOK", "ISK", "USD", "GBP", "CHF", "PLN",
                                             "CZK", "HUF", "RON", "BGN", "CAD", "AUD", "JPY", "UAH"};

static const char *find_word(const code_words *list, size_t count, const char *text, size_t length) {
    for (size_t i = 0; i < count; i++) {
        for (size_t w = 0; w < WORDS_MAX && list[i].words[w] != NULL; w++) {
            if (strlen(list[i].words[w]) == length && strncasecmp(list[i].words[w], text, length) == 0) {
                return list[i].code;
            }
        }
    }
    return NULL;
}

static const char *find_code(const char *const *codes, size_t count, const char *text, size_t length) {
    for (size_t i = 0; i < count; i++) {
        if (strlen(codes[i]) == length && strncasecmp(codes[i], text, length) == 0) {
            return codes[i];
        }
    }
    return NULL;
}

const char *jk_code_of(bool country, const char *text, size_t length) {
    const char *code = country
                           ? find_code(country_codes, sizeof country_codes / sizeof country_codes[0], text, length)
                           : find_code(currency_codes, sizeof currency_codes / sizeof currency_codes[0], text, length);
    return code != NULL ? code
           : country    ? find_word(countries, sizeof countries / sizeof countries[0], text, length)
                        : find_word(currencies, sizeof currencies / sizeof currencies[0], text, length);
}

const char *jk_country_within(const char *plain) {
    const char *code = jk_code_of(true, plain, strlen(plain));
    for (size_t i = 0; code == NULL && i < sizeof countries / sizeof countries[0]; i++) {
        for (size_t w = 0; w < WORDS_MAX && countries[i].words[w] != NULL; w++) {
            const char *word = countries[i].words[w];
            code = strlen(word) >= NAME_LEAST && strstr(plain, word) != NULL ? countries[i].code : code;
        }
    }
    return code;
}
