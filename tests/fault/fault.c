/* SPDX-License-Identifier: Apache-2.0 */
/* Faults on purpose: loaded before a program (LD_PRELOAD), lets its n-th call of a kind fail. FAULT=KIND:N:ERRNO, where
 * the error is a number or the word "short" (half of what was asked is read or written), and KIND one of those below;
 * FAULT_COUNT=FILE gets the number of calls of each kind instead. Counting begins with main().
 *
 * Allocations count where the program itself or one of the libraries that promise to report them (jansson, libyaml,
 * libdeflate) asks; libhdf5 and others are known to break down without memory and are let alone. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum kind { ALLOC, OPEN, READ, WRITE, FSYNC, LINK, RENAME, FORK, KINDS };
static const char *const names[KINDS] = {"alloc", "open", "read", "write", "fsync", "link", "rename", "fork"};

static atomic_long calls[KINDS];
static bool armed;
static int wanted = -1, failure;
static long number;
static bool cut_short;
static pid_t owner; /* the process that counts, not its children */

enum { RANGES = 16 };
static struct { uintptr_t from, to; } own[RANGES];
static int own_count;

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static int note_range(struct dl_phdr_info *info, size_t size, void *context) {
    (void)size;
    int *place = context;
    bool counted = (*place)++ == 0 || strstr(info->dlpi_name, "libjansson") != NULL ||
                   strstr(info->dlpi_name, "libyaml") != NULL || strstr(info->dlpi_name, "libdeflate") != NULL;
    for (int i = 0; counted && i < info->dlpi_phnum && own_count < RANGES; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        if (part->p_type == PT_LOAD && (part->p_flags & PF_X)) {
            own[own_count].from = info->dlpi_addr + part->p_vaddr;
            own[own_count++].to = info->dlpi_addr + part->p_vaddr + part->p_memsz;
        }
    }
    return 0;
}

static bool is_own(const void *caller) {
    for (int i = 0; i < own_count; i++) {
        if ((uintptr_t)caller >= own[i].from && (uintptr_t)caller < own[i].to) {
            return true;
        }
    }
    return false;
}

/* Whether this call is the one to fail; then errno is set, unless it is to be cut short. */
static bool fails(enum kind kind) {
    if (!armed || getpid() != owner) {
        return false;
    }
    long place = atomic_fetch_add(&calls[kind], 1) + 1;
    if ((int)kind != wanted || place != number) {
        return false;
    }
    errno = cut_short ? 0 : failure;
    return true;
}

static void start(void) {
    int place = 0;
    (void)dl_iterate_phdr(note_range, &place);
    const char *fault = getenv("FAULT");
    for (int kind = 0; fault != NULL && kind < KINDS; kind++) {
        size_t length = strlen(names[kind]);
        if (strncmp(fault, names[kind], length) == 0 && fault[length] == ':') {
            char *rest = NULL;
            wanted = kind;
            number = strtol(fault + length + 1, &rest, 10);
            cut_short = strcmp(rest, ":short") == 0;
            failure = cut_short ? 0 : atoi(rest + 1);
        }
    }
    owner = getpid();
    armed = true;
}

__attribute__((destructor)) static void tell(void) {
    const char *path = getenv("FAULT_COUNT");
    if (path == NULL || !armed || getpid() != owner) {
        return;
    }
    armed = false;
    char text[512];
    int length = 0;
    for (int kind = 0; kind < KINDS; kind++) {
        length +=
            snprintf(text + length, sizeof text - (size_t)length, "%s %ld\n", names[kind], atomic_load(&calls[kind]));
    }
    int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    (void)!syscall(SYS_write, fd, text, (size_t)length);
    (void)syscall(SYS_close, fd);
}

/* ---- the program's start ----------------------------------------------------------------------------------------- */

typedef int main_function(int argc, char **argv, char **environment);
static main_function *real_main;

static int armed_main(int argc, char **argv, char **environment) {
    start();
    return real_main(argc, argv, environment);
}

