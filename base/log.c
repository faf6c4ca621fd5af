#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/bytes.h"

#define TEXT_MAX 2048           /* a longer text is cut */
#define LINE_MAX_BYTES 16384    /* six characters for every byte, and the frame */

static _Atomic enum log_level level_min = LOG_INFO;
/* Set while one thread runs, as a test and the simulator do. */
static log_sink *sink_function;
static void *sink_context;

void log_level_set(enum log_level level)
{
	atomic_store_explicit(&level_min, level, memory_order_relaxed);
}

bool log_is_on(enum log_level level)
{
	return level >= atomic_load_explicit(&level_min, memory_order_relaxed);
}

void log_sink_set(log_sink *sink, void *context)
{
	sink_function = sink;
	sink_context = context;
}

static const char *level_text(enum log_level level)
{
	switch (level) {
	case LOG_DEBUG:
		return "debug";
	case LOG_INFO:
		return "info";
	case LOG_WARN:
		return "warn";
	case LOG_ERROR:
		return "error";
	}
	UNREACHABLE();
}

/* Length of the well-formed UTF-8 sequence at the front, 0 if there is none.
 * The text ends with a NUL, which is no continuation byte, so this reads no
 * further than the NUL. */
static size_t utf8_len(const unsigned char *at)
{
	unsigned char low = 0x80;
	unsigned char high = 0xbf;
	size_t len;

	if (at[0] < 0x80)
		return 1;
	if (at[0] < 0xc2 || at[0] > 0xf4)
		return 0;
	len = at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
	if (at[0] == 0xe0)
		low = 0xa0; /* no overlong forms */
	else if (at[0] == 0xed)
		high = 0x9f; /* no surrogates */
	else if (at[0] == 0xf0)
		low = 0x90;
	else if (at[0] == 0xf4)
		high = 0x8f; /* nothing above U+10FFFF */
	if (at[1] < low || at[1] > high)
		return 0;
	for (size_t i = 2; i < len; i++) {
		if (at[i] < 0x80 || at[i] > 0xbf)
			return 0;
	}
	return len;
}

static void add_escaped(struct buf *line, const char *text)
{
	const unsigned char *at = (const unsigned char *)text;

	while (*at != 0) {
		size_t len = utf8_len(at);

		if (len == 0) {
			buf_print(line, "\\ufffd");
			len = 1;
		} else if (*at == '"' || *at == '\\') {
			buf_print(line, "\\%c", *at);
		} else if (*at == '\n') {
			buf_print(line, "\\n");
		} else if (*at < 0x20 || *at == 0x7f) {
			buf_print(line, "\\u%04x", *at);
		} else {
			buf_add(line, at, len);
		}
		at += len;
	}
}

static void add_time(struct buf *line)
{
	struct timespec now;
	struct tm tm;
	char text[32];

	if (clock_gettime(CLOCK_REALTIME, &now) != 0 || gmtime_r(&now.tv_sec, &tm) == NULL ||
	    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm) == 0)
		text[0] = '\0';
	buf_print(line, "%s.%03dZ", text, (int)(now.tv_nsec / 1000000));
}

static void line_out(struct buf *line)
{
	size_t done = 0;

	if (sink_function != NULL) {
		buf_u8(line, 0);
		sink_function(sink_context, (const char *)line->at);
		return;
	}
	buf_u8(line, '\n');
	/* One write for the whole line keeps lines of several threads apart. */
	while (done < line->len) {
		ssize_t written = write(STDERR_FILENO, line->at + done, line->len - done);

		if (written <= 0)
			return; /* nobody is left to tell */
		done += (size_t)written;
	}
}

void log_event(enum log_level level, const char *event, const char *format, ...)
{
	char text[TEXT_MAX];
	struct buf line;
	va_list arguments;
	int len;

	if (!log_is_on(level))
		return;
	va_start(arguments, format);
	len = vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (len < 0)
		text[0] = '\0';
	else if ((size_t)len >= sizeof(text))
		memcpy(text + sizeof(text) - 4, "...", 4);
	buf_init(&line, LINE_MAX_BYTES);
	buf_print(&line, "{\"time\":\"");
	add_time(&line);
	buf_print(&line, "\",\"level\":\"%s\",\"event\":\"%s\",\"text\":\"", level_text(level), event);
	add_escaped(&line, text);
	buf_print(&line, "\"}");
	if (!line.has_failed)
		line_out(&line);
	buf_release(&line);
}
