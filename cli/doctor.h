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

/* What facts are about, in the order in which they are shown. */
enum fact_section {
	ABOUT_PAGES,
	ABOUT_WARDS,
	ABOUT_LIMITS,
	ABOUT_PLACE,
	ABOUT_KERNEL,
	ABOUT_DISK,
	ABOUT_READERS,
	ABOUT_COUNT
};

/* Where a line is to be pasted that changes a fact. */
enum paste { IN_SHELL, IN_SYSTEMD, IN_DOCKER, IN_KUBERNETES, PASTE_COUNT };

struct fact {
	const char *name; /* also the value of "name" in JSON */
	enum fact_section section;
	enum fact_state state;
	char value[480];
	char remedy[420]; /* "" if there is nothing to do */
	char paste[PASTE_COUNT][80];
};

#define DOCTOR_FACTS_MAX 96

struct doctor {
	memward_sys_info info;     /* what the layer itself found */
	enum fact_section section; /* of facts added from now on */
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

/* A line to paste, short enough to be shown unbroken. */
void doctor_paste(struct fact *fact, enum paste where, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 3, 4)))
#endif
    ;

/* Whether the layer found this feature granted. */
bool doctor_granted(const struct doctor *doctor, memward_sys_feature feature);

/* Adds a fact for each preset of a ward. */
void doctor_wards(struct doctor *doctor);

/* What was found, for people and for machines. */
void doctor_print(const struct doctor *doctor, const char *system);
void doctor_print_json(const struct doctor *doctor, const char *system);

/* "8 MiB", "65536 bytes", "unlimited". */
void doctor_bytes(uint64_t bytes, char *text, size_t size);

#endif
