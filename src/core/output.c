/* SPDX-License-Identifier: MIT */
/* Secrets on their way out: the public calls. */
#include "memward/output.h"

#include "copy.h"
#include "fork.h"
#include "secret.h"
#include "slot.h"
#include "window.h"

#include "mem_sys/output.h"

#include <errno.h>

/* Whether the bytes can be had, once the ward is open. */
static int check_access(struct mw_place place, size_t len)
{
	if (place.run->orphan)
		return MEMWARD_EUNMAPPED;
	if (place.guarded &&
	    atomic_load(&mw_slot_guarded(place.run, place.slot)->access) ==
		MEMWARD_NO_ACCESS)
		return MEMWARD_ECLOSED;
	return len > place.len ? MEMWARD_EVALUE : 0;
}

/* Bytes on their way: where they are, how many, and how many went. */
struct passage {
	const char *from;
	size_t len;
	size_t done;
	int fd;
};

/* As many as there is room for. Room for some was announced. */
static int write_some(struct passage *p)
{
	size_t written;
	int rc;

	do {
		if (atomic_load(&mw_ward_wiped))
			return MEMWARD_EWIPEDALL;
		rc = mw_sys_write(
		    p->fd, p->from + p->done, p->len - p->done, &written);
		p->done += written;
		/* Then it may have been zeros that were written. */
		if (atomic_load(&mw_ward_wiped))
			rc = MEMWARD_EWIPEDALL;
	} while (rc == 0 && written != 0 && p->done < p->len &&
		 mw_sys_has_room(p->fd));
	return rc;
}

/* The same, with the ward open for as long as that takes. */
static int write_in_window(memward_ward *ward, struct passage *p)
{
	int rc;
	int err;

	if (ward->policy.rest == MEMWARD_READ_WRITE)
		return write_some(p);
	rc = mw_window_begin(ward, MEMWARD_READ_ONLY);
	if (rc != 0)
		return rc;
	rc = write_some(p);
	err = errno;
	/* Whole mappings close; were it refused, the next window would do it */
	(void)mw_window_end(ward);
	errno = err;
	return rc;
}

static int write_all(memward_ward *ward, struct passage *p)
{
	int rc = mw_sys_check_output(p->fd);

	while (rc == 0 && p->done < p->len) {
		rc = mw_sys_wait_for_room(p->fd);
		if (rc == 0)
			rc = write_in_window(ward, p);
	}
	return rc;
}

/* The secret that a call is about, and whether len bytes of it can be had. */
static int enter(
    const char *call, const void *secret, size_t len, struct mw_place *place)
{
	if (secret == NULL)
		return MEMWARD_ENULL;
	if (atomic_load(&mw_ward_wiped))
		return MEMWARD_EWIPEDALL;
	mw_fork_check();
	*place = mw_secret_find(call, secret);
	return check_access(*place, len);
}

int memward_write_fd(const void *secret, size_t len, int fd, size_t *written)
{
	struct passage passage = {.from = secret, .len = len, .fd = fd};
	struct mw_place place;
	int rc = enter("memward_write_fd", secret, len, &place);

	if (rc == 0)
		rc = write_all(place.run->ward, &passage);
	if (written != NULL)
		*written = passage.done;
	return rc;
}

/* All at once, as nobody reads yet. */
static int fill_pipe(memward_ward *ward, struct passage *p)
{
	int rc = 0;

	while (rc == 0 && p->done < p->len) {
		if (!mw_sys_has_room(p->fd))
			return MEMWARD_EPIPELIMIT;
		rc = write_in_window(ward, p);
	}
	return rc;
}

int memward_hand_pipe(const void *secret, size_t len, int *fd)
{
	struct passage passage = {.from = secret, .len = len};
	struct mw_place place;
	int ends[2];
	int rc;

	if (fd == NULL)
		return MEMWARD_ENULL;
	rc = enter("memward_hand_pipe", secret, len, &place);
	if (rc == 0)
		rc = mw_sys_pipe(len, ends);
	if (rc != 0)
		return rc;
	passage.fd = ends[1];
	rc = fill_pipe(place.run->ward, &passage);
	mw_sys_close(ends[1]);
	if (rc == 0)
		*fd = ends[0];
	else
		mw_sys_close(ends[0]);
	return rc;
}

/* Copies in a window; from or to a secret of the ward. */
static int copy_in_window(memward_ward *ward, memward_access access, void *to,
    const void *from, size_t len)
{
	int rc = 0;

	if (ward->policy.rest == MEMWARD_READ_WRITE) {
		mw_copy_by_bytes(to, from, len);
	} else {
		rc = mw_window_begin(ward, access);
		if (rc != 0)
			return rc;
		mw_copy_by_bytes(to, from, len);
		/* As above. */
		(void)mw_window_end(ward);
	}
	return atomic_load(&mw_ward_wiped) ? MEMWARD_EWIPEDALL : 0;
}

int memward_hand_hidden(const void *secret, size_t len, int *fd)
{
	struct mw_place place;
	void *mem;
	int made;
	int rc;

	if (fd == NULL)
		return MEMWARD_ENULL;
	rc = enter("memward_hand_hidden", secret, len, &place);
	if (rc == 0 && len == 0)
		rc = MEMWARD_EZERO;
	if (rc == 0)
		rc = mw_sys_hand_hidden(len, &made, &mem);
	if (rc != 0)
		return rc;
	rc = copy_in_window(
	    place.run->ward, MEMWARD_READ_ONLY, mem, secret, len);
	if (rc != 0)
		memward_wipe(mem, len);
	mw_sys_drop_hidden(mem, len);
	if (rc == 0)
		*fd = made;
	else
		mw_sys_close(made);
	return rc;
}

/* A new secret with what lies there, which is wiped. */
static int take(memward_ward *ward, void *mem, size_t len, void **secret)
{
	void *fresh;
	int rc = mw_secret_new("memward_take_hidden", ward, len, &fresh);

	if (rc != 0)
		return rc;
	rc = copy_in_window(ward, MEMWARD_READ_WRITE, fresh, mem, len);
	if (rc != 0) {
		/* After memward_wipe_all() there is nothing to free. */
		if (rc != MEMWARD_EWIPEDALL)
			mw_secret_free("memward_take_hidden", fresh);
		return rc;
	}
	memward_wipe(mem, len);
	*secret = fresh;
	return 0;
}

int memward_take_hidden(memward_ward *handle, int fd, void **secret)
{
	memward_ward *ward;
	size_t len;
	void *mem;
	int rc;

	if (secret == NULL)
		return MEMWARD_ENULL;
	if (atomic_load(&mw_ward_wiped))
		return MEMWARD_EWIPEDALL;
	mw_fork_check();
	ward = mw_ward_resolve(handle, &rc);
	if (ward == NULL)
		return rc;
	rc = mw_sys_take_hidden(fd, &len, &mem);
	if (rc != 0)
		return rc;
	rc = take(ward, mem, len, secret);
	mw_sys_drop_hidden(mem, len);
	if (rc == 0)
		mw_sys_close(fd);
	return rc;
}
