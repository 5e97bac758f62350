/* SPDX-License-Identifier: Apache-2.0 */
/* Files appear whole or not at all, whatever happens on the way. */
#include "base/file/output.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <dirent.h>

#include "base/file/input.h"
#include "base/file/output_part.h"
#include "base/file/temporary.h"
#include "base/policy.h"
#include "cmocka_all.h"

static char folder[] = "/tmp/jalki-output-XXXXXX";

static char *path_of(const char *name) {
    static char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void write_file(const char *path, const char *text) {
    jk_output output;
    jk_error error = {0};
    assert_int_equal(jk_output_open(&output, path, JK_OUTPUT_PLAIN, &error), JK_OK);
    assert_int_equal(jk_output_stream(&output, &error), JK_OK);
    assert_true(fputs(text, output.stream) >= 0);
    assert_int_equal(jk_output_commit(&output, &error), JK_OK);
}

static void assert_content(const char *path, const char *expected) {
    char buffer[64] = "";
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t length = fread(buffer, 1, sizeof buffer - 1, file);
    (void)fclose(file);
    buffer[length] = '\0';
    assert_string_equal(buffer, expected);
}

static int count_files(void) {
    int count = 0;
    DIR *directory = opendir(folder);
    assert_non_null(directory);
    for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
        count += entry->d_name[0] != '.';
    }
    (void)closedir(directory);
    return count;
}

static int make_folder(void **state) {
    (void)state;
    (void)strcpy(folder, "/tmp/jalki-output-XXXXXX");
    return mkdtemp(folder) == NULL;
}

static int remove_folder(void **state) {
    (void)state;
    static const char *const made[] = {"file", "link", "target", "open"};
    for (size_t i = 0; i < sizeof made / sizeof made[0]; i++) {
        (void)unlink(path_of(made[i]));
    }
    return rmdir(folder);
}

static void commit_replaces_the_old_file(void **state) {
    (void)state;
    write_file(path_of("file"), "old");
    write_file(path_of("file"), "new");
    assert_content(path_of("file"), "new");
    assert_int_equal(count_files(), 1);
}

static void abort_leaves_the_old_file(void **state) {
    (void)state;
    write_file(path_of("file"), "old");
    jk_output output;
    jk_error error = {0};
    assert_int_equal(jk_output_open(&output, path_of("file"), JK_OUTPUT_PLAIN, &error), JK_OK);
    assert_int_equal(jk_output_stream(&output, &error), JK_OK);
    assert_true(fputs("half", output.stream) >= 0);
    jk_output_abort(&output);
    jk_output_abort(&output); /* a closed output is accepted */
    assert_content(path_of("file"), "old");
    assert_int_equal(count_files(), 1);
}

static void a_killed_writer_leaves_the_old_file(void **state) {
    (void)state;
    write_file(path_of("file"), "old");
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        jk_output output;
        (void)jk_output_open(&output, path_of("file"), JK_OUTPUT_PLAIN, NULL);
        (void)jk_output_stream(&output, NULL);
        (void)fputs("half", output.stream);
        (void)fflush(output.stream);
        (void)kill(getpid(), SIGKILL);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    assert_content(path_of("file"), "old");
    assert_int_equal(count_files(), 1);
}

static void another_opener_sees_the_same_file(void **state) {
    (void)state;
    jk_output output;
    jk_error error = {0};
    assert_int_equal(jk_output_open(&output, path_of("file"), JK_OUTPUT_PLAIN, &error), JK_OK);
    FILE *other = fopen(jk_output_access(&output), "r+");
    assert_non_null(other);
    assert_true(fputs("through the other name", other) >= 0);
    assert_int_equal(fclose(other), 0);
    assert_int_equal(jk_output_commit(&output, &error), JK_OK);
    assert_content(path_of("file"), "through the other name");
}

static void impossible_targets_are_refused(void **state) {
    (void)state;
    jk_output output;
    jk_error error = {0};
    assert_int_equal(jk_output_open(&output, folder, JK_OUTPUT_PLAIN, &error), JK_ERROR_IO);
    error = (jk_error){0};
    assert_int_equal(jk_output_open(&output, "/nonexistent-folder/file", JK_OUTPUT_PLAIN, &error), JK_ERROR_IO);
    assert_string_equal(error.file, "/nonexistent-folder/file");
    assert_non_null(strstr(error.message, "No such file or directory"));
}

