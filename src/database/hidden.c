/* SPDX-License-Identifier: Apache-2.0 */
#include "database/hidden.h"

#include <ctype.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

typedef struct hidden_text {
    char *name, *secret;
} hidden_text;

static struct {
    pthread_mutex_t lock;
    hidden_text *list;
    size_t count;
} hidden = {PTHREAD_MUTEX_INITIALIZER, NULL, 0};

const char *jk_hidden_add(char *name, const char *secret) {
    char *copy = strdup(secret);
    (void)pthread_mutex_lock(&hidden.lock);
    hidden_text *grown = realloc(hidden.list, (hidden.count + 1) * sizeof *grown);
    hidden.list = grown != NULL ? grown : hidden.list;
    bool held = name != NULL && copy != NULL && grown != NULL;
    if (held) {
        hidden.list[hidden.count++] = (hidden_text){name, copy};
    }
    (void)pthread_mutex_unlock(&hidden.lock);
    if (!held) {
        free(name);
        free(copy);
    }
    return held ? name : NULL;
}

char *jk_hidden_secret(const char *name) {
    char *secret = NULL;
    (void)pthread_mutex_lock(&hidden.lock);
    for (size_t i = hidden.count; i > 0 && secret == NULL; i--) {
        secret = strcmp(hidden.list[i - 1].name, name) == 0 ? strdup(hidden.list[i - 1].secret) : NULL;
    }
    (void)pthread_mutex_unlock(&hidden.lock);
    return secret;
}

static int digit_of(char c) {
    return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

char *jk_url_decoded(const char *text, size_t length) {
    char *out = malloc(length + 1), *to = out;
    for (size_t i = 0; out != NULL && i < length; i++) {
        bool coded = text[i] == '%' && i + 2 < length && isxdigit((unsigned char)text[i + 1]) &&
                     isxdigit((unsigned char)text[i + 2]);
        *to++ = coded ? (char)(16 * digit_of(text[i + 1]) + digit_of(text[i + 2])) : text[i];
        i += coded ? 2 : 0;
    }
    if (out != NULL) {
        *to = '\0';
    }
    return out;
}

jk_status jk_database_said(const char *name, const char *what, const char *said, jk_error *error) {
    said = said == NULL || said[0] == '\0' ? "the server does not say why" : said;
    size_t length = strcspn(said, "\n");
    const char *user = strstr(said, " for user");
    length = user != NULL && (size_t)(user - said) < length ? (size_t)(user - said) : length;
    return jk_fail(error, JK_ERROR_IO, name, 0, NULL, "%s: %.*s", what, (int)length, said);
}
