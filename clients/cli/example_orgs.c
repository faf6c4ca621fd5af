#include "clients/cli/example_orgs.h"

#include <stdio.h>
#include <string.h>

#include "ledger/apply/identifier.h"

#define BEIJING "110108"
#define BEIJING_VALIDATORS "110105"
#define SHANGHAI "310115"

static const char characters[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/* GB 11714: the check character of eight others. */
static char organisation_check(const char *code)
{
	static const int weights[] = {3, 7, 9, 10, 5, 8, 4, 2};
	int sum = 0;

	for (int i = 0; i < 8; i++)
		sum += weights[i] * (code[i] <= '9' ? code[i] - '0' : code[i] - 'A' + 10);
	sum = 11 - sum % 11;
	return sum == 10 ? 'X' : sum == 11 ? '0' : (char)('0' + sum);
}

/* GB 32100-2015 over the first 17. */
static char identifier_check_character(const char *code)
{
	unsigned sum = 0, weight = 1;

	for (int i = 0; i < USCI_LEN - 1; i++) {
		sum += (unsigned)(strchr(characters, code[i]) - characters) * weight;
		weight = weight * 3 % 31;
	}
	return characters[(31 - sum % 31) % 31];
}

static void make_id(char out[LIMIT_SEGMENT + 1], const char *division, unsigned number)
{
	char part[10] = "EXAMPLE", code[USCI_LEN + 1];

	ASSERT(number < sizeof(characters) - 1);
	part[7] = characters[number];
	part[8] = organisation_check(part);
	part[9] = '\0';
	(void)snprintf(code, sizeof(code), "12%s%s", division, part);
	code[USCI_LEN - 1] = identifier_check_character(code);
	code[USCI_LEN] = '\0';
	(void)snprintf(out, LIMIT_SEGMENT + 1, "CN-USCI-%s", code);
	ASSERT(identifier_check(out) == ERR_OK);
}

#define ROLE(name) (1u << STELE__ROLE__ROLE_##name)

static struct example_org make(const char *name, const char *division, unsigned number,
			       uint32_t roles, const char *zh, const char *en)
{
	struct example_org made;

	memset(&made, 0, sizeof(made));
	(void)snprintf(made.name, sizeof(made.name), "%s", name);
	(void)snprintf(made.org.name_zh, sizeof(made.org.name_zh), "%s", zh);
	(void)snprintf(made.org.name_en, sizeof(made.org.name_en), "%s", en);
	make_id(made.org.id, division, number);
	made.org.roles = roles;
	made.is_validator = (roles & ROLE(VALIDATOR)) != 0;
	return made;
}

static const char *chinese_number(unsigned number)
{
	static const char *const numbers[] = {
		"零", "一",   "二",   "三",   "四",   "五",   "六",   "七",   "八",
		"九", "十",   "十一", "十二", "十三", "十四", "十五", "十六",
	};

	ASSERT(number < sizeof(numbers) / sizeof(numbers[0]));
	return numbers[number];
}

static struct example_org make_validator(unsigned number)
{
	static const uint32_t others[] = {ROLE(FUNDER), ROLE(AGENCY), ROLE(AUDITOR),
					  ROLE(ANCHORER)};
	char name[32], zh[64], en[64];

	(void)snprintf(name, sizeof(name), "validator-%u", number);
	(void)snprintf(zh, sizeof(zh), "示例见证机构%s", chinese_number(number));
	(void)snprintf(en, sizeof(en), "Example Witness Institution %u", number);
	return make(name, BEIJING_VALIDATORS, number, ROLE(VALIDATOR) | others[(number - 1) % 4],
		    zh, en);
}

static struct example_org make_institute(unsigned number)
{
	char name[32], zh[64], en[64];

	(void)snprintf(name, sizeof(name), "institute-%u", number);
	(void)snprintf(zh, sizeof(zh), "示例研究院%s", chinese_number(number));
	(void)snprintf(en, sizeof(en), "Example Institute %u", number);
	return make(name, BEIJING, number, ROLE(APPLICANT), zh, en);
}

size_t example_orgs(struct example_org out[EXAMPLE_ORGS_MAX], unsigned validators)
{
	size_t count = 0;

	ASSERT(validators >= 1 && validators <= EXAMPLE_VALIDATORS_MAX);
	for (unsigned i = 1; i <= validators; i++)
		out[count++] = make_validator(i);
	for (unsigned i = 1; i <= EXAMPLE_INSTITUTES; i++)
		out[count++] = make_institute(i);
	out[count++] = make("funder", BEIJING, 20, ROLE(FUNDER), "示例市科学技术委员会",
			    "Example Municipal Science Commission");
	out[count++] = make("agency", BEIJING, 21, ROLE(AGENCY), "示例项目管理中心",
			    "Example Programme Agency");
	out[count++] = make("anchorer-1", BEIJING, 22, ROLE(ANCHORER), "示例内容平台一",
			    "Example Content Platform 1");
	out[count++] = make("anchorer-2", BEIJING, 23, ROLE(ANCHORER), "示例内容平台二",
			    "Example Content Platform 2");
	out[count++] = make("outsider", SHANGHAI, 24, ROLE(APPLICANT), "示例外地研究院",
			    "Example Institute Elsewhere");
	ASSERT(count <= EXAMPLE_ORGS_MAX);
	return count;
}
