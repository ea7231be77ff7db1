/* SPDX-License-Identifier: MIT */
#include "input_cases.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
	uint32_t require;
	memward_access rest;
	memward_sys_feature needs;
} kinds[] = {
    {0, MEMWARD_READ_WRITE, 0},
    {0, MEMWARD_NO_ACCESS, 0},
    {MEMWARD_HIDDEN, MEMWARD_READ_WRITE, MEMWARD_SYS_HIDDEN},
    {MEMWARD_HIDDEN, MEMWARD_NO_ACCESS, MEMWARD_SYS_HIDDEN},
    {MEMWARD_KEYED, MEMWARD_NO_ACCESS, MEMWARD_SYS_KEYS},
};

static int open_kind(size_t i, memward_ward **ward)
{
	memward_policy policy = unlocked_policy();

	policy.require |= kinds[i].require;
	policy.rest = kinds[i].rest;
	if ((policy.require & MEMWARD_HIDDEN) != 0)
		policy.fork = MEMWARD_FORK_OMIT;
	return memward_open(&policy, ward);
}

static void need_kind(uint32_t feature)
{
	size_t i = 0;
	memward_ward *ward;
	int rc;

	while (kinds[i].require != feature)
		i++;
	rc = open_kind(i, &ward);
	if (!has_feature(rc, kinds[i].needs))
		TEST_SKIP(
		    "no case ran on such wards: %s", memward_error_name(rc));
	CHECK_CODE(memward_close(ward), 0);
}

void hidden_wards_are_among_them(void)
{
	need_kind(MEMWARD_HIDDEN);
}

void keyed_wards_are_among_them(void)
{
	need_kind(MEMWARD_KEYED);
}

void on_every_kind(void (*each)(memward_ward *ward))
{
	memward_ward *ward;

	each(NULL);
	for (size_t i = 0; i < TEST_COUNT(kinds); i++) {
		int rc = open_kind(i, &ward);

		if (kinds[i].require == 0)
			check_granted(rc);
		/* That it is not here, a case of its own says. */
		else if (!has_feature(rc, kinds[i].needs))
			continue;
		each(ward);
		CHECK_CODE(memward_close(ward), 0);
	}
}

void expect_pattern(void *secret, size_t len, unsigned seed)
{
	memward_ward *ward = memward_ward_of(secret);
	bool good;

	CHECK_INT(memward_size(secret), len);
	CHECK_CODE(memward_begin(ward, MEMWARD_READ_ONLY), 0);
	good = is_filled(secret, len, seed);
	CHECK_CODE(memward_end(ward), 0);
	CHECK(good);
	memward_check(secret);
	memward_free(secret);
}

void expect_text(void *secret, const char *text)
{
	memward_ward *ward = memward_ward_of(secret);
	bool good;

	CHECK_INT(memward_size(secret), strlen(text));
	CHECK_CODE(memward_begin(ward, MEMWARD_READ_ONLY), 0);
	good = memcmp(secret, text, strlen(text)) == 0;
	CHECK_CODE(memward_end(ward), 0);
	CHECK(good);
	memward_check(secret);
	memward_free(secret);
}

static void write_all(int fd, const char *bytes, size_t len, size_t piece)
{
	while (len != 0) {
		ssize_t n = write(fd, bytes, len < piece ? len : piece);

		if (n <= 0)
			break;
		bytes += n;
		len -= (size_t)n;
	}
}

static void write_pieces(void *argument)
{
	struct feeder *feeder = argument;

	write_all(feeder->fd, feeder->bytes, feeder->len, feeder->piece);
	if (!feeder->stays)
		(void)close(feeder->fd);
}

int feed(struct feeder *feeder, const void *bytes, size_t len, size_t piece)
{
	int ends[2];

	CHECK_INT(pipe(ends), 0);
	feeder->fd = ends[1];
	feeder->bytes = bytes;
	feeder->len = len;
	feeder->piece = piece;
	feeder->thread = support_start(write_pieces, feeder);
	CHECK(feeder->thread != NULL);
	return ends[0];
}

void fed(struct feeder *feeder)
{
	support_join(feeder->thread);
	if (feeder->stays)
		CHECK_INT(close(feeder->fd), 0);
}

int pipe_with(const char *text)
{
	int ends[2];

	CHECK_INT(pipe(ends), 0);
	write_all(ends[1], text, strlen(text), strlen(text));
	CHECK_INT(close(ends[1]), 0);
	return ends[0];
}

static char folder[64];
static char file[96];

const char *file_folder(void)
{
	if (folder[0] == '\0') {
		(void)snprintf(
		    folder, sizeof(folder), "/tmp/memward-input.XXXXXX");
		CHECK(mkdtemp(folder) != NULL);
	}
	return folder;
}

const char *file_with(const void *bytes, size_t len, unsigned mode)
{
	int fd;

	(void)snprintf(file, sizeof(file), "%s/secret", file_folder());
	/* One that may not be written is replaced all the same. */
	(void)unlink(file);
	fd = open(file, O_WRONLY | O_CREAT | O_EXCL, 0600);
	CHECK(fd >= 0);
	write_all(fd, bytes, len, len);
	CHECK_INT(fchmod(fd, (mode_t)mode), 0);
	CHECK_INT(close(fd), 0);
	return file;
}

void remove_file(void)
{
	if (file[0] != '\0')
		(void)unlink(file);
	if (folder[0] != '\0')
		(void)rmdir(folder);
	file[0] = '\0';
	folder[0] = '\0';
}
