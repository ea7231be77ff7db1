/* SPDX-License-Identifier: MIT */
/* For doctor on Linux: core(5), Yama, prctl(2), same-page merging. */
#if !defined(__linux__)
#error "peek_readers_linux.c is for Linux"
#endif
#define _GNU_SOURCE

#include "cli.h"
#include "peek.h"
#include "peek_facts_linux.h"

#include <stdlib.h>
#include <string.h>

static void add_core_remedy(struct fact *fact, char kind)
{
	if (kind == '@') {
		doctor_remedy(fact,
		    "no limit stops a socket: change the handler, or make the "
		    "program not dumpable with prctl(PR_SET_DUMPABLE, 0)");
		doctor_paste(
		    fact, IN_SHELL, "sudo sysctl -w kernel.core_pattern=core");
		return;
	}
	doctor_remedy(fact, "%sor call memward_sys_disable_core_dumps()",
	    kind == '|'
		? "a limit of 0 does not stop a pipe, one of 1 byte does; "
		: "");
	doctor_paste(fact, IN_SHELL, "ulimit -c %d", kind == '|');
	doctor_paste(fact, IN_SYSTEMD, "LimitCORE=%d", kind == '|');
	doctor_paste(
	    fact, IN_DOCKER, "docker run --ulimit core=%d", kind == '|');
}

/* Which kinds of mappings go into a core: proc(5), coredump_filter. */
static void describe_filter(char *text, size_t size)
{
	static const char *const kinds[] = {
	    "private memory",
	    "shared memory",
	    "private files",
	    "shared files",
	};
	char value[32];
	const char *why;
	unsigned long bits;
	size_t len = 0;

	(void)text_format(text, size, "an unknown part of the memory");
	if (!mw_read_line(
		"/proc/self/coredump_filter", value, sizeof(value), &why))
		return;
	bits = strtoul(value, NULL, 16);
	(void)text_format(text, size, "registers and stacks alone");
	for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if ((bits >> i & 1) == 0)
			continue;
		(void)text_format(text + len, size - len, "%s%s",
		    len > 0 ? ", " : "", kinds[i]);
		len += strlen(text + len);
	}
}

static void describe_handler(
    struct doctor *doctor, const char *pattern, const struct mw_limit *limit)
{
	bool no_dump = doctor_granted(doctor, MEMWARD_SYS_NO_DUMP);
	char kind = pattern[0];
	bool stopped = kind == '@'   ? false
		       : kind == '|' ? limit->one
				     : limit->zero || limit->one;
	char contents[100];

	if (stopped) {
		(void)doctor_add(doctor, "core handler", FACT_FINE,
		    "nothing reaches it: the limit is %s (\"%s\")", limit->soft,
		    pattern);
		return;
	}
	describe_filter(contents, sizeof(contents));
	add_core_remedy(
	    doctor_add(doctor, "core handler", no_dump ? FACT_NOTE : FACT_SHORT,
		"%s (\"%.160s\"), which would receive %s; pages of memward are "
		"%s",
		kind == '|'   ? "a program"
		: kind == '@' ? "a socket"
			      : "a file",
		pattern, contents,
		no_dump ? "left out, other memory is not" : "NOT left out"),
	    kind);
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
		    limit.zero || limit.one ? FACT_FINE : FACT_NOTE,
		    "%s, can be raised to %s", limit.soft, limit.hard);
	if (mw_read_line(path, pattern, sizeof(pattern), &why))
		describe_handler(doctor, pattern, &limit);
	else
		(void)mw_add_unseen(doctor, "core handler", path, why);
}

static void facts_dumpable(struct doctor *doctor)
{
	int dumpable = mw_get_dumpable();
	struct fact *fact;

	if (dumpable < 0) {
		(void)mw_add_unseen(doctor, "dumpable", "prctl(2)", "refused");
		return;
	}
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

	if (!mw_read_line(path, scope, sizeof(scope), &why)) {
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
	if (scope[0] != '0')
		return;
	doctor_remedy(fact, "for the whole machine, or container host");
	doctor_paste(
	    fact, IN_SHELL, "sudo sysctl -w kernel.yama.ptrace_scope=1");
}

static void facts_merging(struct doctor *doctor)
{
	const char *path = "/sys/kernel/mm/ksm/run";
	bool unmerged = doctor_granted(doctor, MEMWARD_SYS_UNMERGED);
	char run[8];
	const char *why;
	struct fact *fact;

	if (!mw_read_line(path, run, sizeof(run), &why)) {
		(void)doctor_add(doctor, "page merging", FACT_UNSEEN,
		    "%s: %s; a kernel without it merges nothing", path, why);
		return;
	}
	if (run[0] != '1') {
		(void)doctor_add(doctor, "page merging", FACT_FINE,
		    "off: equal pages are not merged");
		return;
	}
	fact = doctor_add(doctor, "page merging",
	    unmerged ? FACT_FINE : FACT_NOTE, "on; pages of memward are %s",
	    unmerged ? "left alone" : "NOT left alone");
	if (!unmerged)
		doctor_paste(fact, IN_SHELL, "echo 2 | sudo tee %s", path);
}

void mw_facts_of_readers(struct doctor *doctor)
{
	facts_core(doctor);
	facts_dumpable(doctor);
	facts_ptrace(doctor);
	facts_merging(doctor);
}
