#include "clients/cli/bench/yardstick.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/bytes.h"

#define RECORD_BYTES 256

static uint64_t now_ns(void)
{
	struct timespec now;

	ASSERT(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static bool read_all(int fd, void *at, size_t len)
{
	ssize_t count = 0;

	for (size_t done = 0; done < len; done += (size_t)count) {
		count = read(fd, (char *)at + done, len - done);
		if (count <= 0)
			return false;
	}
	return true;
}

static void no_delay(int fd)
{
	int one = 1;

	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
}

/* In the child: answers until the other side closes. */
static _Noreturn void echo(int listener)
{
	char record[RECORD_BYTES];
	int fd = accept(listener, NULL, NULL);

	if (fd >= 0)
		no_delay(fd);
	while (fd >= 0 && read_all(fd, record, sizeof(record)) && write(fd, record, 1) == 1)
		;
	_exit(0);
}

static int listen_on_loopback(struct sockaddr_in *address)
{
	socklen_t len = sizeof(*address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	*address = (struct sockaddr_in){.sin_family = AF_INET,
					.sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
	if (fd >= 0 && bind(fd, (struct sockaddr *)address, len) == 0 && listen(fd, 1) == 0 &&
	    getsockname(fd, (struct sockaddr *)address, &len) == 0)
		return fd;
	if (fd >= 0)
		(void)close(fd);
	return -1;
}

static double measure(int fd, uint32_t run_ms)
{
	char record[RECORD_BYTES] = {0};
	uint64_t count = 0, begin = now_ns(), end = begin;

	while (end - begin < (uint64_t)run_ms * 1000000u) {
		if (write(fd, record, sizeof(record)) != (ssize_t)sizeof(record) ||
		    !read_all(fd, record, 1))
			return -1;
		count++;
		end = now_ns();
	}
	return (double)(end - begin) / (double)count;
}

double yardstick_tcp(const char *folder, uint32_t run_ms)
{
	struct sockaddr_in address;
	int listener = listen_on_loopback(&address), fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	pid_t child = listener >= 0 && fd >= 0 ? fork() : -1;
	double result = -1;

	(void)folder;
	if (child == 0) {
		(void)close(fd);
		echo(listener);
	}
	if (child > 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0) {
		no_delay(fd);
		result = measure(fd, run_ms);
	}
	if (fd >= 0)
		(void)close(fd);
	if (listener >= 0)
		(void)close(listener);
	if (child > 0)
		(void)waitpid(child, NULL, 0);
	return result;
}
