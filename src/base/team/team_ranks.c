/* SPDX-License-Identifier: Apache-2.0 */
/* Ranks of MPI: the only file that knows of it. It is compiled twice: for the library and the program without ranks,
 * and with MPI for jalki-mpi, where it takes the other's place. */
#ifdef JALKI_MPI
#include <mpi.h>
#endif
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file/output_part.h"
#include "base/file/transfer.h"
#include "base/memory.h"
#include "base/team/team_internal.h"

static struct {
    bool started;
    int rank, count, neighbours;
    int spoken; /* standard error of the program, while what a rank says is kept */
    int kept;   /* in here */
} ranks = {.count = 1, .neighbours = 1, .spoken = -1, .kept = -1};

bool jk_team_writes(void) {
    return ranks.rank == 0;
}

int jk_team_neighbours(void) {
    return jk_team.role == JK_TEAM_RANKS ? ranks.neighbours : 1;
}

#ifdef JALKI_MPI

const char *jk_team_mpi(void) {
    static char text[MPI_MAX_LIBRARY_VERSION_STRING];
    int length = 0;
    (void)MPI_Get_library_version(text, &length);
    text[strcspn(text, ",\n")] = '\0';
    for (char *c = text; *c != '\0'; c++) {
        *c = *c == '\t' ? ' ' : *c;
    }
    return text;
}

/* Rank 0 speaks for all as long as all is well. */
static bool hush(void) {
    int nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);
    ranks.spoken = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    ranks.kept = memfd_create("stderr", MFD_CLOEXEC);
    bool done = nothing >= 0 && ranks.spoken >= 0 && ranks.kept >= 0 && dup2(nothing, STDOUT_FILENO) >= 0 &&
                dup2(ranks.kept, STDERR_FILENO) >= 0;
    if (nothing >= 0) {
        (void)close(nothing);
    }
    return done;
}

bool jk_team_ranks_begin(void) {
    int provided = 0;
    MPI_Comm host;
    if (MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &provided) != MPI_SUCCESS) {
        return false;
    }
    ranks.started = true;
    (void)MPI_Comm_rank(MPI_COMM_WORLD, &ranks.rank);
    (void)MPI_Comm_size(MPI_COMM_WORLD, &ranks.count);
    (void)MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, ranks.rank, MPI_INFO_NULL, &host);
    (void)MPI_Comm_size(host, &ranks.neighbours);
    (void)MPI_Comm_free(&host);
    if (ranks.count > 1) {
        jk_team = (jk_team_state){.role = JK_TEAM_RANKS, .number = ranks.rank + 1, .count = ranks.count};
    }
    return ranks.rank == 0 || hush();
}

static void pause_for(double seconds) {
    struct timespec time = {(time_t)seconds, (long)(1e9 * (seconds - (double)(time_t)seconds))};
    while (nanosleep(&time, &time) != 0 && errno == EINTR) {
    }
}

/* What a rank that failed has said, under its name. */
static void speak(void) {
    char host[MPI_MAX_PROCESSOR_NAME], line[2048];
    int length = 0;
    (void)MPI_Get_processor_name(host, &length);
    FILE *kept = lseek(ranks.kept, 0, SEEK_SET) == 0 ? fdopen(ranks.kept, "r") : NULL;
    while (kept != NULL && fgets(line, sizeof line, kept) != NULL) {
        (void)dprintf(ranks.spoken, "rank %d on %s: %s", ranks.rank, host, line);
    }
}

/* MPICH's launcher loses what it has not read when a rank ends all: it gets the time, a second at most, to empty the
 * pipe and to pass on what was in it. */
static void be_heard(int fd) {
    int unread = 1;
    for (int i = 0; i < 500 && ioctl(fd, FIONREAD, &unread) == 0 && unread > 0; i++) {
        pause_for(0.002);
    }
    pause_for(0.1);
}

/* Waits without keeping a core busy. */
static void wait_for_all(void) {
    MPI_Request all;
    int done = 0;
    (void)MPI_Ibarrier(MPI_COMM_WORLD, &all);
    while (done == 0) {
        (void)MPI_Test(&all, &done, MPI_STATUS_IGNORE);
        if (done == 0) {
            pause_for(0.002);
        }
    }
}

int jk_team_ranks_end(int code) {
    if (!ranks.started) {
        return code;
    }
    (void)fflush(stdout);
    (void)fflush(stderr);
    if (code != 0) {
        if (ranks.rank > 0) { /* what fails everywhere is told by rank 0, which ends all meanwhile */
            pause_for(2.0);
            speak();
        }
        be_heard(ranks.rank > 0 ? ranks.spoken : STDERR_FILENO);
        (void)MPI_Abort(MPI_COMM_WORLD, code);
        _exit(code); /* MPICH's comes back at times, when its launcher has ended another rank at that moment */
    }
    wait_for_all();
    (void)MPI_Finalize();
    return code;
}

