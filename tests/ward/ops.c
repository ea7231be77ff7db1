/* SPDX-License-Identifier: MIT */
#include "ops.h"
#include "probe.h"

#include <stdio.h>
#include <string.h>

struct ops *ops_current;

_Noreturn void ops_fail(const char *file, int line, const char *text)
{
	char message[512];

	(void)snprintf(message, sizeof(message), "%s:%d: step %u: %s", file,
	    line, ops_current->step, text);
	ops_failed(message);
}

unsigned ops_byte(struct ops *ops)
{
	if (ops->left == 0)
		return 0;
	ops->left--;
	return *ops->next++;
}

/* A number below n, evenly enough. */
static unsigned below(struct ops *ops, unsigned n)
{
	return ops_byte(ops) % n;
}

static struct ops_ward *choose_ward(struct ops *ops)
{
	return &ops->wards[below(ops, OPS_WARDS)];
}

static struct ops_secret *choose_secret(struct ops *ops)
{
	unsigned i = ops_byte(ops);

	return ops->count == 0 ? NULL : &ops->secrets[i % ops->count];
}

/* Many small ones, few long ones. */
static size_t choose_len(struct ops *ops)
{
	unsigned kind = ops_byte(ops);
	size_t n = ops_byte(ops);

	if (kind < 160)
		return n % 80;
	if (kind < 210)
		return n * 4;
	if (kind < 240)
		return n * 64;
	if (kind < 252)
		return n * 200;
	return n * 700;
}

static size_t choose_align(struct ops *ops)
{
	size_t align = (size_t)1 << below(ops, 13);

	return align > ops->page ? ops->page : align;
}

static void open_ward(struct ops *ops)
{
	struct ops_ward *ward = &ops->wards[1 + below(ops, OPS_WARDS - 1)];
	int rc;

	if (ward->open)
		return;
	*ward = (struct ops_ward){.open = true};
	ward->policy = ops_policy(ops_byte(ops), ops->page);
	rc = memward_open(&ward->policy, &ward->handle);
	if (rc == MEMWARD_EUNSUPPORTED || rc == MEMWARD_EPERM ||
	    (rc == MEMWARD_ELOCKLIMIT &&
		(ward->policy.require & MEMWARD_HIDDEN) != 0))
		/* A fork rule or a feature that this system lacks. */
		ward->open = false;
	else
		EXPECT(rc == 0 && ward->handle != NULL);
	ward->keyed = ward->open && ops_has_key(ward->handle);
}

/* Takes a secret out of the model. */
static void forget(struct ops *ops, struct ops_secret *secret)
{
	secret->ward->live--;
	*secret = ops->secrets[--ops->count];
}

static void close_ward(struct ops *ops, struct ops_ward *ward)
{
	if (!ward->open || ward == &ops->wards[0])
		return;
	if (ward->depth != 0) {
		EXPECT(memward_close(ward->handle) == MEMWARD_EWINDOW);
		return;
	}
	EXPECT(memward_close(ward->handle) == 0);
	for (unsigned i = ops->count; i-- != 0;) {
		if (ops->secrets[i].ward != ward)
			continue;
		EXPECT(!memward_is_secret(ops->secrets[i].at));
		forget(ops, &ops->secrets[i]);
	}
	ward->open = false;
}

/* A refusal must be one that the ward's policy or the system explains. */
static void expect_refusal(struct ops_ward *ward, int rc)
{
	ward->refused++;
	if (rc == MEMWARD_ELIMIT)
		EXPECT(ward->policy.limit != 0);
	else
		EXPECT((rc == MEMWARD_ELOCKLIMIT || rc == MEMWARD_ELOCKPRIV) &&
		       (ward->policy.require &
			   (MEMWARD_LOCKED | MEMWARD_HIDDEN)) != 0);
}

/* How many more packed secrets of a length the ward says it can have. */
static size_t budget(struct ops_ward *ward, size_t len)
{
	memward_budget_info info = {.size = sizeof(info)};
	int rc = memward_budget(ward->handle, len, &info);

	/* Secrets with runs of their own have no budget. */
	EXPECT(rc == 0 || (rc == MEMWARD_EVALUE && len > 8192));
	return rc == 0 ? info.more : 0;
}

static void new_secret(struct ops *ops, bool guarded)
{
	struct ops_ward *ward = choose_ward(ops);
	struct ops_secret *secret = &ops->secrets[ops->count];
	void *const untouched = &ward;
	void *at = untouched;
	size_t more;
	int rc;

	if (!ward->open || ops->count == OPS_SECRETS)
		return;
	*secret =
	    (struct ops_secret){.ward = ward, .access = MEMWARD_READ_WRITE};
	secret->len = choose_len(ops);
	secret->align = guarded ? choose_align(ops) : 0;
	more = guarded ? 0 : budget(ward, secret->len);
	if (guarded)
		rc = memward_new_guarded(
		    ward->handle, secret->len, secret->align, &at);
	else
		rc = memward_new(ward->handle, secret->len, &at);
	if (rc != 0) {
		EXPECT(at == untouched && more == 0);
		expect_refusal(ward, rc);
		return;
	}
	secret->at = at;
	/* Too long for a slot: it has pages of its own. */
	if (!guarded && memward_protect(at, MEMWARD_READ_WRITE) == 0)
		secret->align = 16;
	ward->live++;
	ops->count++;
	ops_welcome(ops, secret);
}

