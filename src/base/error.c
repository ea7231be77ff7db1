/* SPDX-License-Identifier: MIT */
#include "memward/base.h"

const char *memward_error_name(int code)
{
	switch (code) {
	case 0:
		return "MEMWARD_OK";
#define NAME_CASE(name, number, text) \
	case name:                    \
		return #name;
		MEMWARD_ERRORS(NAME_CASE)
#undef NAME_CASE
	default:
		return "MEMWARD_UNKNOWN";
	}
}

const char *memward_error_text(int code)
{
	switch (code) {
	case 0:
		return "no error";
#define TEXT_CASE(name, number, text) \
	case name:                    \
		return text;
		MEMWARD_ERRORS(TEXT_CASE)
#undef TEXT_CASE
	default:
		return "not an error code of memward";
	}
}

#define STRING_OF(x) #x
#define STRING(x)    STRING_OF(x)

const char *memward_version(void)
{
	return STRING(MEMWARD_VERSION_MAJOR) "." STRING(
	    MEMWARD_VERSION_MINOR) "." STRING(MEMWARD_VERSION_PATCH);
}
