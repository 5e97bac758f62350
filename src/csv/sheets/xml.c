/* SPDX-License-Identifier: Apache-2.0 */
#include "csv/sheets/xml.h"

#include <string.h>

#include "base/error.h"

enum { PIECE = 1 << 16, DEPTH_MAX = 256, TAG_MAX = 1 << 20 };

static const char *local_name(const char *name) {
    const char *colon = strrchr(name, ':');
    return colon != NULL ? colon + 1 : name;
}

static void stop_without_memory(jk_xml_stream *stream) {
    stream->no_memory = true;
    (void)XML_StopParser(stream->parser, XML_FALSE);
}

static void XMLCALL on_start(void *data, const XML_Char *name, const XML_Char **attributes) {
    jk_xml_stream *stream = data;
    if (++stream->depth > DEPTH_MAX) {
        (void)XML_StopParser(stream->parser, XML_FALSE);
        return;
    }
    if (stream->events->start != NULL && !stream->events->start(stream->context, local_name(name), attributes)) {
        stop_without_memory(stream);
    }
}

static void XMLCALL on_end(void *data, const XML_Char *name) {
    jk_xml_stream *stream = data;
    stream->depth--;
    if (stream->events->end != NULL && !stream->events->end(stream->context, local_name(name))) {
        stop_without_memory(stream);
    }
}

static void XMLCALL on_text(void *data, const XML_Char *text, int length) {
    jk_xml_stream *stream = data;
    if (stream->events->text != NULL && !stream->events->text(stream->context, text, (size_t)length)) {
        stop_without_memory(stream);
    }
}

static void XMLCALL on_entity(void *data, const XML_Char *name, int is_parameter, const XML_Char *value,
                              int value_length, const XML_Char *base, const XML_Char *system_id,
                              const XML_Char *public_id, const XML_Char *notation) {
    (void)name, (void)is_parameter, (void)value, (void)value_length, (void)base, (void)system_id, (void)public_id,
        (void)notation;
    jk_xml_stream *stream = data;
    stream->entities = true;
    (void)XML_StopParser(stream->parser, XML_FALSE);
}

jk_status jk_xml_open(jk_xml_stream *stream, jk_zip *zip, const char *path, const char *member,
                      const jk_xml_events *events, void *context, jk_error *error) {
    *stream = (jk_xml_stream){.zip = zip, .path = path, .member = member, .events = events, .context = context};
    uint64_t size = 0;
    JK_TRY(jk_zip_start(zip, member, &size, error));
    stream->parser = XML_ParserCreate(NULL);
    JK_TRY(jk_held(stream->parser != NULL, error, "a workbook"));
    XML_SetUserData(stream->parser, stream);
    XML_SetElementHandler(stream->parser, on_start, on_end);
    XML_SetCharacterDataHandler(stream->parser, on_text);
    XML_SetEntityDeclHandler(stream->parser, on_entity);
    return JK_OK;
}

void jk_xml_pause(jk_xml_stream *stream) {
    (void)XML_StopParser(stream->parser, XML_TRUE);
}

/* Whether the parser holds a beginning of a tag, or of a comment, that is longer than any; it looks at all of it
 * again whenever it gets more. */
static bool holds_too_much(const jk_xml_stream *stream) {
    const int64_t place = (int64_t)XML_GetCurrentByteIndex(stream->parser); /* -1: nowhere */
    return place >= 0 && stream->given - place > TAG_MAX;
}

static jk_status fail_document(const jk_xml_stream *stream, jk_error *error) {
    JK_TRY(jk_held(!stream->no_memory, error, "a workbook"));
    return jk_fail(error, JK_ERROR_FORMAT, stream->path, 0, NULL, "%s in the workbook is damaged: %s at line %lu",
                   stream->member,
                   stream->entities            ? "it declares entities"
                   : stream->depth > DEPTH_MAX ? "its elements stand too deep in each other"
                   : holds_too_much(stream)    ? "it has a tag that does not end"
                                               : XML_ErrorString(XML_GetErrorCode(stream->parser)),
                   (unsigned long)XML_GetCurrentLineNumber(stream->parser));
}

jk_status jk_xml_step(jk_xml_stream *stream, jk_error *error) {
    enum XML_Status result = XML_STATUS_OK;
    if (stream->paused) {
        result = XML_ResumeParser(stream->parser);
    } else {
        void *buffer = XML_GetBuffer(stream->parser, PIECE);
        JK_TRY(jk_held(buffer != NULL, error, "a workbook"));
        size_t got = 0;
        JK_TRY(jk_zip_read(stream->zip, buffer, PIECE, &got, error));
        stream->ended = got == 0;
        stream->given += (int64_t)got;
        result = XML_ParseBuffer(stream->parser, (int)got, got == 0);
    }
    stream->paused = result == XML_STATUS_SUSPENDED;
    const bool fails = result == XML_STATUS_ERROR || (!stream->paused && holds_too_much(stream));
    return fails ? fail_document(stream, error) : JK_OK;
}

void jk_xml_close(jk_xml_stream *stream) {
    if (stream->parser != NULL) {
        XML_ParserFree(stream->parser);
    }
    stream->parser = NULL;
}

jk_status jk_xml_read(jk_zip *zip, const char *path, const char *member, const jk_xml_events *events, void *context,
                      jk_error *error) {
    jk_xml_stream stream;
    jk_status status = jk_xml_open(&stream, zip, path, member, events, context, error);
    while (status == JK_OK && (!stream.ended || stream.paused)) {
        status = jk_xml_step(&stream, error);
    }
    jk_xml_close(&stream);
    return status;
}

const char *jk_xml_attribute(const char **attributes, const char *name) {
    for (size_t i = 0; attributes[i] != NULL; i += 2) {
        if (strcmp(local_name(attributes[i]), name) == 0) {
            return attributes[i + 1];
        }
    }
    return NULL;
}
