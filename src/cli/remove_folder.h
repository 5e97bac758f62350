/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JK_CLI_REMOVE_FOLDER_H
#define JK_CLI_REMOVE_FOLDER_H

/* Removes a folder that holds files only, with them. */
void jk_cli_remove_folder(const char *path);

#endif
