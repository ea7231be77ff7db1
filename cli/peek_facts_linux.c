/* SPDX-License-Identifier: MIT */
/* For doctor on Linux: limits, capabilities, proc(5). */
#if !defined(__linux__)
#error "peek_facts_linux.c is for Linux"
#endif
#define _GNU_SOURCE

#include "cli.h"
#include "peek.h"
#include "peek_facts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define CAP_IPC_LOCK_BIT 14

/* The first line of a small file, without its end; false: *why. */
static bool read_line(
    const char *path, char *line, size_t size, const char **why)
{
	size_t len;

	if (!peek_read_file(path, line, size - 1, &len, why))
		return false;
	line[len] = '\0';
	line[strcspn(line, "\n")] = '\0';
	return true;
}

static void add_unseen(
    struct doctor *doctor, const char *name, const char *path, const char *why)
{
	(void)doctor_add(doctor, name, FACT_UNSEEN, "%s: %s", path, why);
}

/* The value of a line "Name:\tvalue" of /proc/self/status. */
static bool status_value(const char *name, char *value, size_t size)
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

/* A capability of a user namespace of one's own does not lift the limit. */
static bool in_user_namespace(void)
{
	char line[64];
	const char *why;
	unsigned long inside;
	unsigned long outside;
	unsigned long count;

	return read_line("/proc/self/uid_map", line, sizeof(line), &why) &&
	       sscanf(line, "%lu %lu %lu", &inside, &outside, &count) == 3 &&
	       (inside != 0 || outside != 0 || count != 4294967295UL);
}

static const char *lock_capability(bool *has)
{
	char value[32];

	*has = false;
	if (!status_value("CapEff", value, sizeof(value)))
		return "CAP_IPC_LOCK cannot be seen (no /proc)";
	*has = (strtoull(value, NULL, 16) >> CAP_IPC_LOCK_BIT & 1) != 0;
	if (*has && in_user_namespace()) {
		*has = false;
		return "CAP_IPC_LOCK only in a user namespace, where it does "
		       "not count";
	}
	return *has ? "CAP_IPC_LOCK lifts it" : "no CAP_IPC_LOCK";
}

static void facts_lock(struct doctor *doctor)
{
	struct mw_limit limit;
	struct fact *fact;
	bool has;
	const char *capability = lock_capability(&has);
	char used[32] = "unknown";

	if (!mw_lock_limit(&limit) || !limit.known)
		return;
	(void)status_value("VmLck", used, sizeof(used));
	fact = doctor_add(doctor, "lock limit",
	    limit.enough || has ? FACT_FINE : FACT_SHORT,
	    "%s, can be raised to %s; %s; locked now: %s", limit.soft,
	    limit.hard, capability, used);
	if (limit.enough || has)
		return;
	doctor_remedy(fact,
	    "ulimit -l 8192 (KiB; up to the hard limit, %s); for a service "
	    "LimitMEMLOCK=8M or AmbientCapabilities=CAP_IPC_LOCK in its unit; "
	    "docker run --ulimit memlock=8388608:8388608 or --cap-add "
	    "IPC_LOCK; for one program setcap cap_ipc_lock+ep FILE; for "
	    "logins \"* - memlock 8192\" in /etc/security/limits.conf",
	    limit.hard);
}

static void describe_handler(
    struct doctor *doctor, const char *pattern, const struct mw_limit *limit)
{
	bool no_dump = doctor_granted(doctor, MEMWARD_SYS_NO_DUMP);
	const char *kind = pattern[0] == '|'   ? "piped to a program"
			   : pattern[0] == '@' ? "sent to a socket"
					       : "written to a file";
	struct fact *fact;

	if (pattern[0] != '|' && pattern[0] != '@' && limit->zero) {
		(void)doctor_add(doctor, "core handler", FACT_FINE,
		    "none is written: the limit is 0 (\"%s\")", pattern);
		return;
	}
	fact =
	    doctor_add(doctor, "core handler", no_dump ? FACT_NOTE : FACT_SHORT,
		"cores are %s (\"%s\"); memory of memward is %s", kind, pattern,
		no_dump ? "left out, other memory is not" : "NOT left out");
	if (pattern[0] == '|')
		doctor_remedy(fact,
		    "a limit of 0 does not stop a pipe: ulimit -c 1, or call "
		    "memward_sys_disable_core_dumps()");
	else if (pattern[0] == '@')
		doctor_remedy(fact,
		    "no limit stops a socket: sysctl -w "
		    "kernel.core_pattern=core, or prctl(PR_SET_DUMPABLE, 0)");
	else
		doctor_remedy(fact,
		    "ulimit -c 0, or call memward_sys_disable_core_dumps()");
}

static void facts_core(struct doctor *doctor)
{
	const char *path = "/proc/sys/kernel/core_pattern";
	struct mw_limit limit;
	char pattern[160];
	const char *why;

	mw_core_limit(&limit);
	if (limit.known)
		(void)doctor_add(doctor, "core limit",
		    limit.zero ? FACT_FINE : FACT_NOTE,
		    "%s, can be raised to %s", limit.soft, limit.hard);
	if (read_line(path, pattern, sizeof(pattern), &why))
		describe_handler(doctor, pattern, &limit);
	else
		add_unseen(doctor, "core handler", path, why);
}

static void facts_dumpable(struct doctor *doctor)
{
	int dumpable = prctl(PR_GET_DUMPABLE, 0L, 0L, 0L, 0L);
	struct fact *fact;

	if (dumpable != 1) {
		(void)doctor_add(doctor, "dumpable", FACT_FINE,
		    "%d: no core, and only root may read this process",
		    dumpable);
		return;
	}
	fact = doctor_add(doctor, "dumpable", FACT_NOTE,
	    "1: as programs are started, cores and debuggers are allowed");
	doctor_remedy(
	    fact, "a program can refuse both with prctl(PR_SET_DUMPABLE, 0)");
}

