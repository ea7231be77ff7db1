/* SPDX-License-Identifier: MIT */
/* Comparing what there is with the model. */
#include "ops.h"
#include "probe.h"

#include "support.h"

#include <string.h>

static const memward_access no_access = MEMWARD_NO_ACCESS;
static const memward_access read_write = MEMWARD_READ_WRITE;

static memward_access narrower(memward_access a, memward_access b)
{
	return a < b ? a : b;
}

bool ops_has_key(memward_ward *ward)
{
	memward_report report = MEMWARD_REPORT_INIT;

	EXPECT(memward_report_ward(ward, &report) == 0);
	return (report.obtained & MEMWARD_KEYED) != 0;
}

memward_access ops_ward_access(const struct ops_ward *ward)
{
	memward_access access = ward->policy.rest;

	if (ward->keyed && ops_current->elsewhere)
		return access;
	for (unsigned i = 0; i < ward->depth; i++) {
		if (ward->windows[i] > access)
			access = ward->windows[i];
	}
	return access;
}

memward_access ops_secret_access(const struct ops_secret *secret)
{
	return narrower(secret->access, ops_ward_access(secret->ward));
}

/* Opens a secret for the model's own look, and closes it again. */
static void open_secret(struct ops_secret *secret)
{
	if (secret->access != read_write)
		EXPECT(memward_protect(secret->at, read_write) == 0);
	if (ops_ward_access(secret->ward) != read_write)
		EXPECT(memward_begin(secret->ward->handle, read_write) == 0);
}

static void close_secret(struct ops_secret *secret)
{
	if (ops_ward_access(secret->ward) != read_write)
		EXPECT(memward_end(secret->ward->handle) == 0);
	if (secret->access != read_write)
		EXPECT(memward_protect(secret->at, secret->access) == 0);
}

static unsigned char pattern(const struct ops_secret *secret, size_t i)
{
	uint32_t mixed = (uint32_t)(i / 64 + 1) * 2654435761u + secret->fill;

	return (unsigned char)((mixed >> 24 ^ mixed) + i);
}

static void put_pattern(struct ops_secret *secret)
{
	for (size_t i = 0; i < secret->len; i++)
		secret->at[i] = pattern(secret, i);
}

static bool has_pattern(const struct ops_secret *secret)
{
	for (size_t i = 0; i < secret->len; i++) {
		if (secret->at[i] != pattern(secret, i))
			return false;
	}
	return true;
}

void ops_fill(struct ops *ops, struct ops_secret *secret)
{
	secret->fill = ++ops->fills * 40503u;
	open_secret(secret);
	put_pattern(secret);
	close_secret(secret);
}

void ops_verify(struct ops_secret *secret)
{
	if (ops_secret_access(secret) != no_access) {
		EXPECT(has_pattern(secret));
		return;
	}
	open_secret(secret);
	EXPECT(has_pattern(secret));
	close_secret(secret);
}

void ops_expect_zeros(struct ops_secret *secret, size_t from)
{
	open_secret(secret);
	for (size_t i = from; i < secret->len; i++)
		EXPECT(secret->at[i] == 0);
	close_secret(secret);
}

static void look_at_address(
    struct ops_secret *secret, size_t offset, memward_place place)
{
	memward_address what;

	EXPECT(memward_explain_address(secret->at + offset, &what) == 0);
	EXPECT(what.place == place);
	EXPECT(what.ward == secret->ward->handle);
	EXPECT(what.secret == secret->at);
	EXPECT(what.len == secret->len);
	EXPECT(what.offset == (ptrdiff_t)offset);
}

/* Of a guarded secret: where its pages end, the guard begins. */
static void look_at_end(struct ops *ops, struct ops_secret *secret)
{
	/* An empty one has an address too, and it is not the guard's. */
	size_t used = secret->len == 0 ? 1 : secret->len;
	size_t rest = used % secret->align;
	size_t slack =
	    used - secret->len + (rest == 0 ? 0 : secret->align - rest);

	EXPECT(((uintptr_t)secret->at + secret->len + slack) % ops->page == 0);
	EXPECT(probe(secret->at + secret->len + slack) == no_access);
	if (slack != 0)
		look_at_address(secret, secret->len, MEMWARD_PLACE_SLACK);
}

