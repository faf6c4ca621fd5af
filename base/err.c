#include "base/err.h"

#include <stddef.h>

struct entry {
	enum err err;
	enum err_class class;
	const char *name;
	const char *text;
	const char *remedy;
};

/* Ascending by number, as the list is; entry_find relies on it. */
static const struct entry entries[] = {
#define ERR_ENTRY(name, number, class, text, remedy) \
	{ERR_##name, ERR_CLASS_##class, #name, text, remedy},
	ERR_LIST(ERR_ENTRY)
#undef ERR_ENTRY
};

#define ENTRIES_COUNT (sizeof(entries) / sizeof(entries[0]))

static const struct entry *entry_find(uint32_t number)
{
	size_t low = 0;
	size_t high = ENTRIES_COUNT;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if ((uint32_t)entries[middle].err < number)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == ENTRIES_COUNT || (uint32_t)entries[low].err != number)
		return NULL;
	return &entries[low];
}

static const struct entry *entry_of(enum err err)
{
	const struct entry *entry = entry_find((uint32_t)err);

	ASSERT(entry != NULL);
	return entry;
}

bool err_from_number(uint32_t number, enum err *out)
{
	const struct entry *entry = entry_find(number);

	if (entry == NULL)
		return false;
	*out = entry->err;
	return true;
}

const char *err_name(enum err err)
{
	return entry_of(err)->name;
}

enum err_class err_class_of(enum err err)
{
	return entry_of(err)->class;
}

const char *err_text(enum err err)
{
	return entry_of(err)->text;
}

const char *err_remedy(enum err err)
{
	return entry_of(err)->remedy;
}

void err_each(void (*visit)(enum err err, void *context), void *context)
{
	for (size_t i = 0; i < ENTRIES_COUNT; i++)
		visit(entries[i].err, context);
}
