#include "node/api/request.h"

#include <string.h>
#include <strings.h>

#include "base/limits.h"

void request_init(struct request *request)
{
	*request = (struct request){.method = METHOD_OTHER};
	buf_init(&request->target, LIMIT_HTTP_URL_BYTES + 1);
	buf_init(&request->body, LIMIT_HTTP_BODY_BYTES);
}

void request_release(struct request *request)
{
	buf_release(&request->target);
	buf_release(&request->body);
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Decodes %XX in place; false on a bad escape, or one of a control character. */
static bool percent_decode(char *text)
{
	char *to = text;

	for (const char *from = text; *from != '\0'; from++) {
		int high, low;

		if (*from != '%') {
			*to++ = *from;
			continue;
		}
		high = hex_value(from[1]);
		low = high < 0 ? -1 : hex_value(from[2]);
		if (low < 0 || (high << 4 | low) < 0x20 || (high << 4 | low) == 0x7f)
			return false;
		*to++ = (char)(high << 4 | low);
		from += 2;
	}
	*to = '\0';
	return true;
}

static enum err split_path(struct request *request, char *path)
{
	if (path[0] != '/')
		return ERR_API_NOT_FOUND;
	while (path != NULL) {
		char *segment = path + 1;

		path = strchr(segment, '/');
		if (path != NULL)
			*path = '\0';
		if (request->segments_count == REQUEST_SEGMENTS_MAX || !percent_decode(segment))
			return ERR_API_NOT_FOUND;
		request->segments[request->segments_count++] = segment;
	}
	return ERR_OK;
}

static enum err split_query(struct request *request, char *query)
{
	while (query != NULL) {
		char *name = query;
		char *value;

		query = strchr(name, '&');
		if (query != NULL)
			*query++ = '\0';
		value = strchr(name, '=');
		if (value != NULL)
			*value++ = '\0';
		else
			value = name + strlen(name);
		if (request->params_count == REQUEST_PARAMS_MAX || name[0] == '\0' ||
		    !percent_decode(name) || !percent_decode(value))
			return ERR_API_PARAMETER;
		request->params[request->params_count++] =
			(struct request_param){.name = name, .value = value};
	}
	return ERR_OK;
}

enum err request_split(struct request *request)
{
	char *text, *query;
	enum err err;

	buf_u8(&request->target, 0);
	if (request->target.has_failed)
		return ERR_API_NOT_FOUND;
	text = (char *)request->target.at;
	query = strchr(text, '?');
	if (query != NULL)
		*query++ = '\0';
	err = split_path(request, text);
	if (err == ERR_OK && query != NULL && query[0] != '\0')
		err = split_query(request, query);
	return err;
}

const char *request_param(const struct request *request, const char *name)
{
	for (size_t i = 0; i < request->params_count; i++) {
		if (strcmp(request->params[i].name, name) == 0)
			return request->params[i].value;
	}
	return NULL;
}

/* The next element of a list, without blanks around it; false at the end. */
static bool list_next(const char **list, const char *ends, struct bytes *out)
{
	const char *from = *list + strspn(*list, " \t,;");
	size_t len = strcspn(from, ends);

	*list = from + len;
	while (len > 0 && (from[len - 1] == ' ' || from[len - 1] == '\t'))
		len--;
	*out = bytes_of(from, len);
	return len > 0;
}

void request_preferences(const struct request *request, struct preferences *out)
{
	const char *list = request->prefer;
	struct bytes item;
	uint64_t wait;

	*out = (struct preferences){.wait_s = 0, .simulate = true};
	while (list_next(&list, ",;", &item)) {
		const char *text = (const char *)item.at;

		if (item.len == 11 && strncasecmp(text, "simulate=no", 11) == 0)
			out->simulate = false;
		if (item.len == 14 && strncasecmp(text, "return=minimal", 14) == 0)
			out->is_minimal = true;
		if (item.len > 5 && strncasecmp(text, "wait=", 5) == 0 &&
		    decimal_decode(&wait, bytes_of(text + 5, item.len - 5)))
			out->wait_s = wait > PREFER_WAIT_MAX_S ? PREFER_WAIT_MAX_S : (uint32_t)wait;
	}
}

bool request_matches_etag(const struct request *request, const char *etag)
{
	const char *list = request->if_none_match;
	struct bytes item;

	while (list_next(&list, ",", &item)) {
		if (item.len == 1 && item.at[0] == '*')
			return true;
		if (item.len > 2 && item.at[0] == 'W' && item.at[1] == '/')
			item = bytes_of(item.at + 2, item.len - 2);
		if (bytes_equal(item, bytes_text(etag)))
			return true;
	}
	return false;
}
