/* R10: whole certificates in a small set; in a large one a word that they are there, and
 * who lacks them asks. */
#include "consensus/relay.h"

#include <string.h>

#include "tests/lib/cores.h"
#include "tests/lib/unit.h"

#define LARGE 43u
#define SECOND 1000000u

/* One core of a large set that is told everything by hand. */
struct scene {
	struct cores *cores;
	struct cores_block one, two; /* of views 1 and 2 */
};

static void scene_init(struct scene *scene)
{
	scene->cores = cores_new(LARGE, 0);
	cores_start(scene->cores, 0);
	cores_block_make(scene->cores, &scene->one, 1, cores_header0(scene->cores), 0, false);
	cores_block_make(scene->cores, &scene->two, 2, &scene->one.header, 0, false);
}

static void scene_release(struct scene *scene)
{
	cores_block_free(&scene->one);
	cores_block_free(&scene->two);
	cores_free(scene->cores);
}

static enum verdict announce(struct scene *scene, enum vote_kind kind, uint64_t view,
			     const struct hash *block, uint32_t peer)
{
	struct event event = {.kind = EVENT_ANNOUNCEMENT, .peer = peer};

	event.request.kind = kind;
	event.request.view = view;
	event.request.block = *block;
	return cores_inject(scene->cores, 0, &event);
}

static enum verdict certify(struct scene *scene, enum vote_kind kind, uint64_t view,
			    const struct header *header)
{
	struct event event = {.kind = EVENT_CERTIFICATE, .peer = 1};
	enum verdict verdict;

	event.certificate = cores_certificate(scene->cores, kind, view, header);
	verdict = cores_inject(scene->cores, 0, &event);
	cores_certificate_free(&event.certificate);
	return verdict;
}

/* How often the last step asked for that certificate, and whom first. */
static uint32_t asked(const struct scene *scene, enum vote_kind kind, uint64_t view, uint32_t *whom)
{
	const struct effects *effects = cores_last(scene->cores, 0);
	uint32_t count = 0;

	for (size_t i = effects->count; i-- > 0;) {
		const struct effect *effect = &effects->list[i];

		if (effect->kind != EFFECT_REQUEST_CERTIFICATE || effect->request.kind != kind ||
		    effect->request.view != view)
			continue;
		*whom = effect->to;
		count++;
	}
	return count;
}

static const struct effect *sent(const struct scene *scene, enum effect_kind kind)
{
	const struct effects *effects = cores_last(scene->cores, 0);

	for (size_t i = 0; i < effects->count; i++) {
		if (effects->list[i].kind == kind)
			return &effects->list[i];
	}
	return NULL;
}

UNIT_TEST(relay_large_set_hears_that_a_certificate_is_there)
{
	struct scene scene;
	const struct effect *effect;

	scene_init(&scene);
	ck_assert_int_eq(certify(&scene, VOTE_NOTARIZE, 1, &scene.one.header), ACCEPTED);
	ck_assert_ptr_null(sent(&scene, EFFECT_CERTIFICATE));
	effect = sent(&scene, EFFECT_ANNOUNCEMENT);
	ck_assert_ptr_nonnull(effect);
	ck_assert_uint_eq(effect->to, PEER_ALL);
	ck_assert(effect->request.kind == VOTE_NOTARIZE && effect->request.view == 1);
	ck_assert(hash_equal(&effect->request.block, &scene.one.hash));
	scene_release(&scene);
}

UNIT_TEST(relay_nullification_goes_to_all_of_a_large_set)
{
	struct scene scene;

	scene_init(&scene);
	certify(&scene, VOTE_NULLIFY, 1, NULL);
	ck_assert_ptr_null(sent(&scene, EFFECT_ANNOUNCEMENT));
	ck_assert_ptr_nonnull(sent(&scene, EFFECT_CERTIFICATE));
	ck_assert_uint_eq(sent(&scene, EFFECT_CERTIFICATE)->to, PEER_ALL);
	scene_release(&scene);
}

