#include "consensus/effect.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"

void effects_init(struct effects *effects)
{
	*effects = (struct effects){NULL, 0, 0};
}

void effects_reset(struct effects *effects)
{
	ASSERT(effects->list != NULL || effects->capacity == 0);
	ASSERT(effects->count <= effects->capacity);
	effects->count = 0;
}

void effects_release(struct effects *effects)
{
	ASSERT(effects->list != NULL || effects->capacity == 0);
	ASSERT(effects->count <= effects->capacity);
	free(effects->list);
	effects_init(effects);
}

struct effect *effects_add(struct effects *effects, enum effect_kind kind)
{
	struct effect *effect;

	if (effects->count == effects->capacity) {
		size_t capacity = effects->capacity == 0 ? 32 : 2 * effects->capacity;
		struct effect *list = realloc(effects->list, capacity * sizeof(*list));

		ASSERT(list != NULL);
		effects->list = list;
		effects->capacity = capacity;
	}
	ASSERT(effects->count < effects->capacity);
	effect = &effects->list[effects->count++];
	memset(effect, 0, sizeof(*effect));
	effect->kind = kind;
	return effect;
}
