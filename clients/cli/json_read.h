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

/* Each overwrites the fields that the object has; they live in the arena.  False:
 * place says which member is none of the message's, or not of its type. */
bool json_read_anchor(Stele__ContentAnchor *out, struct arena *arena, const json_t *object,
		      char place[JSON_PLACE_MAX]);
bool json_read_proposal(Stele__ProposalContent *out, struct arena *arena, const json_t *object,
			char place[JSON_PLACE_MAX]);
bool json_read_review(Stele__ReviewContent *out, struct arena *arena, const json_t *object,
		      char place[JSON_PLACE_MAX]);
/* The same, but of an object of the API only what the message has too: an amendment
 * begins with what is there, an award with its proposal. */
bool json_read_terms(Stele__CallTerms *out, struct arena *arena, const json_t *call,
		     char place[JSON_PLACE_MAX]);
bool json_read_revealed(Stele__ProposalContent *out, struct arena *arena, const json_t *proposal,
			char place[JSON_PLACE_MAX]);
bool json_read_programme(Stele__ProgrammeAmend *out, struct arena *arena, const json_t *programme,
			 char place[JSON_PLACE_MAX]);
bool json_read_award(Stele__AwardAmend *out, struct arena *arena, const json_t *award,
		     char place[JSON_PLACE_MAX]);
/* "trainedAlgorithmicMedia", "trained-algorithmic-media", "trained_algorithmic_media" */
bool source_type_read(Stele__SourceType *out, const char *name);
/* The term that took the place of one that IPTC has retired; NULL for any other. */
const char *source_type_instead(const char *name);
/* "derived", "component", "translation" and so on. */
bool relation_read(Stele__Relation *out, const char *name);

#endif
