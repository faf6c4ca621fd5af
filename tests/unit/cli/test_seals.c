/* Commitments to contents in the vault: kept, found again, and held against their
 * salt. */
#include "clients/cli/seals.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clients/cli/files.h"
#include "proto/seal.h"
#include "tests/lib/unit.h"
#include "tests/unit/cli/asked.h"

static const struct hash chain = {{1, 2, 3}}, other_chain = {{1, 2, 4}};
static const struct receipt_file file = {.sha256 = {{7}}, .size = 12};

struct scene {
	struct cli *cli;
	char path[64], folder[48];
	struct vault vault;
};

static void reopen(struct scene *scene)
{
	vault_close(&scene->vault);
	ck_assert_int_eq(vault_open(scene->cli, &scene->vault), ERR_OK);
}

static struct scene begin(void)
{
	struct scene scene;

	(void)snprintf(scene.folder, sizeof(scene.folder), "/tmp/test_seals.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(scene.folder));
	(void)snprintf(scene.path, sizeof(scene.path), "%s/v.json", scene.folder);
	scene.cli = ASKED("anchor", "seal", "x", "--vault", scene.path);
	ck_assert(!vault_is_there(scene.cli));
	ck_assert_int_eq(vault_open(scene.cli, &scene.vault), ERR_OK);
	return scene;
}

static void end(struct scene *scene)
{
	char *command = path_of("rm -rf %s", scene->folder);

	vault_close(&scene->vault);
	ck_assert_int_eq(system(command), 0);
	free(command);
	asked_free(scene->cli);
}

UNIT_TEST(a_seal_that_was_saved_is_found_and_opens)
{
	struct scene scene = begin();
	struct hash commitment, salt, made;
	struct stat stat_of;
	json_t *entry;

	(void)seal_add(&scene.vault, &chain, "CN-USCI-A", &file, "x");
	ck_assert_int_eq(vault_save(&scene.vault), ERR_OK);
	ck_assert_int_eq(stat(scene.path, &stat_of), 0);
	ck_assert_uint_eq(stat_of.st_mode & 0777, 0600);
	ck_assert(vault_is_there(scene.cli));
	reopen(&scene);
	entry = seal_find(&scene.vault, &chain, "CN-USCI-A", &file.sha256);
	ck_assert_ptr_nonnull(entry);
	ck_assert_int_eq(seal_read(scene.cli, entry, &commitment, &salt), ERR_OK);
	seal_content(&made, &chain, "CN-USCI-A", bytes_of(file.sha256.b, 32), bytes_of(salt.b, 32));
	ck_assert(hash_equal(&made, &commitment));
	end(&scene);
}

UNIT_TEST(a_seal_is_of_one_chain_organisation_and_content)
{
	struct scene scene = begin();
	struct hash content = {{8}};

	(void)seal_add(&scene.vault, &chain, "CN-USCI-A", &file, "x");
	ck_assert_ptr_null(seal_find(&scene.vault, &other_chain, "CN-USCI-A", &file.sha256));
	ck_assert_ptr_null(seal_find(&scene.vault, &chain, "CN-USCI-B", &file.sha256));
	ck_assert_ptr_null(seal_find(&scene.vault, &chain, "CN-USCI-A", &content));
	end(&scene);
}

UNIT_TEST(two_seals_have_two_salts)
{
	struct scene scene = begin();
	struct hash commitment, salts[2];

	for (size_t i = 0; i < 2; i++)
		ck_assert_int_eq(seal_read(scene.cli,
					   seal_add(&scene.vault, &chain, "CN-USCI-A", &file, "x"),
					   &commitment, &salts[i]),
				 ERR_OK);
	ck_assert(!hash_equal(&salts[0], &salts[1]));
	end(&scene);
}

UNIT_TEST(a_seal_that_was_changed_does_not_open)
{
	static const char *const names[] = {"salt", "sha256", "chain", "commitment"};
	struct scene scene = begin();
	struct hash commitment, salt;

	for (size_t i = 0; i < 4; i++) {
		json_t *entry = seal_add(&scene.vault, &chain, "CN-USCI-A", &file, "x");

		json_object_set_new(entry, names[i],
				    json_string("00000000000000000000000000000000"
						"00000000000000000000000000000001"));
		ck_assert_int_eq(seal_read(scene.cli, entry, &commitment, &salt), ERR_FILE_FORM);
	}
	end(&scene);
}

UNIT_TEST(a_vault_whose_seal_lacks_a_member_is_none)
{
	static const char *const names[] = {"sha256", "salt", "by", "chain", "commitment", "files"};

	for (size_t i = 0; i < 6; i++) {
		struct scene scene = begin();

		json_object_del(seal_add(&scene.vault, &chain, "CN-USCI-A", &file, "x"), names[i]);
		ck_assert_int_eq(vault_save(&scene.vault), ERR_OK);
		vault_close(&scene.vault);
		ck_assert_int_eq(vault_open(scene.cli, &scene.vault), ERR_FILE_FORM);
		end(&scene);
	}
}

UNIT_MAIN("seals", a_seal_that_was_saved_is_found_and_opens,
	  a_seal_is_of_one_chain_organisation_and_content, two_seals_have_two_salts,
	  a_seal_that_was_changed_does_not_open, a_vault_whose_seal_lacks_a_member_is_none)
