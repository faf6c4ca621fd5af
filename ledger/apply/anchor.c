#include "ledger/apply/anchor.h"

#include <string.h>

#include "ledger/apply/commit.h"
#include "ledger/apply/producer.h"

static bool is_same_parent(const Stele__Parent *a, const Stele__Parent *b)
{
	return a->claim == b->claim && a->relation == b->relation &&
	       memcmp(a->sha256.data, b->sha256.data, a->sha256.len) == 0;
}

/* Parents that are records exist already, so lineage has no circles. */
static enum err check_parents(struct apply *apply, const Stele__ContentAnchor *record)
{
	for (size_t i = 0; i < record->n_parents; i++) {
		const Stele__Parent *parent = record->parents[i];
		Stele__ClaimValue *claim;
		enum err err;

		if (memcmp(parent->sha256.data, record->sha256.data, record->sha256.len) == 0)
			return ERR_PARENT_SELF; /* C-02 */
		for (size_t j = 0; j < i; j++) {
			if (is_same_parent(parent, record->parents[j])) /* C-03 */
				return ERR_AREA_DUPLICATE;
		}
		if (parent->claim == 0)
			continue;
		err = claim_find(apply, &parent->sha256, parent->claim, &claim);
		if (err == ERR_NOT_FOUND_CLAIM) /* C-04 */
			return ERR_PARENT;
		if (err != ERR_OK)
			return err;
	}
	return ERR_OK;
}

static bool is_camera(Stele__SourceType source)
{
	return source == STELE__SOURCE_TYPE__SOURCE_DIGITAL_CAPTURE ||
	       source == STELE__SOURCE_TYPE__SOURCE_COMPUTATIONAL_CAPTURE ||
	       source == STELE__SOURCE_TYPE__SOURCE_NEGATIVE_FILM ||
	       source == STELE__SOURCE_TYPE__SOURCE_POSITIVE_FILM ||
	       source == STELE__SOURCE_TYPE__SOURCE_COMPOSITE_CAPTURE;
}

static enum err check_label(struct apply *apply, const Stele__ContentAnchor *record)
{
	const Stele__AigcLabel *label = record->aigc;
	enum err err;

	if (label == NULL)
		return ERR_OK;
	if (strcmp(label->label, "1") == 0 && is_camera(record->source_type)) /* C-05 */
		return ERR_LABEL_SOURCE;
	err = producer_check(apply, label->content_producer);
	if (err == ERR_OK)
		err = producer_check(apply, label->content_propagator);
	return err; /* C-06 */
}

enum err anchor_check(struct apply *apply, const Stele__ContentAnchor *record,
		      struct opening *opening)
{
	enum err err = commit_find(apply, record, opening);

	if (err == ERR_OK)
		err = check_parents(apply, record);
	if (err == ERR_OK)
		err = check_label(apply, record);
	if (err == ERR_OK)
		err = award_link_check(apply, record->award);
	return err;
}
