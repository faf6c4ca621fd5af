#include "node/api/router.h"

#include <stdio.h>
#include <string.h>

/* Whether the path is the pattern's; args get what the {} took. */
static bool pattern_fits(const char *pattern, const struct request *request,
			 const char *args[ROUTE_ARGS_MAX])
{
	size_t args_count = 0;
	size_t i = 0;

	for (; *pattern == '/'; i++) {
		size_t len = strcspn(pattern + 1, "/");

		if (i == request->segments_count)
			return false;
		if (len == 2 && pattern[1] == '{') {
			if (request->segments[i][0] == '\0')
				return false;
			args[args_count++] = request->segments[i];
		} else if (strlen(request->segments[i]) != len ||
			   memcmp(request->segments[i], pattern + 1, len) != 0) {
			return false;
		}
		pattern += 1 + len;
	}
	return i == request->segments_count;
}

static bool method_fits(enum method route, enum method asked)
{
	return route == asked || (route == METHOD_GET && asked == METHOD_HEAD);
}

/* Whether names holds name between blanks; *may_repeat: with a star. */
static bool names_have(const char *names, const char *name, bool *may_repeat)
{
	size_t len = strlen(name);

	for (const char *at = names; len > 0 && (at = strstr(at, name)) != NULL; at++) {
		bool begins = at == names || at[-1] == ' ';

		*may_repeat = at[len] == '*';
		if (begins && (at[len] == ' ' || at[len] == '\0' || *may_repeat))
			return true;
	}
	return false;
}

static const char *find_bad_param(const struct route *route, const struct request *request)
{
	for (size_t i = 0; i < request->params_count; i++) {
		const char *name = request->params[i].name;
		bool may_repeat = false;

		if (strpbrk(name, " *") != NULL || !names_have(route->params, name, &may_repeat))
			return name;
		for (size_t k = 0; k < i && !may_repeat; k++) {
			if (strcmp(request->params[k].name, name) == 0)
				return name;
		}
	}
	return NULL;
}

static void add_allowed(char allow[48], enum method method)
{
	const char *add = method == METHOD_GET ? "GET, HEAD" : "POST";
	size_t len = strlen(allow);

	if (strstr(allow, add) == NULL)
		(void)snprintf(allow + len, 48 - len, "%s%s", len == 0 ? "" : ", ", add);
}

enum err router_find(const struct route *routes, size_t count, const struct request *request,
		     struct route_match *out)
{
	*out = (struct route_match){.route = NULL};
	for (size_t i = 0; i < count; i++) {
		const char *args[ROUTE_ARGS_MAX] = {NULL};

		if (!pattern_fits(routes[i].pattern, request, args))
			continue;
		add_allowed(out->allow, routes[i].method);
		if (out->route != NULL || !method_fits(routes[i].method, request->method))
			continue;
		out->route = &routes[i];
		memcpy(out->args, args, sizeof(args));
	}
	if (out->allow[0] == '\0')
		return ERR_API_NOT_FOUND;
	strcat(out->allow, ", OPTIONS");
	if (request->method == METHOD_OPTIONS)
		return ERR_OK;
	if (out->route == NULL)
		return ERR_API_METHOD;
	out->bad_param = find_bad_param(out->route, request);
	return out->bad_param == NULL ? ERR_OK : ERR_API_PARAMETER;
}
