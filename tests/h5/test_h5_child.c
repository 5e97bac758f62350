/* SPDX-License-Identifier: Apache-2.0 */
/* The process that opens files: what is made of answers that are cut or of no kind, of each way in which it ends, and
 * what it is kept from. */
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>

#include "h5/h5_answer.h"

/* ---- how the process ends ---------------------------------------------------------------------------------------- */

static void exits_refused(int data) {
    (void)data;
    _exit(3);
}

static void exits_otherwise(int data) {
    (void)data;
    _exit(4);
}

static void is_killed(int data) {
    (void)data;
    (void)raise(SIGKILL);
}

static void takes_too_long(int data) {
    (void)data;
    (void)raise(SIGXCPU);
}

static void is_alarmed(int data) {
    (void)data;
    (void)raise(SIGALRM);
}

static void breaks_down(int data) {
    (void)data;
    (void)raise(SIGSEGV);
}

static void sleeps(int data) {
    (void)data;
    (void)nanosleep(&(struct timespec){.tv_sec = 100}, NULL);
}

#define DAMAGED "it is damaged: the HDF5 library broke down on it (or had no memory left: see ulimit -v)"
#define ENDED                                                                                                          \
    "cannot be read: the system ended the process that reads it, or refused it a descriptor or memory (see ulimit -a)"
#define TOO_LONG "it is damaged: the HDF5 library took too long on it"

static void the_way_a_process_ends_is_told(void **state) {
    (void)state;
    static const struct {
        void (*end)(int data);
        jk_status status;
        const char *said;
    } ends[] = {{NULL, JK_ERROR_FORMAT, DAMAGED},
                {exits_refused, JK_ERROR_IO, ENDED},
                {exits_otherwise, JK_ERROR_FORMAT, DAMAGED},
                {is_killed, JK_ERROR_IO, ENDED},
                {takes_too_long, JK_ERROR_FORMAT, TOO_LONG},
                {is_alarmed, JK_ERROR_FORMAT, TOO_LONG},
                {breaks_down, JK_ERROR_FORMAT, DAMAGED},
                {sleeps, JK_ERROR_FORMAT, DAMAGED}};
    const jk_h5_dataset dataset = contiguous(8, 10, 0);
    jk_h5_file *file = NULL;
    jk_error error;
    for (size_t e = 0; e < COUNT(ends); e++) {
        begin();
        answer.header.dataset_count = 1;
        add(&dataset, sizeof dataset);
        answer.header.bytes = answer.used;
        /* nothing, a header but for a byte, a byte less than announced */
        const size_t sent[] = {0, sizeof answer.header - 1, sizeof answer.header + answer.used - 1};
        for (size_t s = 0; s < (ends[e].end == sleeps ? 1 : COUNT(sent)); s++) {
            answer.sent = sent[s];
            answer.end = ends[e].end;
            assert_int_equal(opened(&file, &error), ends[e].status);
            assert_null(file);
            assert_string_equal(error.message, ends[e].said);
        }
        answer.sent = sizeof answer.header + answer.used; /* all was said: how it ends does not matter */
        assert_int_equal(opened(&file, &error), JK_OK);
        jk_h5_close(file);
    }
    answer.header.magic++;
    answer.end = NULL;
    assert_int_equal(opened(&file, &error), JK_ERROR_FORMAT);
    assert_string_equal(error.message, DAMAGED);
}

static void a_refusal_is_told_in_its_words(void **state) {
    (void)state;
    jk_h5_file *file = NULL;
    jk_error error;
    begin();
    answer.header.failed = 1;
    (void)snprintf(answer.header.message, sizeof answer.header.message, "it is not to its taste");
    assert_int_equal(answered(&file, &error), JK_ERROR_FORMAT);
    assert_string_equal(error.message, "cannot be used: it is not to its taste");
    memset(answer.header.message, 'm', sizeof answer.header.message); /* without an end */
    assert_int_equal(answered(&file, &error), JK_ERROR_FORMAT);
    assert_int_equal(strspn(error.message + strlen("cannot be used: "), "m"), sizeof answer.header.message - 1);
}

/* ---- what it is kept from ---------------------------------------------------------------------------------------- */

extern void __asan_init(void) __attribute__((weak)); /* where it is there, memory goes without a limit */

static char limits[4096], facts_told[8192];
static size_t descriptors;

static pid_t first_child(void) {
    char name[64], text[64] = "";
    pid_t child = 0;
    DIR *tasks = opendir("/proc/self/task");
    for (const struct dirent *task = readdir(tasks); child == 0 && task != NULL; task = readdir(tasks)) {
        (void)snprintf(name, sizeof name, "/proc/self/task/%.20s/children", task->d_name);
        FILE *file = task->d_name[0] == '.' ? NULL : fopen(name, "re");
        child = file != NULL && fgets(text, sizeof text, file) != NULL ? (pid_t)strtol(text, NULL, 10) : 0;
        if (file != NULL) {
            (void)fclose(file);
        }
    }
    (void)closedir(tasks);
    return child;
}

