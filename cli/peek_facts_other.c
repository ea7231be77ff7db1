/* SPDX-License-Identifier: MIT */
/* For doctor: what can be told on a Unix without a file of its own. */
#include "peek.h"
#include "peek_facts.h"

bool peek_facts_of_kernel(struct doctor *doctor)
{
	(void)doctor;
	return true;
}

void peek_facts(struct doctor *doctor)
{
	struct mw_limit limit;
	struct fact *fact;

	doctor->section = ABOUT_LIMITS;
	if (mw_lock_limit(&limit) && limit.known) {
		fact = doctor_add(doctor, "lock limit",
		    limit.enough ? FACT_FINE : FACT_SHORT,
		    "%s, can be raised to %s", limit.soft, limit.hard);
		if (!limit.enough)
			doctor_remedy(fact,
			    "ulimit -l, in kilobytes; to raise what it can be "
			    "raised to, the login class or account of the "
			    "user");
	}
	doctor->section = ABOUT_READERS;
	mw_core_limit(&limit);
	if (limit.known) {
		fact = doctor_add(doctor, "core limit",
		    limit.zero ? FACT_FINE : FACT_NOTE,
		    "%s, can be raised to %s", limit.soft, limit.hard);
		if (!limit.zero)
			doctor_remedy(fact, "ulimit -c 0, or call "
					    "memward_sys_disable_core_dumps()");
	}
	doctor->section = ABOUT_DISK;
	(void)doctor_add(doctor, "everything else", FACT_UNSEEN,
	    "swap, debuggers and the core handler: looking at them has not "
	    "been written for this system");
}

void peek_describe_machine(char *text, size_t size)
{
	if (size > 0)
		text[0] = '\0';
}
