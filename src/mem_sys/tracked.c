/* SPDX-License-Identifier: MIT */
#include "tracked.h"

#include "spans.h"

/* What the caller wants locked. */
static struct mw_spans wanted;
/* The part of it whose lock the system dropped when it was closed. */
static struct mw_spans dropped;

static struct mw_span span_of(void *mem, size_t len)
{
	return (struct mw_span){(uintptr_t)mem, (uintptr_t)mem + len};
}

static void *start_of(struct mw_span span)
{
	return (void *)span.start;
}

static size_t length_of(struct mw_span span)
{
	return (size_t)(span.end - span.start);
}

/* Unlocks the gaps of the wanted set in a range: what lock_gaps() took. */
static void unlock_gaps(const struct mw_tracked_ops *ops, struct mw_span range)
{
	struct mw_span gap;

	while (mw_spans_next_gap(&wanted, range, &gap)) {
		/* Undoing a failure; the failure is what gets reported. */
		(void)ops->unlock(start_of(gap), length_of(gap));
		range.start = gap.end;
	}
}

/* Locks what is not locked yet, so that a nesting lock is taken once. */
static int lock_gaps(const struct mw_tracked_ops *ops, struct mw_span range)
{
	struct mw_span rest = range;
	struct mw_span gap;
	int rc;

	while (mw_spans_next_gap(&wanted, rest, &gap)) {
		rc = ops->lock(start_of(gap), length_of(gap));
		if (rc != 0) {
			range.end = gap.start;
			unlock_gaps(ops, range);
			return rc;
		}
		rest.start = gap.end;
	}
	return 0;
}

/* Whether the closed pages could be locked again together with a range. */
static int could_lock_all(
    const struct mw_tracked_ops *ops, struct mw_span range)
{
	uint64_t bytes = 0;
	struct mw_span gap;

	if (ops->could_lock == NULL || dropped.count == 0)
		return 0;
	for (size_t i = 0; i < wanted.count; i++)
		bytes += length_of(wanted.at[i]);
	for (; mw_spans_next_gap(&wanted, range, &gap); range.start = gap.end)
		bytes += length_of(gap);
	return ops->could_lock(bytes);
}

static int lock_entered(const struct mw_tracked_ops *ops, struct mw_span range)
{
	struct mw_span lost;
	int rc;

	if (mw_spans_next(&dropped, range, &lost))
		return MEMWARD_EINACCESSIBLE;
	if (!mw_spans_reserve(&wanted, 1))
		return MEMWARD_ENOMEM;
	rc = could_lock_all(ops, range);
	if (rc == 0)
		rc = lock_gaps(ops, range);
	if (rc == 0)
		mw_spans_add(&wanted, range);
	return rc;
}

int mw_tracked_lock(const struct mw_tracked_ops *ops, void *mem, size_t len)
{
	int rc;

	ops->enter();
	rc = lock_entered(ops, span_of(mem, len));
	ops->leave();
	return rc;
}

/* Tells the system's side of the locks of a set that end by themselves. */
static void tell_unlocked(const struct mw_tracked_ops *ops,
    const struct mw_spans *set, struct mw_span range)
{
	struct mw_span part;

	if (ops->unlocked == NULL)
		return;
	for (; mw_spans_next(set, range, &part); range.start = part.end)
		ops->unlocked(length_of(part));
}

/* Unlocks one part of the wanted set, with room for it already made. */
static int unlock_part(const struct mw_tracked_ops *ops, struct mw_span part)
{
	struct mw_span gap;
	int rc;

	while (mw_spans_next_gap(&dropped, part, &gap)) {
		rc = ops->unlock(start_of(gap), length_of(gap));
		if (rc != 0)
			return rc;
		part.start = gap.end;
	}
	return 0;
}

static int unlock_entered(
    const struct mw_tracked_ops *ops, struct mw_span range)
{
	struct mw_span part;
	int rc;

	while (mw_spans_next(&wanted, range, &part)) {
		if (!mw_spans_reserve(&wanted, 1) ||
		    !mw_spans_reserve(&dropped, 1))
			return MEMWARD_ENOMEM;
		rc = unlock_part(ops, part);
		if (rc != 0)
			return rc;
		tell_unlocked(ops, &dropped, part);
		mw_spans_remove(&wanted, part);
		mw_spans_remove(&dropped, part);
	}
	return 0;
}

int mw_tracked_unlock(const struct mw_tracked_ops *ops, void *mem, size_t len)
{
	int rc;

	ops->enter();
	rc = unlock_entered(ops, span_of(mem, len));
	ops->leave();
	return rc;
}

static size_t count_wanted(struct mw_span range)
{
	struct mw_span part;
	size_t n = 0;

	for (; mw_spans_next(&wanted, range, &part); range.start = part.end)
		n++;
	return n;
}

