#include "clients/cli/reason.h"

#include <string.h>

#include "clients/cli/files.h"
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
	if (text != NULL && file_exists(text)) { /* somebody means the file */
		cli_fail(cli, ERR_USAGE, "--reason %s is taken as a text, and there is such a file", text);
		cli_remedy(cli, "give --reason-file %s, or say it in other words", text);
		return ERR_USAGE;
	}
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
