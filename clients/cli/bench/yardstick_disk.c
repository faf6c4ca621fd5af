#include "clients/cli/bench/yardstick.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/bytes.h"
#include "clients/cli/files.h"

#define BLOCK_BYTES 4096

static uint64_t now_ns(void)
{
	struct timespec now;

	ASSERT(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

double yardstick_fdatasync(const char *folder, uint32_t run_ms)
{
	static const char block[BLOCK_BYTES];
	char *path = path_of("%s/fdatasync-%ld", folder, (long)getpid());
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	uint64_t begin = now_ns(), end = begin, count = 0;
	bool is_good = fd >= 0;

	while (is_good && end - begin < (uint64_t)run_ms * 1000000u) {
		is_good = write(fd, block, sizeof(block)) == (ssize_t)sizeof(block) &&
			  fdatasync(fd) == 0;
		count++;
		end = now_ns();
	}
	if (fd >= 0)
		(void)close(fd);
	(void)unlink(path);
	free(path);
	return is_good && count > 0 ? (double)(end - begin) / (double)count : -1;
}