static void facts_ptrace(struct doctor *doctor)
{
	static const char *const meanings[] = {
	    "0: any process of the same user may read this one's memory",
	    "1: only ancestors, and whom the process allows, may read it",
	    "2: only processes with CAP_SYS_PTRACE may read it",
	    "3: nobody may attach to it",
	};
	const char *path = "/proc/sys/kernel/yama/ptrace_scope";
	struct fact *fact;
	char scope[8];
	const char *why;

	if (!read_line(path, scope, sizeof(scope), &why)) {
		fact = doctor_add(doctor, "ptrace scope", FACT_UNSEEN,
		    "%s: %s; without Yama any process of the same user may "
		    "read this one's memory",
		    path, why);
		doctor_remedy(fact,
		    "a kernel with Yama (CONFIG_SECURITY_YAMA, lsm=...,yama), "
		    "or prctl(PR_SET_DUMPABLE, 0) in the program");
		return;
	}
	if (scope[0] < '0' || scope[0] > '3')
		return;
	fact = doctor_add(doctor, "ptrace scope",
	    scope[0] == '0' ? FACT_SHORT : FACT_FINE, "%s",
	    meanings[scope[0] - '0']);
	if (scope[0] == '0')
		doctor_remedy(fact, "sysctl -w kernel.yama.ptrace_scope=1");
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
	struct fact *fact;
	char value[32];
	const char *why;
	bool few;

	if (!read_line(path, value, sizeof(value), &why)) {
		add_unseen(doctor, "max_map_count", path, why);
		return;
	}
	/* The kernel's own default is 65530. */
	few = strtoul(value, NULL, 10) < 65530;
	fact = doctor_add(doctor, "max_map_count", few ? FACT_SHORT : FACT_FINE,
	    "%s mappings, %zu in use by this process", value,
	    count_lines("/proc/self/maps"));
	if (few)
		doctor_remedy(fact, "sysctl -w vm.max_map_count=65530");
}

/* Whether a swap device is one of dm-crypt's, by its number in /sys. */
static bool is_encrypted(const char *device)
{
	char real[4096];
	char path[4200];
	char uuid[64];
	const char *why;
	const char *slash;

	if (realpath(device, real) == NULL)
		return false;
	slash = strrchr(real, '/');
	return slash != NULL &&
	       text_format(
		   path, sizeof(path), "/sys/block/%s/dm/uuid", slash + 1) &&
	       read_line(path, uuid, sizeof(uuid), &why) &&
	       strncmp(uuid, "CRYPT-", 6) == 0;
}

static void add_swap(struct doctor *doctor, const char *device)
{
	bool lock = doctor_granted(doctor, MEMWARD_SYS_LOCK);
	struct fact *fact;

	if (strstr(device, "/zram") != NULL) {
		(void)doctor_add(doctor, "swap", FACT_NOTE,
		    "%s: compressed memory, unless it writes back to a disk",
		    device);
		return;
	}
	if (is_encrypted(device)) {
		(void)doctor_add(
		    doctor, "swap", FACT_FINE, "%s: encrypted", device);
		return;
	}
	fact = doctor_add(doctor, "swap", lock ? FACT_NOTE : FACT_SHORT,
	    "%s: not seen to be encrypted; locked memory never goes there%s",
	    device, lock ? "" : ", but this process cannot lock");
	doctor_remedy(fact,
	    "encrypt it (crypttab(5), option swap), or swapoff %s", device);
}

static void facts_swap(struct doctor *doctor)
{
	FILE *swaps = fopen("/proc/swaps", "re");
	char line[512];
	size_t count = 0;

	if (swaps == NULL) {
		add_unseen(doctor, "swap", "/proc/swaps", peek_error());
		return;
	}
	while (fgets(line, sizeof(line), swaps) != NULL) {
		line[strcspn(line, " \t\n")] = '\0';
		if (line[0] != '/')
			continue;
		add_swap(doctor, line);
		count++;
	}
	(void)fclose(swaps);
	if (count == 0)
		(void)doctor_add(doctor, "swap", FACT_FINE, "none in use");
}

static void facts_hibernation(struct doctor *doctor)
{
	char line[128];
	const char *why;

	if (!read_line("/sys/power/state", line, sizeof(line), &why)) {
		(void)doctor_add(doctor, "hibernation", FACT_UNSEEN,
		    "/sys/power/state: %s", why);
		return;
	}
	if (strstr(line, "disk") == NULL)
		(void)doctor_add(doctor, "hibernation", FACT_FINE,
		    "this kernel does not offer it now");
	else
		(void)doctor_add(doctor, "hibernation", FACT_NOTE,
		    "possible: the image holds locked memory too");
}

static void facts_seccomp(struct doctor *doctor)
{
	char mode[16];

	if (!status_value("Seccomp", mode, sizeof(mode))) {
		(void)doctor_add(doctor, "seccomp", FACT_UNSEEN,
		    "/proc/self/status does not tell");
		return;
	}
	if (strcmp(mode, "0") == 0)
		(void)doctor_add(
		    doctor, "seccomp", FACT_FINE, "no system call is filtered");
	else
		(void)doctor_add(doctor, "seccomp", FACT_NOTE,
		    "mode %s: a filter may refuse system calls; what the "
		    "features above say was tried under it",
		    mode);
}

void peek_facts(struct doctor *doctor)
{
	facts_lock(doctor);
	facts_core(doctor);
	facts_dumpable(doctor);
	facts_ptrace(doctor);
	facts_swap(doctor);
	facts_hibernation(doctor);
	facts_mappings(doctor);
	facts_seccomp(doctor);
}
