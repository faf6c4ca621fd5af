/* Commitments to content: rules CM (commit) and C-01, C-07 (opened by an anchor)
 * of docs/ledger.md.
 *
 * Who commits says nothing of the content, and yet ranks by it once the anchor
 * shows the salt. */
#include "ledger/apply/commit.h"

#include "base/mutant.h"
#include "proto/seal.h"

static struct state_key key_of_commit(const char *org, const uint8_t commitment[32])
{
	char hex[HASH_HEX_LEN + 1];

	hex_encode(hex, commitment, 32);
	return state_key("commit/%s/%s", org, hex);
}

enum err content_commit(struct apply *apply, const Stele__ContentCommit *record)
{
	struct state_key key = key_of_commit(apply->actor, record->commitment.data);
	Stele__CommitValue value = STELE__COMMIT_VALUE__INIT;
	bool is_there;
	enum err err = state_has(apply, key, &is_there);

	if (err != ERR_OK)
		return err;
	if (is_there) /* CM-01 */
		return ERR_EXISTS_COMMIT;
	value.log_index = apply->log_index;
	value.time = apply->time_ms;
	return put_commit(apply, key, &value);
}

enum err commit_find(struct apply *apply, const Stele__ContentAnchor *record, struct opening *out)
{
	struct hash chain = apply_chain(apply);
	struct hash commitment;
	enum err err;

	out->commit = NULL;
	if (record->salt.len == 0)
		return ERR_OK;
	seal_content(&commitment, &chain, apply->actor,
		     bytes_of(record->sha256.data, record->sha256.len),
		     bytes_of(record->salt.data, record->salt.len));
	out->key = key_of_commit(apply->actor, commitment.b);
	err = get_commit(apply, out->key, &out->commit);
	if (err == ERR_NOT_FOUND) /* C-01 */
		return ERR_NOT_FOUND_COMMIT;
	if (err == ERR_OK && out->commit->opened_by != NULL &&
	    !mutant_on("commitment_opened_again")) /* C-07 */
		return ERR_COMMIT_OPENED;
	return err;
}

enum err commit_open(struct apply *apply, struct opening *opening, ProtobufCBinaryData content,
		     uint64_t claim)
{
	Stele__ContentRef opened_by = STELE__CONTENT_REF__INIT;

	opened_by.sha256 = content;
	opened_by.claim = claim;
	opening->commit->opened_by = &opened_by;
	return put_commit(apply, opening->key, opening->commit);
}