int __libc_start_main(main_function *main, int argc, char **argv, void (*init)(void), void (*fini)(void),
                      void (*rtld_fini)(void), void *stack_end) {
    typedef int start_function(main_function *, int, char **, void (*)(void), void (*)(void), void (*)(void), void *);
    real_main = main;
    start_function *real = (start_function *)dlsym(RTLD_NEXT, "__libc_start_main");
    return real(armed_main, argc, argv, init, fini, rtld_fini, stack_end);
}

/* ---- memory ------------------------------------------------------------------------------------------------------ */

#define REFUSE_MEMORY() (armed && is_own(__builtin_return_address(0)) && fails(ALLOC))

void *malloc(size_t size) {
    return REFUSE_MEMORY() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    return REFUSE_MEMORY() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) {
    return REFUSE_MEMORY() ? NULL : __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    return REFUSE_MEMORY() ? NULL : __libc_memalign(alignment, size);
}

char *strdup(const char *text) {
    size_t size = strlen(text) + 1;
    char *copy = REFUSE_MEMORY() ? NULL : __libc_malloc(size);
    return copy == NULL ? NULL : memcpy(copy, text, size);
}

/* ---- files ------------------------------------------------------------------------------------------------------- */

static ssize_t bounded(enum kind kind, size_t *count) {
    if (!fails(kind)) {
        return 0;
    }
    if (cut_short) {
        *count = *count > 1 ? *count / 2 : *count;
        return 0;
    }
    return -1;
}

int open(const char *path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = va_arg(arguments, mode_t); /* read whether it is there or not, as the C library does */
    va_end(arguments);
    return fails(OPEN) ? -1 : (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...) __attribute__((alias("open")));

int openat(int folder, const char *path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = va_arg(arguments, mode_t);
    va_end(arguments);
    return fails(OPEN) ? -1 : (int)syscall(SYS_openat, folder, path, flags, mode);
}

ssize_t read(int fd, void *bytes, size_t count) {
    return bounded(READ, &count) < 0 ? -1 : syscall(SYS_read, fd, bytes, count);
}

ssize_t pread(int fd, void *bytes, size_t count, off_t offset) {
    return bounded(READ, &count) < 0 ? -1 : syscall(SYS_pread64, fd, bytes, count, offset);
}

ssize_t pread64(int fd, void *bytes, size_t count, off64_t offset) __attribute__((alias("pread")));

ssize_t write(int fd, const void *bytes, size_t count) {
    return bounded(WRITE, &count) < 0 ? -1 : syscall(SYS_write, fd, bytes, count);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
    return bounded(WRITE, &count) < 0 ? -1 : syscall(SYS_pwrite64, fd, bytes, count, offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) __attribute__((alias("pwrite")));

int fsync(int fd) {
    return fails(FSYNC) ? -1 : (int)syscall(SYS_fsync, fd);
}

int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags) {
    return fails(LINK) ? -1 : (int)syscall(SYS_linkat, from_folder, from, to_folder, to, flags);
}

int rename(const char *from, const char *to) {
    return fails(RENAME) ? -1 : (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

pid_t fork(void) {
    typedef pid_t fork_function(void);
    fork_function *real = (fork_function *)dlsym(RTLD_NEXT, "fork");
    return fails(FORK) ? -1 : real();
}

/* Streams write by the C library's own calls: they are led through those above. */
static ssize_t stream_read(void *cookie, char *bytes, size_t count) {
    return read((int)(intptr_t)cookie, bytes, count);
}

static ssize_t stream_write(void *cookie, const char *bytes, size_t count) {
    ssize_t written = write((int)(intptr_t)cookie, bytes, count);
    return written < 0 ? 0 : written;
}

static int stream_close(void *cookie) {
    return close((int)(intptr_t)cookie);
}

FILE *fdopen(int fd, const char *mode) {
    return fopencookie((void *)(intptr_t)fd, mode,
                       (cookie_io_functions_t){.read = stream_read, .write = stream_write, .close = stream_close});
}
