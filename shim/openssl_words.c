/* SPDX-License-Identifier: MIT */
#include "openssl.h"
#include "setup.h"

bool mw_openssl_words(unsigned *chosen)
{
	static const char *const words[] = {
	    "always", "require-locked", "report", NULL};

	return mw_shim_words("MEMWARD_OPENSSL", words, chosen);
}
