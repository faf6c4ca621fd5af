#include "clients/cli/accusation.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "clients/cli/files.h"
#include "clients/cli/proofs.h"
#include "crypto/sign.h"

#define PEM_BYTES 1024
#define SCRIPT_BYTES ((size_t)1 << 16)

/* --- opening --------------------------------------------------------------- */

static enum err read_leaf(struct accusation *out)
{
	const struct fact *fact = proof_only(&out->facts, FACT_INCLUSION);
	struct bytes text;

	if (fact == NULL || !evidence_leaf_text(fact->data, &text))
		return ERR_PROOF_FORM;
	buf_add_bytes(&out->text, text);
	return evidence_parse(&out->evidence, text);
}

static enum err check(struct accusation *out)
{
	const struct cover *cover = &out->facts.cover;
	const struct evidence *evidence = &out->evidence;
	enum err err = evidence_check(evidence, &cover->last.chain, cover->set, evidence->epoch);

	if (err != ERR_OK)
		return err;
	evidence_id(&out->id, evidence);
	out->validator =
		&cover->set->validators[set_find_consensus(cover->set, &evidence->signer)];
	for (int i = 0; i < 2; i++)
		vote_text(&out->signed_text[i], evidence->votes[i].kind, &cover->last.chain,
			  evidence->epoch, &evidence->set_hash, evidence->view,
			  &evidence->votes[i].block);
	return ERR_OK;
}

enum err accusation_open(struct cli *cli, const json_t *proof, struct accusation *out)
{
	enum err err;

	memset(out, 0, sizeof(*out));
	buf_init(&out->text, LIMIT_EVIDENCE_BYTES);
	buf_init(&out->signed_text[0], LIMIT_VOTE_BYTES);
	buf_init(&out->signed_text[1], LIMIT_VOTE_BYTES);
	err = proof_judge(cli, proof, &out->facts, &out->is_pinned);
	if (err == ERR_OK)
		err = read_leaf(out);
	if (err == ERR_OK)
		err = check(out);
	return err;
}

void accusation_release(struct accusation *accusation)
{
	proof_facts_release(&accusation->facts);
	buf_release(&accusation->text);
	buf_release(&accusation->signed_text[0]);
	buf_release(&accusation->signed_text[1]);
}

const char *accusation_meaning(enum evidence_type type)
{
	switch (type) {
	case EVIDENCE_E1:
		return "notarized two blocks in one view";
	case EVIDENCE_E2:
		return "finalized two blocks in one view";
	case EVIDENCE_E3:
		return "nullified a view and finalized a block in it";
	case EVIDENCE_E4:
		return "notarized one block and finalized another in one view";
	case EVIDENCE_NONE:
		break;
	}
	UNREACHABLE();
}

/* --- for stock tools ------------------------------------------------------- */

static void der_of(const struct accusation *accusation, int vote, uint8_t der[72], size_t *len)
{
	*len = sign_der_encode(der, &accusation->evidence.votes[vote].signature);
}

void accusation_print_files(const struct accusation *accusation, struct buf *out)
{
	buf_print(out, "cat >key.pem <<'END'\n");
	if (sign_key_pem(out, &accusation->evidence.signer) != ERR_OK)
		out->has_failed = true;
	buf_print(out, "END\n");
	for (int i = 0; i < 2; i++) {
		uint8_t der[72];
		size_t len;

		der_of(accusation, i, der, &len);
		buf_print(out, "cat >vote-%d.txt <<'END'\n", i + 1);
		buf_add_bytes(out, buf_bytes(&accusation->signed_text[i]));
		buf_print(out, "END\necho ");
		buf_hex(out, der, len);
		buf_print(out, " | xxd -r -p >vote-%d.der\n", i + 1);
	}
}

void accusation_print_check(const struct accusation *accusation, struct buf *out)
{
	buf_print(out,
		  "openssl dgst -sha256 -verify key.pem -signature vote-1.der vote-1.txt\n"
		  "openssl dgst -sha256 -verify key.pem -signature vote-2.der vote-2.txt\n"
		  "openssl ec -pubin -in key.pem -conv_form compressed -outform DER 2>/dev/null | "
		  "tail -c 33 | xxd -p -c 33\n");
	buf_print(out, "# both say \"Verified OK\"; then follows the consensus key of %s in the set "
		       "of genesis:\n# ", accusation->validator->id);
	buf_hex(out, accusation->evidence.signer.b, sizeof(accusation->evidence.signer.b));
	buf_u8(out, '\n');
}

/* --- a folder of files ------------------------------------------------------ */

static enum err put(struct cli *cli, const char *folder, const char *name, struct bytes data)
{
	char *path = path_of("%s/%s", folder, name);
	enum err err = file_write(cli, path, data, 0644, false);

	free(path);
	return err;
}

static enum err put_votes(struct cli *cli, const struct accusation *accusation, const char *folder)
{
	static const char *const names[2][2] = {{"vote-1.txt", "vote-1.der"},
						{"vote-2.txt", "vote-2.der"}};
	enum err err = ERR_OK;

	for (int i = 0; i < 2 && err == ERR_OK; i++) {
		uint8_t der[72];
		size_t len;

		der_of(accusation, i, der, &len);
		err = put(cli, folder, names[i][0], buf_bytes(&accusation->signed_text[i]));
		if (err == ERR_OK)
			err = put(cli, folder, names[i][1], bytes_of(der, len));
	}
	return err;
}

static enum err put_script(struct cli *cli, const struct accusation *accusation, const char *folder)
{
	struct buf script;
	enum err err;

	buf_init(&script, SCRIPT_BYTES);
	buf_print(&script, "#!/bin/sh\n# Both votes were signed by one key, with openssl and xxd "
			   "alone.\nset -e\ncd \"$(dirname \"$0\")\"\n");
	accusation_print_check(accusation, &script);
	err = script.has_failed ? ERR_MEMORY : put(cli, folder, "verify.sh", buf_bytes(&script));
	buf_release(&script);
	return err;
}

enum err accusation_unpack(struct cli *cli, const struct accusation *accusation,
			   const char *folder)
{
	struct buf pem;
	enum err err;

	if (file_exists(folder))
		return cli_fail(cli, ERR_FILE_EXISTS, "%s", folder);
	err = folder_make(cli, folder, 0755);
	if (err != ERR_OK)
		return err;
	buf_init(&pem, PEM_BYTES);
	err = sign_key_pem(&pem, &accusation->evidence.signer);
	if (err == ERR_OK)
		err = put(cli, folder, "key.pem", buf_bytes(&pem));
	buf_release(&pem);
	if (err == ERR_OK)
		err = put(cli, folder, "evidence.txt", buf_bytes(&accusation->text));
	if (err == ERR_OK)
		err = put_votes(cli, accusation, folder);
	return err == ERR_OK ? put_script(cli, accusation, folder) : err;
}
