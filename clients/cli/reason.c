#include "clients/cli/reason.h"

#include <string.h>

#include "clients/cli/receipt_file.h"
#include "crypto/digest.h"

enum err reason_read(struct cli *cli, struct arena *arena, ProtobufCBinaryData *out)
{
	const char *text = cli_value(cli, "reason"), *path = cli_value(cli, "reason-file");
	struct receipt_file file;
	enum err err = ERR_OK;

	if (text == NULL && path == NULL)
		return ERR_OK;
	if (text != NULL && path != NULL)
		return cli_fail(cli, ERR_USAGE, "--reason and --reason-file say the same thing");
	if (path != NULL)
		err = content_hash(cli, path, &file);
	else
		sha256(&file.sha256, text, strlen(text));
	if (err != ERR_OK)
		return err;
	out->data = arena_copy(arena, file.sha256.b, sizeof(file.sha256.b));
	out->len = sizeof(file.sha256.b);
	ASSERT(out->data != NULL);
	return ERR_OK;
}
