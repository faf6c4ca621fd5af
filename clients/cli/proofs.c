#include "clients/cli/proofs.h"

#include <string.h>

#include "clients/cli/pins.h"

enum err proof_judge(struct cli *cli, const json_t *proof, struct proof_facts *facts,
		     bool *is_pinned)
{
	const char *top = json_string_value(json_array_get(json_object_get(proof, "headers"), 0));
	struct header header;
	struct trust trust;
	enum err err;

	*is_pinned = false;
	memset(facts, 0, sizeof(*facts));
	if (top == NULL || header_parse(&header, bytes_text(top)) != ERR_OK)
		return ERR_PROOF_FORM;
	err = pins_compare(cli, &header.chain, header.origin);
	if (err == ERR_OK)
		err = pins_find(cli, &header.chain, is_pinned, &trust);
	if (err != ERR_OK)
		return err;
	return proof_check(proof, *is_pinned ? &trust : NULL, facts);
}
