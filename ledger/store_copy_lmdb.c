#include "ledger/store_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <stddef.h>
#include <unistd.h>

/* Through LMDB's own table of readers, as any reader beside the writer. */
static int environment_open(MDB_env **out, const char *from)
{
	int rc = mdb_env_create(out);

	if (rc != 0)
		return rc;
	rc = mdb_env_open(*out, from, MDB_RDONLY | MDB_NOTLS, 0600);
	if (rc != 0) {
		mdb_env_close(*out);
		*out = NULL;
	}
	return rc;
}

static enum err err_of(int rc)
{
	if (rc == 0)
		return ERR_OK;
	if (rc == ENOSPC || rc == EDQUOT)
		return ERR_DISK_FULL;
	return rc < 0 ? ERR_STORE_DAMAGED : ERR_DISK_IO; /* LMDB's own are below 0 */
}

enum err store_copy(const char *from, const char *to)
{
	int fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	MDB_env *env;
	int rc;

	if (fd < 0)
		return err_of(errno);
	rc = environment_open(&env, from);
	if (rc == 0) {
		rc = mdb_env_copyfd(env, fd);
		mdb_env_close(env);
	}
	return close(fd) != 0 && rc == 0 ? ERR_DISK_IO : err_of(rc);
}

void store_copy_forget(const char *from)
{
	MDB_env *env;
	int dead;

	if (environment_open(&env, from) != 0)
		return;
	(void)mdb_reader_check(env, &dead);
	mdb_env_close(env);
}
