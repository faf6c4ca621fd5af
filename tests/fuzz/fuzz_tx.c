/* Transactions: whatever decodes is canonical, and comes back from its leaf. */
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "proto/canon.h"
#include "proto/tx.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tx *tx, *again;

	if (tx_decode(&tx, bytes_of(data, size), NULL) != ERR_OK)
		return 0;
	ASSERT(tx_from_leaf(&again, tx->leaf_data, tx->attachment, NULL) == ERR_OK);
	ASSERT(bytes_equal(again->raw, tx->raw));
	ASSERT(hash_equal(&again->id, &tx->id));
	ASSERT(canon_is_same(&tx->message->base, tx->body));
	ASSERT(tx->entries == NULL || canon_is_same(&tx->entries->base, tx->attachment));
	ASSERT(operation_name(tx->operation) != NULL && tx_purposes(tx) != 0);
	tx_free(again);
	tx_free(tx);
	return 0;
}
