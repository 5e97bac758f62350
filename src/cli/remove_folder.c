/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/remove_folder.h"

#include <dirent.h>
#include <unistd.h>

void jk_cli_remove_folder(const char *path) {
    DIR *folder = opendir(path);
    for (struct dirent *entry = folder != NULL ? readdir(folder) : NULL; entry != NULL; entry = readdir(folder)) {
        (void)unlinkat(dirfd(folder), entry->d_name, 0); /* "." and ".." refuse */
    }
    if (folder != NULL) {
        (void)closedir(folder);
    }
    (void)rmdir(path);
}
