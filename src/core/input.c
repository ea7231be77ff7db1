/* SPDX-License-Identifier: MIT */
/* Secrets that are read in: from descriptors, files and terminals. */
#include "copy.h"
#include "ward.h"

#include "mem_sys/input.h"

#include <errno.h>
#include <stdio.h>

/* The room that a secret of unknown length begins with. */
#define FIRST ((size_t)512)

#define PRIVATE_MODE 077u /* what group and others may not have at all ... */
#define TRUSTED_MODE 022u /* ... and not in a credential */

#define CHECKS (MEMWARD_FILE_PRIVATE | MEMWARD_FILE_NO_LINK)

/* A secret that grows as bytes come. */
struct filling {
	memward_ward *ward;
	int fd;
	int wake;   /* see mw_sys_wait_for_input() */
	size_t max; /* bytes that are taken */
	size_t len; /* that have come */
	size_t room;
	void *secret;
};

static int make_room(struct filling *f, size_t room)
{
	int rc = f->secret == NULL ? memward_new(f->ward, room, &f->secret)
				   : memward_resize(&f->secret, room);

	if (rc == 0)
		f->room = room;
	return rc;
}

/* Hands out what has come, without the room to spare; or wipes it. */
static int finish(struct filling *f, int rc, void **secret)
{
	int err;

	if (rc == 0 && f->len != f->room)
		rc = make_room(f, f->len);
	err = errno;
	if (rc == 0)
		*secret = f->secret;
	else
		memward_free(f->secret);
	errno = err;
	return rc;
}

/* What has come after memward_wipe_all() is not kept. In a window. */
static int check_wiped(void *fresh, size_t len)
{
	if (!atomic_load(&mw_ward_wiped))
		return 0;
	memward_wipe(fresh, len);
	return MEMWARD_EWIPEDALL;
}

static int read_here(struct filling *f, size_t *got)
{
	char *to = (char *)f->secret + f->len;
	int rc = memward_begin(f->ward, MEMWARD_READ_WRITE);
	int end;

	if (rc != 0)
		return rc;
	rc = mw_sys_read(f->fd, to, f->room - f->len, got);
	if (rc == 0)
		rc = check_wiped(to, *got);
	end = memward_end(f->ward);
	return rc != 0 ? rc : end;
}

/* Fills the room, as far as bytes come. */
static int fill_room(struct filling *f, bool *ended)
{
	size_t got = 0;
	int rc;

	while (f->len < f->room && !*ended) {
		rc = mw_sys_wait_for_input(f->fd, f->wake);
		if (rc == 0)
			rc = read_here(f, &got);
		if (rc == MW_SYS_AGAIN)
			continue;
		if (rc != 0)
			return rc;
		f->len += got;
		*ended = got == 0;
	}
	return 0;
}

static int read_byte(const struct filling *f, unsigned char *byte, bool *ended)
{
	size_t got = 0;
	int rc;

	do {
		rc = mw_sys_wait_for_input(f->fd, f->wake);
		if (rc == 0)
			rc = mw_sys_read(f->fd, byte, 1, &got);
	} while (rc == MW_SYS_AGAIN);
	*ended = got == 0;
	return rc;
}

/* Doubles the room, up to what is taken. */
static int grow(struct filling *f)
{
	size_t more = f->room < FIRST ? FIRST : f->room;

	if (f->room == f->max)
		return MEMWARD_ETOOLONG;
	return make_room(f, more < f->max - f->room ? f->room + more : f->max);
}

static int append(struct filling *f, const unsigned char *byte)
{
	int rc = f->len == f->room ? grow(f) : 0;
	char *to;
	int end;

	if (rc == 0)
		rc = memward_begin(f->ward, MEMWARD_READ_WRITE);
	if (rc != 0)
		return rc;
	to = (char *)f->secret + f->len;
	mw_copy_by_bytes(to, byte, 1);
	rc = check_wiped(to, 1);
	if (rc == 0)
		f->len++;
	end = memward_end(f->ward);
	return rc != 0 ? rc : end;
}

/*
 * Whether the end is where the room is filled tells one byte more, which has
 * no other place than here until there is room.
 */
static int read_to_end(struct filling *f)
{
	unsigned char byte = 0;
	bool ended = false;
	int rc;

	do {
		rc = fill_room(f, &ended);
		if (rc == 0 && !ended)
			rc = read_byte(f, &byte, &ended);
		if (rc == 0 && !ended)
			rc = append(f, &byte);
	} while (rc == 0 && !ended);
	memward_wipe(&byte, 1);
	return rc;
}

static int read_exactly(struct filling *f)
{
	bool ended = false;
	int rc = fill_room(f, &ended);

	return rc == 0 && ended ? MEMWARD_EEND : rc;
}

/*
 * Byte by byte, for what follows is not ours. With `whole` a line that is too
 * long is read to its end, and what has no end is none.
 */
static int read_line(struct filling *f, int delimiter, bool whole)
{
	unsigned char byte = 0;
	bool ended = false;
	int rc;
	int fits = 0;

	for (;;) {
		rc = read_byte(f, &byte, &ended);
		if (rc != 0 || ended || byte == delimiter)
			break;
		if (fits == 0)
			fits = append(f, &byte);
		if (fits != 0 && !whole)
			break;
	}
	memward_wipe(&byte, 1);
	if (rc == 0)
		rc = fits;
	if (rc == 0 && ended && (whole || f->len == 0))
		rc = MEMWARD_EEND;
	return rc;
}

