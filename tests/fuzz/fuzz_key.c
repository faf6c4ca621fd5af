/* Key files: what can be read without the passphrase is a key and a name. */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "crypto/keyfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct keyfile_info info;
	char path[64];
	int fd = memfd_create("key", MFD_CLOEXEC);

	if (size > 65536 || fd < 0)
		return 0;
	ASSERT(write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (keyfile_inspect(path, &info) == ERR_OK) {
		ASSERT(sign_key_is_valid(&info.public_key));
		ASSERT(strlen(info.label) <= KEYFILE_LABEL_MAX);
		ASSERT(strspn(info.label, "abcdefghijklmnopqrstuvwxyz0123456789._-") == strlen(info.label));
	}
	close(fd);
	return 0;
}
