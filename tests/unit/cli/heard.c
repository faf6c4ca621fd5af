#include "tests/unit/cli/heard.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "tests/lib/unit.h"

static char said[16384];
static int terminal = -1; /* the side that a person sees */

static int output_to(int file)
{
	int kept = dup(STDOUT_FILENO);

	(void)fflush(stdout);
	ck_assert(kept >= 0 && file >= 0 && dup2(file, STDOUT_FILENO) >= 0);
	(void)close(file);
	return kept;
}

int listen_to(void)
{
	return output_to(open("/tmp", O_TMPFILE | O_RDWR, 0600));
}

int listen_to_terminal(unsigned short columns)
{
	struct winsize window = {.ws_row = 24, .ws_col = columns};
	struct termios modes;
	int file;

	ck_assert_int_eq(unsetenv("COLUMNS"), 0);
	terminal = posix_openpt(O_RDWR | O_NOCTTY);
	ck_assert(terminal >= 0 && grantpt(terminal) == 0 && unlockpt(terminal) == 0);
	file = open(ptsname(terminal), O_RDWR | O_NOCTTY);
	ck_assert(file >= 0 && tcgetattr(file, &modes) == 0);
	cfmakeraw(&modes);
	ck_assert(tcsetattr(file, TCSANOW, &modes) == 0 && ioctl(file, TIOCSWINSZ, &window) == 0);
	return output_to(file);
}

/* Until nobody has the other side open and all was read. */
static size_t read_terminal(void)
{
	size_t len = 0;
	ssize_t more;

	while (len < sizeof(said) - 1 &&
	       (more = read(terminal, said + len, sizeof(said) - 1 - len)) > 0)
		len += (size_t)more;
	(void)close(terminal);
	terminal = -1;
	return len;
}

const char *heard(int kept)
{
	ssize_t len = 0;

	(void)fflush(stdout);
	if (terminal < 0)
		len = pread(STDOUT_FILENO, said, sizeof(said) - 1, 0);
	ck_assert(len >= 0 && dup2(kept, STDOUT_FILENO) >= 0);
	(void)close(kept);
	said[terminal < 0 ? (size_t)len : read_terminal()] = '\0';
	return said;
}
