/* Plain text: what came from outside (a node's answer, a record, a file's name)
 * as a terminal and JSON can take it.  Control characters, those that turn the
 * direction of writing, and bytes that are not UTF-8 become visible escapes, so
 * that nobody's text moves the cursor, hides a line or passes for one of ours. */
#ifndef STELE_CLIENTS_CLI_PLAIN_H
#define STELE_CLIENTS_CLI_PLAIN_H

#include <jansson.h>
#include <stdio.h>

#include "base/bytes.h"

/* How many bytes the character at the front has, 0 where they are not UTF-8; len > 0. */
size_t utf8_size(const uint8_t *at, size_t len);
/* Adds the text; line feeds and tabs stay only where keeps_lines. */
void plain_add(struct buf *out, const char *at, size_t len, bool keeps_lines);
/* The same as a new string; free it. */
char *plain_text(const char *text, bool keeps_lines);
/* A value and a line feed.  What would disturb a terminal is escaped as JSON has it,
 * so the value stays the same.  False: nothing, or not all, was written. */
bool plain_dump(FILE *to, const json_t *json, size_t flags);
/* A text that need not be UTF-8, such as a file's name, as JSON: bytes that are not
 * become "\xff". */
json_t *plain_json(const char *text);

#endif
