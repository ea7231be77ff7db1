/* SPDX-License-Identifier: MIT */
/* What the secure heap and the adapter share. */
#include "openssl.h"
#include "setup.h"

#include <errno.h>

memward_ward *mw_openssl_ward(_Atomic(memward_ward *) *place)
{
	memward_ward *ward = atomic_load(place);
	memward_policy policy;
	unsigned chosen;

	if (ward != NULL)
		return ward;
	if (!mw_openssl_words(&chosen)) {
		errno = EINVAL;
		return NULL;
	}
	policy = mw_shim_policy((chosen & MW_OPENSSL_LOCKED) != 0);
	return mw_shim_ward(place, &policy);
}

bool mw_openssl_words(unsigned *chosen)
{
	static const char *const words[] = {
	    "always", "require-locked", "report", NULL};

	return mw_shim_words("MEMWARD_OPENSSL", words, chosen);
}
