#include "tests/unit/ledger/mutants.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHARACTERS 24 /* of a string that are changed */
#define PATH_MAX_BYTES 512

struct mutation {
	json_t *document;
	mutant_visit *visit;
	void *context;
	size_t count;
};

static void show(struct mutation *mutation, const char *where, const char *how)
{
	mutation->count++;
	mutation->visit(mutation->context, mutation->document, where, how);
}

static void mutate(struct mutation *mutation, json_t *value, const char *where);

/* Another character of the same alphabet, so that the form alone does not tell. */
static char other(char from)
{
	switch (from) {
	case '0':
		return '1';
	case 'f':
	case '9':
		return '0';
	case 'z':
	case 'Z':
		return 'a';
	default:
		return (char)(from + 1);
	}
}

static void string_set(struct mutation *mutation, json_t *string, const char *text, size_t len,
		       const char *where, const char *how)
{
	/* What is no UTF-8 any more could not be in a document. */
	if (json_string_setn(string, text, len) == 0)
		show(mutation, where, how);
}

static void mutate_string(struct mutation *mutation, json_t *string, const char *where)
{
	size_t len = json_string_length(string);
	char *text = malloc(len + 2);
	size_t step = len / CHARACTERS + 1;

	memcpy(text, json_string_value(string), len);
	text[len] = '\0';
	for (size_t i = 0; i < len; i = i + step < len || i == len - 1 ? i + step : len - 1) {
		char before = text[i];

		text[i] = other(before);
		string_set(mutation, string, text, len, where, "a character changed");
		text[i] = before;
	}
	if (len > 0)
		string_set(mutation, string, text, len - 1, where, "the last character dropped");
	text[len] = '0';
	string_set(mutation, string, text, len + 1, where, "a character appended");
	string_set(mutation, string, "", 0, where, "emptied");
	(void)json_string_setn(string, text, len);
	free(text);
}

static void mutate_integer(struct mutation *mutation, json_t *integer, const char *where)
{
	json_int_t value = json_integer_value(integer);
	const json_int_t others[] = {value + 1,		value - 1, value ^ 0x100000000, -value - 1,
				     value * 2 + 2, INT64_MAX, INT64_MIN};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		json_integer_set(integer, others[i]);
		show(mutation, where, "a number changed");
	}
	json_integer_set(integer, value);
}

static void mutate(struct mutation *mutation, json_t *value, const char *where);

static char **names_of(json_t *object, size_t *count)
{
	char **names = calloc(json_object_size(object) + 1, sizeof(*names));
	const char *name;
	json_t *member;

	*count = 0;
	json_object_foreach(object, name, member)
		names[(*count)++] = strdup(name);
	return names;
}

/* One member gone, and of every other type. */
static void mutate_member(struct mutation *mutation, json_t *object, const char *name,
			  const char *path)
{
	static const char *const others[] = {"null", "0", "\"0\"", "[]", "{}", "true", "1.5"};
	json_t *member = json_incref(json_object_get(object, name));

	json_object_del(object, name);
	show(mutation, path, "dropped");
	for (size_t k = 0; k < sizeof(others) / sizeof(others[0]); k++) {
		json_t *stranger = json_loads(others[k], JSON_DECODE_ANY, NULL);

		if (!json_equal(stranger, member)) {
			json_object_set(object, name, stranger);
			show(mutation, path, others[k]);
		}
		json_decref(stranger);
	}
	json_object_set(object, name, member);
	mutate(mutation, member, path);
	json_decref(member);
}

static void mutate_object(struct mutation *mutation, json_t *object, const char *where)
{
	/* Members of the formats that do not belong everywhere. */
	static const char *const strangers[] = {"stranger", "state",	   "entry", "subject",
						"sha256",   "programme",   "from",  "path",
						"items",    "other_value", "log_index"};
	char path[PATH_MAX_BYTES];
	size_t count;
	char **names = names_of(object, &count);

	for (size_t i = 0; i < count; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", where, names[i]);
		mutate_member(mutation, object, names[i], path);
		free(names[i]);
	}
	free(names);
	for (size_t i = 0; i < sizeof(strangers) / sizeof(strangers[0]); i++) {
		if (json_object_get(object, strangers[i]) != NULL)
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s", where, strangers[i]);
		json_object_set_new(object, strangers[i], json_integer(1));
		show(mutation, path, "added");
		json_object_del(object, strangers[i]);
	}
}

static void mutate_array(struct mutation *mutation, json_t *array, const char *where)
{
	char path[PATH_MAX_BYTES];
	size_t count = json_array_size(array);

	for (size_t i = 0; i < count; i++) {
		json_t *element = json_incref(json_array_get(array, i));
		json_t *before = i > 0 ? json_incref(json_array_get(array, i - 1)) : NULL;

		(void)snprintf(path, sizeof(path), "%s/%zu", where, i);
		json_array_remove(array, i);
		show(mutation, path, "dropped");
		json_array_insert(array, i, element);
		json_array_insert(array, i, element);
		show(mutation, path, "doubled");
		json_array_remove(array, i);
		if (before != NULL && !json_equal(before, element)) {
			json_array_set(array, i, before);
			json_array_set(array, i - 1, element);
			show(mutation, path, "swapped with the one before");
			json_array_set(array, i - 1, before);
			json_array_set(array, i, element);
		}
		mutate(mutation, element, path);
		json_decref(before);
		json_decref(element);
	}
	json_array_append_new(array, json_string(""));
	show(mutation, where, "an element added");
	json_array_remove(array, count);
}

static void mutate(struct mutation *mutation, json_t *value, const char *where)
{
	if (json_is_object(value))
		mutate_object(mutation, value, where);
	else if (json_is_array(value))
		mutate_array(mutation, value, where);
	else if (json_is_string(value))
		mutate_string(mutation, value, where);
	else if (json_is_integer(value))
		mutate_integer(mutation, value, where);
}

size_t mutants_each(json_t *document, mutant_visit *visit, void *context)
{
	struct mutation mutation = {document, visit, context, 0};

	mutate(&mutation, document, "");
	return mutation.count;
}
