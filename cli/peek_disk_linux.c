/* SPDX-License-Identifier: MIT */
/* For doctor on Linux: swap, hibernation, hidden memory in use. */
#if !defined(__linux__)
#error "peek_disk_linux.c is for Linux"
#endif
#define _GNU_SOURCE

#include "cli.h"
#include "peek.h"
#include "peek_facts_linux.h"

#include <ctype.h>
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum cover { PLAIN_DISK, ENCRYPTED, UNKNOWN };

/* How deep devices may lie upon each other before we stop looking. */
#define DEPTH_MAX 8

/* Whether a block device of sysfs is dm-crypt, or all below it are. */
static enum cover cover_of(const char *device, int depth)
{
	char path[PATH_MAX];
	char uuid[64];
	const char *why;
	DIR *below;
	struct dirent *entry;
	enum cover cover = PLAIN_DISK;
	bool any = false;

	if (text_format(path, sizeof(path), "%s/dm/uuid", device) &&
	    mw_read_line(path, uuid, sizeof(uuid), &why) &&
	    strncmp(uuid, "CRYPT-", 6) == 0)
		return ENCRYPTED;
	if (depth == DEPTH_MAX ||
	    !text_format(path, sizeof(path), "%s/slaves", device))
		return UNKNOWN;
	below = opendir(path);
	while (below != NULL && (entry = readdir(below)) != NULL) {
		if (entry->d_name[0] == '.' ||
		    !text_format(path, sizeof(path), "%s/slaves/%s", device,
			entry->d_name))
			continue;
		if (!any || cover == ENCRYPTED)
			cover = cover_of(path, depth + 1);
		any = true;
	}
	if (below != NULL)
		(void)closedir(below);
	return cover;
}

/* The device a swap device or file lies on, as a folder of sysfs. */
static bool find_device(const char *swap, char *folder, size_t size)
{
	char path[PATH_MAX];
	struct stat stat_of;
	dev_t number;

	if (stat(swap, &stat_of) == 0) {
		number =
		    S_ISBLK(stat_of.st_mode) ? stat_of.st_rdev : stat_of.st_dev;
		(void)text_format(path, sizeof(path), "/sys/dev/block/%u:%u",
		    major(number), minor(number));
	} else {
		/* In a container the device's name is all there is. */
		const char *name = strrchr(swap, '/');

		(void)text_format(path, sizeof(path), "/sys/class/block/%s",
		    name != NULL ? name + 1 : swap);
	}
	return access(path, F_OK) == 0 && text_format(folder, size, "%s", path);
}

static void add_zram(
    struct doctor *doctor, const char *device, const char *folder)
{
	char path[PATH_MAX];
	char backing[200];
	const char *why;

	(void)text_format(path, sizeof(path), "%s/backing_dev", folder);
	if (mw_read_line(path, backing, sizeof(backing), &why) &&
	    strcmp(backing, "none") != 0)
		(void)doctor_add(doctor, "swap", FACT_NOTE,
		    "%s: compressed memory, written back to %s", device,
		    backing);
	else
		(void)doctor_add(doctor, "swap", FACT_FINE,
		    "%s: compressed memory, not on a disk", device);
}

static void add_swap(struct doctor *doctor, const char *device, bool is_file)
{
	bool lock = doctor_granted(doctor, MEMWARD_SYS_LOCK);
	char folder[PATH_MAX];
	bool found = find_device(device, folder, sizeof(folder));
	enum cover cover = found ? cover_of(folder, 0) : UNKNOWN;
	const char *kind = is_file ? "a file" : "a device";
	struct fact *fact;

	if (strstr(device, "/zram") != NULL) {
		add_zram(doctor, device, found ? folder : "");
		return;
	}
	if (cover == ENCRYPTED) {
		(void)doctor_add(doctor, "swap", FACT_FINE,
		    "%s: %s, encrypted by dm-crypt", device, kind);
		return;
	}
	fact = doctor_add(doctor, "swap", lock ? FACT_NOTE : FACT_SHORT,
	    "%s: %s, %s; locked memory never goes there%s", device, kind,
	    cover == UNKNOWN ? "not to be seen from here whether encrypted"
			     : "NOT encrypted",
	    lock ? "" : ", but this process cannot lock");
	doctor_remedy(fact,
	    "encrypt it (crypttab(5), option swap), or do without; in a "
	    "cluster the node's kubelet decides (memorySwap)");
	doctor_paste(fact, IN_SHELL, "sudo swapoff %.60s", device);
	doctor_paste(fact, IN_SYSTEMD, "MemorySwapMax=0");
	doctor_paste(
	    fact, IN_DOCKER, "docker run --memory=512m --memory-swap=512m");
}

