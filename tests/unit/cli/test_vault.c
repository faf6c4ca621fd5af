/* The vault: what is sealed is on the disk, is found again, and opens. */
#include "clients/cli/vault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clients/cli/files.h"
#include "clients/cli/out.h"
#include "proto/seal.h"
#include "tests/lib/unit.h"
#include "tests/unit/cli/asked.h"

static const struct hash chain = {{1, 2, 3}};
static const struct vault_place in_call = {
	.kind = "proposal", .chain = &chain, .programme = "P", .call = "C", .by = "CN-USCI-A"};
static const struct vault_place of_seven = {
	.kind = "review",
	.chain = &chain,
	.programme = "P",
	.call = "C",
	.proposal = 7,
	.by = "02aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};

struct scene {
	struct cli *cli;
	char path[64], folder[48];
};

static struct scene begin(void)
{
	struct scene scene;

	(void)snprintf(scene.folder, sizeof(scene.folder), "/tmp/test_vault.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(scene.folder));
	(void)snprintf(scene.path, sizeof(scene.path), "%s/v.json", scene.folder);
	scene.cli = ASKED("proposal", "commit", "P", "C", "--vault", scene.path);
	return scene;
}

static void end(struct scene *scene)
{
	char *command = path_of("rm -rf %s", scene->folder);

	ck_assert_int_eq(system(command), 0);
	free(command);
	asked_free(scene->cli);
}

static json_t *content_titled(const char *title)
{
	return json_pack("{s:{s:s},s:s,s:[{s:s,s:i}]}", "titles", "en", title, "requested",
			 "9223372036854775807", "consortium", "org", "CN-USCI-A", "share", 10000);
}

static json_t *add_proposal(struct vault *vault, const char *title)
{
	return vault_add(vault, &in_call, content_titled(title), json_array());
}

UNIT_TEST(what_was_saved_is_found_and_opens)
{
	struct scene scene = begin();
	ProtobufCBinaryData salt;
	Stele__ProposalContent *content;
	json_t *other = content_titled("One"), *entry;
	char commitment[HASH_HEX_LEN + 1], hex[HASH_HEX_LEN + 1];
	struct vault vault;
	struct arena arena;
	struct hash seal;
	struct stat stat_of;

	ck_assert_int_eq(vault_open(scene.cli, &vault), ERR_OK);
	(void)snprintf(commitment, sizeof(commitment), "%s",
		       json_text(add_proposal(&vault, "One"), "commitment"));
	(void)add_proposal(&vault, "Two");
	ck_assert_int_eq(vault_save(&vault), ERR_OK);
	vault_close(&vault);
	ck_assert_int_eq(stat(scene.path, &stat_of), 0);
	ck_assert_int_eq(stat_of.st_mode & 0777, 0600);

	ck_assert_int_eq(vault_open(scene.cli, &vault), ERR_OK);
	entry = vault_find(&vault, &in_call, other);
	ck_assert_ptr_nonnull(entry);
	ck_assert_str_eq(json_text(entry, "commitment"), commitment);
	ck_assert_ptr_eq(vault_find_commitment(&vault, commitment), entry);
	arena_init(&arena, 1 << 20);
	ck_assert_int_eq(vault_open_proposal(scene.cli, entry, &arena, &salt, &content), ERR_OK);
	ck_assert(content->requested == INT64_MAX);
	seal_proposal(&seal, &chain, "P", "C", "CN-USCI-A", content, bytes_of(salt.data, salt.len));
	hex_encode(hex, seal.b, sizeof(seal.b));
	ck_assert_str_eq(hex, commitment);
	arena_release(&arena);
	json_decref(other);
	vault_close(&vault);
	end(&scene);
}

UNIT_TEST(two_entries_of_one_content_have_two_salts)
{
	struct scene scene = begin();
	struct vault vault;
	json_t *a, *b;

	ck_assert_int_eq(vault_open(scene.cli, &vault), ERR_OK);
	a = add_proposal(&vault, "One");
	b = add_proposal(&vault, "One");
	ck_assert_str_ne(json_text(a, "salt"), json_text(b, "salt"));
	ck_assert_str_ne(json_text(a, "commitment"), json_text(b, "commitment"));
	vault_close(&vault);
	end(&scene);
}

UNIT_TEST(an_entry_belongs_to_its_place_only)
{
	struct scene scene = begin();
	struct vault_place other = in_call;
	struct hash chain_of_another = {{9}};
	struct vault vault;

	ck_assert_int_eq(vault_open(scene.cli, &vault), ERR_OK);
	(void)add_proposal(&vault, "One");
	other.call = "D";
	ck_assert_ptr_null(vault_find(&vault, &other, NULL));
	other = in_call;
	other.by = "CN-USCI-B";
	ck_assert_ptr_null(vault_find(&vault, &other, NULL));
	other = in_call;
	other.chain = &chain_of_another;
	ck_assert_ptr_null(vault_find(&vault, &other, NULL));
	ck_assert_ptr_null(vault_find(&vault, &of_seven, NULL));
	ck_assert_ptr_nonnull(vault_find(&vault, &in_call, NULL));
	vault_close(&vault);
	end(&scene);
}

UNIT_TEST(a_review_is_sealed_for_its_proposal_and_key)
{
	struct scene scene = begin();
	struct vault_place other = of_seven;
	Stele__ReviewContent *content;
	ProtobufCBinaryData salt;
	struct vault vault;
	struct arena arena;
	json_t *entry;

	ck_assert_int_eq(vault_open(scene.cli, &vault), ERR_OK);
	entry = vault_add(&vault, &of_seven,
			  json_pack("{s:[{s:s,s:i},{s:s}]}", "scores", "criterion", "merit", "value",
				    8, "criterion", "plan"),
			  json_array());
	other.proposal = 8;
	ck_assert_ptr_null(vault_find(&vault, &other, NULL));
	ck_assert_ptr_eq(vault_find(&vault, &of_seven, NULL), entry);
	arena_init(&arena, 1 << 20);
	ck_assert_int_eq(vault_open_review(scene.cli, entry, &arena, &salt, &content), ERR_OK);
	ck_assert_uint_eq(content->n_scores, 2);
	ck_assert_uint_eq(content->scores[0]->value, 8);
	(void)json_object_set_new(entry, "proposal", json_integer(8));
	ck_assert_int_eq(vault_open_review(scene.cli, entry, &arena, &salt, &content), ERR_FILE_FORM);
	arena_release(&arena);
	vault_close(&vault);
	end(&scene);
}

UNIT_TEST(what_no_longer_makes_its_commitment_does_not_open)
{
	struct scene scene = begin();
	Stele__ProposalContent *content;
	ProtobufCBinaryData salt;
	struct vault vault;
	struct arena arena;
	json_t *entry;

	ck_assert_int_eq(vault_open(scene.cli, &vault), ERR_OK);
	entry = add_proposal(&vault, "One");
	arena_init(&arena, 1 << 20);
	(void)json_object_set_new(json_object_get(entry, "content"), "requested", json_string("5"));
	ck_assert_int_eq(vault_open_proposal(scene.cli, entry, &arena, &salt, &content),
			 ERR_FILE_FORM);
	arena_release(&arena);
	vault_close(&vault);
	end(&scene);
}

UNIT_TEST(a_file_that_is_no_vault_is_refused_and_left_alone)
{
	static const char *const texts[] = {"", "{}", "{\"format\":\"stele/v1 vault\",\"entries\":[{}]}",
					    "{\"format\":\"stele/v2 vault\",\"entries\":[]}"};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct scene scene = begin();
		struct vault vault;

		ck_assert_int_eq(file_write(scene.cli, scene.path, bytes_text(texts[i]), 0600, false),
				 ERR_OK);
		ck_assert_int_eq(vault_open(scene.cli, &vault), ERR_FILE_FORM);
		end(&scene);
	}
}

UNIT_MAIN("vault", what_was_saved_is_found_and_opens, two_entries_of_one_content_have_two_salts,
	  an_entry_belongs_to_its_place_only, a_review_is_sealed_for_its_proposal_and_key,
	  what_no_longer_makes_its_commitment_does_not_open,
	  a_file_that_is_no_vault_is_refused_and_left_alone)
