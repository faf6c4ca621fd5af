/* A main for fuzz targets outside the fuzz profile: gives each file named on
 * the command line to the target once.  A crash is the failure. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define INPUT_BYTES_MAX ((size_t)16 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *all = malloc(INPUT_BYTES_MAX), *exact;
	size_t size;

	if (!file || !all) {
		fprintf(stderr, "cannot read %s\n", path);
		exit(2);
	}
	size = fread(all, 1, INPUT_BYTES_MAX, file);
	fclose(file);
	exact = malloc(size ? size : 1); /* so that asan sees a read past the end */
	if (!exact)
		exit(2);
	for (size_t i = 0; i < size; i++)
		exact[i] = all[i];
	free(all);
	LLVMFuzzerTestOneInput(exact, size);
	free(exact);
	return 1;
}

int main(int argc, char **argv)
{
	int files = 0;

	for (int i = 1; i < argc; i++)
		files += replay(argv[i]);
	printf("%d inputs replayed\n", files);
	return 0;
}
