#include "consensus/relay.h"

#include "base/mutant.h"
#include "consensus/peers.h"

#ifndef RELAY_ALL_MAX /* the Makefile's sim-relay-N tries others */
#define RELAY_ALL_MAX 40u /* more validators than this: certificates are announced, not sent */
#endif

/* R10: certificates grow with the set, and so does the number of those who form one by
 * themselves, as every vote reaches all.  So in a large set a few bytes say that it is
 * there, and who lacks it asks.  A nullification is for who is in doubt: it goes to all. */
void relay_certificate(struct core *core, const struct certificate *certificate,
		       struct bytes data)
{
	bool is_whole = core->count <= RELAY_ALL_MAX || certificate->kind == VOTE_NULLIFY;
	struct effect *effect;

	ASSERT(data.len > 0);
	ASSERT(certificate->view > 0);
	core->pulls[certificate->kind - 1] = (struct pull){.low = 0};
	if (mutant_on("certificate_not_relayed"))
		return;
	effect = effects_add(core->out, is_whole ? EFFECT_CERTIFICATE : EFFECT_ANNOUNCEMENT);
	effect->to = PEER_ALL;
	if (is_whole) {
		effect->certificate = data;
		return;
	}
	effect->request.kind = certificate->kind;
	effect->request.epoch = certificate->epoch;
	effect->request.view = certificate->view;
	effect->request.block = certificate->block;
}

static bool is_wanted(const struct core *core, enum vote_kind kind, const struct announced *of)
{
	ASSERT(of->view > 0);
	ASSERT(kind != VOTE_NULLIFY);
	return core_wants_certificate(core, kind, core->config.epoch, of->view, &of->block);
}

enum verdict relay_on_announcement(struct core *core, const struct event_request *announced,
				   uint32_t peer)
{
	struct announced *of;

	ASSERT(peer != PEER_SELF);
	ASSERT(core->out != NULL);
	if (announced->epoch != core->config.epoch || announced->view == 0 ||
	    peer >= core->count)
		return IGNORED_UNWANTED;
	if (announced->kind != VOTE_NOTARIZE && announced->kind != VOTE_FINALIZE)
		return REJECTED_FORM;
	if (!core_wants_certificate(core, announced->kind, announced->epoch, announced->view,
				    &announced->block))
		return IGNORED_DUPLICATE;
	/* the newest of each peer: none can fill the places of others */
	of = &core->announced[announced->kind - 1][peer];
	core->announced_count += of->view == 0;
	*of = (struct announced){announced->view, announced->block};
	return ACCEPTED;
}

static void ask(struct core *core, enum vote_kind kind, uint64_t view, uint32_t peer)
{
	struct effect *effect = effects_add(core->out, EFFECT_REQUEST_CERTIFICATE);

	ASSERT(peer < core->count);
	ASSERT(view > 0);
	effect->to = peer;
	effect->request.kind = kind;
	effect->request.epoch = core->config.epoch;
	effect->request.view = view;
}

static void forget(struct core *core, struct announced *of)
{
	ASSERT(of->view > 0);
	ASSERT(core->announced_count > 0);
	of->view = 0;
	core->announced_count--;
}

/* Of the views that are announced and still lacking the highest, and the highest below a
 * given one; 0: none.  What came meanwhile is forgotten. */
struct lacking {
	uint64_t highest, next;
};

static struct lacking lacking(struct core *core, enum vote_kind kind, uint64_t below)
{
	struct lacking views = {0, 0};

	ASSERT(core->announced_count > 0);
	for (uint32_t i = 0; i < core->count; i++) {
		struct announced *of = &core->announced[kind - 1][i];

		if (of->view == 0)
			continue;
		if (!is_wanted(core, kind, of)) {
			forget(core, of);
			continue;
		}
		if (of->view > views.highest)
			views.highest = of->view;
		if (of->view < below && of->view > views.next)
			views.next = of->view;
	}
	ASSERT(views.next <= views.highest);
	return views;
}

/* Nobody is asked twice for one announcement. */
static void ask_announcers(struct core *core, enum vote_kind kind, uint64_t view, uint32_t left)
{
	uint32_t first = core->asks_total;

	for (uint32_t i = 0; i < core->count && left > 0; i++) {
		uint32_t peer = (first % core->count + i) % core->count;
		struct announced *of = &core->announced[kind - 1][peer];

		if (of->view != view)
			continue;
		forget(core, of);
		ask(core, kind, view, peer);
		left--;
	}
}

/* One announcer of a view is asked at once; when it does not answer, f + 1 others: one of
 * them is correct.  So in rounds, in each of which views are asked for once and downwards:
 * one that liars announce again and again keeps no other waiting. */
static void pull_kind(struct core *core, enum vote_kind kind)
{
	struct pull *pull = &core->pulls[kind - 1];
	struct lacking views;

	ASSERT(kind != VOTE_NULLIFY);
	if (core->announced_count == 0)
		return;
	views = lacking(core, kind, pull->low);
	if (views.highest == 0)
		return;
	if (peers_ask_due(core, &pull->ask)) {
		ask_announcers(core, kind, views.highest,
			       pull->ask.attempts == 0 ? 1 : core->faults + 1);
		pull->top = pull->low = views.highest;
		peers_asked(core, &pull->ask);
		return;
	}
	if (views.highest > pull->top) {
		ask_announcers(core, kind, views.highest, 1);
		pull->top = views.highest;
	}
	if (views.next > 0) {
		ask_announcers(core, kind, views.next,
			       pull->ask.attempts == 1 ? 1 : core->faults + 1);
		pull->low = views.next;
	}
}

void relay_advance(struct core *core)
{
	ASSERT(core->out != NULL);
	ASSERT(core->cur > core->final.view);
	if (mutant_on("announcement_not_followed"))
		return;
	pull_kind(core, VOTE_NOTARIZE);
	pull_kind(core, VOTE_FINALIZE);
}
