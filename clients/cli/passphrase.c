/* Passphrases: from a descriptor, a file or the terminal, never from argv. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "clients/cli/signer.h"
#include "crypto/secret.h"

#define PASSPHRASE_MAX 1024

void passphrase_release(struct buf *passphrase)
{
	if (passphrase->at != NULL)
		secret_wipe(passphrase->at, passphrase->cap);
	buf_release(passphrase);
}

/* All of it is taken at once, so that growing leaves no copy behind. */
static bool passphrase_init(struct buf *out)
{
	buf_init(out, PASSPHRASE_MAX);
	return buf_grow(out, PASSPHRASE_MAX) != NULL && (out->len = 0, true);
}

/* The first line. */
static bool read_line(int fd, struct buf *out)
{
	uint8_t byte = 0;
	bool is_end = false;

	while (!is_end && !out->has_failed) {
		ssize_t got = read(fd, &byte, 1);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return false;
		is_end = got == 0 || byte == '\n';
		if (!is_end)
			buf_u8(out, byte);
	}
	if (out->len > 0 && out->at[out->len - 1] == '\r')
		out->len--;
	return !out->has_failed;
}

/* A terminal that stays silent after an interruption would hide all that is typed
 * next, so it gets its voice back before the signal does its work. */
static struct {
	int fd;
	struct termios before;
} silenced;

static void on_signal(int number)
{
	(void)tcsetattr(silenced.fd, TCSAFLUSH, &silenced.before);
	(void)signal(number, SIG_DFL);
	(void)raise(number);
}

static void guard_terminal(struct sigaction old[4], bool is_begin)
{
	static const int numbers[4] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	struct sigaction action = {.sa_handler = on_signal};

	for (size_t i = 0; i < 4; i++)
		(void)sigaction(numbers[i], is_begin ? &action : &old[i], is_begin ? &old[i] : NULL);
}

static bool ask_terminal(int fd, const char *prompt, struct buf *out)
{
	struct termios before, silent;
	struct sigaction old[4];
	bool was_read;

	if (tcgetattr(fd, &before) != 0)
		return false;
	silent = before;
	silent.c_lflag &= ~(tcflag_t)ECHO;
	silent.c_lflag |= ECHONL;
	silenced.fd = fd;
	silenced.before = before;
	guard_terminal(old, true);
	if (tcsetattr(fd, TCSAFLUSH, &silent) != 0) {
		guard_terminal(old, false);
		return false;
	}
	(void)dprintf(fd, "%s: ", prompt);
	was_read = read_line(fd, out);
	(void)tcsetattr(fd, TCSAFLUSH, &before);
	guard_terminal(old, false);
	return was_read;
}

static enum err from_terminal(struct cli *cli, const char *for_what, bool is_new, struct buf *out)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	struct buf again;
	char prompt[512];
	enum err err = ERR_OK;

	if (fd < 0) {
		cli_fail(cli, ERR_USAGE, "no passphrase for %s", for_what);
		cli_remedy(cli, "give --passphrase-file or --passphrase-fd");
		return ERR_USAGE;
	}
	(void)snprintf(prompt, sizeof(prompt), "%s for %.400s",
		       is_new ? "New passphrase" : "Passphrase", for_what);
	if (!ask_terminal(fd, prompt, out))
		err = cli_fail(cli, ERR_USAGE, "the terminal gave no passphrase");
	if (err == ERR_OK && is_new) {
		if (!passphrase_init(&again) || !ask_terminal(fd, "The same again", &again) ||
		    !bytes_equal(buf_bytes(&again), buf_bytes(out)))
			err = cli_fail(cli, ERR_KEY_PASSPHRASE, "the two differ");
		passphrase_release(&again);
	}
	(void)close(fd);
	return err;
}

static enum err from_file(struct cli *cli, const char *path, struct buf *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool was_read = fd >= 0 && read_line(fd, out);

	if (fd >= 0)
		(void)close(fd);
	return was_read ? ERR_OK : cli_fail(cli, ERR_FILE_READ, "passphrase file %s", path);
}

enum err passphrase_get(struct cli *cli, const char *for_what, bool is_new, struct buf *out)
{
	const char *path = cli_value(cli, "passphrase-file");
	uint64_t fd = 0;
	enum err err = cli_number(cli, "passphrase-fd", 1 << 20, &fd);

	if (err != ERR_OK)
		return err;
	if (!passphrase_init(out))
		return cli_fail(cli, ERR_MEMORY, NULL);
	if (path == NULL && !cli_has(cli, "passphrase-fd"))
		path = getenv("STELE_PASSPHRASE_FILE");
	if (cli_has(cli, "passphrase-fd")) {
		if (!read_line((int)fd, out))
			err = cli_fail(cli, ERR_FILE_READ, "passphrase descriptor %d", (int)fd);
	} else if (path != NULL && path[0] != '\0') {
		err = from_file(cli, path, out);
	} else {
		err = from_terminal(cli, for_what, is_new, out);
	}
	if (err == ERR_OK && out->len == 0) {
		err = cli_fail(cli, ERR_KEY_PASSPHRASE, "the passphrase is empty");
		cli_remedy(cli, "give one; an unencrypted key file does not exist");
	}
	if (err != ERR_OK)
		passphrase_release(out);
	return err;
}