static void a_full_disk_is_an_error(void **state) {
    (void)state;
    jk_output output;
    jk_error error = {0};
    assert_int_equal(jk_output_open(&output, path_of("file"), JK_OUTPUT_PLAIN, &error), JK_OK);
    output.stream = fopen("/dev/full", "w");
    assert_non_null(output.stream);
    assert_true(fputs("does not fit", output.stream) >= 0);
    assert_int_equal(jk_output_commit(&output, &error), JK_ERROR_IO);
    assert_int_equal(count_files(), 0);
}

static void links_devices_and_descriptors(void **state) {
    (void)state;
    char target[256];
    (void)strcpy(target, path_of("target"));
    write_file(target, "first");
    assert_int_equal(symlink("target", path_of("link")), 0);
    write_file(path_of("link"), "second");
    assert_content(target, "second");
    char leads_to[16] = "";
    assert_int_equal(readlink(path_of("link"), leads_to, sizeof leads_to - 1), 6);
    jk_error none = {0}, loop = {0};
    assert_int_equal(symlink("missing/target", path_of("nowhere")), 0);
    assert_int_equal(jk_output_try(path_of("nowhere"), &none), JK_ERROR_IO);
    assert_non_null(strstr(none.message, "leads to no file"));
    assert_int_equal(symlink("round", path_of("round")), 0);
    assert_int_equal(jk_output_try(path_of("round"), &loop), JK_ERROR_IO);
    assert_int_equal(readlink(path_of("round"), leads_to, sizeof leads_to - 1), 5);
    assert_int_equal(unlink(path_of("nowhere")) | unlink(path_of("round")), 0);
    write_file("/dev/null", "gone");
    struct stat device;
    assert_true(stat("/dev/null", &device) == 0 && S_ISCHR(device.st_mode));
    int fd = open(path_of("open"), O_CREAT | O_RDWR, 0600);
    char name[64];
    (void)snprintf(name, sizeof name, "/dev/fd/%d", fd);
    assert_int_equal(write(fd, "a", 1), 1);
    write_file(name, "b");
    assert_int_equal(write(fd, "c", 1), 1);
    (void)close(fd);
    assert_content(path_of("open"), "abc");
    jk_output output;
    jk_error error = {0};
    assert_int_equal(jk_output_open(&output, "/dev/fd/9999", JK_OUTPUT_PLAIN, &error), JK_ERROR_IO);
    assert_int_equal(jk_output_open(&output, "/dev/full", JK_OUTPUT_PLAIN, &error), JK_OK);
    assert_int_equal(jk_output_stream(&output, &error), JK_OK);
    (void)fputs("x", output.stream);
    assert_int_equal(jk_output_commit(&output, &error), JK_ERROR_IO);
}

static mode_t mode_of(const char *path) {
    struct stat facts;
    assert_int_equal(stat(path, &facts), 0);
    return facts.st_mode & 07777;
}

static void write_as(const char *path, jk_output_rights rights) {
    jk_output output;
    jk_error error = {0};
    assert_int_equal(jk_output_open(&output, path, rights, &error), JK_OK);
    assert_int_equal(jk_output_commit(&output, &error), JK_OK);
}

static void rights_are_kept_or_close(void **state) {
    (void)state;
    mode_t mask = umask(022);
    write_as(path_of("file"), JK_OUTPUT_PLAIN);
    assert_int_equal(mode_of(path_of("file")), 0644);
    static const mode_t modes[] = {0600, 0640, 0444, 0666};
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        assert_int_equal(chmod(path_of("file"), modes[i]), 0);
        write_as(path_of("file"), JK_OUTPUT_PLAIN);
        assert_int_equal(mode_of(path_of("file")), modes[i]);
        write_as(path_of("file"), JK_OUTPUT_PERSONAL); /* who opened it up keeps it so */
        assert_int_equal(mode_of(path_of("file")), modes[i]);
    }
    assert_int_equal(chmod(path_of("file"), 04755), 0);
    write_as(path_of("file"), JK_OUTPUT_PLAIN);
    assert_int_equal(mode_of(path_of("file")), 0755);
    write_as(path_of("target"), JK_OUTPUT_PERSONAL);
    assert_int_equal(mode_of(path_of("target")), 0600);
    assert_int_equal(unlink(path_of("target")), 0);
    jk_policy_set(&(jk_policy){.shared = true});
    write_as(path_of("target"), JK_OUTPUT_PERSONAL);
    assert_int_equal(mode_of(path_of("target")), 0644);
    jk_policy_set(&(jk_policy){0});
    (void)umask(mask);
}

