/* SPDX-License-Identifier: Apache-2.0 */
/* What the child that opens HDF5 files may ask of the kernel: read the descriptors it has, take memory, write its
 * catalogue and end. Whatever a hostile file makes the HDF5 library do, it opens no other file, starts nothing, speaks
 * to nobody and makes no memory executable. The filter is a short program for the kernel (seccomp, linux/filter.h):
 * load the number of the system call, compare it with each allowed one, else refuse it with EPERM. */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/prctl.h>

#include "h5/h5_private.h"

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__)) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#ifdef __x86_64__
#define NATIVE AUDIT_ARCH_X86_64
#else
#define NATIVE AUDIT_ARCH_AARCH64
#endif

/* Allowed whatever their arguments (newfstatat is how the C library asks for the size of an open file). The descriptors
 * that are open are the file (for reading), the pipe and /dev/null. */
static const unsigned allowed[] = {
    SYS_read,
    SYS_pread64,
    SYS_write,
    SYS_writev,
    SYS_lseek,
    SYS_fstat,
    SYS_newfstatat,
    SYS_close,
    SYS_munmap,
    SYS_mremap,
    SYS_brk,
    SYS_madvise,
    SYS_futex,
    SYS_sched_yield,
    SYS_rt_sigreturn,
    SYS_rt_sigprocmask,
    SYS_rt_sigaction,
    SYS_sigaltstack,
    SYS_getpid,
    SYS_gettid,
    SYS_getuid,
    SYS_tgkill,
    SYS_clock_gettime,
    SYS_gettimeofday,
    SYS_nanosleep,
    SYS_clock_nanosleep,
    SYS_restart_syscall,
    SYS_getrandom,
    SYS_sched_getaffinity,
    SYS_exit,
    SYS_exit_group,
};

#define FIELD(name)  ((unsigned)offsetof(struct seccomp_data, name))
#define LOAD(at)     BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (at))
#define ANSWER(what) BPF_STMT(BPF_RET | BPF_K, (what))
#define REFUSE       (SECCOMP_RET_ERRNO | EPERM)

bool jk_h5_sandbox(void) {
    enum { ALLOWED = sizeof allowed / sizeof allowed[0], ROOM = 2 * ALLOWED + 24 };
    struct sock_filter program[ROOM];
    unsigned short length = 0;
    const struct sock_filter head[] = {
        LOAD(FIELD(arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NATIVE, 1, 0),
        ANSWER(SECCOMP_RET_KILL_PROCESS),
        LOAD(FIELD(nr)),
    };
    for (size_t i = 0; i < sizeof head / sizeof head[0]; i++) {
        program[length++] = head[i];
    }
    for (size_t i = 0; i < ALLOWED; i++) {
        program[length++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, allowed[i], 0, 1);
        program[length++] = (struct sock_filter)ANSWER(SECCOMP_RET_ALLOW);
    }
    const struct sock_filter tail[] = {
        /* memory that is not executable; the low half of the argument holds the protection */
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mmap, 1, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mprotect, 0, 3),
        LOAD(FIELD(args[2])),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 1, 0),
        ANSWER(SECCOMP_RET_ALLOW),
        ANSWER(REFUSE),
    };
    for (size_t i = 0; i < sizeof tail / sizeof tail[0]; i++) {
        program[length++] = tail[i];
    }
    const struct sock_fprog filter = {.len = length, .filter = program};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

#else

bool jk_h5_sandbox(void) {
    return false; /* no such filter for this processor: the child is restrained by its limits alone */
}

#endif