int memward_read_fd(
    memward_ward *ward, int fd, int until, size_t max, void **secret)
{
	struct filling f = {.ward = ward, .fd = fd, .wake = -1, .max = max};
	size_t ahead = 0;
	int rc;

	if (secret == NULL)
		return MEMWARD_ENULL;
	if (until < MEMWARD_EXACTLY || until > 255)
		return MEMWARD_EVALUE;
	if (until == MEMWARD_TO_END)
		ahead = mw_sys_bytes_ahead(fd);
	if (ahead > max)
		return MEMWARD_ETOOLONG;
	if (ahead == 0)
		ahead = max < FIRST ? max : FIRST;
	rc = make_room(&f, until == MEMWARD_EXACTLY ? max : ahead);
	if (rc != 0)
		return rc;
	if (until == MEMWARD_TO_END)
		rc = read_to_end(&f);
	else if (until == MEMWARD_EXACTLY)
		rc = read_exactly(&f);
	else
		rc = read_line(&f, until, false);
	return finish(&f, rc, secret);
}

static int read_file(memward_ward *ward, const char *path,
    const struct mw_file_checks *checks, size_t max, void **secret)
{
	int fd = -1;
	int rc = mw_sys_open_file(path, checks, &fd);

	if (rc != 0)
		return rc;
	rc = memward_read_fd(ward, fd, MEMWARD_TO_END, max, secret);
	mw_sys_close(fd);
	return rc;
}

int memward_read_file(memward_ward *ward, const char *path, uint32_t checks,
    size_t max, void **secret)
{
	const struct mw_file_checks wanted = {
	    .others_may_not =
		(checks & MEMWARD_FILE_PRIVATE) != 0 ? PRIVATE_MODE : 0,
	    .no_link = (checks & MEMWARD_FILE_NO_LINK) != 0};

	if (path == NULL || secret == NULL)
		return MEMWARD_ENULL;
	if ((checks & ~CHECKS) != 0)
		return MEMWARD_EVALUE;
	return read_file(ward, path, &wanted, max, secret);
}

int memward_read_credential(memward_ward *ward, const char *folder,
    const char *name, size_t max, void **secret)
{
	const struct mw_file_checks trusted = {.others_may_not = TRUSTED_MODE};
	char path[4096];
	int len;

	if (name == NULL || secret == NULL)
		return MEMWARD_ENULL;
	if (!mw_sys_is_file_name(name))
		return MEMWARD_EVALUE;
	if (folder == NULL)
		folder = mw_sys_environment("CREDENTIALS_DIRECTORY");
	if (folder == NULL)
		folder = "/run/secrets";
	len = snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (len < 0 || (size_t)len >= sizeof(path))
		return MEMWARD_EVALUE;
	return read_file(ward, path, &trusted, max, secret);
}

/* Before the next prompt; what was typed at the last one is no more. */
static int forget(struct filling *f)
{
	int rc = memward_begin(f->ward, MEMWARD_READ_WRITE);

	if (rc != 0)
		return rc;
	memward_wipe(f->secret, f->len);
	f->len = 0;
	return memward_end(f->ward);
}

/* The line end that a console has two characters for. */
static int drop_return(struct filling *f)
{
	int rc = memward_begin(f->ward, MEMWARD_READ_ONLY);

	if (rc != 0)
		return rc;
	if (f->len != 0 && ((const char *)f->secret)[f->len - 1] == '\r')
		f->len--;
	return memward_end(f->ward);
}

static int ask(
    struct filling *f, const struct mw_terminal *terminal, const char *prompt)
{
	int settled;
	int rc;

	do {
		rc = forget(f);
		if (rc != 0)
			return rc;
		rc = mw_sys_terminal_ask(terminal, prompt);
		if (rc == 0)
			rc = read_line(f, '\n', true);
		settled = mw_sys_terminal_settle(terminal);
		/* It was stopped when all had been typed. */
		if (rc == 0 && settled == MW_SYS_AGAIN)
			settled = 0;
	} while (settled == MW_SYS_AGAIN);
	if (settled == MEMWARD_EINTERRUPTED || rc == 0)
		rc = settled;
	return rc != 0 ? rc : drop_return(f);
}

int memward_read_tty(
    memward_ward *ward, int fd, const char *prompt, size_t max, void **secret)
{
	struct filling f = {
	    .ward = ward, .max = max < MEMWARD_TTY_MAX ? max : MEMWARD_TTY_MAX};
	struct mw_terminal terminal;
	int rc;

	if (prompt == NULL || secret == NULL)
		return MEMWARD_ENULL;
	/* All its room at once, so that nothing is refused half-way. */
	rc = make_room(&f, f.max);
	if (rc != 0)
		return rc;
	rc = mw_sys_terminal_open(fd, &terminal);
	if (rc == 0) {
		f.fd = terminal.fd;
		f.wake = terminal.wake;
		rc = ask(&f, &terminal, prompt);
		mw_sys_terminal_close(&terminal);
	}
	return finish(&f, rc, secret);
}
