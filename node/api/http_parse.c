#include "node/api/http_parse.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/limits.h"

static int refuse(struct http_parse *parse, enum err error, unsigned status, const char *detail)
{
	parse->state = PARSE_REFUSED;
	parse->error = error;
	parse->status = status;
	parse->detail = detail;
	return HPE_USER;
}

static struct http_parse *parse_of(llhttp_t *llhttp)
{
	return llhttp->data;
}

static int count_header(struct http_parse *parse, size_t len)
{
	parse->header_bytes += len;
	if (parse->header_bytes > LIMIT_HTTP_HEADER_BYTES)
		return refuse(parse, ERR_API_BODY_SIZE, 431, "the headers exceed 16 KiB");
	return 0;
}

static int on_begin(llhttp_t *llhttp)
{
	parse_of(llhttp)->state = PARSE_HEADERS;
	return 0;
}

static int on_url(llhttp_t *llhttp, const char *at, size_t len)
{
	struct http_parse *parse = parse_of(llhttp);

	if (parse->request->target.len + len > LIMIT_HTTP_URL_BYTES)
		return refuse(parse, ERR_API_BODY_SIZE, 414, "the address exceeds 4 KiB");
	buf_add(&parse->request->target, at, len);
	return parse->request->target.has_failed ? refuse(parse, ERR_MEMORY, 503, NULL) : 0;
}

static int on_name(llhttp_t *llhttp, const char *at, size_t len)
{
	struct http_parse *parse = parse_of(llhttp);

	for (size_t i = 0; i < len && parse->name_len < sizeof(parse->name); i++)
		parse->name[parse->name_len++] = (char)tolower((unsigned char)at[i]);
	return count_header(parse, len + 2);
}

static bool is_name(const struct http_parse *parse, const char *name)
{
	return strlen(name) == parse->name_len && memcmp(name, parse->name, parse->name_len) == 0;
}

static int on_name_end(llhttp_t *llhttp)
{
	struct http_parse *parse = parse_of(llhttp);

	parse->field = is_name(parse, "host")            ? FIELD_HOST
		       : is_name(parse, "content-type")  ? FIELD_CONTENT_TYPE
		       : is_name(parse, "prefer")        ? FIELD_PREFER
		       : is_name(parse, "if-none-match") ? FIELD_IF_NONE_MATCH
		       : is_name(parse, "expect")        ? FIELD_EXPECT
							 : FIELD_OTHER;
	parse->name_len = 0;
	if (parse->field != FIELD_HOST)
		return 0;
	if (parse->request->has_host)
		return refuse(parse, ERR_API_REQUEST, 400, "two Host headers");
	parse->request->has_host = true;
	return 0;
}

static char *value_of(struct http_parse *parse)
{
	switch (parse->field) {
	case FIELD_HOST:
		return parse->request->host;
	case FIELD_CONTENT_TYPE:
		return parse->request->content_type;
	case FIELD_PREFER:
		return parse->request->prefer;
	case FIELD_IF_NONE_MATCH:
		return parse->request->if_none_match;
	case FIELD_EXPECT:
		parse->request->expects_continue = true;
		return NULL;
	case FIELD_OTHER:
		return NULL;
	}
	UNREACHABLE();
}

static int on_value(llhttp_t *llhttp, const char *at, size_t len)
{
	struct http_parse *parse = parse_of(llhttp);
	char *value = value_of(parse);

	if (value != NULL && strlen(value) + len > REQUEST_FIELD_MAX)
		return refuse(parse, ERR_API_BODY_SIZE, 431, "a header is too long");
	if (value != NULL)
		strncat(value, at, len);
	return count_header(parse, len + 2);
}

/* A header that stands twice is one list, as RFC 9110 section 5.2 has it. */
static int on_value_end(llhttp_t *llhttp)
{
	struct http_parse *parse = parse_of(llhttp);
	char *value = parse->field == FIELD_PREFER || parse->field == FIELD_IF_NONE_MATCH
			      ? value_of(parse)
			      : NULL;

	if (value != NULL && strlen(value) < REQUEST_FIELD_MAX)
		strcat(value, ",");
	return 0;
}

