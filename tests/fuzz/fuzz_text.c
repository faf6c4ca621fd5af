/* Canonical texts: whatever parses renders to the same bytes.  The first byte
 * chooses the text. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "proto/body.h"
#include "proto/card.h"
#include "proto/certificate.h"
#include "proto/evidence.h"
#include "proto/genesis.h"
#include "proto/genesis_file.h"
#include "proto/header.h"
#include "proto/parcel.h"
#include "proto/set.h"

#define TEXT_MAX ((size_t)1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* One object of any kind at a time; large, so on the heap. */
union parsed {
	struct header header;
	struct body body;
	struct set set;
	struct parcel_text parcel;
	struct evidence evidence;
	struct card card;
	struct genesis genesis;
	struct genesis_file file;
	struct certificate certificate;
};

static bool again_small(struct buf *out, union parsed *as, unsigned kind, struct bytes text)
{
	switch (kind) {
	case 0:
		if (header_parse(&as->header, text) != ERR_OK)
			return false;
		header_render(out, &as->header);
		return true;
	case 1:
		if (body_parse(&as->body, text) != ERR_OK)
			return false;
		body_render(out, &as->body);
		return true;
	case 2:
		if (set_parse(&as->set, text) != ERR_OK)
			return false;
		set_render(out, &as->set);
		return true;
	case 3:
		if (parcel_text_parse(&as->parcel, text) != ERR_OK)
			return false;
		parcel_text_render(out, &as->parcel);
		return true;
	default:
		if (evidence_parse(&as->evidence, text) != ERR_OK)
			return false;
		evidence_render(out, &as->evidence);
		return true;
	}
}

static bool again_large(struct buf *out, union parsed *as, unsigned kind, struct bytes text)
{
	unsigned line;

	switch (kind) {
	case 5:
		if (card_parse(&as->card, text, &line) != ERR_OK)
			return false;
		card_render(out, &as->card);
		return true;
	case 6:
		if (genesis_parse(&as->genesis, text, &line) != ERR_OK)
			return false;
		ASSERT(genesis_render(out, &as->genesis) == ERR_OK);
		return true;
	case 7:
		if (genesis_file_parse(&as->file, text) != ERR_OK)
			return false;
		genesis_file_render(out, &as->file);
		return true;
	default:
		if (certificate_decode(&as->certificate, text, 4) != ERR_OK)
			return false;
		certificate_encode(out, &as->certificate, 4);
		return true;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	union parsed *as;
	struct bytes text;
	struct buf out;
	unsigned kind;

	if (size == 0)
		return 0;
	as = calloc(1, sizeof(*as));
	if (as == NULL)
		return 0;
	kind = ((unsigned)data[0] - 48u) % 9u;
	text = bytes_of(data + 1, size - 1);
	buf_init(&out, TEXT_MAX);
	if (kind < 5 ? again_small(&out, as, kind, text) : again_large(&out, as, kind, text))
		ASSERT(bytes_equal(buf_bytes(&out), text));
	buf_release(&out);
	free(as);
	return 0;
}
