#include "tests/unit/cli/forge.h"

#include <stdio.h>
#include <string.h>

#include "crypto/digest.h"
#include "crypto/merkle.h"
#include "proofs/shape.h"
#include "proto/certificate.h"
#include "tests/lib/unit.h"

static void make_set(struct forge *out)
{
	struct secret unsorted[FORGE_VALIDATORS];

	out->set.count = FORGE_VALIDATORS;
	for (uint32_t i = 0; i < FORGE_VALIDATORS; i++) {
		struct validator *validator = &out->set.validators[i];
		struct secret node = {{0}};

		memset(unsorted[i].b, (int)(0x11 + i), 32);
		memset(node.b, (int)(0x51 + i), 32);
		(void)snprintf(validator->id, sizeof(validator->id), "node-%u", i);
		(void)snprintf(validator->org, sizeof(validator->org), "ORG-%u", i);
		ck_assert_int_eq(sign_public(&validator->consensus_key, &unsorted[i]), ERR_OK);
		ck_assert_int_eq(sign_public(&validator->node_key, &node), ERR_OK);
	}
	set_seal(&out->set);
	for (uint32_t i = 0; i < FORGE_VALIDATORS; i++) {
		struct public_key key;

		ck_assert_int_eq(sign_public(&key, &unsorted[i]), ERR_OK);
		out->keys[set_find_consensus(&out->set, &key)] = unsorted[i];
	}
}

static void make_header(struct forge *out, size_t height, bool is_other)
{
	struct header header = {.height = height, .view = height, .time_ms = 1000 + height * 1000};
	struct buf text;

	memcpy(header.origin, out->trust.origin, sizeof(header.origin));
	header.chain = out->trust.chain;
	header.validators = out->trust.sets[0];
	header.log_size = height + 1;
	merkle_root(&header.log_root, out->leaves, height + 1);
	merkle_empty(&header.rejected_root);
	header.time_ms += is_other;
	if (height > 0) {
		sha256(&header.parent, out->headers[height - 1], strlen(out->headers[height - 1]));
		header.parent_view = height - 1;
	}
	buf_init(&text, LIMIT_HEADER_BYTES);
	header_render(&text, &header);
	ck_assert(!text.has_failed);
	memcpy(out->headers[height], text.at, text.len);
	buf_release(&text);
}

void forge_make(struct forge *out, enum forge_kind kind, size_t fork)
{
	memset(out, 0, sizeof(*out));
	make_set(out);
	memset(out->trust.chain.b, 0xab, sizeof(out->trust.chain.b));
	(void)snprintf(out->trust.origin, sizeof(out->trust.origin), "forge.example/abababababababab");
	out->trust.sets_count = 1;
	out->trust.sets[0] = out->set.hash;
	out->height = FORGE_HEIGHTS - 1;
	for (size_t i = 0; i < FORGE_HEIGHTS; i++) {
		bool is_other = kind != FORGE_TRUE && i >= fork;
		uint8_t data[2] = {(uint8_t)i, is_other && kind == FORGE_OTHER_LEAVES};

		merkle_leaf(&out->leaves[i], bytes_of(data, sizeof(data)));
		make_header(out, i, is_other);
	}
}

void forge_certificate(struct buf *out, const struct forge *forge, size_t height)
{
	struct certificate certificate = {.kind = VOTE_FINALIZE, .view = height};
	struct hash digest;

	certificate.set_hash = forge->set.hash;
	certificate.header = bytes_text(forge->headers[height]);
	sha256(&certificate.block, certificate.header.at, certificate.header.len);
	certificate.signatures_count = set_quorum(FORGE_VALIDATORS);
	vote_digest(&digest, VOTE_FINALIZE, &forge->trust.chain, 0, &forge->set.hash, height,
		    &certificate.block);
	for (uint32_t i = 0; i < certificate.signatures_count; i++) {
		certificate.signers[0] |= (uint8_t)(1u << i);
		ck_assert_int_eq(sign_digest(&certificate.signatures[i], &forge->keys[i], &digest),
				 ERR_OK);
	}
	certificate_encode(out, &certificate, FORGE_VALIDATORS);
}

json_t *forge_set_text(const struct forge *forge)
{
	struct buf text;
	json_t *json;

	buf_init(&text, LIMIT_SET_BYTES);
	set_render(&text, &forge->set);
	json = json_of_text(buf_bytes(&text));
	buf_release(&text);
	return json;
}

json_t *forge_consistency(const struct forge *forge, uint64_t from)
{
	struct merkle_array array = {forge->leaves, forge->height + 1};
	struct hash path[MERKLE_PATH_MAX], root;
	size_t count = 0;
	struct buf certificate;
	json_t *proof;

	if (from > array.count)
		return NULL;
	merkle_root(&root, forge->leaves, from);
	ck_assert_int_eq(merkle_consistency_path(merkle_array_subtree, &array, from, array.count, path,
						 &count),
			 ERR_OK);
	buf_init(&certificate, LIMIT_CERTIFICATE_BYTES);
	forge_certificate(&certificate, forge, forge->height);
	proof = json_pack("{s:i, s:s, s:[s], s:o, s:o, s:[], s:I, s:o, s:o}", "stele_proof", 0, "kind",
			  "consistency", "headers", forge->headers[forge->height], "finalization",
			  json_of_base64(buf_bytes(&certificate)), "set", forge_set_text(forge),
			  "set_changes", "from", (json_int_t)from, "from_root", json_of_hash(&root), "path",
			  json_of_hashes(path, count));
	buf_release(&certificate);
	return proof;
}
