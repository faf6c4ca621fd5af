#include "proofs/verdict.h"

#include <stdlib.h>

#include "base/limits.h"
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
static enum err parse(struct bytes text, json_t **out)
{
	struct text_scan scan;

	if (!text_scan(text, LIMIT_RECEIPT_BYTES, "stele_receipt", &scan))
		return ERR_RECEIPT_FORM;
	if (scan.has_number && scan.number != RECEIPT_VERSION)
		return ERR_RECEIPT_VERSION;
	return text_parse(text, LIMIT_RECEIPT_BYTES, out);
}

static enum err judge(struct buf *out, struct bytes text, const struct trust *trust,
		      const struct receipt_file *file)
{
	struct receipt_findings *found = calloc(1, sizeof(*found));
	json_t *receipt = NULL;
	enum err err;

	if (found == NULL)
		return ERR_MEMORY;
	err = parse(text, &receipt);
	if (err == ERR_OK)
		err = receipt_check(receipt, file, trust, found);
	if (err == ERR_OK) {
		add_findings(out, found);
	} else if (err == ERR_RECEIPT_FORM || err == ERR_RECEIPT_VERSION) {
		buf_print(out, "form %d", (int)err);
		err = ERR_OK;
	}
	receipt_findings_release(found);
	free(found);
	json_decref(receipt);
	return err;
}

enum err verdict_line(struct buf *out, struct bytes receipt, struct bytes trust_text,
		      const struct receipt_file *file)
{
	struct trust *trust = NULL;
	enum err err = ERR_OK;

	if (trust_text.len > 0) {
		trust = malloc(sizeof(*trust));
		err = trust == NULL ? ERR_MEMORY : trust_parse(trust, trust_text);
	}
	if (err == ERR_OK)
		err = judge(out, receipt, trust, file);
	else if (err != ERR_MEMORY) {
		buf_print(out, "trust");
		err = ERR_OK;
	}
	free(trust);
	return err;
}