static size_t facts_swap(struct doctor *doctor)
{
	FILE *swaps = fopen("/proc/swaps", "re");
	char line[512];
	size_t count = 0;

	if (swaps == NULL) {
		(void)mw_add_unseen(
		    doctor, "swap", "/proc/swaps", peek_error());
		return 0;
	}
	while (fgets(line, sizeof(line), swaps) != NULL) {
		size_t len = strcspn(line, " \t\n");
		bool is_file = strncmp(line + len + strspn(line + len, " \t"),
				   "file", 4) == 0;

		line[len] = '\0';
		if (line[0] != '/')
			continue;
		add_swap(doctor, line, is_file);
		count++;
	}
	(void)fclose(swaps);
	if (count == 0)
		(void)doctor_add(doctor, "swap", FACT_FINE, "none in use");
	return count;
}

static void facts_hibernation(struct doctor *doctor, size_t swaps)
{
	char state[128];
	char how[128] = "";
	const char *why;
	struct fact *fact;

	if (!mw_read_line("/sys/power/state", state, sizeof(state), &why)) {
		(void)mw_add_unseen(
		    doctor, "hibernation", "/sys/power/state", why);
		return;
	}
	(void)mw_read_line("/sys/power/disk", how, sizeof(how), &why);
	if (strstr(state, "disk") == NULL ||
	    strstr(how, "[disabled]") != NULL) {
		(void)doctor_add(doctor, "hibernation", FACT_FINE,
		    "this kernel does not offer it now (/sys/power/state is "
		    "\"%s\")",
		    state);
		return;
	}
	fact = doctor_add(doctor, "hibernation", FACT_NOTE,
	    "possible%s: its image holds locked memory too (/sys/power/disk "
	    "is \"%s\"); hidden memory in use prevents it",
	    swaps == 0 ? ", once there is swap" : "", how);
	doctor_remedy(fact, "to forbid it until the next start");
	doctor_paste(fact, IN_SHELL,
	    "sudo systemctl mask hibernate.target hybrid-sleep.target");
}

/* Whether a process has hidden memory; *seen: it could be looked at. */
static bool uses_hidden(const char *id, bool *seen)
{
	char path[64];
	char line[512];
	FILE *maps;
	bool uses = false;

	*seen = false;
	if (!text_format(path, sizeof(path), "/proc/%s/maps", id))
		return false;
	maps = fopen(path, "re");
	if (maps == NULL)
		return false;
	while (!uses && fgets(line, sizeof(line), maps) != NULL) {
		*seen = true;
		uses = strstr(line, "/secretmem") != NULL;
	}
	/* Those of the kernel's own threads are empty, and nobody's. */
	*seen = *seen || feof(maps);
	(void)fclose(maps);
	return uses;
}

static void facts_hidden_in_use(struct doctor *doctor)
{
	DIR *processes = opendir("/proc");
	struct dirent *entry;
	unsigned using = 0;
	unsigned closed = 0;
	unsigned all = 0;

	while (processes != NULL && (entry = readdir(processes)) != NULL) {
		bool seen;

		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		all++;
		using += uses_hidden(entry->d_name, &seen);
		closed += !seen;
	}
	if (processes != NULL)
		(void)closedir(processes);
	if (all == 0)
		(void)mw_add_unseen(
		    doctor, "hidden in use", "/proc", "shows no process");
	else
		(void)doctor_add(doctor, "hidden in use",
		    using > 0 || closed > 0 ? FACT_NOTE : FACT_FINE,
		    "by %u of %u processes%s; %u could not be looked at", using,
		    all, using > 0 ? ", so the machine will not hibernate" : "",
		    closed);
}

void mw_facts_of_disk(struct doctor *doctor)
{
	size_t swaps = facts_swap(doctor);

	facts_hibernation(doctor, swaps);
	facts_hidden_in_use(doctor);
}