UNIT_TEST(relay_first_announcer_is_asked_and_after_a_while_f_plus_1_others)
{
	struct scene scene;
	uint32_t whom = 0;

	scene_init(&scene);
	ck_assert_int_eq(announce(&scene, VOTE_NOTARIZE, 1, &scene.one.hash, 7), ACCEPTED);
	ck_assert_uint_eq(asked(&scene, VOTE_NOTARIZE, 1, &whom), 1);
	ck_assert_uint_eq(whom, 7);
	for (uint32_t peer = 8; peer < 40; peer++) {
		ck_assert_int_eq(announce(&scene, VOTE_NOTARIZE, 1, &scene.one.hash, peer), ACCEPTED);
		ck_assert_uint_eq(asked(&scene, VOTE_NOTARIZE, 1, &whom), 0);
	}
	cores_run(scene.cores, SECOND / 10); /* no answer: two Delta */
	cores_work(scene.cores, 0, false);
	ck_assert_uint_eq(asked(&scene, VOTE_NOTARIZE, 1, &whom), set_faults(LARGE) + 1);
	scene_release(&scene);
}

UNIT_TEST(relay_next_announcement_is_followed_at_once)
{
	struct scene scene;
	uint32_t whom;

	scene_init(&scene);
	announce(&scene, VOTE_NOTARIZE, 1, &scene.one.hash, 7);
	announce(&scene, VOTE_NOTARIZE, 1, &scene.one.hash, 8);
	certify(&scene, VOTE_NOTARIZE, 1, &scene.one.header);
	ck_assert_uint_eq(asked(&scene, VOTE_NOTARIZE, 1, &whom), 0);
	announce(&scene, VOTE_NOTARIZE, 2, &scene.two.hash, 9);
	ck_assert_uint_eq(asked(&scene, VOTE_NOTARIZE, 2, &whom), 1);
	announce(&scene, VOTE_FINALIZE, 1, &scene.one.hash, 9); /* kinds do not wait for each other */
	ck_assert_uint_eq(asked(&scene, VOTE_FINALIZE, 1, &whom), 1);
	scene_release(&scene);
}

UNIT_TEST(relay_announcement_of_what_is_held_or_means_nothing_is_ignored)
{
	struct scene scene;
	uint32_t whom;

	scene_init(&scene);
	certify(&scene, VOTE_NOTARIZE, 1, &scene.one.header);
	ck_assert_int_eq(announce(&scene, VOTE_NOTARIZE, 1, &scene.one.hash, 7), IGNORED_DUPLICATE);
	ck_assert_int_eq(announce(&scene, VOTE_NULLIFY, 2, &scene.two.hash, 7), REJECTED_FORM);
	ck_assert_int_eq(announce(&scene, VOTE_NOTARIZE, 0, &scene.two.hash, 7), IGNORED_UNWANTED);
	ck_assert_int_eq(announce(&scene, VOTE_NOTARIZE, 2, &scene.two.hash, PEER_OBSERVERS),
			 IGNORED_UNWANTED);
	ck_assert_uint_eq(asked(&scene, VOTE_NOTARIZE, 2, &whom), 0);
	scene_release(&scene);
}

UNIT_TEST(relay_announcement_of_another_block_is_followed_for_the_proof)
{
	struct scene scene;
	struct cores_block other;
	uint32_t whom;

	scene_init(&scene);
	cores_block_make(scene.cores, &other, 1, cores_header0(scene.cores), 1, false);
	certify(&scene, VOTE_NOTARIZE, 1, &scene.one.header);
	ck_assert_int_eq(announce(&scene, VOTE_NOTARIZE, 1, &other.hash, 7), ACCEPTED);
	ck_assert_uint_eq(asked(&scene, VOTE_NOTARIZE, 1, &whom), 1);
	cores_block_free(&other);
	scene_release(&scene);
}