static void read_all(pid_t child, const char *what, char *text, size_t room) {
    char name[64];
    (void)snprintf(name, sizeof name, "/proc/%ld/%s", (long)child, what);
    FILE *file = fopen(name, "re");
    text[file == NULL ? 0 : fread(text, 1, room - 1, file)] = '\0';
    if (file != NULL) {
        (void)fclose(file);
    }
}

/* Looks at the process once its door is closed, and lets it go by the file's first byte. */
static void *watch(void *context) {
    const struct timespec moment = {.tv_nsec = 5000000};
    for (int step = 0; step < 600 && strstr(facts_told, "Seccomp:\t2") == NULL; step++) {
        const pid_t child = first_child();
        (void)nanosleep(&moment, NULL);
        if (child > 0) {
            read_all(child, "status", facts_told, sizeof facts_told);
            read_all(child, "limits", limits, sizeof limits);
            char name[64];
            (void)snprintf(name, sizeof name, "/proc/%ld/fd", (long)child);
            DIR *open_ones = opendir(name);
            descriptors = 0;
            for (const struct dirent *one = open_ones == NULL ? NULL : readdir(open_ones); one != NULL;
                 one = readdir(open_ones)) {
                descriptors += one->d_name[0] != '.';
            }
            if (open_ones != NULL) {
                (void)closedir(open_ones);
            }
        }
    }
    const int fd = open(path, O_WRONLY | O_CLOEXEC);
    (void)!pwrite(fd, "G", 1, 0);
    (void)close(fd);
    return context;
}

static void waits(int data) {
    char first = '\0';
    for (int step = 0; step < 1000 && first != 'G' && pread(data, &first, 1, 0) == 1; step++) {
        (void)nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    }
}

static void is_limited(const char *name, const char *soft, const char *hard) {
    const char *line = strstr(limits, name);
    char found[2][32] = {"", ""};
    assert_non_null(line);
    assert_int_equal(sscanf(line + strlen(name), "%31s %31s", found[0], found[1]), 2);
    assert_string_equal(found[0], soft);
    assert_string_equal(found[1], hard);
}

static uint64_t signals(const char *name) {
    const char *line = strstr(facts_told, name);
    assert_non_null(line);
    return strtoull(line + strlen(name), NULL, 16);
}

static void a_process_is_restrained(void **state) {
    (void)state;
    jk_h5_file *file = NULL;
    jk_error error;
    pthread_t watcher;
    int others[20];
    const uint64_t size = (uint64_t)201 << 20; /* three times 64 MiB, and a part */
    assert_int_equal(truncate(path, (off_t)size), 0);
    for (size_t i = 0; i < COUNT(others); i++) { /* on both sides of those that it needs */
        others[i] = open("/dev/null", O_RDONLY | O_CLOEXEC);
    }
    for (size_t i = 0; i < COUNT(others) / 2; i++) {
        (void)close(others[2 * i]);
    }
    static const int deadly[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGALRM, SIGXCPU, SIGPIPE, SIGTERM, SIGINT};
    void (*before[COUNT(deadly)])(int);
    for (size_t i = 0; i < COUNT(deadly); i++) {
        before[i] = signal(deadly[i], SIG_IGN);
    }
    begin();
    answer.sent = sizeof answer.header - 1;
    answer.end = waits;
    assert_int_equal(pthread_create(&watcher, NULL, watch, NULL), 0);
    const jk_status status = opened(&file, &error);
    assert_int_equal(pthread_join(watcher, NULL), 0);
    for (size_t i = 0; i < COUNT(deadly); i++) {
        (void)signal(deadly[i], before[i]);
    }
    for (size_t i = 0; i < COUNT(others) / 2; i++) {
        (void)close(others[2 * i + 1]);
    }
    assert_int_equal(status, JK_ERROR_FORMAT);
    if (strstr(facts_told, "Seccomp:\t2") == NULL) {
        skip(); /* no such filter here */
    }
    is_limited("Max cpu time", "6", "7"); /* 3 seconds, and one for each 64 MiB */
    is_limited("Max core file size", "0", "0");
    if (__asan_init == NULL) { /* 2 GiB more than there is */
        const char *line = strstr(limits, "Max data size");
        assert_non_null(line);
        const unsigned long long most = strtoull(line + strlen("Max data size"), NULL, 10);
        assert_true(most > 2ULL << 30 && most < 3ULL << 30);
    }
    assert_true(descriptors <= 6 && descriptors >= 4); /* the standard three, the file, the pipe until it is closed */
    for (size_t i = 0; i < COUNT(deadly); i++) {
        assert_int_equal(signals("SigIgn:") >> (deadly[i] - 1) & 1, 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_way_a_process_ends_is_told, write_file),
        cmocka_unit_test_setup(a_refusal_is_told_in_its_words, write_file),
        cmocka_unit_test_setup(a_process_is_restrained, write_file),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
