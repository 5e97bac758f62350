/* SPDX-License-Identifier: Apache-2.0 */
/* Faults on purpose: loaded before a program (LD_PRELOAD), lets its n-th call of a kind fail. FAULT=KIND:N:ERROR, where
 * KIND is one of those below and the error a number or a word: "short" (half of what was asked is read or written),
 * "cut" (the file that is about to be read loses its second half first) or "swap" (another, half as long, takes its
 * name). Only files below the folder of the run are cut or swapped.
 *
 * FAULT=count:FILE gets the number of calls of each kind instead, and each way into a call with the number of the first
 * call that came by it (KIND NUMBER HASH: of the innermost PATH_DEPTH return addresses, without where modules are
 * loaded). Counting begins with main() and goes on in the processes that the program starts.
 *
 * FAULT=server: the program stops before main(), and for each line "FAULT<tab>FOLDER<tab>STDOUT<tab>STDERR" on standard
 * input a copy of it goes on with that fault, in that folder; how it ended (as waitpid says it) is written to standard
 * output. That saves the start of the program, most of the time of a small run.
 *
 * Allocations count where the program itself or one of the libraries that promise to report them (jansson, libyaml,
 * libdeflate) asks; libhdf5 and others are known to break down without memory and are let alone (so that the program is
 * to be linked with their shared libraries: jalki_apart of tests/CMakeLists.txt), and so is all that DuckDB asks for
 * (where it cannot open what it wants to see of the system, it aborts). */
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <unwind.h>

enum kind { ALLOC, OPEN, READ, WRITE, FSYNC, LINK, RENAME, FORK, KINDS };
static const char *const names[KINDS] = {"alloc", "open", "read", "write", "fsync", "link", "rename", "fork"};

enum { PATH_DEPTH = 12, PATHS = 1 << 15 }; /* a power of two, as a table of hashes wants it */
typedef struct way {
    uint64_t hash;
    long number; /* 0: nothing here */
    int kind;
} way;

/* Shared by the program and the processes that it starts, and with the server. */
static struct shared {
    atomic_long calls[KINDS];
    pthread_mutex_t lock; /* of the ways */
    int way_count;
    way ways[PATHS];
    atomic_int change; /* 1: the file behind `reader`'s descriptor `fd` is to be changed, 2: it is */
    pid_t reader;
    int fd;
} * shared;

enum error { GIVEN, SHORT, CUT, SWAP };
static bool armed, counting;
static bool matters; /* whose memory it is: not where something else is to fail, or has failed already */
static int wanted = -1, failure;
static enum error error;
static long number;
static char count_path[PATH_MAX];
static pid_t owner; /* the process that tells the counts at its end */

/* ---- whose code calls -------------------------------------------------------------------------------------------- */

enum { MODULES = 256, FRAMES = 32 };
enum owner { OTHER, OWN, HELPER }; /* helpers (the C library and this one) call for whoever called them */
static struct module {
    uintptr_t from, to;
    enum owner owner;
} modules[MODULES];
static int module_count;

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static enum owner owner_of(const struct dl_phdr_info *info, bool is_program) {
    static const char *const own[] = {"libjansson", "libyaml", "libdeflate"};
    static const char *const helpers[] = {"/libc.so", "libjalki_faults"};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        if (is_program || strstr(info->dlpi_name, own[i]) != NULL) {
            return OWN;
        }
    }
    for (size_t i = 0; i < sizeof helpers / sizeof helpers[0]; i++) {
        if (strstr(info->dlpi_name, helpers[i]) != NULL) {
            return HELPER;
        }
    }
    return OTHER;
}

static int note_module(struct dl_phdr_info *info, size_t size, void *context) {
    (void)size;
    int *place = context;
    enum owner owner = owner_of(info, (*place)++ == 0);
    for (int i = 0; i < info->dlpi_phnum && module_count < MODULES; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        if (part->p_type == PT_LOAD && (part->p_flags & PF_X)) {
            uintptr_t from = info->dlpi_addr + part->p_vaddr;
            modules[module_count++] = (struct module){from, from + part->p_memsz, owner};
        }
    }
    return 0;
}

/* -1: in none that was there at the start. */
static int module_of(const void *address) {
    for (int k = 0; k < module_count; k++) {
        if ((uintptr_t)address >= modules[k].from && (uintptr_t)address < modules[k].to) {
            return k;
        }
    }
    return -1;
}

