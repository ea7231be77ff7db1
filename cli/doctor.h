/* SPDX-License-Identifier: MIT */
/* Facts about what this process can have, and what to do about the rest. */
#ifndef MEMWARD_CLI_DOCTOR_H
#define MEMWARD_CLI_DOCTOR_H

#include "memward/mem_sys.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fact_state {
	FACT_FINE,
	FACT_SHORT, /* less than could be: has a remedy */
	FACT_NOTE,  /* neither good nor bad, or good only for some */
	FACT_UNSEEN /* could not be looked at */
};

struct fact {
	const char *name; /* also the value of "name" in JSON */
	enum fact_state state;
	char value[320];
	char remedy[420]; /* "" if there is nothing to do */
};

#define DOCTOR_FACTS_MAX 40

struct doctor {
	memward_sys_info info; /* what the layer itself found */
	struct fact facts[DOCTOR_FACTS_MAX];
	size_t count;
};

/* Adds a fact; its remedy is empty until it is set. */
struct fact *doctor_add(struct doctor *doctor, const char *name,
    enum fact_state state, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 4, 5)))
#endif
    ;
void doctor_remedy(struct fact *fact, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;

/* Whether the layer found this feature granted. */
bool doctor_granted(const struct doctor *doctor, memward_sys_feature feature);

/* Adds a fact for each preset of a ward. */
void doctor_wards(struct doctor *doctor);

/* "8 MiB", "65536 bytes", "unlimited". */
void doctor_bytes(uint64_t bytes, char *text, size_t size);

#endif