static enum method method_of(const llhttp_t *llhttp)
{
	switch (llhttp->method) {
	case HTTP_GET:
		return METHOD_GET;
	case HTTP_HEAD:
		return METHOD_HEAD;
	case HTTP_POST:
		return METHOD_POST;
	case HTTP_OPTIONS:
		return METHOD_OPTIONS;
	default:
		return METHOD_OTHER;
	}
}

static int on_headers(llhttp_t *llhttp)
{
	struct http_parse *parse = parse_of(llhttp);

	parse->request->method = method_of(llhttp);
	if (llhttp->http_major != 1 || llhttp->http_minor > 1)
		return refuse(parse, ERR_API_REQUEST, 400, "only HTTP/1.0 and HTTP/1.1 are spoken here");
	if (!parse->request->has_host)
		return refuse(parse, ERR_API_REQUEST, 400, "no Host header");
	if (llhttp->content_length > LIMIT_HTTP_BODY_BYTES)
		return refuse(parse, ERR_API_BODY_SIZE, 413, NULL);
	parse->state = PARSE_BODY;
	parse->has_headers = true;
	return 0;
}

static int on_body(llhttp_t *llhttp, const char *at, size_t len)
{
	struct http_parse *parse = parse_of(llhttp);

	if (parse->request->body.len + len > LIMIT_HTTP_BODY_BYTES)
		return refuse(parse, ERR_API_BODY_SIZE, 413, NULL);
	buf_add(&parse->request->body, at, len);
	return parse->request->body.has_failed ? refuse(parse, ERR_MEMORY, 503, NULL) : 0;
}

/* Many tiny chunks would cost more than their bytes; of a chunk larger than any body
 * nothing is read. */
static int on_chunk(llhttp_t *llhttp)
{
	struct http_parse *parse = parse_of(llhttp);

	if (llhttp->content_length > LIMIT_HTTP_BODY_BYTES)
		return refuse(parse, ERR_API_BODY_SIZE, 413, NULL);
	parse->header_bytes += 16;
	if (parse->header_bytes > LIMIT_HTTP_HEADER_BYTES)
		return refuse(parse, ERR_API_BODY_SIZE, 431, "the body comes in too many chunks");
	return 0;
}

static int on_complete(llhttp_t *llhttp)
{
	struct http_parse *parse = parse_of(llhttp);

	parse->request->is_keep_alive = llhttp_should_keep_alive(llhttp) != 0 && !llhttp->upgrade;
	parse->state = PARSE_DONE;
	return HPE_PAUSED;
}

static const llhttp_settings_t settings = {
	.on_message_begin = on_begin,
	.on_url = on_url,
	.on_header_field = on_name,
	.on_header_field_complete = on_name_end,
	.on_header_value = on_value,
	.on_header_value_complete = on_value_end,
	.on_headers_complete = on_headers,
	.on_body = on_body,
	.on_chunk_header = on_chunk,
	.on_message_complete = on_complete,
};

void http_parse_init(struct http_parse *parse)
{
	*parse = (struct http_parse){.state = PARSE_IDLE};
	llhttp_init(&parse->llhttp, HTTP_REQUEST, &settings);
	parse->llhttp.data = parse;
}

void http_parse_begin(struct http_parse *parse, struct request *request)
{
	if (parse->state == PARSE_DONE)
		llhttp_resume(&parse->llhttp);
	parse->request = request;
	parse->state = PARSE_IDLE;
	parse->has_headers = false;
	parse->header_bytes = 0;
	parse->name_len = 0;
}

size_t http_parse_feed(struct http_parse *parse, const char *at, size_t len)
{
	enum llhttp_errno error = llhttp_execute(&parse->llhttp, at, len);

	if (parse->state == PARSE_REFUSED || error == HPE_OK)
		return len;
	if (error == HPE_PAUSED && parse->state == PARSE_DONE)
		return (size_t)(llhttp_get_error_pos(&parse->llhttp) - at);
	if (error == HPE_PAUSED_UPGRADE && parse->state == PARSE_DONE)
		return len;
	(void)refuse(parse, ERR_API_REQUEST, 400, llhttp_get_error_reason(&parse->llhttp));
	return len;
}
