/* SPDX-License-Identifier: MIT */
/* For doctor on Linux: limits, capabilities, proc(5). */
#if !defined(__linux__)
#error "peek_facts_linux.c is for Linux"
#endif
#define _GNU_SOURCE

#include "cli.h"
#include "peek.h"
#include "peek_facts_linux.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CAP_IPC_LOCK_BIT   14
#define CAP_SYS_PTRACE_BIT 19

bool mw_read_line(const char *path, char *line, size_t size, const char **why)
{
	size_t len;

	if (!peek_read_file(path, line, size - 1, &len, why))
		return false;
	line[len] = '\0';
	line[strcspn(line, "\n")] = '\0';
	return true;
}

struct fact *mw_add_unseen(
    struct doctor *doctor, const char *name, const char *path, const char *why)
{
	return doctor_add(doctor, name, FACT_UNSEEN, "%s: %s", path, why);
}

bool mw_status_value(const char *name, char *value, size_t size)
{
	FILE *status = fopen("/proc/self/status", "re");
	char line[256];
	size_t len = strlen(name);
	bool found = false;

	while (status != NULL && !found &&
	       fgets(line, sizeof(line), status) != NULL) {
		if (strncmp(line, name, len) != 0 || line[len] != ':')
			continue;
		line[strcspn(line, "\n")] = '\0';
		found = text_format(value, size, "%s",
		    line + len + 1 + strspn(line + len + 1, " \t"));
	}
	if (status != NULL)
		(void)fclose(status);
	return found;
}

/* A namespace maps all numbers onto themselves only if it is the first one. */
static bool in_user_namespace(bool *known)
{
	char line[64];
	const char *why;
	unsigned long inside;
	unsigned long outside;
	unsigned long count;

	*known = mw_read_line("/proc/self/uid_map", line, sizeof(line), &why) &&
		 sscanf(line, "%lu %lu %lu", &inside, &outside, &count) == 3;
	return *known && (inside != 0 || outside != 0 || count != 4294967295UL);
}

/* Effective capabilities, as bits; false: they cannot be seen. */
static bool get_capabilities(unsigned long long *bits)
{
	char value[32];

	if (!mw_status_value("CapEff", value, sizeof(value)))
		return false;
	*bits = strtoull(value, NULL, 16);
	return true;
}

static bool may_lock_all(void)
{
	unsigned long long bits;
	bool known;

	/* That of a user namespace of one's own does not lift the limit. */
	return get_capabilities(&bits) && (bits >> CAP_IPC_LOCK_BIT & 1) != 0 &&
	       !in_user_namespace(&known);
}

static void facts_lock(struct doctor *doctor)
{
	struct mw_limit limit;
	struct fact *fact;
	bool enough;
	char used[32] = "unknown";

	if (!mw_lock_limit(&limit) || !limit.known)
		return;
	enough = limit.enough || may_lock_all();
	(void)mw_status_value("VmLck", used, sizeof(used));
	fact = doctor_add(doctor, "lock limit", enough ? FACT_FINE : FACT_SHORT,
	    "%s, can be raised to %s%s; locked now: %s", limit.soft, limit.hard,
	    limit.enough || !enough ? "" : "; CAP_IPC_LOCK lifts it", used);
	if (enough)
		return;
	doctor_remedy(fact,
	    "raise it to 8 MiB, as most systems have it (ulimit -l goes up to "
	    "the hard limit, %s; for logins put \"* - memlock 8192\" into "
	    "/etc/security/limits.conf), or grant CAP_IPC_LOCK",
	    limit.hard);
	doctor_paste(fact, IN_SHELL,
	    limit.hard_enough ? "ulimit -l 8192"
			      : "sudo prlimit --pid $$ --memlock=8388608");
	doctor_paste(fact, IN_SYSTEMD, "LimitMEMLOCK=8M");
	doctor_paste(
	    fact, IN_DOCKER, "docker run --ulimit memlock=8388608:8388608");
	doctor_paste(fact, IN_KUBERNETES,
	    "securityContext: {capabilities: {add: [IPC_LOCK]}}");
}

