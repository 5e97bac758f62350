/* SPDX-License-Identifier: Apache-2.0 */
/* Where the installed models are. */
#ifndef JK_BASE_INSTALLED_H
#define JK_BASE_INSTALLED_H

/* The folder beside the program that runs (PREFIX/bin/jalki, or a Python of the same PREFIX: PREFIX/share/jalki/models)
 * where it is there, as packages are installed elsewhere than they were configured for; else that of the build's own
 * prefix, which need not be there. Lasts; the same for all threads. */
const char *jk_installed_models(void);

#endif