static _Unwind_Reason_Code judge_frame(struct _Unwind_Context *context, void *own) {
    int module = module_of((const void *)_Unwind_GetIP(context));
    if (module >= 0 && modules[module].owner == HELPER) {
        return _URC_NO_REASON;
    }
    *(bool *)own = module >= 0 && modules[module].owner == OWN;
    return _URC_END_OF_STACK;
}

/* Whether the code that wants memory answers for it. */
static bool is_own(const void *caller) {
    int module = module_of(caller);
    bool own = module >= 0 && modules[module].owner == OWN;
    if (module >= 0 && modules[module].owner == HELPER) {
        (void)_Unwind_Backtrace(judge_frame, &own);
    }
    return own;
}

/* ---- the ways into a call -----------------------------------------------------------------------------------------
 */

static __thread bool in_path;

static uint64_t path_hash(enum kind kind) {
    void *frames[FRAMES];
    int depth = backtrace(frames, FRAMES), taken = 0;
    uint64_t hash = 14695981039346656037u + (uint64_t)kind; /* FNV-1a over 64 bits */
    for (int i = 0; i < depth && taken < PATH_DEPTH; i++) {
        int module = module_of(frames[i]);
        if (module < 0 || modules[module].owner == HELPER) {
            continue;
        }
        hash = (hash ^ (((uint64_t)module << 48) + (uintptr_t)frames[i] - modules[module].from)) * 1099511628211u;
        taken++;
    }
    return hash;
}

static void note_path(enum kind kind, long place) {
    if (!counting || in_path) {
        return;
    }
    in_path = true;
    uint64_t hash = path_hash(kind);
    (void)pthread_mutex_lock(&shared->lock);
    size_t at = hash % PATHS;
    while (shared->ways[at].number != 0 && shared->ways[at].hash != hash) {
        at = (at + 1) % PATHS;
    }
    if (shared->ways[at].number == 0 && shared->way_count < PATHS / 2) {
        shared->ways[at] = (way){.hash = hash, .number = place, .kind = (int)kind};
        shared->way_count++;
    }
    (void)pthread_mutex_unlock(&shared->lock);
    in_path = false;
}

static bool is_duckdb(const void *caller) {
    Dl_info info;
    return module_of(caller) < 0 && dladdr(caller, &info) != 0 && strstr(info.dli_fname, "libduckdb") != NULL;
}

/* Whether this call is the one to fail. */
static bool fails(enum kind kind, const void *caller) {
    if (!armed || is_duckdb(caller)) {
        return false;
    }
    long place = atomic_fetch_add(&shared->calls[kind], 1) + 1;
    note_path(kind, place);
    if ((int)kind != wanted || place != number) {
        return false;
    }
    if (error == GIVEN) {
        errno = failure;
    }
    matters = false;
    return true;
}

/* Takes FAULT apart: see above. */
static void start(const char *fault) {
    static const char *const words[] = {[SHORT] = "short", [CUT] = "cut", [SWAP] = "swap"};
    int place = 0;
    module_count = 0;
    (void)dl_iterate_phdr(note_module, &place);
    void *first[1];
    (void)backtrace(first, 1); /* its first call loads a library */
    counting = strncmp(fault, "count:", 6) == 0;
    (void)snprintf(count_path, sizeof count_path, "%s", counting ? fault + 6 : "");
    for (int kind = 0; !counting && kind < KINDS; kind++) {
        size_t length = strlen(names[kind]);
        if (strncmp(fault, names[kind], length) == 0 && fault[length] == ':') {
            char *rest = NULL;
            wanted = kind;
            number = strtol(fault + length + 1, &rest, 10);
            failure = atoi(rest + 1);
            for (int word = SHORT; word <= SWAP; word++) {
                error = strcmp(rest + 1, words[word]) == 0 ? (enum error)word : error;
            }
        }
    }
    owner = getpid();
    matters = counting || wanted == ALLOC;
    armed = true;
}

