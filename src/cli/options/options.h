/* SPDX-License-Identifier: Apache-2.0 */
/* Options as a table. A command describes each option once, in a record: its name, what kind of value it takes, where
 * the value goes, its bounds or words, what holds without it, a sentence. Reading the command line, `jalki help
 * COMMAND`, the man pages, the completion of shells and docs/commands.md are made from these records; no command reads
 * options itself.
 *
 * A new option is one record and one field of the command's struct:
 *
 *     {"top", .kind = JK_OPTION_INTEGER, JK_FIELD(worklist_command, options.top), .value = "N",
 *      .low = 1, .high = 1e9, .standard = "100", .help = "Length of the list"},
 *
 * Options that several commands have stand in a group (groups.h), which a command names with the place of the group's
 * struct in its own.
 */
#ifndef JK_CLI_OPTIONS_H
#define JK_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "jalki/status.h"

typedef enum jk_option_kind {
    JK_OPTION_FLAG,     /* bool or int: 1 if given */
    JK_OPTION_TEXT,     /* const char *: as given */
    JK_OPTION_FILE_IN,  /* const char *: a file that is read; no output may replace it */
    JK_OPTION_FILE_OUT, /* const char *: a file that is written; never one of the inputs, nor another output */
    JK_OPTION_INTEGER,  /* an integer of 4 or 8 bytes, from low to high; 0 until given */
    JK_OPTION_NUMBER,   /* double, from low to high; this and the next three are NaN until given */
    JK_OPTION_MONEY,    /* double, an amount from low to high; without a high bound from 0 to 1e15 */
    JK_OPTION_PERCENT,  /* double, given in percent from low to high, kept as a share */
    JK_OPTION_RETURN,   /* double, a yearly return: 0.15 is 15 %; more than 1 is told to be likely a slip */
    JK_OPTION_DATE,     /* int32_t, YYYY-MM-DD; JK_MISSING_INTEGER until given */
    JK_OPTION_CHOICE,   /* an enum or int: the place of the word in `choices`; -1 until given */
    JK_OPTION_SIZE,     /* size_t, bytes: a number with K, M, G or T */
    JK_OPTION_SPECIAL,  /* whatever `read` makes of it */
    JK_OPTION_HELP,     /* shows the command's help and ends */
} jk_option_kind;

typedef struct jk_usage jk_usage; /* one reading of a command line: what was given, whether it was right */

/* Reads one value; a mistake is told with jk_usage_error, after which nothing more is read. `text` may be cut up. */
typedef void jk_option_read(jk_usage *usage, const char *name, char *text, void *field);

typedef struct jk_option {
    const char *name; /* without its dashes, and how messages name it; of an operand: what it is, "tape" */
    char letter;      /* short form, or 0 */
    jk_option_kind kind;
    size_t at, size;            /* the field in the group's struct: JK_FIELD */
    bool is_real;               /* the field is double */
    const char *value;          /* the value's name in help: "M.yaml" */
    double low, high;           /* bounds of INTEGER, NUMBER, MONEY, PERCENT */
    const char *const *choices; /* words of CHOICE, NULL-ended; of SPECIAL: what completion offers */
    jk_option_read *read;       /* of SPECIAL */
    size_t most, count_at;      /* JK_SEVERAL: the field is an array of so many, the count is here, size_t */
    const char *standard;       /* what holds without the option, as it would be given (of SPECIAL: read, not kept) */
    const char *otherwise;      /* what holds without it, in words, where no value can say it */
    const char *help;           /* a sentence, without a full stop */
    const char *example;        /* a value as one would give it */
    bool is_needed;             /* the command is wrong without it, */
    const char *missing;        /* which is said in these words, or in the usual ones; */
    bool not_in_part;           /* a part of a run (--part) does without */
    bool no_stdout;             /* FILE_OUT: "-" is refused */
    bool takes_parquet;         /* FILE_OUT: Parquet where the name says so */
    bool is_model;              /* FILE_IN: looked for where models are (models.h) */
    bool of_parts;              /* FILE_OUT: a part of a run writes it, too */
    bool is_idle;               /* no figure depends on it: the record of the run leaves it out */
    bool names_person;          /* its value is an id: the record keeps it only where ids are asked for */
    const char *needs;          /* an option without which this one is about nothing */
} jk_option;