static void outputs_are_sent_elsewhere_whatever_policy_is_set(void **state) {
    (void)state;
    jk_error error = {0};
    bool is_new = true;
    char place[JK_OUTPUT_PLACE], expected[300], there[256];
    (void)snprintf(there, sizeof there, "%s", path_of("elsewhere"));
    assert_int_equal(jk_output_make_folder(there, JK_OUTPUT_PERSONAL, &is_new, &error), JK_OK);
    assert_true(is_new);
    assert_int_equal(mode_of(there), 0700);
    assert_int_equal(jk_output_make_folder(there, JK_OUTPUT_PERSONAL, &is_new, &error), JK_OK);
    assert_false(is_new);
    assert_string_equal(jk_output_place("a/b", place), "a/b");
    assert_int_equal(jk_output_may_add("t.sqlite", &error), JK_OK);
    jk_output_send_to(there);
    jk_policy_set(&(jk_policy){.shared = true}); /* as commands that run in a process of another do */
    jk_policy_set(&(jk_policy){0});
    (void)snprintf(expected, sizeof expected, "%s/a+b", there);
    assert_string_equal(jk_output_place("a/b", place), expected);
    assert_string_equal(jk_output_place("./a/b", place), expected);
    assert_string_equal(jk_output_place("/dev/stdout", place), "/dev/stdout");
    assert_int_equal(jk_output_may_add("t.sqlite", &error), JK_ERROR_UNSUPPORTED);
    assert_int_equal(jk_output_make_folder(path_of("none"), JK_OUTPUT_PLAIN, &is_new, &error), JK_OK);
    assert_false(is_new);
    assert_int_equal(access(path_of("none"), F_OK), -1);
    assert_int_equal(jk_output_write("a/b", JK_OUTPUT_PLAIN, "x", 1, &error), JK_OK);
    assert_int_equal(access(expected, F_OK), 0);
    jk_output_remove("a/b");
    assert_int_equal(access(expected, F_OK), -1);
    jk_output_send_to(NULL);
    assert_int_equal(rmdir(there), 0);
}

static void long_names_fit(void **state) {
    (void)state;
    for (size_t length = 240; length <= 256; length++) {
        char name[300] = "";
        memset(name, 'n', length);
        char path[600];
        (void)snprintf(path, sizeof path, "%s/%s", folder, name);
        jk_output output;
        jk_error error = {0};
        jk_status status = jk_output_open(&output, path, JK_OUTPUT_PLAIN, &error);
        assert_int_equal(status, length <= 255 ? JK_OK : JK_ERROR_IO);
        if (status == JK_OK) {
            assert_int_equal(jk_output_commit(&output, &error), JK_OK);
            assert_int_equal(unlink(path), 0);
        }
    }
}

static bool exists(const char *name) {
    return access(path_of(name), F_OK) == 0;
}

