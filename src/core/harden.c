/* SPDX-License-Identifier: MIT */
#include "memward/harden.h"

#include "mem_sys/backend.h"

#include <string.h>

#define ITEM_OF(name, bit, text) | (uint32_t)(name)
#define ITEMS                    (0u MEMWARD_HARDEN_ITEMS(ITEM_OF))

_Static_assert(ITEMS == (UINT32_C(1) << MEMWARD_HARDEN_COUNT) - 1,
    "memward_hardening has one answer per item");

/* Answers one item; what follows may rest on what came before. */
static int answer_item(unsigned bit, bool asked, memward_hardening *hardening)
{
	memward_harden_answer *answer = &hardening->answer[bit];
	int code = mw_sys_harden(bit, asked, &answer->system_error);

	if (code == 0) {
		hardening->obtained |= UINT32_C(1) << bit;
		answer->system_error = 0;
		return 0;
	}
	/* What nobody asked for needs no excuse but that it cannot be had. */
	if (!asked && code != MEMWARD_EUNSUPPORTED) {
		answer->system_error = 0;
		return 0;
	}
	answer->reason = code;
	return asked ? code : 0;
}

int memward_harden(uint32_t items, memward_hardening *hardening)
{
	memward_hardening own = MEMWARD_HARDENING_INIT;
	int first = 0;

	if ((items & ~ITEMS) != 0)
		return MEMWARD_EVALUE;
	/* The struct may grow at its end; this is its first version. */
	if (hardening != NULL && hardening->size < sizeof(own))
		return MEMWARD_EVALUE;
	for (unsigned bit = 0; bit < MEMWARD_HARDEN_COUNT; bit++) {
		int code = answer_item(bit, (items >> bit & 1) != 0, &own);

		if (first == 0)
			first = code;
	}
	if (hardening != NULL) {
		own.size = hardening->size;
		memcpy(hardening, &own, sizeof(own));
	}
	return first;
}

const char *memward_harden_item_name(uint32_t item)
{
	switch (item) {
#define ITEM_CASE(name, bit, text) \
	case name:                 \
		return text;
		MEMWARD_HARDEN_ITEMS(ITEM_CASE)
#undef ITEM_CASE
	default:
		return NULL;
	}
}
