/* SPDX-License-Identifier: MIT */
/* For doctor on Linux: containers, cgroups(7), systemd units. */
#if !defined(__linux__)
#error "peek_place_linux.c is for Linux"
#endif
#define _GNU_SOURCE

#include "cli.h"
#include "peek.h"
#include "peek_facts_linux.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_SIZE 1024

/* What speaks for a container; each has been left there by some manager. */
static void add_evidence(char *list, size_t size, const char *what)
{
	size_t len = strlen(list);

	(void)text_format(
	    list + len, size - len, "%s%s", len > 0 ? "; " : "", what);
}

static void evidence_of_files(char *list, size_t size)
{
	static const struct {
		const char *path;
		const char *says;
	} files[] = {
	    {"/.dockerenv", "/.dockerenv exists (Docker)"},
	    {"/run/.containerenv", "/run/.containerenv exists (Podman)"},
	    {"/run/systemd/container", "/run/systemd/container exists"},
	    {"/run/host/container-manager",
		"/run/host/container-manager exists"},
	};

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (access(files[i].path, F_OK) == 0)
			add_evidence(list, size, files[i].says);
	}
	if (getenv("container") != NULL)
		add_evidence(list, size, "the variable \"container\" is set");
	if (getenv("KUBERNETES_SERVICE_HOST") != NULL)
		add_evidence(list, size, "a Kubernetes service is named");
}

/* Whether the root of the file system is an overlay, as images are mounted. */
static bool root_is_overlay(void)
{
	FILE *mounts = fopen("/proc/self/mounts", "re");
	char line[4096];
	bool overlay = false;

	while (mounts != NULL && fgets(line, sizeof(line), mounts) != NULL) {
		if (strstr(line, " / overlay ") != NULL)
			overlay = true;
	}
	if (mounts != NULL)
		(void)fclose(mounts);
	return overlay;
}

/* The process's control group; systemd: of the tree that systemd keeps. */
static bool find_group(bool systemd, bool *v2, char *path, size_t size)
{
	FILE *groups = fopen("/proc/self/cgroup", "re");
	char line[PATH_SIZE];
	bool found = false;

	/* hierarchy:controllers:path; version 1 comes first, if it is there */
	while (groups != NULL && !found &&
	       fgets(line, sizeof(line), groups) != NULL) {
		char *names = strchr(line, ':');
		char *group = names != NULL ? strchr(names + 1, ':') : NULL;

		if (group == NULL)
			continue;
		*group++ = '\0';
		group[strcspn(group, "\n")] = '\0';
		*v2 = names[1] == '\0';
		if (*v2 ||
		    strstr(names, systemd ? "name=systemd" : "memory") != NULL)
			found = text_format(path, size, "%s", group);
	}
	if (groups != NULL)
		(void)fclose(groups);
	return found;
}

static void facts_container(struct doctor *doctor)
{
	static const char *const managers[] = {
	    "docker", "kubepods", "libpod", "lxc", "containerd", "crio"};
	char list[300] = "";
	char group[PATH_SIZE];
	bool v2;

	evidence_of_files(list, sizeof(list));
	if (root_is_overlay())
		add_evidence(list, sizeof(list), "the root is an overlay");
	if (find_group(false, &v2, group, sizeof(group))) {
		for (size_t i = 0; i < sizeof(managers) / sizeof(managers[0]);
		     i++) {
			if (strstr(group, managers[i]) != NULL)
				add_evidence(list, sizeof(list),
				    "the control group is named so");
		}
	}
	if (list[0] != '\0')
		(void)doctor_add(
		    doctor, "container", FACT_NOTE, "probably: %s", list);
	else if (access("/proc/self/cgroup", R_OK) != 0)
		(void)mw_add_unseen(doctor, "container", "/proc/self/cgroup",
		    "cannot be read, and nothing else speaks for one");
	else
		(void)doctor_add(
		    doctor, "container", FACT_FINE, "nothing speaks for one");
}

/*
 * Where the tree of groups is mounted, and what of it. A line of mountinfo is
 * "id parent device ROOT POINT options ... - TYPE source OPTIONS": proc(5).
 */
static bool find_mount(bool v2, char *root, char *point, size_t size)
{
	FILE *mounts = fopen("/proc/self/mountinfo", "re");
	char line[4 * PATH_SIZE];
	bool found = false;

	while (mounts != NULL && !found &&
	       fgets(line, sizeof(line), mounts) != NULL) {
		char *rest = strstr(line, " - ");
		char *save = NULL;
		char *word;

		if (rest == NULL || size < PATH_SIZE)
			continue;
		*rest = '\0';
		rest += 3;
		if (strncmp(rest, v2 ? "cgroup2 " : "cgroup ", v2 ? 8 : 7) != 0)
			continue;
		if (!v2 && strstr(rest, "memory") == NULL)
			continue;
		word = strtok_r(line, " ", &save);
		for (int i = 0; i < 3 && word != NULL; i++)
			word = strtok_r(NULL, " ", &save);
		found = word != NULL && text_format(root, size, "%s", word);
		word = found ? strtok_r(NULL, " ", &save) : NULL;
		found = word != NULL && text_format(point, size, "%s", word);
	}
	if (mounts != NULL)
		(void)fclose(mounts);
	return found;
}

/* The folder of this process's group; point: where its ancestors end. */
static bool find_folder(bool *v2, char *folder, char *point, size_t size)
{
	char group[PATH_SIZE];
	char root[PATH_SIZE];
	size_t len;

	if (!find_group(false, v2, group, sizeof(group)) ||
	    !find_mount(*v2, root, point, size))
		return false;
	len = strcmp(root, "/") == 0 ? 0 : strlen(root);
	/* A group outside of what is mounted here: the top is all there is. */
	if (strncmp(group, root, len) != 0 || strstr(group, "/..") != NULL)
		return text_format(folder, size, "%s", point);
	return text_format(folder, size, "%s%s", point,
	    strcmp(group + len, "/") == 0 ? "" : group + len);
}

