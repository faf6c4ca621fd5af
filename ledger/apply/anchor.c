#include "ledger/apply/anchor.h"

#include <string.h>

#include "ledger/apply/identifier.h"
#include "ledger/apply/values.h"

/* A service provider's code (TC260): "001", the kind of subject, its CN-USCI,
 * five characters of its own. */
#define PRODUCER_LEN 27
#define PRODUCER_USCI_AT 4

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

/* A code of another length is not of this form and says nothing about the issuer. */
static bool producer_is_own(const char *producer, const char *org)
{
	const char *code;

	if (strlen(producer) != PRODUCER_LEN)
		return true;
	return identifier_scheme(org, &code) == SCHEME_USCI &&
	       memcmp(producer + PRODUCER_USCI_AT, code, USCI_LEN) == 0;
}

static enum err check_label(const struct apply *apply, const Stele__ContentAnchor *record)
{
	const Stele__AigcLabel *label = record->aigc;

	if (label == NULL)
		return ERR_OK;
	if (strcmp(label->label, "1") == 0 && is_camera(record->source_type)) /* C-05 */
		return ERR_LABEL_SOURCE;
	if (!producer_is_own(label->content_producer, apply->actor)) /* C-06 */
		return ERR_LABEL_PRODUCER;
	return ERR_OK;
}

enum err anchor_check(struct apply *apply, const Stele__ContentAnchor *record)
{
	enum err err;

	if (record->salt.len > 0) /* C-01: this version holds no commitments */
		return ERR_NOT_FOUND_COMMIT;
	err = check_parents(apply, record);
	if (err == ERR_OK)
		err = check_label(apply, record);
	if (err == ERR_OK)
		err = award_link_check(apply, record->award);
	return err;
}
