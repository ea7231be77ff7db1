/* SPDX-License-Identifier: MIT */
/* What the tests of sealing share. They look inside: see core/seal.h. */
#ifndef MW_TESTS_SEAL_CASES_H
#define MW_TESTS_SEAL_CASES_H

#include "ward/ward_cases.h"

#include "core/seal.h"

/* A secret of a ward with a pattern, sealed and freed; fails the case. */
memward_sealed *seal_pattern(
    memward_ward *ward, size_t len, unsigned seed, const char *context);

/* Seals, with a text as context, or none. */
int seal_it(void *secret, const char *context, memward_sealed **sealed);

/* Opens into a new secret, compares with the pattern, and frees. */
void expect_pattern(
    const memward_sealed *sealed, unsigned seed, const char *context);

/* Cannot be opened, neither way, and a secret given for it stays as it is. */
void expect_sealed(const memward_sealed *sealed, const char *context);

/* Whether a filled secret of a ward is as it was filled. */
bool secret_is_filled(const void *secret, size_t len, unsigned seed);
void fill_secret(void *secret, size_t len, unsigned seed);

/* Bytes of an object's box. */
size_t box_bytes(const memward_sealed *sealed);

#define SEAL_TAMPER_CASES(X)                     \
	X(every_byte_of_a_box_counts)            \
	X(a_cut_box_is_noticed)                  \
	X(boxes_are_not_exchanged)               \
	X(another_ward_cannot_open)              \
	X(a_context_must_be_given_again)         \
	X(a_ward_closed_for_good_takes_its_keys) \
	X(nonces_do_not_repeat)

#define SEAL_KEY_CASES(X)                       \
	X(libsodium_agrees_on_every_byte)       \
	X(a_new_key_loses_nothing)              \
	X(an_old_key_goes_with_its_last_object) \
	X(a_key_is_cached_within_a_window)      \
	X(a_window_over_a_new_key)              \
	X(a_ward_at_its_limit_still_opens)      \
	X(a_thread_that_ends_takes_its_key)

#define SEAL_FORK_CASES(X)                     \
	X(a_child_opens_what_it_inherits)      \
	X(a_child_without_hooks_opens_it_too)  \
	X(a_child_without_hooks_opens_no_more) \
	X(parent_and_child_share_no_nonce)     \
	X(a_child_under_omit_cannot_open)      \
	X(a_child_under_wipe_cannot_open)      \
	X(all_wiped_is_told)                   \
	X(no_key_is_in_a_core_file)

#define SEAL_STREAM_CASES(X)                       \
	X(a_stream_gives_back_what_was_written)    \
	X(reads_and_writes_take_turns)             \
	X(a_stream_on_a_closed_ward)               \
	X(every_byte_of_a_chunk_counts)            \
	X(chunks_have_an_order)                    \
	X(chunks_of_another_stream_are_refused)    \
	X(a_stream_that_was_cut_is_noticed)        \
	X(a_flushed_stream_holds_nothing_plain)    \
	X(a_stream_needs_no_more_room_as_it_grows) \
	X(a_stream_outlives_a_new_key)             \
	X(a_stream_whose_ward_is_gone)             \
	X(arguments_of_streams_are_checked)

#define SEAL_DECLARE(name) void name(void);
SEAL_TAMPER_CASES(SEAL_DECLARE)
SEAL_KEY_CASES(SEAL_DECLARE)
SEAL_FORK_CASES(SEAL_DECLARE)
SEAL_STREAM_CASES(SEAL_DECLARE)
#undef SEAL_DECLARE

#define SEAL_CHILDREN(X) \
	X(seal_wipe_all) \
	X(seal_dump)     \
	X(seal_dump_plain)

#define SEAL_DECLARE_CHILD(name) int child_##name(void);
SEAL_CHILDREN(SEAL_DECLARE_CHILD)
#undef SEAL_DECLARE_CHILD

#endif
