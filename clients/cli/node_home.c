#include "clients/cli/node_home.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clients/cli/files.h"
#include "crypto/keyfile.h"
#include "node/home.h"

static enum err make_key(struct cli *cli, const char *path, const char *name, const char *label,
			 struct bytes passphrase, struct secret *secret, struct public_key *key)
{
	char *file = path_of("%s/%s", path, name);
	enum err err = sign_key_generate(secret);

	if (err == ERR_OK)
		err = sign_public(key, secret);
	if (err == ERR_OK)
		err = keyfile_write(file, secret, label, passphrase);
	if (err != ERR_OK)
		cli_fail(cli, err, "%s", file);
	free(file);
	return err;
}

enum err node_home_make(struct cli *cli, const char *path, struct bytes passphrase,
			struct node_keys *keys)
{
	enum err err = home_create(path);

	if (err != ERR_OK) {
		cli_fail(cli, err, "home %s", path);
		if (err == ERR_FILE_EXISTS)
			cli_remedy(cli, "give an empty or absent folder");
		return err;
	}
	if (keys->is_validator)
		err = home_make_sign_folder(path);
	if (err != ERR_OK)
		return cli_fail(cli, err, "%s" HOME_SIGN_FOLDER, path);
	err = make_key(cli, path, HOME_NODE_KEY, "node", passphrase, &keys->node,
		       &keys->node_public);
	if (err == ERR_OK && keys->is_validator)
		err = make_key(cli, path, HOME_CONSENSUS_KEY, "consensus", passphrase,
			       &keys->consensus, &keys->consensus_public);
	return err;
}

enum err node_home_configure(struct cli *cli, const char *path, const struct config *config)
{
	char *file = path_of("%s/%s", path, HOME_CONFIG);
	struct buf text;
	enum err err;

	buf_init(&text, (size_t)1 << 20);
	config_render(&text, config);
	err = text.has_failed ? cli_fail(cli, ERR_FULL, "%s", file)
			      : file_write(cli, file, buf_bytes(&text), 0600, true);
	buf_release(&text);
	free(file);
	return err;
}

enum err node_home_found(struct cli *cli, const char *path, struct bytes sealed)
{
	char *file = path_of("%s/%s", path, HOME_GENESIS);
	struct buf there;
	enum err err = ERR_OK;

	buf_init(&there, (size_t)1 << 20);
	if (!file_exists(file)) {
		err = file_write(cli, file, sealed, 0600, false);
	} else {
		err = file_read(cli, file, &there);
		if (err == ERR_OK && !bytes_equal(buf_bytes(&there), sealed)) {
			err = cli_fail(cli, ERR_FILE_EXISTS, "%s is another genesis", file);
			cli_remedy(cli, "one home belongs to one network: make a new home");
		}
	}
	buf_release(&there);
	free(file);
	return err;
}

char *steled_path(void)
{
	char self[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash, *beside;

	if (len <= 0)
		return path_of("steled");
	self[len] = '\0';
	slash = strrchr(self, '/');
	*slash = '\0';
	beside = path_of("%s/steled", self);
	if (access(beside, X_OK) == 0)
		return beside;
	free(beside);
	return path_of("steled");
}

void node_home_unit(struct buf *out, const char *path, const char *steled)
{
	buf_print(out,
		  "[Unit]\n"
		  "Description=Stele node, %s\n"
		  "After=network-online.target time-sync.target\n"
		  "Wants=network-online.target\n\n"
		  "[Service]\n"
		  "Type=notify\n"
		  "ExecStart=%s --home %s\n"
		  "Restart=on-failure\n"
		  "RestartSec=2\n"
		  "# 12 is an integrity alarm: a person decides, see docs/operations.md\n"
		  "RestartPreventExitStatus=10 12\n"
		  "TimeoutStopSec=30\n"
		  "LimitNOFILE=65536\n"
		  "UMask=0077\n"
		  "NoNewPrivileges=yes\n"
		  "ProtectSystem=strict\n"
		  "ProtectHome=read-only\n"
		  "PrivateTmp=yes\n"
		  "ReadWritePaths=%s -%s" HOME_SIGN_FOLDER "\n\n"
		  "[Install]\n"
		  "WantedBy=multi-user.target\n",
		  path, steled, path, path, path);
}