static void add_capabilities(
    struct doctor *doctor, unsigned long long bits, bool inner)
{
	bool locks = (bits >> CAP_IPC_LOCK_BIT & 1) != 0;
	bool traces = (bits >> CAP_SYS_PTRACE_BIT & 1) != 0;
	struct fact *fact = doctor_add(doctor, "capabilities", FACT_NOTE,
	    "%s CAP_IPC_LOCK (%s), %s CAP_SYS_PTRACE (%s)",
	    locks ? "has" : "no",
	    locks && inner ? "of a user namespace: does not count"
	    : locks        ? "no limit on locks"
			   : "the lock limit holds",
	    traces ? "has" : "no",
	    traces ? "may read other processes"
		   : "may read those of its own user, if allowed");

	if (locks)
		return;
	doctor_remedy(fact, "to lock beyond the limit, for one program");
	doctor_paste(fact, IN_SHELL, "sudo setcap cap_ipc_lock+ep PROGRAM");
	doctor_paste(fact, IN_SYSTEMD, "AmbientCapabilities=CAP_IPC_LOCK");
	doctor_paste(fact, IN_DOCKER, "docker run --cap-add IPC_LOCK");
	doctor_paste(fact, IN_KUBERNETES,
	    "securityContext: {capabilities: {add: [IPC_LOCK]}}");
}

static void facts_privileges(struct doctor *doctor)
{
	unsigned long long bits;
	bool known;
	bool inner = in_user_namespace(&known);

	if (get_capabilities(&bits))
		add_capabilities(doctor, bits, inner);
	else
		(void)mw_add_unseen(doctor, "capabilities", "/proc/self/status",
		    "does not tell");
	if (!known)
		(void)mw_add_unseen(doctor, "user namespace",
		    "/proc/self/uid_map", "does not tell");
	else
		(void)doctor_add(doctor, "user namespace",
		    inner ? FACT_NOTE : FACT_FINE,
		    inner ? "one of its own: capabilities in it grant no locks"
			  : "the first one: numbers of users are real");
}

static void facts_space(struct doctor *doctor)
{
	struct mw_limit limit;
	struct fact *fact;

	mw_space_limit(&limit);
	if (!limit.known)
		return;
	if (limit.unlimited) {
		(void)doctor_add(
		    doctor, "address space", FACT_FINE, "unlimited");
		return;
	}
	fact = doctor_add(doctor, "address space", FACT_NOTE,
	    "%s; wards reserve 64 GiB where they can, and less where not",
	    limit.soft);
	doctor_remedy(fact, "if wards cannot grow");
	doctor_paste(fact, IN_SHELL, "ulimit -v unlimited");
	doctor_paste(fact, IN_SYSTEMD, "LimitAS=infinity");
}

static size_t count_lines(const char *path)
{
	FILE *file = fopen(path, "re");
	size_t lines = 0;
	int c;

	while (file != NULL && (c = getc(file)) != EOF)
		lines += c == '\n';
	if (file != NULL)
		(void)fclose(file);
	return lines;
}

static void facts_mappings(struct doctor *doctor)
{
	const char *path = "/proc/sys/vm/max_map_count";
	unsigned long max;
	unsigned long used = (unsigned long)count_lines("/proc/self/maps");
	struct fact *fact;
	char value[32];
	const char *why;
	bool few;

	if (!mw_read_line(path, value, sizeof(value), &why)) {
		(void)mw_add_unseen(doctor, "max_map_count", path, why);
		return;
	}
	max = strtoul(value, NULL, 10);
	/* The kernel's own default is 65530. */
	few = max < 65530;
	fact = doctor_add(doctor, "max_map_count", few ? FACT_SHORT : FACT_FINE,
	    "%lu mappings in a process, %lu in use by this one; a guarded "
	    "secret may take two, 60 KiB of packed ones two: room for about "
	    "%lu guarded",
	    max, used, max > used ? (max - used) / 2 : 0);
	if (!few)
		return;
	doctor_remedy(fact, "for the whole machine, or container host");
	doctor_paste(fact, IN_SHELL, "sudo sysctl -w vm.max_map_count=65530");
}

void peek_facts(struct doctor *doctor)
{
	doctor->section = ABOUT_LIMITS;
	facts_lock(doctor);
	facts_privileges(doctor);
	facts_space(doctor);
	facts_mappings(doctor);
	doctor->section = ABOUT_PLACE;
	mw_facts_of_place(doctor);
	doctor->section = ABOUT_DISK;
	mw_facts_of_disk(doctor);
	doctor->section = ABOUT_READERS;
	mw_facts_of_readers(doctor);
}
