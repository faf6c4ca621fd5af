#include "ledger/apply/identifier.h"

#include <stdint.h>
#include <string.h>

#define LEI_LEN 20
#define ROR_LEN 9

/* The place of c among the characters, -1 if it is none of them. */
static int place_of(const char *characters, char c)
{
	const char *at = c == '\0' ? NULL : strchr(characters, c);

	return at == NULL ? -1 : (int)(at - characters);
}

/* GB 32100-2015: C18 = 31 - (sum of Ci * 3^(i-1) mod 31) mod 31. */
static bool usci_is_valid(const char *code)
{
	static const char characters[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
	unsigned sum = 0;
	unsigned weight = 1;

	if (strlen(code) != USCI_LEN)
		return false;
	for (int i = 0; i < USCI_LEN; i++) {
		int place = place_of(characters, code[i]);

		if (place < 0)
			return false;
		if (i == USCI_LEN - 1)
			return (unsigned)place == (31 - sum % 31) % 31;
		sum += (unsigned)place * weight;
		weight = weight * 3 % 31;
	}
	UNREACHABLE();
}

/* ISO 7064 MOD 97-10: letters stand for 10 to 35, the whole number is 1 mod 97. */
static bool lei_is_valid(const char *code)
{
	static const char characters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	unsigned rest = 0;

	if (strlen(code) != LEI_LEN)
		return false;
	for (int i = 0; i < LEI_LEN; i++) {
		int place = place_of(characters, code[i]);

		if (place < 0 || (i >= LEI_LEN - 2 && place > 9))
			return false;
		rest = (rest * (place > 9 ? 100 : 10) + (unsigned)place) % 97;
	}
	return rest == 1;
}

/* Check digits = 98 - (n * 100 mod 97), n the seven characters in base 32. */
static bool ror_is_valid(const char *code)
{
	static const char characters[] = "0123456789abcdefghjkmnpqrstvwxyz";
	uint64_t n = 0;
	unsigned check = 0;

	if (strlen(code) != ROR_LEN || code[0] != '0')
		return false;
	for (int i = 0; i < ROR_LEN; i++) {
		int place = place_of(characters, code[i]);

		if (place < 0 || (i >= ROR_LEN - 2 && place > 9))
			return false;
		if (i < ROR_LEN - 2)
			n = n * 32 + (unsigned)place;
		else
			check = check * 10 + (unsigned)place;
	}
	return check == 98 - n * 100 % 97;
}

static const struct {
	const char *name;
	enum scheme scheme;
	bool (*is_valid)(const char *code);
} schemes[] = {
	{"CN-USCI", SCHEME_USCI, usci_is_valid},
	{"XI-LEI", SCHEME_LEI, lei_is_valid},
	{"XI-ROR", SCHEME_ROR, ror_is_valid},
};

#define SCHEMES (sizeof(schemes) / sizeof(schemes[0]))

enum scheme scheme_find(const char *name)
{
	for (size_t i = 0; i < SCHEMES; i++) {
		if (strcmp(name, schemes[i].name) == 0)
			return schemes[i].scheme;
	}
	return SCHEME_NONE;
}

enum scheme identifier_scheme(const char *identifier, const char **code)
{
	for (size_t i = 0; i < SCHEMES; i++) {
		size_t len = strlen(schemes[i].name);

		if (strncmp(identifier, schemes[i].name, len) == 0 && identifier[len] == '-') {
			*code = identifier + len + 1;
			return schemes[i].scheme;
		}
	}
	return SCHEME_NONE;
}

enum err identifier_check(const char *identifier)
{
	const char *code;
	enum scheme scheme = identifier_scheme(identifier, &code);

	for (size_t i = 0; i < SCHEMES; i++) {
		if (schemes[i].scheme == scheme)
			return schemes[i].is_valid(code) ? ERR_OK : ERR_ID_CHECK;
	}
	return ERR_ID_SCHEME;
}

bool identifier_has_division(const char *identifier, const char *prefix)
{
	const char *code;
	size_t len = strlen(prefix);

	return identifier_scheme(identifier, &code) == SCHEME_USCI && strlen(code) == USCI_LEN &&
	       len <= USCI_DIVISION_LEN && strncmp(code + 2, prefix, len) == 0;
}
