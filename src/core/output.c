/* SPDX-License-Identifier: MIT */
/* Secrets on their way out: the public calls. */
#include "memward/output.h"

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

int memward_write_fd(const void *secret, size_t len, int fd, size_t *written)
{
	struct passage passage = {.from = secret, .len = len, .fd = fd};
	struct mw_place place;
	int rc;

	if (written != NULL)
		*written = 0;
	if (secret == NULL)
		return MEMWARD_ENULL;
	if (atomic_load(&mw_ward_wiped))
		return MEMWARD_EWIPEDALL;
	mw_fork_check();
	place = mw_secret_find("memward_write_fd", secret);
	rc = check_access(place, len);
	if (rc == 0)
		rc = write_all(place.run->ward, &passage);
	if (written != NULL)
		*written = passage.done;
	return rc;
}
