/* SPDX-License-Identifier: Apache-2.0 */
/* Mappings that are always YAML: the bytes choose keys that mappings have, values of every kind and how deep they lie,
 * so that the readers of rules are reached, which bytes at random seldom do. A mapping or an error, never a crash. */
#include "fuzz_file.h"

#include <string.h>

#include "import/mapping/mapping.h"

typedef struct recipe {
    const uint8_t *bytes;
    size_t left;
    char text[1 << 16];
    size_t length;
} recipe;

static unsigned take(recipe *self) {
    if (self->left == 0) {
        return 0;
    }
    self->left--;
    return *self->bytes++;
}

static void put(recipe *self, const char *text) {
    size_t length = strlen(text);
    if (self->length + length < sizeof self->text) {
        memcpy(self->text + self->length, text, length);
        self->length += length;
    }
}

static const char *const keys[] = {"column",
                                   "columns",
                                   "sources",
                                   "source",
                                   "name",
                                   "key",
                                   "joined_by",
                                   "recognised_by",
                                   "max_unmatched",
                                   "separator",
                                   "encoding",
                                   "decimal",
                                   "thousands",
                                   "quote",
                                   "escape",
                                   "header",
                                   "header_row",
                                   "skip_footer",
                                   "date_format",
                                   "pivot",
                                   "unit",
                                   "units",
                                   "missing",
                                   "sentinels",
                                   "values",
                                   "otherwise",
                                   "constant",
                                   "prefix",
                                   "file",
                                   "sum",
                                   "plus",
                                   "minus",
                                   "divide_by",
                                   "first",
                                   "last",
                                   "between",
                                   "from",
                                   "to",
                                   "above",
                                   "below",
                                   "at_least",
                                   "in",
                                   "not",
                                   "where",
                                   "text",
                                   "clean",
                                   "digits",
                                   "alnum",
                                   "upper",
                                   "lower",
                                   "spaces",
                                   "zeros",
                                   "pad",
                                   "year_of",
                                   "months_between",
                                   "days_past_due",
                                   "date_plus_months",
                                   "months",
                                   "date",
                                   "age",
                                   "percent",
                                   "cents",
                                   "expect",
                                   "claims",
                                   "balance",
                                   "tape",
                                   "cutoff",
                                   "optional",
                                   "period",
                                   "within_months",
                                   "count",
                                   "earliest",
                                   "latest",
                                   "where",
                                   "own",
                                   "claim_id",
                                   "debtor_id",
                                   "country",
                                   "debtor_type",
                                   "product",
                                   "currency",
                                   "written_off_on",
                                   "defaulted_on",
                                   "last_paid_on",
                                   "limitation_on",
                                   "title_on",
                                   "principal",
                                   "interest_accrued",
                                   "fees",
                                   "interest_rate",
                                   "legal_status",
                                   "birth_year",
                                   "income_monthly",
                                   "employment",
                                   "reachable",
                                   "payments_12m",
                                   "vulnerable",
                                   "period_start",
                                   "period_end",
                                   "treatment",
                                   "cash",
                                   "exit",
                                   "loans",
                                   "x",
                                   "prefer",
                                   "latest_by",
                                   "aggregates",
                                   "monthly",
                                   "rows",
                                   "extra",
                                   "type",
                                   "number",
                                   "money",
                                   "empty"};
static const char *const words[] = {"~",
                                    "''",
                                    "claim_id",
                                    "x",
                                    "loans",
                                    "loans.x",
                                    "1",
                                    "0",
                                    "-1",
                                    "1e308",
                                    "0.5",
                                    "1e999",
                                    "\"%Y-%m-%d\"",
                                    "\"%d.%m.%y\"",
                                    "dd.mm.yyyy",
                                    "excel",
                                    "\",\"",
                                    "\";\"",
                                    "tab",
                                    "utf-8",
                                    "latin1",
                                    "cp1252",
                                    "true",
                                    "false",
                                    "EUR",
                                    "FI",
                                    "consumer",
                                    "title",
                                    "2026-06-30",
                                    "9999-12-31",
                                    "percent",
                                    "cents",
                                    "monthly",
                                    "first",
                                    "last",
                                    "all",
                                    "99999999999999999999",
                                    "\"\\u0000\"",
                                    "\"\\x1b\"",
                                    "!!int 3",
                                    "&a b",
                                    "*a",
                                    "missing",
                                    "none",
                                    "\"a#2\"",
                                    "[1, 2]",
                                    "{}",
                                    "[]"};

static void put_value(recipe *self, int depth);

static void put_map(recipe *self, int depth) {
    put(self, "{");
    for (unsigned i = 0, count = take(self) % 5; i < count; i++) {
        put(self, i > 0 ? ", " : "");
        put(self, take(self) % 8 == 0 ? words[take(self) % (sizeof words / sizeof *words - 3)]
                                      : keys[take(self) % (sizeof keys / sizeof *keys)]);
        put(self, ": ");
        put_value(self, depth + 1);
    }
    put(self, "}");
}

static void put_value(recipe *self, int depth) {
    unsigned kind = depth > 6 ? 0 : take(self) % 8;
    if (kind < 4) {
        put(self, words[take(self) % (sizeof words / sizeof *words)]);
    } else if (kind < 6) {
        put_map(self, depth);
    } else {
        put(self, "[");
        for (unsigned i = 0, count = take(self) % 5; i < count; i++) {
            put(self, i > 0 ? ", " : "");
            put_value(self, depth + 1);
        }
        put(self, "]");
    }
}

/* Columns that a tape needs, some of which the recipe leaves out, and what else it wants at the top. */
static void put_mapping(recipe *self) {
    static const char *const needed[] = {"claim_id", "country", "currency", "written_off_on", "principal"};
    unsigned left_out = take(self);
    for (unsigned i = 0, count = take(self) % 8; i < count; i++) {
        put(self, keys[take(self) % (sizeof keys / sizeof *keys)]);
        put(self, ": ");
        put_value(self, 0);
        put(self, "\n");
    }
    put(self, "columns:\n");
    for (unsigned i = 0; i < sizeof needed / sizeof *needed; i++) {
        if (left_out % 16 != i) {
            put(self, "  ");
            put(self, needed[i]);
            put(self, ": ");
            if (take(self) % 2 == 0) {
                put(self, needed[i]);
            } else {
                put_value(self, 1);
            }
            put(self, "\n");
        }
    }
    for (unsigned i = 0, count = take(self) % 8; i < count; i++) {
        put(self, "  ");
        put(self, keys[take(self) % (sizeof keys / sizeof *keys)]);
        put(self, ": ");
        put_value(self, 1);
        put(self, "\n");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static recipe self;
    char path[64];
    self = (recipe){.bytes = data, .left = size};
    put_mapping(&self);
    int fd = fuzz_file((const uint8_t *)self.text, self.length, path);
    jk_mapping *mapping = NULL;
    jk_error error = {0};
    jk_status status = jk_mapping_load(path, size % 2 == 0 ? JK_KIND_TAPE : JK_KIND_PANEL, &mapping, &error);
    FUZZ_AGREE(status, error);
    if ((status == JK_OK) != (mapping != NULL)) {
        abort();
    }
    jk_mapping_free(mapping);
    (void)close(fd);
    return 0;
}
