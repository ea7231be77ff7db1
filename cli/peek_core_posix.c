/* SPDX-License-Identifier: MIT */
/* Core files in a folder of our own, and searching in pieces. */
#if defined(__sun)
#define __EXTENSIONS__
#endif

#include "cli.h"
#include "peek_posix.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void mw_scan_begin(struct scan *scan, const struct peek_target *target)
{
	*scan = (struct scan){.target = target};
}

unsigned char *mw_scan_space(struct scan *scan, size_t *size)
{
	*size = PEEK_BUFFER - scan->kept;
	return scan->target->buffer + scan->kept;
}

void mw_scan_came(struct scan *scan, size_t len)
{
	unsigned char *buffer = scan->target->buffer;
	size_t all = scan->kept + len;

	if (!scan->found)
		scan->found = needle_found(scan->target->needle, buffer, all);
	scan->kept = all < NEEDLE_OVERLAP ? all : NEEDLE_OVERLAP;
	memmove(buffer, buffer + all - scan->kept, scan->kept);
}

void mw_scan_gap(struct scan *scan)
{
	scan->kept = 0;
}

static bool make_folder(const char *base, char *path, size_t size)
{
	return base != NULL &&
	       text_format(path, size, "%s/memward-prove-%ld-XXXXXX", base,
		   (long)getpid()) &&
	       mkdtemp(path) != NULL;
}

bool peek_core_folder(char *path, size_t size, struct glimpse *glimpse)
{
	if (mw_peek_cores_go_elsewhere(glimpse))
		return false;
	if (make_folder(mw_peek_memory_folder(), path, size) ||
	    make_folder(getenv("TMPDIR"), path, size) ||
	    make_folder("/tmp", path, size))
		return true;
	glimpse_set(glimpse, SIGHT_UNABLE,
	    "no folder can be made for a core file: %s", peek_error());
	return false;
}

bool peek_core_handler(struct glimpse *glimpse)
{
	if (mw_peek_cores_go_elsewhere(glimpse))
		return true;
	glimpse_set(glimpse, SIGHT_UNABLE,
	    "cores are files here, which other attacks search");
	return false;
}

static bool overwrite(int fd, off_t len)
{
	static const char zeros[65536];

	if (lseek(fd, 0, SEEK_SET) != 0)
		return false;
	while (len > 0) {
		size_t part = sizeof(zeros);
		ssize_t n;

		if ((off_t)part > len)
			part = (size_t)len;
		n = write(fd, zeros, part);
		if (n <= 0)
			return false;
		len -= n;
	}
	return true;
}

/* Searches one file, then takes care that nothing of it stays. */
static bool consume(int folder, const char *name,
    const struct peek_target *target, off_t *total)
{
	int fd = openat(folder, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	struct scan scan;
	struct stat stat;
	ssize_t n = 1;

	mw_scan_begin(&scan, target);
	if (fd < 0 || fstat(fd, &stat) != 0 || !S_ISREG(stat.st_mode))
		stat.st_size = 0;
	*total += stat.st_size;
	while (fd >= 0 && n > 0) {
		size_t size;
		unsigned char *space = mw_scan_space(&scan, &size);

		n = read(fd, space, size);
		if (n > 0)
			mw_scan_came(&scan, (size_t)n);
	}
	if (fd >= 0) {
		(void)overwrite(fd, stat.st_size);
		(void)close(fd);
	}
	(void)unlinkat(folder, name, 0);
	return scan.found;
}

void peek_core_search(
    const char *path, const struct peek_target *target, struct glimpse *glimpse)
{
	DIR *listing = opendir(path);
	struct dirent *entry;
	off_t total = 0;
	bool found = false;
	size_t files = 0;

	while (listing != NULL && (entry = readdir(listing)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		files++;
		if (consume(dirfd(listing), entry->d_name, target, &total))
			found = true;
	}
	if (listing != NULL)
		(void)closedir(listing);
	(void)rmdir(path);
	if (files == 0)
		glimpse_set(glimpse, SIGHT_NONE, "no core file was written");
	else
		glimpse_set(glimpse, found ? SIGHT_SEEN : SIGHT_NONE,
		    "a core file of %lld KiB %s it", (long long)(total / 1024),
		    found ? "holds" : "lacks");
}
