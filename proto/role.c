#include "proto/role.h"

#include <string.h>

static const char *const roles[] = {NULL,       "funder",  "agency",   "applicant",
				    "reviewer", "auditor", "anchorer", "validator"};
static const char *const purposes[] = {NULL, "govern", "grant", "content", "peer", "review"};

struct names {
	const char *const *names; /* from number 1 */
	uint32_t last;
};

static const struct names role_names = {roles, ROLE_LAST};
static const struct names purpose_names = {purposes, PURPOSE_LAST};

static const char *name_of(const struct names *names, uint32_t number)
{
	return number >= 1 && number <= names->last ? names->names[number] : NULL;
}

static uint32_t number_of(const struct names *names, struct bytes name)
{
	for (uint32_t i = 1; i <= names->last; i++) {
		if (bytes_equal(bytes_text(names->names[i]), name))
			return i;
	}
	return 0;
}

static bool are_valid(const struct names *names, uint32_t bits)
{
	uint32_t known = (2u << names->last) - 2;

	return bits != 0 && (bits & ~known) == 0;
}

static void render(struct buf *out, const struct names *names, uint32_t bits)
{
	const char *comma = "";

	for (uint32_t i = 1; i <= names->last; i++) {
		if ((bits >> i & 1) == 0)
			continue;
		buf_print(out, "%s%s", comma, names->names[i]);
		comma = ",";
	}
}

static bool parse(uint32_t *out, const struct names *names, struct bytes text)
{
	uint32_t bits = 0;
	uint32_t before = 0;
	size_t from = 0;

	for (size_t i = 0; i <= text.len; i++) {
		uint32_t number;

		if (i < text.len && text.at[i] != ',')
			continue;
		number = number_of(names, bytes_of(text.at + from, i - from));
		if (number <= before)
			return false;
		bits |= 1u << number;
		before = number;
		from = i + 1;
	}
	*out = bits;
	return true;
}

const char *role_name(uint32_t role)
{
	return name_of(&role_names, role);
}

const char *purpose_name(uint32_t purpose)
{
	return name_of(&purpose_names, purpose);
}

uint32_t role_from_name(struct bytes name)
{
	return number_of(&role_names, name);
}

uint32_t purpose_from_name(struct bytes name)
{
	return number_of(&purpose_names, name);
}

bool roles_are_valid(uint32_t bits)
{
	return are_valid(&role_names, bits);
}

bool purposes_are_valid(uint32_t bits)
{
	return are_valid(&purpose_names, bits);
}

void roles_render(struct buf *out, uint32_t bits)
{
	render(out, &role_names, bits);
}

void purposes_render(struct buf *out, uint32_t bits)
{
	render(out, &purpose_names, bits);
}

bool roles_parse(uint32_t *bits, struct bytes text)
{
	return text.len > 0 && parse(bits, &role_names, text);
}

bool purposes_parse(uint32_t *bits, struct bytes text)
{
	return text.len > 0 && parse(bits, &purpose_names, text);
}