/*
 * The smallest value that a file has in a group and in all above it. False:
 * none has the file. UINT64_MAX: no limit.
 */
static bool smallest(
    const char *folder, const char *point, const char *name, uint64_t *value)
{
	char at[PATH_SIZE];
	char path[2 * PATH_SIZE];
	char line[64];
	const char *why;
	bool found = false;

	*value = UINT64_MAX;
	(void)text_format(at, sizeof(at), "%s", folder);
	while (strlen(at) >= strlen(point)) {
		char *slash = strrchr(at, '/');

		(void)text_format(path, sizeof(path), "%s/%s", at, name);
		if (mw_read_line(path, line, sizeof(line), &why)) {
			uint64_t here = strtoull(line, NULL, 10);

			found = true;
			if (strcmp(line, "max") != 0 && here < *value)
				*value = here;
		}
		if (slash == NULL || slash == at)
			break;
		*slash = '\0';
	}
	/* Version 1 writes no limit as the largest number of whole pages. */
	if (*value >= UINT64_C(1) << 62)
		*value = UINT64_MAX;
	return found;
}

static void add_swap_limit(struct doctor *doctor, bool v2, uint64_t swap)
{
	struct fact *fact;
	char text[32];

	doctor_bytes(swap, text, sizeof(text));
	fact = doctor_add(doctor, "group's swap",
	    swap == 0 ? FACT_FINE : FACT_NOTE, "%s%s (version %d)", text,
	    swap == 0 ? ": nothing of this group is ever swapped" : "",
	    v2 ? 2 : 1);
	if (swap == 0)
		return;
	doctor_remedy(fact, "if nothing of this program shall be swapped");
	doctor_paste(fact, IN_SYSTEMD, "MemorySwapMax=0");
	doctor_paste(
	    fact, IN_DOCKER, "docker run --memory=512m --memory-swap=512m");
}

static void facts_group(struct doctor *doctor)
{
	char folder[PATH_SIZE];
	char point[PATH_SIZE];
	char text[32];
	bool v2;
	uint64_t memory;
	uint64_t swap;

	if (!find_folder(&v2, folder, point, sizeof(folder))) {
		(void)mw_add_unseen(doctor, "group's memory", "control group",
		    "not to be found in /proc/self/cgroup and mountinfo");
		return;
	}
	if (!smallest(folder, point,
		v2 ? "memory.max" : "memory.limit_in_bytes", &memory)) {
		(void)doctor_add(doctor, "group's memory", FACT_FINE,
		    "no limit (the top group of version %d)", v2 ? 2 : 1);
		return;
	}
	doctor_bytes(memory, text, sizeof(text));
	(void)doctor_add(doctor, "group's memory",
	    memory == UINT64_MAX ? FACT_FINE : FACT_NOTE, "%s (version %d, %s)",
	    text, v2 ? 2 : 1, folder);
	if (!smallest(folder, point,
		v2 ? "memory.swap.max" : "memory.memsw.limit_in_bytes",
		&swap)) {
		(void)doctor_add(doctor, "group's swap", FACT_NOTE,
		    "this kernel counts no swap by group");
		return;
	}
	/* Version 1 limits the sum of both. */
	if (!v2 && swap != UINT64_MAX)
		swap = swap > memory ? swap - memory : 0;
	add_swap_limit(doctor, v2, swap);
}

/* The unit whose name is deepest in the path of the group. */
static bool find_unit(char *unit, size_t size)
{
	char group[PATH_SIZE];
	char *save = NULL;
	bool found = false;
	bool v2;

	if (!find_group(true, &v2, group, sizeof(group)))
		return false;
	for (char *word = strtok_r(group, "/", &save); word != NULL;
	     word = strtok_r(NULL, "/", &save)) {
		const char *dot = strrchr(word, '.');

		if (dot != NULL && (strcmp(dot, ".service") == 0 ||
				       strcmp(dot, ".scope") == 0))
			found = text_format(unit, size, "%s", word);
	}
	return found;
}

static void facts_unit(struct doctor *doctor)
{
	struct mw_limit locks;
	struct mw_limit cores;
	char unit[200];
	char privileges[8] = "?";
	struct fact *fact;

	if (!find_unit(unit, sizeof(unit))) {
		(void)doctor_add(doctor, "systemd unit", FACT_NOTE, "%s",
		    getenv("INVOCATION_ID") != NULL
			? "started by systemd, but in no unit's control group"
			: "in none");
		return;
	}
	(void)mw_lock_limit(&locks);
	mw_core_limit(&cores);
	(void)mw_status_value("NoNewPrivs", privileges, sizeof(privileges));
	fact = doctor_add(doctor, "systemd unit", FACT_NOTE,
	    "%s; as it reached this process: LimitMEMLOCK=%s:%s, "
	    "LimitCORE=%s:%s, NoNewPrivileges=%s",
	    unit, locks.soft, locks.hard, cores.soft, cores.hard,
	    privileges[0] == '1'   ? "yes"
	    : privileges[0] == '0' ? "no"
				   : "unknown");
	doctor_remedy(fact,
	    "lines for systemd go into its [Service] section; then restart it");
	doctor_paste(fact, IN_SHELL, "sudo systemctl edit %.50s", unit);
}

void mw_facts_of_place(struct doctor *doctor)
{
	facts_container(doctor);
	facts_group(doctor);
	facts_unit(doctor);
}