bool jk_team_ranks_leave(void) {
    if (jk_team.role == JK_TEAM_RANKS) {
        jk_team = (jk_team_state){.role = JK_TEAM_ALONE, .number = 1, .count = 1};
    }
    return ranks.rank == 0;
}

/* ---- what is exchanged ---------------------------------------------------------------------------------------- */

enum { PIECE = 1 << 24 }; /* cells in one call: counts of MPI are 32 bits wide */

static void add_wide(void *from, void *into, int *count, MPI_Datatype *type) {
    (void)type;
    for (int i = 0; i < *count; i++) {
        ((jk_wide *)into)[i] += ((const jk_wide *)from)[i];
    }
}

static size_t bytes_of(jk_tally_kind kind) {
    return kind == JK_TALLY_UINT32 ? sizeof(uint32_t) : kind == JK_TALLY_INT64 ? sizeof(int64_t) : sizeof(jk_wide);
}

void jk_ranks_sum(const jk_tally *tallies, size_t count) {
    MPI_Datatype wide;
    MPI_Op sum_wide;
    (void)MPI_Type_contiguous(sizeof(jk_wide), MPI_BYTE, &wide);
    (void)MPI_Type_commit(&wide);
    (void)MPI_Op_create(add_wide, 1, &sum_wide);
    for (size_t t = 0; t < count; t++) {
        const jk_tally *tally = &tallies[t];
        /* unsigned: cells beyond the largest face may overflow before that is told */
        MPI_Datatype type = tally->kind == JK_TALLY_UINT32  ? MPI_UINT32_T
                            : tally->kind == JK_TALLY_INT64 ? MPI_UINT64_T
                                                            : wide;
        MPI_Op op = tally->kind == JK_TALLY_WIDE ? sum_wide : MPI_SUM;
        for (size_t done = 0; done < tally->count; done += PIECE) {
            size_t left = tally->count - done;
            (void)MPI_Allreduce(MPI_IN_PLACE, (char *)tally->cell + done * bytes_of(tally->kind),
                                (int)(left < PIECE ? left : PIECE), type, op, MPI_COMM_WORLD);
        }
    }
    (void)MPI_Op_free(&sum_wide);
    (void)MPI_Type_free(&wide);
}

uint64_t jk_team_least(uint64_t number) {
    if (jk_team.role == JK_TEAM_RANKS) {
        (void)MPI_Allreduce(MPI_IN_PLACE, &number, 1, MPI_UINT64_T, MPI_MIN, MPI_COMM_WORLD);
    }
    return number;
}

void jk_team_wait(void) {
    if (jk_team.role == JK_TEAM_RANKS) {
        (void)MPI_Barrier(MPI_COMM_WORLD);
    }
}

