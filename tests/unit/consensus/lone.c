#include "tests/unit/consensus/lone.h"

#include <stdlib.h>
#include <string.h>

struct lone *lone_new(void)
{
	struct lone *lone = calloc(1, sizeof(*lone));

	lone->cores = cores_new(4, 0);
	lone->self = cores_leader(lone->cores, 4);
	cores_start(lone->cores, lone->self);
	return lone;
}

void lone_free(struct lone *lone)
{
	for (size_t i = 0; i < lone->blocks_count; i++)
		cores_block_free(&lone->blocks[i]);
	cores_free(lone->cores);
	free(lone);
}

uint32_t lone_leader(const struct lone *lone, uint64_t view)
{
	return cores_leader(lone->cores, view);
}

const struct cores_block *lone_block(struct lone *lone, uint64_t view,
				     const struct cores_block *parent, uint32_t salt)
{
	struct cores_block *block = &lone->blocks[lone->blocks_count++];

	ck_assert_uint_le(lone->blocks_count, LONE_BLOCKS);
	cores_block_make(lone->cores, block, view,
			 parent == NULL ? cores_header0(lone->cores) : &parent->header, salt, false);
	return block;
}

enum verdict lone_propose(struct lone *lone, const struct cores_block *block)
{
	struct event event = cores_proposal(lone->cores, block);

	return cores_inject(lone->cores, lone->self, &event);
}

enum verdict lone_vote(struct lone *lone, enum vote_kind kind, uint64_t view,
		       const struct cores_block *block, uint32_t signer)
{
	struct event event = {.kind = EVENT_VOTE, .peer = signer};

	event.vote = cores_vote(lone->cores, kind, view, block == NULL ? NULL : &block->hash,
				signer);
	return cores_inject(lone->cores, lone->self, &event);
}

enum verdict lone_certificate(struct lone *lone, enum vote_kind kind, uint64_t view,
			      const struct cores_block *block)
{
	struct event event = {.kind = EVENT_CERTIFICATE, .peer = (lone->self + 1) % 4};
	enum verdict verdict;

	event.certificate = cores_certificate(lone->cores, kind, view,
					      block == NULL ? NULL : &block->header);
	verdict = cores_inject(lone->cores, lone->self, &event);
	cores_certificate_free(&event.certificate);
	return verdict;
}

void lone_settle(struct lone *lone)
{
	cores_run(lone->cores, 3000);
}

void lone_restart(struct lone *lone)
{
	cores_crash(lone->cores, lone->self);
	cores_start(lone->cores, lone->self);
}

const struct effect *lone_effect(const struct lone *lone, enum effect_kind kind, size_t n)
{
	const struct effects *effects = cores_last(lone->cores, lone->self);

	for (size_t i = 0; i < effects->count; i++) {
		if (effects->list[i].kind == kind && n-- == 0)
			return &effects->list[i];
	}
	return NULL;
}

uint32_t lone_sent(const struct lone *lone, enum vote_kind kind, uint64_t view)
{
	return cores_sent(lone->cores, lone->self, kind, view);
}

uint64_t lone_view(const struct lone *lone)
{
	return cores_status(lone->cores, lone->self).view;
}