/* Folders of a run, likewise, with the files in them. */
static void folders_go_too(void **state) {
    (void)state;
    jk_temporary mine = {0}, others = {0};
    jk_error error = {0};
    struct stat facts;
    assert_int_equal(setenv("TMPDIR", path_of("."), 1), 0);
    assert_int_equal(jk_temporary_make(&others, &error), JK_OK);
    assert_int_equal(stat(others.path, &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0700);
    char inside[4096];
    (void)snprintf(inside, sizeof inside, "%s/of-a-debtor", others.path);
    int fd = open(inside, O_CREAT | O_WRONLY, 0600);
    assert_true(fd >= 0);
    (void)close(fd);
    assert_int_equal(jk_temporary_make(&mine, &error), JK_OK);
    assert_int_equal(access(inside, F_OK), 0); /* its owner lives */
    jk_temporary_remove(&mine);
    assert_null(mine.path);
    (void)close(others.lock); /* as if it had died */
    assert_int_equal(jk_temporary_make(&mine, &error), JK_OK);
    assert_int_not_equal(access(others.path, F_OK), 0);
    free(others.path);
    jk_temporary_remove(&mine);
    assert_int_equal(setenv("TMPDIR", path_of("nowhere"), 1), 0);
    assert_int_equal(jk_temporary_make(&mine, &error), JK_ERROR_IO);
    jk_temporary_remove(&mine);
    assert_int_equal(unsetenv("TMPDIR"), 0);
}

/* What a dead process left is swept away; what a living one holds, and what only looks alike, stays. */
static void leftovers_go(void **state) {
    (void)state;
    static const char *const names[] = {".jalki-0123456789abcdef.part", ".jalki-0123456789abcdee.part",
                                        ".jalki-0123456789abcde.part", ".jalki-0123456789abcdeX.part"};
    for (size_t i = 0; i < 4; i++) {
        int fd = open(path_of(names[i]), O_CREAT | O_WRONLY, 0600);
        assert_true(fd >= 0);
        (void)close(fd);
    }
    int held = open(path_of(names[1]), O_RDONLY);
    assert_int_equal(flock(held, LOCK_EX), 0);
    write_file(path_of("file"), "new");
    assert_false(exists(names[0]));
    assert_true(exists(names[1]) && exists(names[2]) && exists(names[3]));
    (void)close(held);
    for (size_t i = 1; i < 4; i++) {
        (void)unlink(path_of(names[i]));
    }
}

static void a_named_part_is_nobodys_link(void **state) {
    (void)state;
    char *name = NULL;
    int fd = jk_output_part_create(path_of("file"), 0600, &name);
    assert_true(fd >= 0);
    char *other = NULL;
    int second = jk_output_part_create(path_of("file"), 0600, &other);
    assert_true(second >= 0 && strcmp(name, other) != 0);
    assert_int_equal(mode_of(name), 0600);
    write_file(path_of("file"), "new"); /* sweeps, and leaves those of the living */
    assert_int_equal(access(name, F_OK), 0);
    (void)unlink(name);
    (void)unlink(other);
    free(name);
    free(other);
    (void)close(fd);
    (void)close(second);
}

/* Two others sweep without a pause while folders and files are made: none is refused, none is gone. */
static void what_is_being_made_is_not_swept(void **state) {
    (void)state;
    pid_t sweepers[2];
    char path[256];
    (void)strcpy(path, path_of("file"));
    for (size_t i = 0; i < 2; i++) {
        sweepers[i] = fork();
        assert_true(sweepers[i] >= 0);
        while (sweepers[i] == 0) {
            jk_output_part_sweep(path);
        }
    }
    int refused = 0, gone = 0;
    for (int i = 0; i < 4000; i++) {
        char *name = NULL;
        int fd = i % 2 == 0 ? jk_output_part_create_folder(path, &name) : jk_output_part_create(path, 0600, &name);
        if (fd < 0) {
            refused++;
            continue;
        }
        gone += remove(name) != 0;
        free(name);
        (void)close(fd);
    }
    for (size_t i = 0; i < 2; i++) {
        (void)kill(sweepers[i], SIGKILL);
        (void)waitpid(sweepers[i], NULL, 0);
    }
    jk_output_part_sweep(path);
    assert_int_equal(refused, 0);
    assert_int_equal(gone, 0);
}

static void an_input_is_not_replaced(void **state) {
    (void)state;
    write_file(path_of("file"), "input");
    jk_policy_set(&(jk_policy){.keeps_inputs = true});
    char link_path[256];
    (void)strcpy(link_path, path_of("link"));
    assert_int_equal(link(path_of("file"), link_path), 0); /* by another name */
    jk_output early, late;
    jk_error error = {0};
    assert_int_equal(jk_output_open(&early, path_of("file"), JK_OUTPUT_PLAIN, &error), JK_OK);
    int fd = jk_input_open(path_of("file"), false);
    assert_true(fd >= 0);
    (void)close(fd);
    assert_int_equal(jk_output_open(&late, link_path, JK_OUTPUT_PLAIN, &error), JK_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "is an input of this run"));
    error = (jk_error){0};
    assert_int_equal(jk_output_commit(&early, &error), JK_ERROR_ARGUMENT); /* it became one after it was opened */
    assert_content(path_of("file"), "input");
    jk_policy_set(&(jk_policy){0});
    write_file(path_of("file"), "new");
    assert_content(path_of("file"), "new");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rights_are_kept_or_close, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(outputs_are_sent_elsewhere_whatever_policy_is_set, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(long_names_fit, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(leftovers_go, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(a_named_part_is_nobodys_link, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(what_is_being_made_is_not_swept, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(folders_go_too, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(an_input_is_not_replaced, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(commit_replaces_the_old_file, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(abort_leaves_the_old_file, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(a_killed_writer_leaves_the_old_file, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(another_opener_sees_the_same_file, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(impossible_targets_are_refused, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(links_devices_and_descriptors, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(a_full_disk_is_an_error, make_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
