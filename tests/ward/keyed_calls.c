/* SPDX-License-Identifier: MIT */
/* The other calls on keyed wards: inside and outside of windows. */
#include "keyed_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Every call that uses the pages; each must leave the thread's rights alone. */
static void use_all_calls(memward_ward *ward, memward_access expected)
{
	unsigned char *packed = new_secret(ward, 32);
	unsigned char *guarded = new_guarded(ward, 32, 1);
	void *resized = new_secret(ward, 40);
	memward_report report = MEMWARD_REPORT_INIT;

	CHECK_INT(probe(packed), expected);
	CHECK_INT(probe(guarded), expected);
	memward_check(packed);
	memward_check(guarded);
	CHECK_CODE(memward_check_ward(ward), 0);
	CHECK_CODE(memward_check_all(), 0);
	CHECK_INT(probe(packed), expected);
	CHECK_CODE(memward_resize(&resized, 44), 0);
	CHECK_CODE(memward_resize(&resized, 9000), 0);
	CHECK_INT(probe(resized), expected);
	CHECK_CODE(memward_protect(guarded, MEMWARD_READ_ONLY), 0);
	CHECK_CODE(memward_protect(guarded, MEMWARD_READ_WRITE), 0);
	CHECK_INT(probe(guarded), expected);
	CHECK_CODE(memward_report_secret(packed, &report), 0);
	CHECK(report.obtained & MEMWARD_KEYED);
	check_granted(memward_reserve(ward, 2000, 64));
	CHECK_INT(probe(packed), expected);
	memward_free(resized);
	memward_free(guarded);
	for (int i = 0; i < 3000; i++)
		memward_free(new_secret(ward, (size_t)i % 500));
	CHECK_INT(probe(packed), expected);
	memward_free(packed);
}

void calls_leave_a_keyed_ward_as_it_was(void)
{
	static const memward_access windows[] = {
	    MEMWARD_READ_ONLY, MEMWARD_READ_WRITE};
	memward_ward *ward = new_keyed_ward();

	use_all_calls(ward, MEMWARD_NO_ACCESS);
	for (size_t i = 0; i < TEST_COUNT(windows); i++) {
		begin(ward, windows[i]);
		use_all_calls(ward, windows[i]);
		end(ward);
	}
	use_all_calls(ward, MEMWARD_NO_ACCESS);
	close_ward(ward);
}

void a_guarded_secrets_own_access_holds_inside_the_key(void)
{
	memward_ward *ward = new_keyed_ward();
	unsigned char *secret = new_guarded(ward, 32, 1);

	CHECK_CODE(memward_protect(secret, MEMWARD_READ_ONLY), 0);
	CHECK_INT(probe(secret), MEMWARD_NO_ACCESS);
	begin(ward, MEMWARD_READ_WRITE);
	CHECK_INT(probe(secret), MEMWARD_READ_ONLY);
	CHECK_CODE(memward_protect(secret, MEMWARD_NO_ACCESS), 0);
	CHECK_INT(probe(secret), MEMWARD_NO_ACCESS);
	CHECK_CODE(memward_check_ward(ward), 0);
	CHECK_INT(probe(secret), MEMWARD_NO_ACCESS);
	CHECK_CODE(memward_protect(secret, MEMWARD_READ_WRITE), 0);
	CHECK_INT(probe(secret), MEMWARD_READ_WRITE);
	end(ward);
	CHECK_INT(probe(secret), MEMWARD_NO_ACCESS);
	memward_free(secret);
	close_ward(ward);
}

/* What a system call is to read into a closed page is an error of the call. */
void the_kernel_is_kept_out_too(void)
{
	memward_ward *ward = new_keyed_ward();
	unsigned char *secret = new_secret(ward, 32);
	int ends[2];

	CHECK_INT(pipe(ends), 0);
	CHECK_INT(write(ends[1], "s", 1), 1);
	errno = 0;
	CHECK_INT(read(ends[0], secret, 1), -1);
	CHECK_INT(errno, EFAULT);
	begin(ward, MEMWARD_READ_WRITE);
	CHECK_INT(read(ends[0], secret, 1), 1);
	CHECK_INT(secret[0], 's');
	end(ward);
	(void)close(ends[0]);
	(void)close(ends[1]);
	close_ward(ward);
}

