/* SPDX-License-Identifier: Apache-2.0 */
/* Temporary names of outputs and of folders for one run (base/file/output.h, base/file/temporary.h); nobody else
 * includes it. */
#ifndef JK_BASE_OUTPUT_PART_H
#define JK_BASE_OUTPUT_PART_H

/* Creates a file of such a name, locked by this process; -1 with errno. *name is the caller's. */
int jk_output_part_create(const char *path, unsigned mode, char **name);

/* The same for a folder (0700). */
int jk_output_part_create_folder(const char *path, char **name);

/* Removes the files in an open folder. */
void jk_output_part_empty(int folder);

/* Gives the nameless file behind `access` such a name; NULL with errno. */
char *jk_output_part_link(int fd, const char *access, const char *path);

/* Removes what processes that have died left in the folder of `path`: files, and folders of files. */
void jk_output_part_sweep(const char *path);

#endif
