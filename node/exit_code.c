#include "node/exit_code.h"

int exit_code(enum err reason)
{
	if (reason == ERR_OK)
		return 0;
	if (reason == ERR_TRIPPED || err_class_of(reason) == ERR_CLASS_ALARM)
		return 12;
	/* 8xxx: local files, keys, genesis; and a home that does not fit */
	if (reason / 1000 == 8 || reason == ERR_STORE_FORMAT || reason == ERR_STORE_CHAIN ||
	    reason == ERR_STORE_LOCKED || reason == ERR_SIGN_FILE_FOREIGN)
		return 10;
	return 1;
}