/* Outside of windows and within one, whose thread no key is kept for. */
void sealing_opens_the_key_for_each_call_alone(void)
{
	memward_ward *ward = new_keyed_ward();
	unsigned char *secret = new_secret(ward, 100);
	memward_access around = MEMWARD_NO_ACCESS;
	memward_sealed *sealed = NULL;
	int rc;

	for (int i = 0; i < 2; i++) {
		begin(ward, MEMWARD_READ_WRITE);
		memset(secret, FILLED, 100);
		if (i == 0)
			end(ward);
		rc = memward_seal(secret, "k", 1, &sealed);
		if (rc == MEMWARD_EUNSUPPORTED)
			TEST_SKIP("built without libsodium: nothing is sealed");
		check_granted(rc);
		CHECK_INT(probe(secret), around);
		check_granted(memward_unseal_into(sealed, "k", 1, secret));
		CHECK_INT(probe(secret), around);
		memward_sealed_free(sealed);
		if (i == 0) {
			around = MEMWARD_READ_WRITE;
			begin(ward, MEMWARD_READ_ONLY);
			CHECK(holds(secret, 100, FILLED));
			end(ward);
		}
	}
	CHECK(holds(secret, 100, FILLED));
	end(ward);
	CHECK_INT(probe(secret), MEMWARD_NO_ACCESS);
	close_ward(ward);
}

static int never_called(void *called)
{
	*(bool *)called = true;
	return 0;
}

/* As documented: no signal handler could run there. */
void no_function_runs_on_a_stack_under_a_key(void)
{
	memward_ward *ward = new_keyed_ward();
	bool called = false;

	CHECK_CODE(
	    memward_call(ward, never_called, &called), MEMWARD_EUNSUPPORTED);
	CHECK(!called);
	CHECK_CODE(memward_end(ward), MEMWARD_EWINDOW);
	close_ward(ward);
}

static void forbid_calls(void)
{
	const char *why = support_forbid_calls();

	if (why != NULL)
		child_cannot(why);
}

/* From here on any system call but write and exit kills the process. */
int child_use_windows_quietly(void)
{
	memward_ward *ward = new_keyed_ward();
	unsigned char *secret = new_secret(ward, 32);
	unsigned char *guarded = new_guarded(ward, 32, 1);

	/* The thread's record of its windows. */
	begin(ward, MEMWARD_READ_ONLY);
	end(ward);
	forbid_calls();
	for (int i = 0; i < 10000; i++) {
		if (memward_begin(ward, MEMWARD_READ_WRITE) != 0)
			_Exit(3);
		secret[0]++;
		guarded[0]++;
		if (memward_begin(ward, MEMWARD_READ_ONLY) != 0 ||
		    memward_end(ward) != 0 || memward_end(ward) != 0)
			_Exit(4);
	}
	_Exit(0);
}

void keyed_windows_make_no_system_call(void)
{
	need_keys();
	expect_success("use_windows_quietly");
}

int child_use_secrets_quietly(void)
{
	memward_ward *ward = new_keyed_ward();

	check_granted(memward_reserve(ward, 200, 32));
	memward_free(new_secret(ward, 32));
	forbid_calls();
	for (int i = 0; i < 1000; i++) {
		void *secret = memward_alloc(ward, 32);

		if (secret == NULL)
			_Exit(3);
		memward_check(secret);
		memward_free(secret);
	}
	_Exit(0);
}

void keyed_wards_allocate_without_a_system_call(void)
{
	need_keys();
	expect_success("use_secrets_quietly");
}
