/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"

#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/number/clock.h"
#include "base/text/text.h"
#include "base/words/language.h"
#include "cli/host.h"

static volatile sig_atomic_t interrupted;

static void on_signal(int signal_number) {
    (void)signal_number;
    interrupted = 1;
}

typedef struct progress_line {
    bool show;
    bool open; /* a line is on the screen and not ended */
    const char *stage;
    double started;        /* when the stage was first heard of, */
    uint64_t started_done; /* and how far it was then */
} progress_line;

static progress_line line;

void jk_cli_end_progress(void) {
    if (line.open) {
        (void)dprintf(STDERR_FILENO, "\r\033[K"); /* past the filter of cli/print/streams.h */
        line.open = false;
    }
    line.stage = NULL; /* the same stage may come again */
}

static int on_progress(void *context, const char *stage, uint64_t done, uint64_t total) {
    (void)context;
    if (line.show) {
        if (line.stage == NULL || strcmp(line.stage, stage) != 0) {
            line.stage = stage;
            line.started = jk_seconds_now();
            line.started_done = done;
        }
        double elapsed = jk_seconds_now() - line.started;
        /* not before there is something to measure a rate on */
        double rate = elapsed >= 0.1 && done > line.started_done ? (double)(done - line.started_done) / elapsed : 0.0;
        if (total > 0 && done >= total) {
            jk_cli_end_progress();
        } else if (total > 0 && rate > 0.0) {
            (void)dprintf(STDERR_FILENO, "\r\033[K%s: %.0f %%, %.0f a second, %.0f s left", stage,
                          100.0 * (double)done / (double)total, rate, (double)(total - done) / rate);
            line.open = true;
        }
    }
    return interrupted;
}

jk_status jk_cli_block_rows(size_t *rows, jk_error *error) {
    enum { ROWS_MOST = 1 << 20 };
    const char *wanted = getenv("JALKI_BLOCK_ROWS");
    int64_t number = 0;
    bool given = wanted != NULL && wanted[0] != '\0';
    if (given && (!jk_text_to_integer(wanted, strlen(wanted), &number) || number < 1 || number > ROWS_MOST)) {
        return jk_fail(error, JK_ERROR_ARGUMENT, NULL, 0, NULL, "JALKI_BLOCK_ROWS is \"%.32s\"; expected 1 to %d",
                       wanted, ROWS_MOST);
    }
    *rows = (size_t)number;
    return JK_OK;
}

jk_run jk_cli_run(const jk_cli_common *common) {
    size_t block_rows = 0;
    (void)jk_cli_block_rows(&block_rows, NULL); /* refused before the command began, where it is wrong */
    if (jk_host_current() != NULL) {
        return (jk_run){.threads = common->threads, .block_rows = block_rows, .progress = jk_host_progress};
    }
    line = (progress_line){.show = !common->quiet && isatty(STDERR_FILENO)};
    struct sigaction action = {.sa_handler = on_signal};
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
    return (jk_run){.threads = common->threads, .block_rows = block_rows, .progress = on_progress};
}

int jk_cli_fail(const jk_error *error) {
    char text[JK_ERROR_TEXT_MAX];
    jk_cli_end_progress();
    if (jk_host_current() != NULL) {
        jk_host_current()->error = *error;
    }
    (void)fprintf(stderr, "jalki: %s\n", jk_error_text(error, text, sizeof text));
    return error->status == JK_ERROR_INTERRUPTED ? 130 : 1;
}

void jk_cli_note(const jk_cli_common *common, const char *format, ...) {
    if (common->quiet) {
        return;
    }
    jk_cli_end_progress();
    va_list arguments;
    va_start(arguments, format);
    (void)fputs("jalki: ", stderr);
    (void)vfprintf(stderr, format, arguments);
    (void)fputc('\n', stderr);
    va_end(arguments);
}

void jk_cli_speak(const jk_cli_common *common) {
    jk_language_speak(common->language > 0 ? (jk_language)common->language : JK_ENGLISH);
}

void jk_cli_say(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    jk_text_vprint(stdout, format, arguments);
    va_end(arguments);
}

void jk_cli_note_rate(const jk_cli_common *common, double rate) {
    if (rate > 1.0) {
        jk_cli_note(common, "warning: --irr %g is %g %% a year; %g %% a year is --irr %g", rate, 100.0 * rate, rate,
                    rate / 100.0);
    }
}

int jk_cli_finish(void) {
    static bool said;
    if (jk_text_missed() != NULL) {
        (void)fprintf(stderr, "jalki: not in the language asked for: %s\n", jk_text_missed());
    }
    jk_language_end();
    if (fflush(stdout) != 0 || ferror(stdout)) {
        if (!said) {
            (void)fprintf(stderr, "jalki: cannot write to standard output\n");
        }
        said = true;
        return 1;
    }
    return 0;
}

int jk_cli_print_text(char *text) {
    if (text == NULL) {
        (void)fprintf(stderr, "jalki: out of memory for the output\n");
        return 1;
    }
    (void)fputs(text, stdout);
    free(text);
    return jk_cli_finish();
}

char *jk_cli_name_beside(const char *model, const char *ending) {
    size_t length = strlen(model);
    const char *dot = strrchr(model, '.');
    bool yaml = dot != NULL && (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0);
    size_t stem = yaml ? (size_t)(dot - model) : length;
    char *name = malloc(stem + strlen(ending) + 1);
    if (name != NULL) {
        memcpy(name, model, stem);
        memcpy(name + stem, ending, strlen(ending) + 1);
    }
    return name;
}
