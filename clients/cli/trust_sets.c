#include "clients/cli/trust_sets.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/limits.h"
#include "clients/cli/files.h"

static char *place_of(const struct cli *cli, const struct hash *hash)
{
	char hex[HASH_HEX_LEN + 1];

	hex_encode(hex, hash->b, sizeof(hash->b));
	return path_of("%s/networks/sets/%s.set", cli->home, hex);
}

enum err set_keep(struct cli *cli, const struct set *set)
{
	char *folder = path_of("%s/networks/sets", cli->home);
	char *path = place_of(cli, &set->hash);
	struct buf text;
	enum err err = folder_make(cli, folder, 0700);

	buf_init(&text, LIMIT_SET_BYTES);
	set_render(&text, set);
	if (err == ERR_OK && !file_exists(path))
		err = file_write(cli, path, buf_bytes(&text), 0644, false);
	buf_release(&text);
	free(path);
	free(folder);
	return err;
}

static ssize_t read_some(const char *path, uint8_t *out, size_t room)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, out, room);

	if (fd >= 0)
		(void)close(fd);
	return got;
}

bool set_kept(const struct cli *cli, const struct hash *hash, struct set *out)
{
	uint8_t *text = malloc(LIMIT_SET_BYTES);
	char *path = place_of(cli, hash);
	ssize_t got;
	bool is_it;

	ASSERT(text != NULL);
	got = read_some(path, text, LIMIT_SET_BYTES);
	is_it = got > 0 && set_parse(out, bytes_of(text, (size_t)got)) == ERR_OK &&
		hash_equal(&out->hash, hash);
	free(path);
	free(text);
	return is_it;
}
