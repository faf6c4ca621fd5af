/* Messages from JSON, the other way round of what the API prints: members named
 * as the fields, bytes in hex, enums by their names, 64-bit numbers as numbers
 * or as decimal text. */
#ifndef STELE_CLIENTS_CLI_JSON_READ_H
#define STELE_CLIENTS_CLI_JSON_READ_H

#include <jansson.h>
#include <stdbool.h>

#include "base/arena.h"
#include "proto/tx.pb-c.h"

#define JSON_PLACE_MAX 128

/* Overwrites the fields that the object has; they live in the arena.  False:
 * place says which member is none of a ContentAnchor's, or not of its type. */
bool json_read_anchor(Stele__ContentAnchor *out, struct arena *arena, const json_t *object,
		      char place[JSON_PLACE_MAX]);
/* "trainedAlgorithmicMedia", "trained-algorithmic-media", "trained_algorithmic_media" */
bool source_type_read(Stele__SourceType *out, const char *name);
/* "derived", "component", "translation" and so on. */
bool relation_read(Stele__Relation *out, const char *name);

#endif
