#include "clients/cli/http_reading.h"

#include <stdio.h>
#include <string.h>

void http_answer_init(struct http_answer *answer)
{
	*answer = (struct http_answer){.status = 0};
	buf_init(&answer->body, HTTP_ANSWER_BYTES_MAX);
}

void http_answer_release(struct http_answer *answer)
{
	buf_release(&answer->body);
}

static int on_header_field(llhttp_t *parser, const char *at, size_t len)
{
	struct http_reading *reading = parser->data;

	for (size_t i = 0; i < len; i++, reading->name_len++)
		if (reading->name_len + 1 < sizeof(reading->name))
			reading->name[reading->name_len] = at[i];
	reading->headers_len += len;
	return reading->headers_len > HTTP_READING_HEADERS_MAX ? -1 : 0;
}

static int on_header_value(llhttp_t *parser, const char *at, size_t len)
{
	struct http_reading *reading = parser->data;

	for (size_t i = 0; i < len; i++, reading->value_len++)
		if (reading->value_len + 1 < sizeof(reading->value))
			reading->value[reading->value_len] = at[i];
	reading->headers_len += len;
	return reading->headers_len > HTTP_READING_HEADERS_MAX ? -1 : 0;
}

static void header_keep(struct http_answer *answer, const char *name, const char *value)
{
	uint64_t number;

	if (strcasecmp(name, "Content-Type") == 0)
		(void)snprintf(answer->content_type, sizeof(answer->content_type), "%.63s", value);
	else if (strcasecmp(name, "Stele-Network") == 0)
		(void)snprintf(answer->network, sizeof(answer->network), "%.*s", ORIGIN_MAX, value);
	else if (strcasecmp(name, "Request-Id") == 0)
		(void)snprintf(answer->request_id, sizeof(answer->request_id), "%.71s", value);
	else if (strcasecmp(name, "Stele-Duplicate") == 0)
		answer->is_duplicate = strcmp(value, "true") == 0;
	else if (strcasecmp(name, "Stele-Height") == 0 &&
		 decimal_decode(&number, bytes_text(value)))
		answer->height = number;
	else if (strcasecmp(name, "Retry-After") == 0 &&
		 decimal_decode(&number, bytes_text(value)) && number < 3600)
		answer->retry_after_s = (unsigned)number;
}

static int on_header_done(llhttp_t *parser)
{
	struct http_reading *reading = parser->data;
	bool fits = reading->name_len < sizeof(reading->name) &&
		    reading->value_len < sizeof(reading->value);

	if (fits) {
		reading->name[reading->name_len] = '\0';
		reading->value[reading->value_len] = '\0';
		header_keep(reading->answer, reading->name, reading->value);
	}
	reading->name_len = 0;
	reading->value_len = 0;
	return 0;
}

static int on_body(llhttp_t *parser, const char *at, size_t len)
{
	struct http_reading *reading = parser->data;

	buf_add(&reading->answer->body, at, len);
	return reading->answer->body.has_failed ? -1 : 0;
}

static int on_done(llhttp_t *parser)
{
	struct http_reading *reading = parser->data;

	if (parser->status_code < 200) /* 100 Continue and its like announce an answer */
		return 0;
	reading->is_done = true;
	reading->is_kept = llhttp_should_keep_alive(parser) != 0;
	reading->answer->status = parser->status_code;
	return HPE_PAUSED; /* what may follow is no part of this answer */
}

void http_reading_init(struct http_reading *reading, struct http_answer *answer)
{
	struct buf body = answer->body;

	buf_reset(&body);
	*answer = (struct http_answer){.body = body};
	*reading = (struct http_reading){.answer = answer};
	llhttp_settings_init(&reading->settings);
	reading->settings.on_header_field = on_header_field;
	reading->settings.on_header_value = on_header_value;
	reading->settings.on_header_value_complete = on_header_done;
	reading->settings.on_body = on_body;
	reading->settings.on_message_complete = on_done;
	llhttp_init(&reading->parser, HTTP_RESPONSE, &reading->settings);
	reading->parser.data = reading;
}

bool http_reading_feed(struct http_reading *reading, const char *at, size_t len)
{
	llhttp_errno_t code = llhttp_execute(&reading->parser, at, len);

	if (code != HPE_PAUSED)
		return code == HPE_OK;
	if (llhttp_get_error_pos(&reading->parser) != at + len)
		reading->is_kept = false; /* it says what nobody asked for */
	return true;
}

void http_reading_end(struct http_reading *reading)
{
	(void)llhttp_finish(&reading->parser);
}