__attribute__((destructor)) static void tell(void) {
    if (!counting || getpid() != owner) {
        return;
    }
    armed = false;
    char line[128];
    int fd = (int)syscall(SYS_openat, AT_FDCWD, count_path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    for (int kind = 0; kind < KINDS; kind++) {
        int length = snprintf(line, sizeof line, "%s %ld\n", names[kind], atomic_load(&shared->calls[kind]));
        (void)!syscall(SYS_write, fd, line, (size_t)length);
    }
    for (int i = 0; i < PATHS; i++) {
        const way *one = &shared->ways[i];
        if (one->number != 0) {
            int length = snprintf(line, sizeof line, "%s %ld %016llx\n", names[one->kind], one->number,
                                  (unsigned long long)one->hash);
            (void)!syscall(SYS_write, fd, line, (size_t)length);
        }
    }
    (void)syscall(SYS_close, fd);
}

/* ---- an input that changes while it is read ---------------------------------------------------------------------- */

/* What the run itself has written is no input, and neither is a data base to which a table is added. By the server, as
 * the process that reads stores may open nothing. */
static void change_input(const char *folder, struct timespec started) {
    char link[64], path[PATH_MAX], other[PATH_MAX + 8];
    (void)snprintf(link, sizeof link, "/proc/%d/fd/%d", (int)shared->reader, shared->fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    path[length > 0 ? length : 0] = '\0';
    size_t below = strlen(folder);
    struct stat facts;
    time_t young = started.tv_sec * 1000 + started.tv_nsec / 1000000 - 20; /* the clock of files lags behind */
    if (strncmp(path, folder, below) != 0 || path[below] != '/' || strstr(path, ".sqlite") != NULL ||
        stat(path, &facts) != 0 || !S_ISREG(facts.st_mode) ||
        facts.st_mtim.tv_sec * 1000 + facts.st_mtim.tv_nsec / 1000000 > young) {
        return;
    }
    if (error == CUT) {
        (void)!truncate(path, facts.st_size / 2);
        return;
    }
    (void)snprintf(other, sizeof other, "%s.new", path);
    int from = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY, 0);
    int to = (int)syscall(SYS_openat, AT_FDCWD, other, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    (void)!syscall(SYS_sendfile, to, from, NULL, (size_t)facts.st_size / 2);
    (void)syscall(SYS_close, from);
    (void)syscall(SYS_close, to);
    (void)syscall(SYS_renameat2, AT_FDCWD, other, AT_FDCWD, path, 0);
}

static void ask_for_change(int fd) {
    shared->reader = getpid();
    shared->fd = fd;
    atomic_store(&shared->change, 1);
    while (atomic_load(&shared->change) == 1) {
        (void)sched_yield();
    }
}

/* ---- the program's start ----------------------------------------------------------------------------------------- */

typedef int main_function(int argc, char **argv, char **environment);
static main_function *real_main;

static void share_memory(void) {
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_mutexattr_t across;
    (void)pthread_mutexattr_init(&across);
    (void)pthread_mutexattr_setpshared(&across, PTHREAD_PROCESS_SHARED);
    (void)pthread_mutex_init(&shared->lock, &across);
}

/* A run that never ends is one that computes for a minute, or does not end within ten. */
static void enter(char *folder, const char *out, const char *err) {
    const struct rlimit minute = {60, 60};
    int files[3] = {(int)syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDONLY, 0),
                    (int)syscall(SYS_openat, AT_FDCWD, out, O_CREAT | O_TRUNC | O_WRONLY, 0600),
                    (int)syscall(SYS_openat, AT_FDCWD, err, O_CREAT | O_TRUNC | O_WRONLY, 0600)};
    for (int fd = 0; fd < 3; fd++) {
        (void)dup2(files[fd], fd);
    }
    (void)close_range(3, ~0U, 0);
    (void)setrlimit(RLIMIT_CPU, &minute);
    (void)alarm(600);
    if (chdir(folder) != 0) {
        abort();
    }
}

static int serve(int argc, char **argv, char **environment) {
    typedef pid_t fork_function(void);
    fork_function *real = (fork_function *)dlsym(RTLD_NEXT, "fork");
    char line[4 * PATH_MAX];
    while (fgets(line, sizeof line, stdin) != NULL) {
        char *rest = line;
        const char *fault = strsep(&rest, "\t");
        char *folder = strsep(&rest, "\t");
        const char *out = strsep(&rest, "\t"), *err = strsep(&rest, "\n");
        memset(shared->calls, 0, sizeof shared->calls);
        shared->way_count = 0;
        if (strncmp(fault, "count:", 6) == 0) {
            memset(shared->ways, 0, sizeof shared->ways);
        }
        atomic_store(&shared->change, 0);
        struct timespec started;
        (void)clock_gettime(CLOCK_REALTIME, &started);
        pid_t child = real();
        if (child == 0) {
            enter(folder, out, err);
            start(fault);
            exit(real_main(argc, argv, environment));
        }
        bool changes = strstr(fault, ":cut") != NULL || strstr(fault, ":swap") != NULL;
        error = strstr(fault, ":cut") != NULL ? CUT : SWAP;
        int state = 0;
        while (waitpid(child, &state, changes ? WNOHANG : 0) == 0) {
            if (atomic_load(&shared->change) == 1) {
                change_input(folder, started);
                atomic_store(&shared->change, 2);
            }
            (void)usleep(100);
        }
        error = GIVEN;
        (void)printf("%d\n", state);
        (void)fflush(stdout);
    }
    return 0;
}

static int armed_main(int argc, char **argv, char **environment) {
    const char *fault = getenv("FAULT");
    share_memory();
    if (fault != NULL && strcmp(fault, "server") == 0) {
        return serve(argc, argv, environment);
    }
    start(fault == NULL ? "" : fault);
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

/* What the C library allocates for a caller (strdup, asprintf, streams of memory) counts as the caller's. */
#define REFUSE_MEMORY() (matters && is_own(__builtin_return_address(0)) && fails(ALLOC, __builtin_return_address(0)))

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

char *strdup(const char *text) { /* often asked: its own caller is known at once */
    size_t size = strlen(text) + 1;
    char *copy = REFUSE_MEMORY() ? NULL : __libc_malloc(size);
    return copy == NULL ? NULL : memcpy(copy, text, size);
}

/* ---- files ------------------------------------------------------------------------------------------------------- */

static ssize_t bounded(enum kind kind, int fd, size_t *count, const void *caller) {
    if (!fails(kind, caller)) {
        return 0;
    }
    if (error == SHORT) {
        *count = *count > 1 ? *count / 2 : *count;
    } else if (error != GIVEN) {
        ask_for_change(fd);
    }
    return error == GIVEN ? -1 : 0;
}

int open(const char *path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = va_arg(arguments, mode_t); /* read whether it is there or not, as the C library does */
    va_end(arguments);
    return fails(OPEN, __builtin_return_address(0)) ? -1 : (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...) __attribute__((alias("open")));

int openat(int folder, const char *path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = va_arg(arguments, mode_t);
    va_end(arguments);
    return fails(OPEN, __builtin_return_address(0)) ? -1 : (int)syscall(SYS_openat, folder, path, flags, mode);
}

ssize_t read(int fd, void *bytes, size_t count) {
    return bounded(READ, fd, &count, __builtin_return_address(0)) < 0 ? -1 : syscall(SYS_read, fd, bytes, count);
}

ssize_t pread(int fd, void *bytes, size_t count, off_t offset) {
    return bounded(READ, fd, &count, __builtin_return_address(0)) < 0 ? -1
                                                                      : syscall(SYS_pread64, fd, bytes, count, offset);
}

ssize_t pread64(int fd, void *bytes, size_t count, off64_t offset) __attribute__((alias("pread")));

ssize_t write(int fd, const void *bytes, size_t count) {
    return bounded(WRITE, fd, &count, __builtin_return_address(0)) < 0 ? -1 : syscall(SYS_write, fd, bytes, count);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
    return bounded(WRITE, fd, &count, __builtin_return_address(0)) < 0
               ? -1
               : syscall(SYS_pwrite64, fd, bytes, count, offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) __attribute__((alias("pwrite")));

int fsync(int fd) {
    return fails(FSYNC, __builtin_return_address(0)) ? -1 : (int)syscall(SYS_fsync, fd);
}

int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags) {
    return fails(LINK, __builtin_return_address(0)) ? -1
                                                    : (int)syscall(SYS_linkat, from_folder, from, to_folder, to, flags);
}

int rename(const char *from, const char *to) {
    return fails(RENAME, __builtin_return_address(0)) ? -1
                                                      : (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

pid_t fork(void) {
    typedef pid_t fork_function(void);
    fork_function *real = (fork_function *)dlsym(RTLD_NEXT, "fork");
    return fails(FORK, __builtin_return_address(0)) ? -1 : real();
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
