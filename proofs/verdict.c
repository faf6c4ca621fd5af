#include "proofs/verdict.h"

#include <stdlib.h>

#include "base/limits.h"
#include "proofs/proof.h"
#include "proofs/text.h"

static const char *finding_word(enum finding finding)
{
	switch (finding) {
	case FINDING_NOT_CHECKED:
		return "open";
	case FINDING_PASS:
		return "pass";
	case FINDING_FAIL:
		return "fail";
	}
	UNREACHABLE();
}

static void add(struct buf *out, const char *name, enum finding finding, enum err code)
{
	buf_print(out, "%s %s %d ", name, finding_word(finding), (int)code);
}

static void add_findings(struct buf *out, const struct receipt_findings *found)
{
	add(out, "content", found->content, found->content_code);
	add(out, "inclusion", found->inclusion, found->inclusion_code);
	add(out, "finality", found->finality, found->finality_code);
	add(out, "signer", found->signer, found->signer_code);
	add(out, "status", found->status, found->status_code);
	buf_print(out, "former %u state %s", found->former,
		  found->status == FINDING_PASS ? found->said.word : "-");
}

/* Version 1 and no other. */
static enum err parse(struct bytes text, size_t max, const char *name, json_t **out)
{
	struct text_scan scan;

	if (!text_scan(text, max, name, &scan))
		return ERR_RECEIPT_FORM;
	if (scan.has_number && scan.number != RECEIPT_VERSION)
		return ERR_RECEIPT_VERSION;
	return scan.has_number ? text_build(text, &scan, out) : ERR_RECEIPT_FORM;
}

/* What keeps a text from being judged is its verdict. */
static enum err form_line(struct buf *out, enum err err)
{
	if (err != ERR_RECEIPT_FORM && err != ERR_RECEIPT_VERSION)
		return err;
	buf_print(out, "form %d", (int)err);
	return ERR_OK;
}

static enum err judge_receipt(struct buf *out, struct bytes text, const struct trust *trust,
			      const struct receipt_file *file)
{
	struct receipt_findings *found = calloc(1, sizeof(*found));
	json_t *receipt = NULL;
	enum err err;

	if (found == NULL)
		return ERR_MEMORY;
	err = parse(text, LIMIT_RECEIPT_BYTES, "stele_receipt", &receipt);
	if (err == ERR_OK)
		err = receipt_check(receipt, file, trust, found);
	if (err == ERR_OK)
		add_findings(out, found);
	receipt_findings_release(found);
	free(found);
	json_decref(receipt);
	return err == ERR_OK ? ERR_OK : form_line(out, err);
}

static enum err judge_proof(struct buf *out, struct bytes text, const struct trust *trust)
{
	struct proof_facts *facts = calloc(1, sizeof(*facts));
	json_t *proof = NULL;
	enum err err;

	if (facts == NULL)
		return ERR_MEMORY;
	err = parse(text, LIMIT_PROOF_BYTES, "stele_proof", &proof);
	if (err == ERR_OK)
		err = proof_findings(proof, trust, facts);
	if (err == ERR_OK) {
		add(out, "finality", facts->finality, facts->finality_code);
		add(out, "facts", facts->promises, facts->promises_code);
		add(out, "signer", facts->signer, facts->signer_code);
		buf_print(out, "former %u", facts->former);
	}
	proof_facts_release(facts);
	free(facts);
	json_decref(proof);
	return err == ERR_OK ? ERR_OK : form_line(out, err);
}

/* *out is NULL where no trust is given.  A text that is none is the verdict: *is_bad. */
static enum err read_trust(struct buf *line, struct bytes text, struct trust **out, bool *is_bad)
{
	struct trust *trust;
	enum err err;

	*out = NULL;
	*is_bad = false;
	if (text.len == 0)
		return ERR_OK;
	trust = malloc(sizeof(*trust));
	err = trust == NULL ? ERR_MEMORY : trust_parse(trust, text);
	if (err == ERR_OK) {
		*out = trust;
		return ERR_OK;
	}
	free(trust);
	if (err == ERR_MEMORY)
		return err;
	*is_bad = true;
	buf_print(line, "trust");
	return ERR_OK;
}

enum err verdict_line(struct buf *out, struct bytes receipt, struct bytes trust_text,
		      const struct receipt_file *file)
{
	struct trust *trust;
	bool is_bad;
	enum err err = read_trust(out, trust_text, &trust, &is_bad);

	if (err == ERR_OK && !is_bad)
		err = judge_receipt(out, receipt, trust, file);
	free(trust);
	return err;
}

enum err verdict_proof_line(struct buf *out, struct bytes proof, struct bytes trust_text)
{
	struct trust *trust;
	bool is_bad;
	enum err err = read_trust(out, trust_text, &trust, &is_bad);

	if (err == ERR_OK && !is_bad)
		err = judge_proof(out, proof, trust);
	free(trust);
	return err;
}
