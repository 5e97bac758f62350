/* SPDX-License-Identifier: Apache-2.0 */
/* Where model files are looked for: as written; then, if the path is relative, in the folders that JALKI_MODELS names
 * (colons between) and among the installed models. "nordic" stands for nordic.yaml there. */
#ifndef JK_CLI_MODELS_H
#define JK_CLI_MODELS_H

/* The path at which the model file is, for free(); NULL where it is found nowhere else than as written, or not at all.
 */
char *jk_cli_find_model(const char *path);

/* Of a model that is found nowhere: what its name is near to there, or where it was looked for; for free(), NULL
 * where there is nothing to say. */
char *jk_cli_model_hint(const char *path);

#endif