/* In turns: at each, a rank sends to one and hears from another. */
jk_status jk_ranks_swap(void *const *out, const uint64_t *out_size, void **in, uint64_t *in_size, jk_error *error) {
    (void)MPI_Alltoall(out_size, 1, MPI_UINT64_T, in_size, 1, MPI_UINT64_T, MPI_COMM_WORLD);
    for (int turn = 0; turn < ranks.count; turn++) {
        const int to = (ranks.rank + turn) % ranks.count, from = (ranks.rank - turn + ranks.count) % ranks.count;
        in[from] = malloc(in_size[from] + 1);
        JK_TRY(jk_held(in[from] != NULL, error, "what another rank sends"));
        if (turn == 0) {
            memcpy(in[from], out[to], out_size[to]);
            continue;
        }
        for (uint64_t done = 0; done < out_size[to] || done < in_size[from]; done += PIECE) {
            const uint64_t give = done < out_size[to] ? out_size[to] - done : 0;
            const uint64_t get = done < in_size[from] ? in_size[from] - done : 0;
            (void)MPI_Sendrecv((char *)out[to] + done, (int)(give < PIECE ? give : PIECE), MPI_BYTE,
                               give > 0 ? to : MPI_PROC_NULL, 0, (char *)in[from] + done,
                               (int)(get < PIECE ? get : PIECE), MPI_BYTE, get > 0 ? from : MPI_PROC_NULL, 0,
                               MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        }
    }
    return JK_OK;
}

static void broadcast(void *bytes, size_t size, int from) {
    for (size_t done = 0; done < size; done += PIECE) {
        size_t left = size - done;
        (void)MPI_Bcast((char *)bytes + done, (int)(left < PIECE ? left : PIECE), MPI_BYTE, from, MPI_COMM_WORLD);
    }
}

/* Each rank's rows go to all, one rank after the other. */
jk_status jk_ranks_gather_rows(void *array, size_t size, size_t rows, size_t step, jk_error *error) {
    (void)error;
    for (int rank = 0; rank < ranks.count; rank++) {
        size_t first = 0, end = 0;
        jk_team_rows_of(rank + 1, (rows + step - 1) / step, &first, &end);
        first = first * step < rows ? first * step : rows;
        end = end * step < rows ? end * step : rows;
        broadcast((char *)array + first * size, (end - first) * size, rank);
    }
    return JK_OK;
}

jk_status jk_ranks_join(void **array, size_t *count, size_t size, jk_error *error) {
    uint64_t before = 0, own = *count, all = *count;
    (void)MPI_Exscan(&own, &before, 1, MPI_UINT64_T, MPI_SUM, MPI_COMM_WORLD);
    (void)MPI_Allreduce(MPI_IN_PLACE, &all, 1, MPI_UINT64_T, MPI_SUM, MPI_COMM_WORLD);
    char *joined = jk_columns_alloc(all, size);
    JK_TRY(jk_held(joined != NULL, error, "what the other ranks have"));
    if (own > 0) {
        memcpy(joined + before * size, *array, own * size);
    }
    for (int rank = 0; rank < ranks.count; rank++) {
        uint64_t run[2] = {before, own};
        broadcast(run, sizeof run, rank);
        broadcast(joined + run[0] * size, run[1] * size, rank);
    }
    free(*array);
    *array = joined;
    *count = all;
    return JK_OK;
}

static void send_to(int rank, const void *bytes, uint64_t size) {
    (void)MPI_Send(&size, 1, MPI_UINT64_T, rank, 0, MPI_COMM_WORLD);
    for (uint64_t done = 0; done < size; done += PIECE) {
        uint64_t left = size - done;
        (void)MPI_Send((const char *)bytes + done, (int)(left < PIECE ? left : PIECE), MPI_BYTE, rank, 0,
                       MPI_COMM_WORLD);
    }
}

void jk_ranks_put(const void *bytes, size_t size) {
    send_to(0, bytes, size);
}

jk_status jk_ranks_take(int rank, void **bytes, size_t *size, jk_error *error) {
    uint64_t length = 0;
    (void)MPI_Recv(&length, 1, MPI_UINT64_T, rank, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    *bytes = malloc(length + 1);
    *size = length;
    JK_TRY(jk_held(*bytes != NULL, error, "what another rank sends"));
    for (uint64_t done = 0; done < length; done += PIECE) {
        uint64_t left = length - done;
        (void)MPI_Recv((char *)*bytes + done, (int)(left < PIECE ? left : PIECE), MPI_BYTE, rank, 0, MPI_COMM_WORLD,
                       MPI_STATUS_IGNORE);
    }
    return JK_OK;
}

static jk_status merge_from(int rank, const jk_team_parcel *parcel, jk_error *error) {
    void *bytes = NULL;
    size_t size = 0;
    JK_TRY(jk_ranks_take(rank, &bytes, &size, error));
    jk_status status = parcel->merge(parcel->context, bytes, size, error);
    free(bytes);
    return status;
}

static jk_status send_parcel(int rank, const jk_team_parcel *parcel, jk_error *error) {
    void *bytes = NULL;
    size_t size = 0;
    JK_TRY(parcel->pack(parcel->context, &bytes, &size, error));
    send_to(rank, bytes, size);
    free(bytes);
    return JK_OK;
}

/* What rank 0 has becomes what all have. */
static jk_status spread(const jk_team_parcel *parcel, jk_error *error) {
    void *bytes = NULL;
    size_t length = 0;
    jk_status status = JK_OK;
    if (ranks.rank == 0) {
        JK_TRY(parcel->pack(parcel->context, &bytes, &length, error));
    }
    uint64_t size = length;
    broadcast(&size, sizeof size, 0);
    if (ranks.rank > 0) {
        bytes = malloc(size + 1);
        JK_TRY(jk_held(bytes != NULL, error, "what another rank sends"));
    }
    broadcast(bytes, size, 0);
    if (ranks.rank > 0) {
        status = parcel->clear(parcel->context, error);
        status = status == JK_OK ? parcel->merge(parcel->context, bytes, size, error) : status;
    }
    free(bytes);
    return status;
}

jk_status jk_ranks_merge(const jk_team_parcel *parcel, jk_error *error) {
    for (int step = 1; step < ranks.count; step *= 2) {
        if (ranks.rank % (2 * step) == step) {
            JK_TRY(send_parcel(ranks.rank - step, parcel, error));
            break;
        }
        if (ranks.rank % (2 * step) == 0 && ranks.rank + step < ranks.count) {
            JK_TRY(merge_from(ranks.rank + step, parcel, error));
        }
    }
    return spread(parcel, error);
}

/* Rank 0's file gets the temporary name that its commit would give it; a process that dies leaves it to be swept. */
static jk_status share_name(jk_output *output, char name[4096], jk_error *error) {
    name[0] = '\0';
    if (ranks.rank == 0 && output->part == NULL && !output->direct) {
        output->part = jk_output_part_link(output->fd, output->access, output->target);
        if (output->part == NULL) {
            return jk_fail_errno(error, output->target, "write");
        }
    }
    if (ranks.rank == 0 && output->part != NULL) {
        (void)snprintf(name, 4096, "%s", output->part);
    }
    (void)MPI_Bcast(name, 4096, MPI_CHAR, 0, MPI_COMM_WORLD);
    return name[0] != '\0' ? JK_OK
                           : jk_fail(error, JK_ERROR_ARGUMENT, output->target, 0, NULL,
                                     "is a device or a pipe, which several ranks cannot write");
}

jk_status jk_team_open_shared(jk_output *output, int *fd, jk_error *error) {
    char name[4096];
    *fd = -1;
    if (jk_team.role != JK_TEAM_RANKS) {
        return JK_OK;
    }
    JK_TRY(share_name(output, name, error));
    if (ranks.rank > 0) {
        *fd = open(name, O_WRONLY | O_CLOEXEC);
    }
    return ranks.rank == 0 || *fd >= 0 ? JK_OK : jk_fail_errno(error, name, "write");
}

/* Sizes are exchanged; each rank then copies its rows behind those of the ranks before it. */
jk_status jk_ranks_collect(jk_output *output, uint64_t head, jk_error *error) {
    int fd = -1;
    struct stat facts;
    if ((output->stream != NULL && fflush(output->stream) != 0) || fstat(output->fd, &facts) != 0) {
        return jk_fail_errno(error, output->target, "write");
    }
    uint64_t size = (uint64_t)facts.st_size - head, before = 0;
    (void)MPI_Exscan(&size, &before, 1, MPI_UINT64_T, MPI_SUM, MPI_COMM_WORLD);
    JK_TRY(jk_team_open_shared(output, &fd, error));
    if (fd >= 0) {
        bool done = jk_copy_at(output->fd, head, size, fd, head + before);
        jk_status status = done ? JK_OK : jk_fail_errno(error, output->target, "write");
        if (close(fd) != 0 && status == JK_OK) {
            status = jk_fail_errno(error, output->target, "write");
        }
        JK_TRY(status);
    }
    jk_team_wait();
    return JK_OK;
}

#else

const char *jk_team_mpi(void) {
    return NULL;
}

bool jk_team_ranks_begin(void) {
    return true;
}

int jk_team_ranks_end(int code) {
    return code;
}

bool jk_team_ranks_leave(void) {
    return true;
}

void jk_ranks_sum(const jk_tally *tallies, size_t count) {
    (void)tallies;
    (void)count;
}

uint64_t jk_team_least(uint64_t number) {
    return number;
}

void jk_team_wait(void) {
}

jk_status jk_ranks_swap(void *const *out, const uint64_t *out_size, void **in, uint64_t *in_size, jk_error *error) {
    (void)out;
    (void)out_size;
    (void)in;
    (void)in_size;
    (void)error;
    return JK_OK;
}

jk_status jk_ranks_gather_rows(void *array, size_t size, size_t rows, size_t step, jk_error *error) {
    (void)array;
    (void)size;
    (void)rows;
    (void)step;
    (void)error;
    return JK_OK;
}

jk_status jk_ranks_join(void **array, size_t *count, size_t size, jk_error *error) {
    (void)array;
    (void)count;
    (void)size;
    (void)error;
    return JK_OK;
}

void jk_ranks_put(const void *bytes, size_t size) {
    (void)bytes;
    (void)size;
}

jk_status jk_ranks_take(int rank, void **bytes, size_t *size, jk_error *error) {
    (void)rank;
    (void)error;
    *bytes = NULL;
    *size = 0;
    return JK_OK;
}

jk_status jk_ranks_merge(const jk_team_parcel *parcel, jk_error *error) {
    (void)parcel;
    (void)error;
    return JK_OK;
}

jk_status jk_team_open_shared(jk_output *output, int *fd, jk_error *error) {
    (void)output;
    (void)error;
    *fd = -1;
    return JK_OK;
}

jk_status jk_ranks_collect(jk_output *output, uint64_t head, jk_error *error) {
    (void)output;
    (void)head;
    (void)error;
    return JK_OK;
}

#endif
