/* SPDX-License-Identifier: Apache-2.0 */
/* XML members of an archive, read by expat as a stream of events. Names come without their namespace's prefix. A
 * document that declares entities is refused: workbooks have none, and they can be made to grow without bound; so is
 * one whose elements stand too deep in each other, or with a tag that never ends: both are held in memory. */
#ifndef JK_CSV_XML_H
#define JK_CSV_XML_H

#include <expat.h>

#include "csv/sources/zip.h"

/* What is told of a document; any may be NULL. A callback that returns false stops the reading (there was no memory).
 */
typedef struct jk_xml_events {
    bool (*start)(void *context, const char *name, const char **attributes);
    bool (*end)(void *context, const char *name);
    bool (*text)(void *context, const char *text, size_t length);
} jk_xml_events;

/* A document that is read piece by piece. */
typedef struct jk_xml_stream {
    jk_zip *zip;
    const char *path, *member; /* for messages */
    XML_Parser parser;
    const jk_xml_events *events;
    void *context;
    int64_t given; /* bytes, to the parser */
    int depth;
    bool no_memory, entities, paused, ended;
} jk_xml_stream;

/* Begins to read a member of the archive. Close the stream in any case. */
jk_status jk_xml_open(jk_xml_stream *stream, jk_zip *zip, const char *path, const char *member,
                      const jk_xml_events *events, void *context, jk_error *error);

/* Reads on: a piece of the document, or what is left of it after a pause. */
jk_status jk_xml_step(jk_xml_stream *stream, jk_error *error);

/* Within a callback: jk_xml_step returns soon, and goes on from here when called again. */
void jk_xml_pause(jk_xml_stream *stream);

void jk_xml_close(jk_xml_stream *stream);

/* Reads a member whole. */
jk_status jk_xml_read(jk_zip *zip, const char *path, const char *member, const jk_xml_events *events, void *context,
                      jk_error *error);

/* Value of an attribute, without regard to its namespace's prefix; NULL if it is not there. */
const char *jk_xml_attribute(const char **attributes, const char *name);

#endif