static void look_at_report(struct ops_secret *secret)
{
	memward_report report = MEMWARD_REPORT_INIT;
	uint32_t asked =
	    secret->ward->policy.require | secret->ward->policy.prefer;

	EXPECT(memward_report_secret(secret->at, &report) == 0);
	EXPECT(report.requested == asked);
	EXPECT((report.obtained & ~asked) == 0);
	EXPECT(!report.orphaned);
	EXPECT(report.pages != 0 && report.pages >= secret->len);
	EXPECT(((report.obtained & MEMWARD_LOCKED) == 0) ==
	       (report.pages_unlocked != 0 || (asked & MEMWARD_LOCKED) == 0));
	EXPECT((report.obtained & (MEMWARD_TRAP_FREE & asked)) == 0 ||
	       secret->align != 0);
	EXPECT((secret->ward->policy.require & MEMWARD_LOCKED) == 0 ||
	       report.pages_unlocked == 0);
}

/* The kernel's word against the report's. */
static void look_at_lock(struct ops_secret *secret)
{
	memward_report report = MEMWARD_REPORT_INIT;
	bool known;
	bool locked = support_is_locked(secret->at, &known);

	/* The address sanitizer only pretends to lock. */
	if (!known || support_sanitizer() != NULL)
		return;
	EXPECT(memward_report_secret(secret->at, &report) == 0);
	EXPECT(locked == ((report.obtained & MEMWARD_LOCKED) != 0));
}

void ops_look_at_secret(struct ops *ops, struct ops_secret *secret)
{
	EXPECT(memward_is_secret(secret->at));
	EXPECT(!memward_is_secret(secret->at + 1));
	EXPECT(memward_size(secret->at) == secret->len);
	EXPECT(memward_ward_of(secret->at) == secret->ward->handle);
	EXPECT(probe(secret->at) == ops_secret_access(secret));
	memward_check(secret->at);
	EXPECT(memward_is_intact(secret->at));
	EXPECT(!memward_is_intact(secret->at + 1));
	EXPECT(probe(secret->at) == ops_secret_access(secret));
	if (secret->len != 0) {
		look_at_address(secret, 0, MEMWARD_PLACE_SECRET);
		look_at_address(secret, secret->len - 1, MEMWARD_PLACE_SECRET);
	}
	if (secret->align != 0)
		look_at_end(ops, secret);
	else
		look_at_address(secret, secret->len, MEMWARD_PLACE_SLACK);
	/* Of those that nothing was done to, now and then: it takes long. */
	if (ops->step % 8 == 5)
		look_at_report(secret);
	ops_verify(secret);
}

/* No two secrets share a byte, and packed ones leave room for a canary. */
static void look_for_overlap(struct ops *ops, struct ops_secret *secret)
{
	uintptr_t from = (uintptr_t)secret->at;
	uintptr_t to = from + secret->len + 8;

	for (unsigned i = 0; i < ops->count; i++) {
		struct ops_secret *other = &ops->secrets[i];
		uintptr_t at = (uintptr_t)other->at;

		if (other != secret)
			EXPECT(at + other->len + 8 <= from || to <= at);
	}
}

void ops_look_at_changed(struct ops *ops, struct ops_secret *secret)
{
	look_for_overlap(ops, secret);
	look_at_report(secret);
	ops_look_at_secret(ops, secret);
}

void ops_welcome(struct ops *ops, struct ops_secret *secret)
{
	uintptr_t at = (uintptr_t)secret->at;

	EXPECT(at % (secret->align == 0 ? 16 : secret->align) == 0);
	ops_expect_zeros(secret, 0);
	ops_fill(ops, secret);
	ops_look_at_changed(ops, secret);
}