UNIT_TEST(relay_announcements_of_views_that_nobody_has_hide_no_other)
{
	struct scene scene;
	uint32_t whom;

	scene_init(&scene);
	for (uint32_t peer = 1; peer <= set_faults(LARGE); peer++)
		announce(&scene, VOTE_NOTARIZE, INT64_MAX - peer, &scene.two.hash, peer);
	announce(&scene, VOTE_NOTARIZE, 1, &scene.one.hash, 20);
	if (asked(&scene, VOTE_NOTARIZE, 1, &whom) == 0) {
		cores_run(scene.cores, SECOND / 10);
		cores_work(scene.cores, 0, false);
	}
	ck_assert_uint_eq(asked(&scene, VOTE_NOTARIZE, 1, &whom), 1);
	ck_assert_uint_eq(whom, 20);
	scene_release(&scene);
}

/* All f liars name one view that nobody has, and name it again whenever they were asked. */
UNIT_TEST(relay_view_that_liars_keep_announcing_hides_no_other)
{
	struct scene scene;
	uint32_t whom, count = 0;

	scene_init(&scene);
	for (uint32_t round = 0; round < 10 && count == 0; round++) {
		for (uint32_t peer = 1; peer <= set_faults(LARGE); peer++)
			announce(&scene, VOTE_NOTARIZE, INT64_MAX, &scene.two.hash, peer);
		if (round == 0)
			announce(&scene, VOTE_NOTARIZE, 1, &scene.one.hash, 20);
		else
			cores_work(scene.cores, 0, round % 2 == 0);
		count = asked(&scene, VOTE_NOTARIZE, 1, &whom);
		cores_run(scene.cores, SECOND / 10);
	}
	ck_assert_uint_eq(count, 1);
	ck_assert_uint_eq(whom, 20);
	scene_release(&scene);
}

struct counts {
	uint64_t announcements, certificates, requests;
};

/* Node 1 hears no vote but the leaders'. */
static bool no_votes_to_one(void *context, uint32_t from, uint32_t to, const struct event *event)
{
	struct counts *counts = context;

	(void)from;
	counts->announcements += event->kind == EVENT_ANNOUNCEMENT;
	counts->certificates += event->kind == EVENT_CERTIFICATE;
	counts->requests += event->kind == EVENT_CERTIFICATE_REQUEST;
	return to != 1 || event->kind != EVENT_VOTE;
}

UNIT_TEST(relay_who_hears_no_votes_keeps_up_by_asking_for_certificates)
{
	struct cores *cores = cores_new(LARGE, 0);
	struct counts counts = {0};

	cores_filter_set(cores, no_votes_to_one, &counts);
	cores_start_all(cores);
	for (uint32_t i = 0; i < LARGE; i++)
		cores_work(cores, i, true);
	ck_assert(cores_run_all_to_height(cores, 5, 2 * SECOND));
	ck_assert_uint_eq(cores_status(cores, 1).nullified_views, 0);
	ck_assert_uint_eq(cores_status(cores, 2).nullified_views, 0);
	/* one asks, for two certificates a view or so; the others form theirs */
	ck_assert_uint_gt(counts.certificates, 0);
	ck_assert_uint_le(counts.requests, 4 * cores_status(cores, 2).view);
	ck_assert_uint_le(counts.certificates, 4 * cores_status(cores, 2).view);
	ck_assert_uint_gt(counts.announcements, 100 * counts.certificates);
	cores_free(cores);
}

UNIT_MAIN("relay", relay_large_set_hears_that_a_certificate_is_there,
	  relay_nullification_goes_to_all_of_a_large_set,
	  relay_first_announcer_is_asked_and_after_a_while_f_plus_1_others,
	  relay_next_announcement_is_followed_at_once,
	  relay_announcement_of_what_is_held_or_means_nothing_is_ignored,
	  relay_announcement_of_another_block_is_followed_for_the_proof,
	  relay_announcements_of_views_that_nobody_has_hide_no_other,
	  relay_view_that_liars_keep_announcing_hides_no_other,
	  relay_who_hears_no_votes_keeps_up_by_asking_for_certificates)