/* Whether what a freed secret leaves is zeros, where it can be read at all. */
static void expect_gone(unsigned char *at, size_t len)
{
	unsigned char found[256];

	if (len > sizeof(found))
		len = sizeof(found);
	if (len == 0 || !probe_copy(found, at, len))
		return;
	for (size_t i = 0; i < len; i++)
		EXPECT(found[i] == 0);
}

static void free_secret(struct ops *ops, struct ops_secret *secret)
{
	struct ops_secret old;
	uint32_t asked;

	if (secret == NULL)
		return;
	ops_verify(secret);
	old = *secret;
	asked = old.ward->policy.require;
	memward_free(old.at);
	forget(ops, secret);
	EXPECT(!memward_is_secret(old.at));
	expect_gone(old.at, old.len);
	if (old.align != 0 && (asked & MEMWARD_TRAP_FREE) != 0)
		EXPECT(probe(old.at) == MEMWARD_NO_ACCESS);
}

static void resize_secret(struct ops *ops, struct ops_secret *secret)
{
	size_t len = choose_len(ops);
	struct ops_secret old;
	void *at;
	int rc;

	if (secret == NULL)
		return;
	old = *secret;
	at = old.at;
	rc = memward_resize(&at, len);
	if (rc == MEMWARD_ECLOSED) {
		EXPECT(old.access == MEMWARD_NO_ACCESS && at == old.at);
		return;
	}
	if (rc != 0) {
		EXPECT(at == old.at);
		expect_refusal(old.ward, rc);
		ops_look_at_secret(ops, secret);
		return;
	}
	secret->at = at;
	secret->access = MEMWARD_READ_WRITE;
	if (old.align == 0 && memward_protect(at, MEMWARD_READ_WRITE) == 0)
		secret->align = 16;
	secret->len = old.len < len ? old.len : len;
	ops_verify(secret);
	secret->len = len;
	ops_expect_zeros(secret, old.len);
	ops_fill(ops, secret);
	if (at != old.at) {
		EXPECT(!memward_is_secret(old.at));
		expect_gone(old.at, old.len);
	}
	ops_look_at_changed(ops, secret);
}

static void protect_secret(struct ops *ops, struct ops_secret *secret)
{
	static const memward_access all[] = {
	    MEMWARD_NO_ACCESS, MEMWARD_READ_ONLY, MEMWARD_READ_WRITE};
	memward_access access = all[below(ops, 3)];

	if (secret == NULL)
		return;
	EXPECT(memward_protect(secret->at, access) ==
	       (secret->align == 0 ? MEMWARD_EPACKED : 0));
	if (secret->align != 0)
		secret->access = access;
	ops_look_at_changed(ops, secret);
}

/* After a window opened or closed, every secret of the ward is as it says. */
static void look_at_windows(struct ops *ops, struct ops_ward *ward)
{
	for (unsigned i = 0; i < ops->count; i++) {
		struct ops_secret *secret = &ops->secrets[i];

		if (secret->ward == ward)
			EXPECT(probe(secret->at) == ops_secret_access(secret));
	}
}

static void begin_window(struct ops *ops)
{
	struct ops_ward *ward = choose_ward(ops);
	memward_access access =
	    below(ops, 2) == 0 ? MEMWARD_READ_ONLY : MEMWARD_READ_WRITE;

	/* The model has the windows of one thread only. */
	if (!ward->open || ward->depth == OPS_WINDOWS || ops->elsewhere)
		return;
	EXPECT(memward_begin(ward->handle, access) == 0);
	ward->windows[ward->depth++] = access;
	look_at_windows(ops, ward);
}

static void end_window(struct ops *ops, struct ops_ward *ward)
{
	if (!ward->open)
		return;
	if (ward->depth == 0 || ops->elsewhere) {
		EXPECT(memward_end(ward->handle) == MEMWARD_EWINDOW);
		return;
	}
	ward->depth--;
	EXPECT(memward_end(ward->handle) == 0);
	look_at_windows(ops, ward);
}

static int in_window(void *argument)
{
	struct ops_secret *secret = argument;

	EXPECT(probe(secret->at) >= (secret->access < MEMWARD_READ_ONLY
					    ? secret->access
					    : MEMWARD_READ_ONLY));
	return 77;
}

static void use_window(struct ops_secret *secret)
{
	if (secret == NULL)
		return;
	EXPECT(memward_with(secret->ward->handle, MEMWARD_READ_ONLY, in_window,
		   secret) == 77);
	EXPECT(probe(secret->at) == ops_secret_access(secret));
}