static void look_at_ward_report(struct ops_ward *ward, size_t committed)
{
	memward_report report = MEMWARD_REPORT_INIT;
	uint32_t asked = ward->policy.require | ward->policy.prefer;

	EXPECT(memward_report_ward(ward->handle, &report) == 0);
	EXPECT(report.requested == asked);
	EXPECT((report.obtained & ~asked) == 0);
	EXPECT((report.summary == MEMWARD_FULL) == (report.obtained == asked));
	EXPECT(report.pages == committed);
	EXPECT(report.pages_unlocked <= report.pages);
	EXPECT((ward->policy.require & MEMWARD_LOCKED) == 0 ||
	       report.pages_unlocked == 0);
}

void ops_look_at_ward(struct ops *ops, struct ops_ward *ward)
{
	memward_budget_info info = {.size = sizeof(info)};
	size_t bytes = 0;

	if (!ward->open)
		return;
	for (unsigned i = 0; i < ops->count; i++) {
		if (ops->secrets[i].ward == ward)
			bytes += ops->secrets[i].len;
	}
	EXPECT(memward_budget(ward->handle, 32, &info) == 0);
	EXPECT(info.live == ward->live);
	EXPECT(info.peak >= ward->live);
	EXPECT(info.refused == ward->refused);
	EXPECT(info.committed >= bytes);
	EXPECT(info.committed % ops->page == 0);
	EXPECT(ward->policy.limit == 0 || info.committed <= ward->policy.limit);
	if (ops->step % 64 == 0)
		look_at_ward_report(ward, info.committed);
	EXPECT(memward_check_ward(ward->handle) == 0);
}

void ops_look_at_all(struct ops *ops)
{
	memward_report report = MEMWARD_REPORT_INIT;

	for (unsigned i = 0; i < ops->count; i++)
		ops_look_at_secret(ops, &ops->secrets[i]);
	for (unsigned i = 0; i < OPS_WARDS; i++)
		ops_look_at_ward(ops, &ops->wards[i]);
	if (ops->count != 0)
		look_at_lock(&ops->secrets[ops->step % ops->count]);
	if (ops->step % 64 == 0)
		EXPECT(memward_report_process(&report) == 0);
	EXPECT(memward_check_all() == 0);
}

/* Inherited under omit or wipe: harmless to free, of no use otherwise. */
static void look_at_orphan(struct ops_secret *secret)
{
	memward_report report = MEMWARD_REPORT_INIT;
	unsigned char byte = 1;

	EXPECT(memward_report_secret(secret->at, &report) == 0);
	EXPECT(report.orphaned && report.summary == MEMWARD_NONE);
	if (secret->ward->policy.fork == MEMWARD_FORK_OMIT)
		EXPECT(probe(secret->at) == no_access);
	else if (probe_copy(&byte, secret->at, 1))
		EXPECT(byte == 0);
	memward_free(secret->at);
}

void ops_child(struct ops *ops)
{
	struct ops_secret fresh = {.ward = &ops->wards[0]};

	fresh.access = read_write;
	for (unsigned i = 0; i < ops->count; i++) {
		struct ops_secret *secret = &ops->secrets[i];

		if (secret->ward->policy.fork == MEMWARD_FORK_KEEP)
			ops_look_at_secret(ops, secret);
		else
			look_at_orphan(secret);
	}
	EXPECT(memward_check_all() == 0);
	for (unsigned i = 0; i < OPS_WARDS; i++) {
		if (!ops->wards[i].open)
			continue;
		fresh.ward = &ops->wards[i];
		fresh.len = 24 + i;
		fresh.at = memward_alloc(fresh.ward->handle, fresh.len);
		if (fresh.at == NULL)
			/* Only where there is a limit. */
			EXPECT(fresh.ward->policy.limit != 0);
		else
			ops_welcome(ops, &fresh);
		memward_free(fresh.at);
	}
	for (unsigned i = 0; i < ops->count; i += 2) {
		if (ops->secrets[i].ward->policy.fork == MEMWARD_FORK_KEEP)
			memward_free(ops->secrets[i].at);
	}
	EXPECT(memward_check_all() == 0);
}