static int close_entered(const struct mw_tracked_ops *ops, struct mw_span range)
{
	size_t parts = count_wanted(range);
	struct mw_span part;
	int rc;

	if (parts != 0 && mw_sys_locks_frozen())
		return MEMWARD_ELOCKFROZEN;
	if (!mw_spans_reserve(&dropped, parts))
		return MEMWARD_ENOMEM;
	rc = ops->protect(start_of(range), length_of(range), MEMWARD_NO_ACCESS);
	if (rc != 0)
		return rc;
	for (; mw_spans_next(&wanted, range, &part); range.start = part.end)
		mw_spans_add(&dropped, part);
	return 0;
}

/* Closes the dropped parts of a range again. */
static int close_dropped(const struct mw_tracked_ops *ops, struct mw_span range)
{
	struct mw_span lost;
	int rc = 0;

	for (; mw_spans_next(&dropped, range, &lost); range.start = lost.end) {
		if (ops->protect(start_of(lost), length_of(lost),
			MEMWARD_NO_ACCESS) != 0)
			rc = MEMWARD_ESYSTEM;
	}
	return rc;
}

/*
 * Opens and locks the dropped parts of a range. All or none of them; the rest
 * of the range is left alone.
 */
static int regain(const struct mw_tracked_ops *ops, struct mw_span range,
    memward_access access)
{
	struct mw_span rest = range;
	struct mw_span lost;
	int rc;

	for (; mw_spans_next(&dropped, rest, &lost); rest.start = lost.end) {
		rc = ops->protect(start_of(lost), length_of(lost), access);
		if (rc == 0)
			rc = ops->lock(start_of(lost), length_of(lost));
		if (rc != 0) {
			range.end = lost.end;
			return close_dropped(ops, range) != 0 ? MEMWARD_ESYSTEM
							      : rc;
		}
	}
	return 0;
}

static int open_entered(const struct mw_tracked_ops *ops, struct mw_span range,
    memward_access access)
{
	struct mw_span part;
	int rc;

	if (!mw_spans_next(&dropped, range, &part))
		return ops->protect(start_of(range), length_of(range), access);
	if (mw_sys_locks_frozen())
		return MEMWARD_ELOCKFROZEN;
	if (!mw_spans_reserve(&dropped, 1))
		return MEMWARD_ENOMEM;
	rc = regain(ops, range, access);
	if (rc != 0)
		return rc;
	/* What was not dropped is still as it was. */
	if (mw_spans_next_gap(&dropped, range, &part)) {
		rc = ops->protect(start_of(range), length_of(range), access);
		if (rc != 0 && close_dropped(ops, range) != 0)
			return MEMWARD_ESYSTEM;
		if (rc != 0)
			return rc;
	}
	mw_spans_remove(&dropped, range);
	return 0;
}

int mw_tracked_protect(const struct mw_tracked_ops *ops, void *mem, size_t len,
    memward_access access)
{
	int rc;

	if (!ops->closing_unlocks)
		return ops->protect(mem, len, access);
	ops->enter();
	if (access == MEMWARD_NO_ACCESS)
		rc = close_entered(ops, span_of(mem, len));
	else
		rc = open_entered(ops, span_of(mem, len), access);
	ops->leave();
	return rc;
}

/* Room to cut a range out of both sets. */
static bool can_forget(void)
{
	return mw_spans_reserve(&wanted, 1) && mw_spans_reserve(&dropped, 1);
}

/* The pages of a range are gone, and their locks with them. */
static void forget(const struct mw_tracked_ops *ops, struct mw_span range)
{
	tell_unlocked(ops, &wanted, range);
	mw_spans_remove(&wanted, range);
	mw_spans_remove(&dropped, range);
}

static int release_entered(
    const struct mw_tracked_ops *ops, struct mw_span range)
{
	int rc;

	if (!can_forget())
		return MEMWARD_ENOMEM;
	rc =
	    ops->protect(start_of(range), length_of(range), MEMWARD_READ_WRITE);
	if (rc != 0)
		return rc;
	memward_wipe(start_of(range), length_of(range));
	/* Open, but not locked again: there is nothing left to keep. */
	if (ops->unmap(start_of(range), length_of(range)) != 0)
		return MEMWARD_EWIPED;
	forget(ops, range);
	return 0;
}

int mw_tracked_release(const struct mw_tracked_ops *ops, void *mem, size_t len)
{
	int rc;

	ops->enter();
	rc = release_entered(ops, span_of(mem, len));
	ops->leave();
	return rc;
}

int mw_tracked_drop(const struct mw_tracked_ops *ops, void *mem, size_t len,
    int (*drop)(void *mem, size_t len))
{
	int rc = MEMWARD_ENOMEM;

	ops->enter();
	if (can_forget())
		rc = drop(mem, len);
	if (rc == 0)
		forget(ops, span_of(mem, len));
	ops->leave();
	return rc;
}

void mw_tracked_forget(void)
{
	wanted.count = 0;
	dropped.count = 0;
}