static void reserve(struct ops *ops)
{
	struct ops_ward *ward = choose_ward(ops);
	size_t count = ops_byte(ops);
	size_t len = choose_len(ops) % 2000;
	int rc;

	/* What is reserved stays: the default ward would grow without end. */
	if (!ward->open || ward == &ops->wards[0])
		return;
	rc = memward_reserve(ward->handle, count, len);
	if (rc == MEMWARD_ELIMIT)
		EXPECT(ward->policy.limit != 0);
	else
		EXPECT(rc == 0 || rc == MEMWARD_ELOCKLIMIT);
	if (rc == 0)
		EXPECT(budget(ward, len) >= count);
}

struct stretch {
	unsigned char *at;
	size_t len;
	size_t first; /* pages */
	size_t end;
};

static struct stretch choose_stretch(struct ops *ops)
{
	size_t all = OPS_PAGES * ops->page;
	size_t from = ops_byte(ops) * all / 256;
	size_t len = 1 + ops_byte(ops) * (all - from - 1) / 256;
	struct stretch s = {ops->own + from, len, from / ops->page, 0};

	s.end = (from + len - 1) / ops->page + 1;
	return s;
}

static void lock_range(struct ops *ops)
{
	struct stretch s = choose_stretch(ops);
	int rc = memward_lock_range(s.at, s.len);

	if (rc == MEMWARD_ELOCKLIMIT || rc == MEMWARD_ELOCKPRIV)
		return;
	EXPECT(rc == 0);
	for (size_t i = s.first; i < s.end; i++)
		ops->locks[i]++;
}

static void unlock_range(struct ops *ops)
{
	struct stretch s = choose_stretch(ops);
	bool locked = true;

	for (size_t i = s.first; i < s.end; i++)
		locked = locked && ops->locks[i] != 0;
	EXPECT(memward_unlock_range(s.at, s.len) ==
	       (locked ? 0 : MEMWARD_ENOTLOCKED));
	for (size_t i = s.first; i < s.end && locked; i++)
		ops->locks[i]--;
}

static void step(struct ops *ops)
{
	unsigned op = below(ops, 72);

	if (op < 3)
		open_ward(ops);
	else if (op < 4)
		close_ward(ops, choose_ward(ops));
	else if (op < 22)
		new_secret(ops, false);
	else if (op < 28)
		new_secret(ops, true);
	else if (op < 43)
		free_secret(ops, choose_secret(ops));
	else if (op < 48)
		resize_secret(ops, choose_secret(ops));
	else if (op < 51)
		protect_secret(ops, choose_secret(ops));
	else if (op < 53)
		begin_window(ops);
	else if (op < 56)
		end_window(ops, choose_ward(ops));
	else if (op < 57)
		use_window(choose_secret(ops));
	else if (op < 58)
		reserve(ops);
	else if (op < 60)
		lock_range(ops);
	else if (op < 62)
		unlock_range(ops);
	else if (op < 63)
		ops_look_at_ward(ops, choose_ward(ops));
	else if (ops->elsewhere)
		return;
	else if (op < 71)
		ops_elsewhere(step, ops);
	else if (below(ops, 4) == 0)
		ops_fork(ops_child, ops);
}

/* Frees one half by hand and leaves the other to the wards' end. */
static void end(struct ops *ops)
{
	for (unsigned i = 0; i < OPS_WARDS; i++) {
		while (ops->wards[i].open && ops->wards[i].depth != 0)
			end_window(ops, &ops->wards[i]);
	}
	ops_look_at_all(ops);
	for (unsigned i = ops->count; i-- != 0;) {
		if (i % 2 == 0 || ops->secrets[i].ward == &ops->wards[0])
			free_secret(ops, &ops->secrets[i]);
	}
	ops_look_at_all(ops);
	for (unsigned i = 1; i < OPS_WARDS; i++)
		close_ward(ops, &ops->wards[i]);
	EXPECT(ops->count == 0 && ops->wards[0].live == 0);
	for (size_t i = 0; i < OPS_PAGES; i++) {
		for (; ops->locks[i] != 0; ops->locks[i]--)
			EXPECT(memward_unlock_range(
				   ops->own + i * ops->page, 1) == 0);
	}
}

static void begin(struct ops *ops)
{
	memward_budget_info info = {.size = sizeof(info)};
	void *own;

	ops->page = memward_sys_page_size();
	ops->wards[0].open = true;
	ops->wards[0].policy = (memward_policy)MEMWARD_POLICY_INIT;
	EXPECT(memward_budget(NULL, 32, &info) == 0);
	EXPECT(info.live == 0);
	ops->wards[0].refused = info.refused;
	EXPECT(memward_sys_alloc(OPS_PAGES * ops->page, &own) == 0);
	ops->own = own;
}

void ops_run(const unsigned char *bytes, size_t len)
{
	static struct ops ops;

	ops = (struct ops){.next = bytes, .left = len};
	ops_current = &ops;
	begin(&ops);
	while (ops.left != 0) {
		ops.step++;
		step(&ops);
		if (ops.step % 16 == 0)
			ops_look_at_all(&ops);
		else if (ops.count != 0)
			ops_look_at_secret(
			    &ops, &ops.secrets[ops.step * 7 % ops.count]);
	}
	ops_elsewhere_end();
	end(&ops);
	EXPECT(memward_sys_free(ops.own, OPS_PAGES * ops.page) == 0);
}
