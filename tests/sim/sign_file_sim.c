/* The sign file in memory, behind node/sign_file.h.  What was written survives a
 * crash; a scene can put an older one back, or lose it. */
#include <stdlib.h>

#include "node/sign_file.h"
#include "tests/sim/sign_sim.h"

enum err sign_file_open(struct sign_file **out, const char *path, const struct hash *chain,
			const struct public_key *key)
{
	(void)path;
	(void)chain;
	(void)key;
	*out = calloc(1, sizeof(**out));
	ASSERT(*out != NULL);
	return ERR_OK;
}

void sign_file_close(struct sign_file *file)
{
	free(file);
}

enum err sign_file_read(const struct sign_file *file, struct reservation *out)
{
	if (!file->is_there)
		return ERR_NOT_FOUND;
	*out = file->reservation;
	return ERR_OK;
}

enum err sign_file_write(const struct sign_file *file, const struct reservation *reservation)
{
	struct sign_file *disk = (struct sign_file *)(uintptr_t)file;

	disk->is_there = true;
	disk->reservation = *reservation;
	disk->life = disk->sim->life;
	return ERR_OK;
}
