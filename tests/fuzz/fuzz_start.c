/* A core that starts from any records: it goes on, or stops by tripping, whatever
 * its journal says; and what it puts out at its start it can read at the next.
 * The input is a list of records: kind, view, then what is in it. */
#include <stdlib.h>
#include <string.h>

#include "consensus/core.h"
#include "crypto/digest.h"
#include "tests/lib/cores.h"

#define RECORDS_MAX 64u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct journal {
	struct cores *cores;
	struct cursor input;
	struct record records[RECORDS_MAX];
	struct buf values[RECORDS_MAX];
	size_t count;
};

static uint64_t choose_view(struct journal *journal)
{
	uint8_t choice = cursor_u8(&journal->input);

	if (choice < 0xf8)
		return choice % 32;
	return choice == 0xf8 ? cursor_u64(&journal->input) : UINT64_MAX - (choice - 0xf9u);
}

/* A block of that view; two of them in each, on view 0 or on the view before. */
static void block_of(struct journal *journal, struct cores_block *out, uint64_t view, uint8_t style)
{
	struct cores_block below;

	if ((style & 4) == 0 || view < 2) {
		cores_block_make(journal->cores, out, view, cores_header0(journal->cores), style & 1u,
				 (style & 2) != 0);
		return;
	}
	cores_block_make(journal->cores, &below, view - 1, cores_header0(journal->cores), 0, true);
	cores_block_make(journal->cores, out, view, &below.header, style & 1u, (style & 2) != 0);
	cores_block_free(&below);
}

static void put_certificate(struct journal *journal, struct buf *out, enum vote_kind kind,
			    uint64_t view, uint8_t style)
{
	struct event_certificate certificate;
	struct cores_block block;

	view &= INT64_MAX;
	block_of(journal, &block, view == 0 ? 1 : view, style);
	certificate = cores_certificate(journal->cores, kind, view,
					kind == VOTE_NULLIFY ? NULL : &block.header);
	buf_add_bytes(out, certificate.data);
	cores_certificate_free(&certificate);
	cores_block_free(&block);
}

static void put_block(struct journal *journal, struct record *record, struct buf *out, uint64_t view,
		      uint8_t style)
{
	struct cores_block block;

	block_of(journal, &block, (view & INT64_MAX) == 0 ? 1 : view & INT64_MAX, style);
	record->tag = block.hash;
	buf_u32(out, (uint32_t)block.header_text.len);
	buf_add_bytes(out, buf_bytes(&block.header_text));
	buf_add_bytes(out, buf_bytes(&block.body_text));
	cores_block_free(&block);
}

static void put_value(struct journal *journal, struct record *record, struct buf *out)
{
	uint8_t style = cursor_u8(&journal->input);
	enum vote_kind kind = (enum vote_kind)(1 + (style >> 4) % 3);
	struct cores_block block;

	if ((style & 8) != 0) { /* any bytes */
		buf_add_bytes(out, cursor_take(&journal->input, style & 7u ? style >> 2 : 0));
		record->tag.b[0] = cursor_u8(&journal->input);
		return;
	}
	record->tag.b[0] = (uint8_t)kind;
	if (record->kind == RECORD_CERTIFICATE || record->kind == RECORD_FINAL) {
		put_certificate(journal, out, record->kind == RECORD_FINAL ? VOTE_FINALIZE : kind,
				record->view, style);
	} else if (record->kind == RECORD_BLOCK) {
		put_block(journal, record, out, record->view, style);
	} else if (record->kind == RECORD_OWN && kind != VOTE_NULLIFY) {
		block_of(journal, &block, record->view == 0 ? 1 : record->view & INT64_MAX, style);
		buf_hash(out, &block.hash);
		cores_block_free(&block);
	} else if (record->kind == RECORD_FLOOR || record->kind == RECORD_RESERVATION) {
		if (record->kind == RECORD_RESERVATION)
			buf_u64(out, 1 + style);
		buf_u64(out, (style & 1) != 0 ? FLOOR_EPOCH_LOST : (style >> 1) & 1u);
		buf_u64(out, record->view);
	}
}

static void read_record(struct journal *journal)
{
	struct record *record = &journal->records[journal->count];
	struct buf *value = &journal->values[journal->count];
	uint8_t kind = cursor_u8(&journal->input);

	*record = (struct record){.kind = (enum record_kind)(1 + (kind & 0x7f) % RECORD_RESERVATION),
				  .epoch = kind >> 7,
				  .view = choose_view(journal)};
	buf_init(value, LIMIT_CERTIFICATE_BYTES + LIMIT_BODY_BYTES);
	put_value(journal, record, value);
	if (record->kind >= RECORD_FINAL && record->kind != RECORD_PARCEL)
		record->view = 0; /* the journal has one place for each of them */
	record->data = buf_bytes(value);
	journal->count++;
}

/* A while of its life: disk, timers, and requests of a peer. */
static void live(struct core *core, struct effects *effects)
{
	uint64_t now_us = 1000;

	for (unsigned i = 0; i < 24; i++) {
		struct event event = {.kind = EVENT_TIMER, .wall_ms = 1700000000000u};
		uint64_t sequence = 0;

		event.now_us = now_us += 700000;
		for (size_t k = 0; k < effects->count; k++) {
			if (effects->list[k].kind == EFFECT_PERSIST)
				sequence = effects->list[k].persist.sequence;
		}
		event.timer = (enum timer_id)(i % TIMER_COUNT);
		if (sequence > 0) {
			event.kind = EVENT_DURABLE;
			event.sequence = sequence;
		} else if (i % 5 == 4) {
			event.kind = EVENT_VOTES_REQUEST;
			event.peer = 1;
			event.request = (struct event_request){.kind = VOTE_NULLIFY, .view = i};
		}
		effects_reset(effects);
		(void)core_step(core, &event, effects);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct journal journal;
	struct event event = {.kind = EVENT_START, .now_us = 1, .wall_ms = 1700000000000u};
	struct effects effects;
	struct core *core;

	journal = (struct journal){.cores = cores_new(4, 0), .input = cursor_of(bytes_of(data, size))};
	while (journal.input.left > 0 && journal.count < RECORDS_MAX)
		read_record(&journal);
	core = core_new(cores_config(journal.cores, 0));
	effects_init(&effects);
	event.start.records = journal.records;
	event.start.records_count = journal.count;
	sha256(&event.start.committed_block, cores_config(journal.cores, 0)->view0_header.at,
	       cores_config(journal.cores, 0)->view0_header.len);
	event.start.committed_header = cores_config(journal.cores, 0)->view0_header;
	(void)core_step(core, &event, &effects);
	live(core, &effects);
	core_free(core);
	effects_release(&effects);
	while (journal.count > 0)
		buf_release(&journal.values[--journal.count]);
	cores_free(journal.cores);
	return 0;
}
