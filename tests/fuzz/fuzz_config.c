/* steled.conf: whatever is read is, when rendered, read the same again. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "node/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum err read_bytes(struct config *out, struct bytes text)
{
	char problem[CONFIG_PROBLEM_BYTES];
	char path[64];
	enum err err;
	int fd = memfd_create("steled.conf", MFD_CLOEXEC);

	ASSERT(fd >= 0);
	ASSERT(write(fd, text.at, text.len) == (ssize_t)text.len);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	err = config_read(out, problem, path);
	ASSERT((err == ERR_OK) == (problem[0] == '\0'));
	close(fd);
	return err;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct config first;
	static struct config second;
	struct buf text;

	if (size > 65536 || read_bytes(&first, bytes_of(data, size)) != ERR_OK)
		return 0;
	buf_init(&text, (size_t)1 << 20);
	config_render(&text, &first);
	ASSERT(!text.has_failed);
	ASSERT(read_bytes(&second, buf_bytes(&text)) == ERR_OK);
	ASSERT(strcmp(first.name, second.name) == 0 && first.peers_count == second.peers_count);
	ASSERT(strcmp(first.passphrase_file, second.passphrase_file) == 0);
	ASSERT(first.api_hosts_count == second.api_hosts_count);
	for (uint32_t i = 0; i < first.api_hosts_count; i++)
		ASSERT(strcmp(first.api_hosts[i], second.api_hosts[i]) == 0);
	ASSERT(memcmp(first.peers, second.peers, first.peers_count * sizeof(first.peers[0])) == 0);
	buf_release(&text);
	return 0;
}