#define JK_FIELD(type, field)                                                                                          \
    .at = offsetof(type, field), .size = sizeof(((type *)0)->field), .is_real = _Generic(((type *)0)->field,           \
        double: true,                                                                                                  \
        double *: true,                                                                                                \
        default: false)

/* An array with its count: numbers are given once with commas between, texts and files by giving the option again.
 * With `most` = JK_OPTION_ALL, for operands: the field is a pointer, const char *const *, to all that are given. */
#define JK_SEVERAL(type, count, most_) .most = (most_), .count_at = offsetof(type, count)
#define JK_OPTION_ALL                  SIZE_MAX

#define JK_INTEGER_MOST 0x1p63 /* as `high`: any integer from `low` */

typedef struct jk_option_group {
    const char *title;        /* heading in help, or NULL */
    const jk_option *options; /* ended by a record without a name */
    size_t base;              /* where the struct of its fields stands in the command's */
    bool with_operand;        /* what is needed of it, is needed only where an operand is given */
} jk_option_group;

enum { JK_COMMAND_GROUPS = 14, JK_COMMAND_EXAMPLES = 6, JK_COMMAND_OPTIONS = 64 };

typedef struct jk_command {
    const char *name;
    const char *summary; /* one line for `jalki help` */
    const char *purpose; /* a paragraph for `jalki help NAME` */
    const char *usage;   /* what must be given, or NULL: the operand and the options that are needed */
    const char *examples[JK_COMMAND_EXAMPLES]; /* lines that can be pasted */
    jk_option operand; /* what stands without dashes: its name, value and kind; no name: there is none */
    jk_option_group groups[JK_COMMAND_GROUPS]; /* ended by a group without options; the common one is last by itself */
    size_t size;                               /* of the command's struct, which begins with a jk_cli_common */
    const char *no_parts; /* why it cannot be done in parts, and what to do instead, where people might expect it */
    bool shares_work;     /* ranks of MPI share its work; else rank 0 does it alone */
    void (*prepare)(void *command);                /* sets what is not zero before reading, or NULL */
    void (*check)(jk_usage *usage, void *command); /* what the records cannot say, or NULL */
    int (*run)(void *command);                     /* returns the exit code */
} jk_command;

/* An option of a command: its record and where its group's struct begins. */
typedef struct jk_option_place {
    const jk_option *option;
    const jk_option_group *group; /* NULL: the operand */
} jk_option_place;

/* All options of a command, the operand first if there is one; returns how many. */
size_t jk_command_options(const jk_command *command, jk_option_place places[JK_COMMAND_OPTIONS]);

/* Reads the command line (argv without the program and the command's name), checks outputs against inputs, runs the
 * command. Returns the exit code: 2 for wrong usage, said on stderr. */
int jk_command_run(const jk_command *command, int argc, char **argv);

/* ---- for `read` and `check` ----------------------------------------------------------------------------------- */

/* Says what is wrong with the usage; only the first is shown. */
__attribute__((format(printf, 2, 3))) void jk_usage_error(jk_usage *usage, const char *format, ...);
bool jk_usage_wrong(const jk_usage *usage);

/* Whether the option of this name was given. */
bool jk_usage_given(const jk_usage *usage, const char *name);

/* Read a value; where it is none, or out of bounds, this is told of `name` ("--floor payback") and 0 is returned. */
int64_t jk_usage_integer(jk_usage *usage, const char *name, const char *text, int64_t low, int64_t high);
double jk_usage_real(jk_usage *usage, const char *name, const char *text, double low, double high);

#endif
