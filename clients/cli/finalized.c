#include "clients/cli/finalized.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "clients/cli/api.h"
#include "proofs/shape.h"
#include "proofs/signer.h"
#include "proto/certificate.h"

#define ARENA_BYTES ((size_t)64 << 20)

/* The text of the set in force, and how many validators it has. */
static enum err get_set(struct cli *cli, size_t node, json_t **text, uint32_t *count)
{
	struct set *set = malloc(sizeof(*set));
	json_t *answer = NULL;
	enum err err = api_get_from(cli, node, &answer, "/v1/validators");

	ASSERT(set != NULL);
	if (err == ERR_OK) {
		json_t *member = json_object_get(answer, "text");

		if (json_is_string(member) &&
		    set_parse(set, bytes_of(json_string_value(member), json_string_length(member))) ==
			    ERR_OK) {
			*text = json_incref(member);
			*count = set->count;
		} else {
			err = ERR_RECEIPT_FORM;
		}
	}
	json_decref(answer);
	free(set);
	return err;
}

/* The certificate of the first height from this one on that has its own; top: the header
 * that it is over. */
static enum err add_certificate(struct cli *cli, size_t node, uint64_t height, uint32_t members,
				json_t *object, struct header *top)
{
	struct certificate *certificate = malloc(sizeof(*certificate));
	struct http_answer answer;
	char path[64];
	enum err err;

	ASSERT(certificate != NULL);
	http_answer_init(&answer);
	(void)snprintf(path, sizeof(path), "/v1/blocks/%" PRIu64 "/certificate", height);
	err = api_get_raw_from(cli, node, &answer, path);
	if (err == ERR_OK &&
	    (certificate_decode(certificate, buf_bytes(&answer.body), members) != ERR_OK ||
	     header_parse(top, certificate->header) != ERR_OK))
		err = ERR_RECEIPT_FORM;
	if (err == ERR_OK) {
		json_object_set_new(object, "finalization", json_of_base64(buf_bytes(&answer.body)));
		json_array_append_new(json_object_get(object, "headers"),
				      json_of_text(certificate->header));
	}
	http_answer_release(&answer);
	free(certificate);
	return err;
}

/* From below the certified header down to the height asked for. */
static enum err add_headers(struct cli *cli, size_t node, uint64_t height, uint64_t top,
			    json_t *object)
{
	struct http_answer answer;
	char path[64];
	enum err err = top >= height && top - height < LIMIT_RECEIPT_HEADERS ? ERR_OK
									     : ERR_RECEIPT_FORM;

	http_answer_init(&answer);
	for (uint64_t h = top; err == ERR_OK && h > height; h--) {
		(void)snprintf(path, sizeof(path), "/v1/blocks/%" PRIu64 "/header", h - 1);
		err = api_get_raw_from(cli, node, &answer, path);
		if (err == ERR_OK &&
		    json_array_append_new(json_object_get(object, "headers"),
					  json_of_text(buf_bytes(&answer.body))) != 0)
			err = ERR_RECEIPT_FORM; /* not even text */
	}
	http_answer_release(&answer);
	return err;
}

enum err finalized_get(struct cli *cli, size_t node, uint64_t height, const struct trust *trust,
		       struct cover *out, json_t **object)
{
	json_t *cover = json_pack("{s:[], s:[]}", "headers", "set_changes"), *set = NULL;
	struct arena arena;
	struct header top;
	uint32_t members = 0;
	enum err err = get_set(cli, node, &set, &members);

	arena_init(&arena, ARENA_BYTES);
	if (err == ERR_OK) {
		json_object_set_new(cover, "set", set);
		err = add_certificate(cli, node, height, members, cover, &top);
	}
	if (err == ERR_OK)
		err = add_headers(cli, node, height, top.height, cover);
	if (err == ERR_OK)
		err = cover_read(cover, &arena, out);
	if (err == ERR_OK)
		err = cover_check(out);
	if (err == ERR_OK)
		err = cover_check_trust(out, trust);
	if (err == ERR_OK && out->last.height != height)
		err = ERR_RECEIPT_FORM;
	out->set = NULL; /* goes with the arena */
	arena_release(&arena);
	if (err == ERR_OK)
		*object = cover;
	else
		json_decref(cover);
	return err;
}
