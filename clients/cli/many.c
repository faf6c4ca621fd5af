#include "clients/cli/many.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "clients/cli/http_reading.h"

#define EVENTS_MAX 256
#define READ_BYTES 65536
#define REST_MS 1000
#define SWEEP_MS 200
#define TIMEOUT_MS_DEFAULT 10000

struct line {
	struct many *many;
	size_t node;
	struct line *next_idle;
	int fd;           /* -1: not connected */
	bool is_busy;
	bool is_fresh;    /* nothing was answered on this connection yet */
	bool is_writing;  /* epoll waits for room to write */
	bool has_bytes;   /* of the answer */
	void *context;
	struct buf out;
	size_t sent;
	uint64_t end_ms;
	struct http_reading reading;
	struct http_answer answer;
};

struct post { /* what is kept of a node */
	struct line *idle;
	uint64_t rests_until_ms;
};

struct many {
	const struct http *http;
	many_answered *answered;
	void *owner;
	int epoll;
	size_t lines_count, busy, next_node;
	struct line *lines;
	struct post *posts;
	uint64_t swept_ms;
	char piece[READ_BYTES];
};

static uint64_t now_ms(void)
{
	struct timespec now;

	ASSERT(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

struct many *many_new(const struct http *http, size_t each, many_answered *answered, void *owner)
{
	struct many *many = calloc(1, sizeof(*many));
	size_t nodes = http_nodes_count(http);

	ASSERT(many != NULL && nodes > 0 && each > 0);
	*many = (struct many){.http = http,
			      .answered = answered,
			      .owner = owner,
			      .epoll = epoll_create1(EPOLL_CLOEXEC),
			      .lines_count = nodes * each,
			      .lines = calloc(nodes * each, sizeof(struct line)),
			      .posts = calloc(nodes, sizeof(struct post))};
	ASSERT(many->epoll >= 0 && many->lines != NULL && many->posts != NULL);
	for (size_t i = 0; i < many->lines_count; i++) {
		struct line *line = &many->lines[i];
		struct post *post = &many->posts[i % nodes];

		*line = (struct line){
			.many = many, .node = i % nodes, .fd = -1, .next_idle = post->idle};
		post->idle = line;
		buf_init(&line->out, HTTP_ANSWER_BYTES_MAX);
		http_answer_init(&line->answer);
	}
	return many;
}

static void line_close(struct line *line)
{
	if (line->fd >= 0)
		(void)close(line->fd);
	line->fd = -1;
}

void many_free(struct many *many)
{
	if (many == NULL)
		return;
	for (size_t i = 0; i < many->lines_count; i++) {
		line_close(&many->lines[i]);
		buf_release(&many->lines[i].out);
		http_answer_release(&many->lines[i].answer);
	}
	(void)close(many->epoll);
	free(many->lines);
	free(many->posts);
	free(many);
}

size_t many_count(const struct many *many)
{
	return many->busy;
}

static bool node_has_room(const struct many *many, size_t node)
{
	return many->posts[node].idle != NULL && many->posts[node].rests_until_ms <= now_ms();
}

bool many_has_room(const struct many *many, size_t node)
{
	size_t nodes = http_nodes_count(many->http);

	if (node != HTTP_NODE_ANY)
		return node_has_room(many, node);
	for (size_t i = 0; i < nodes; i++)
		if (node_has_room(many, i))
			return true;
	return false;
}

/* --- one request --------------------- */

static void line_end(struct line *line, enum err err)
{
	struct many *many = line->many;
	struct post *post = &many->posts[line->node];

	if (err != ERR_OK || !line->reading.is_kept)
		line_close(line);
	if (err == ERR_NET_CONNECT)
		post->rests_until_ms = now_ms() + REST_MS;
	line->is_busy = false;
	line->is_fresh = false;
	many->busy--;
	line->answer.node = line->node;
	many->answered(many->owner, line->context, err, &line->answer);
	line->next_idle = post->idle;
	post->idle = line;
}

static void line_write(struct line *line);

/* False: no connection can even be begun. */
static bool line_connect(struct line *line)
{
	struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.ptr = line};

	line->fd = http_dial(line->many->http, line->node);
	line->is_fresh = true;
	line->is_writing = true;
	line->sent = 0;
	if (line->fd >= 0 && epoll_ctl(line->many->epoll, EPOLL_CTL_ADD, line->fd, &event) == 0)
		return true;
	line_close(line);
	return false;
}

static void line_fail(struct line *line)
{
	bool is_sent = line->sent == line->out.len;

	line_close(line);
	/* a kept connection that the node had closed meanwhile: once more */
	if (!line->is_fresh && !line->has_bytes && line_connect(line))
		return;
	line_end(line, is_sent || line->has_bytes ? ERR_NET_UNKNOWN : ERR_NET_CONNECT);
}

static void line_watch(struct line *line, bool is_writing)
{
	struct epoll_event event = {.events = EPOLLIN | (is_writing ? EPOLLOUT : 0u),
				    .data.ptr = line};

	if (line->is_writing == is_writing)
		return;
	line->is_writing = is_writing;
	ASSERT(epoll_ctl(line->many->epoll, EPOLL_CTL_MOD, line->fd, &event) == 0);
}

static void line_write(struct line *line)
{
	while (line->sent < line->out.len) {
		ssize_t sent = send(line->fd, line->out.at + line->sent, line->out.len - line->sent,
				    MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0 && errno == EAGAIN) {
			line_watch(line, true);
			return;
		}
		if (sent < 0) {
			line_fail(line);
			return;
		}
		line->sent += (size_t)sent;
	}
	line_watch(line, false);
}

static void line_read(struct line *line)
{
	struct many *many = line->many;
	ssize_t got = recv(line->fd, many->piece, sizeof(many->piece), 0);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (!line->is_busy) { /* an idle connection is closed, or talks unasked */
		line_close(line);
		return;
	}
	if (got == 0)
		http_reading_end(&line->reading);
	if (got > 0)
		line->has_bytes = true;
	if (got > 0 && !http_reading_feed(&line->reading, many->piece, (size_t)got))
		line_end(line, ERR_NET_ANSWER);
	else if (line->reading.is_done)
		line_end(line, ERR_OK);
	else if (got <= 0)
		line_fail(line);
}

static struct line *line_take(struct many *many, size_t node)
{
	size_t nodes = http_nodes_count(many->http);
	struct line *line;

	for (size_t i = 0; node == HTTP_NODE_ANY && i < nodes; i++) {
		size_t at = (many->next_node + i) % nodes;

		if (node_has_room(many, at))
			node = at;
	}
	if (node == HTTP_NODE_ANY || !node_has_room(many, node))
		return NULL;
	many->next_node = (node + 1) % nodes;
	line = many->posts[node].idle;
	many->posts[node].idle = line->next_idle;
	return line;
}

bool many_ask(struct many *many, const struct http_request *request, void *context)
{
	struct line *line = line_take(many, request->node);

	if (line == NULL)
		return false;
	buf_reset(&line->out);
	http_request_text(&line->out, many->http, line->node, request);
	ASSERT(!line->out.has_failed);
	http_reading_init(&line->reading, &line->answer);
	line->is_busy = true;
	line->has_bytes = false;
	line->sent = 0;
	line->context = context;
	line->end_ms = now_ms() + (request->timeout_ms > 0 ? request->timeout_ms
							   : TIMEOUT_MS_DEFAULT);
	many->busy++;
	if (line->fd >= 0)
		line_write(line);
	else if (!line_connect(line))
		line_end(line, ERR_NET_CONNECT);
	return true;
}

/* --- the loop --------------------- */

/* Those whose time is up. */
static void sweep(struct many *many)
{
	uint64_t now = now_ms();

	if (now < many->swept_ms + SWEEP_MS)
		return;
	many->swept_ms = now;
	for (size_t i = 0; i < many->lines_count; i++) {
		struct line *line = &many->lines[i];

		if (line->is_busy && line->end_ms <= now)
			line_end(line, line->sent > 0 ? ERR_NET_UNKNOWN : ERR_NET_CONNECT);
	}
}

void many_step(struct many *many, unsigned wait_ms)
{
	struct epoll_event events[EVENTS_MAX];
	int count = epoll_wait(many->epoll, events, EVENTS_MAX, (int)wait_ms);

	for (int i = 0; i < count; i++) {
		struct line *line = events[i].data.ptr;
		int fd = line->fd;

		if (fd >= 0 && line->is_busy && line->is_writing)
			line_write(line);
		if (line->fd == fd && fd >= 0 &&
		    (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0)
			line_read(line);
	}
	sweep(many);
}
