/* SPDX-License-Identifier: Apache-2.0 */
/* What is odd in the rows of a tape and yet no reason to reject them, counted by kind, column and text. Each chunk
 * counts its own; the committing stage adds them up in the order of the chunks, so that threads do not show. */
#ifndef JK_IMPORT_ODD_H
#define JK_IMPORT_ODD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum jk_odd_kind {
    JK_ODD_LONE_QUOTE,     /* rows whose quotes do not pair */
    JK_ODD_LONG_CELL,      /* rows with a cell of more than three lines */
    JK_ODD_SHORT_ROW,      /* rows that end early */
    JK_ODD_LONG_ROW,       /* rows with empty cells behind the last column */
    JK_ODD_INVALID_USED,   /* cells that a rule reads and that are no text; column: the field */
    JK_ODD_INVALID_TEXT,   /* cells that nothing reads, or that are read as they are; column: the field */
    JK_ODD_GARBLED,        /* places where UTF-8 was read as something else */
    JK_ODD_EXPONENT_ID,    /* identifiers such as 1.23E+11; column: the canonical one */
    JK_ODD_PLACEHOLDER,    /* debtor_id that stands for none */
    JK_ODD_SENTINEL,       /* dates that stand for none; column: the canonical one */
    JK_ODD_DROPPED,        /* cells that could not be read, taken as missing; column: the canonical one */
    JK_ODD_THREE_DECIMALS, /* amounts with three decimals; column: the canonical one */
    JK_ODD_OTHER_DECIMALS, /* amounts with another number of them */
    JK_ODD_DECIMAL_COMMA,  /* numbers that have a comma where a point is expected */
    JK_ODD_VALUE_LISTED,   /* cells that a list of values names; column: line of the mapping */
    JK_ODD_VALUE_OTHER,    /* cells that it does not name */
    JK_ODD_UNMATCHED,      /* rows that found no partner; column: the source, text: the key */
    JK_ODD_RATE,           /* interest rates */
    JK_ODD_HIGH_RATE,      /* those above a half a year */
    JK_ODD_INCOME,         /* incomes */
    JK_ODD_ZERO_INCOME,    /* those that are exactly 0 */
    JK_ODD_PARTIAL_DATE,   /* dates whose day or month is 00; column: the canonical one */
    JK_ODD_DATE_FORM,      /* dates that could not be read; text: a format that they have */
    JK_ODD_OTHER_FILE,     /* claim_id that another file has */
    JK_ODD_KINDS
} jk_odd_kind;

enum { JK_ODD_TEXT = 40, JK_ODD_TEXTS = 64 };

typedef struct jk_odd_entry {
    uint8_t kind;
    uint8_t length;
    int32_t column;
    uint64_t count;
    uint64_t line; /* of the first one; of a chunk: physical lines before it */
    char text[JK_ODD_TEXT];
} jk_odd_entry;

/* Zero-initialise. A chunk keeps all its texts; of the total of all chunks each kind and column keeps the first
 * JK_ODD_TEXTS, and counts what comes later together, with an empty text: so it does not show how a file was cut. */
typedef struct jk_odd_list {
    size_t count, capacity;
    jk_odd_entry *list;
    size_t slot_count; /* a power of two */
    uint32_t *slots;   /* entry + 1; 0: free */
    bool failed;       /* no memory: some were not counted */
} jk_odd_list;

/* Counts `count` more; of a long text the beginning is kept. */
void jk_odd_add(jk_odd_list *odd, jk_odd_kind kind, int32_t column, const char *text, size_t length, uint64_t line,
                uint64_t count);

/* Adds those of a chunk that begins at a line of its file, and empties them. */
void jk_odd_merge(jk_odd_list *total, jk_odd_list *chunk, uint64_t line);

/* Count over all texts of a kind (and a column, where it is not negative). */
uint64_t jk_odd_count(const jk_odd_list *odd, jk_odd_kind kind, int32_t column);

/* The first entry of a kind and column, or NULL. */
const jk_odd_entry *jk_odd_first(const jk_odd_list *odd, jk_odd_kind kind, int32_t column);

void jk_odd_free(jk_odd_list *odd);

#endif
