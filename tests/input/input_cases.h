/* SPDX-License-Identifier: MIT */
/* What the tests of reading secrets in share. */
#ifndef MW_TESTS_INPUT_CASES_H
#define MW_TESTS_INPUT_CASES_H

#include "ward/ward_cases.h"

#include <sys/types.h>

/* Calls each(ward) with a ward of every kind that this system has. */
void on_every_kind(void (*each)(memward_ward *ward));

/* A secret of that length and pattern, which is then freed. */
void expect_pattern(void *secret, size_t len, unsigned seed);
void expect_text(void *secret, const char *text);

/* A thread that writes into a pipe, in pieces, and closes it or not. */
struct feeder {
	int fd;
	const void *bytes;
	size_t len;
	size_t piece; /* bytes at a time */
	bool stays;   /* does not close */
	struct support_thread *thread;
};

/* Starts it on a new pipe, whose other end is the result. */
int feed(struct feeder *feeder, const void *bytes, size_t len, size_t piece);
void fed(struct feeder *feeder);

/* A pipe that holds a text, its writing end closed. */
int pipe_with(const char *text);

/* A new file in a folder of its own, and what removes both. */
const char *file_with(const void *bytes, size_t len, unsigned mode);
const char *file_folder(void);
void remove_file(void);

#define INPUT_READ_CASES(X)                     \
	X(hidden_wards_are_among_them)          \
	X(keyed_wards_are_among_them)           \
	X(every_size_comes_to_its_end)          \
	X(every_size_comes_exactly)             \
	X(pieces_make_a_whole)                  \
	X(what_follows_a_delimiter_stays)       \
	X(any_byte_may_delimit)                 \
	X(ends_before_their_time)               \
	X(what_is_too_long_is_refused)          \
	X(a_descriptor_that_does_not_wait)      \
	X(signals_do_not_end_a_reading)         \
	X(what_is_no_descriptor_is_refused)     \
	X(a_ward_is_closed_while_nothing_comes) \
	X(a_limit_is_an_error)                  \
	X(after_wipe_all_nothing_is_read)       \
	X(arguments_of_reading_are_checked)

#define INPUT_FILE_CASES(X)                 \
	X(every_size_of_file_is_read)       \
	X(a_file_is_read_from_where_it_is)  \
	X(files_that_say_no_size)           \
	X(private_files_are_private)        \
	X(links_are_refused_if_asked)       \
	X(a_fifo_is_refused_at_once)        \
	X(files_that_are_not_there)         \
	X(nothing_is_left_open)             \
	X(credentials_are_found_by_name)    \
	X(names_of_credentials_stay_inside) \
	X(credentials_may_not_be_written_by_others)

#define INPUT_TAKE_CASES(X)             \
	X(memory_is_taken_and_wiped)    \
	X(a_variable_is_taken_out)      \
	X(a_variable_that_stands_twice) \
	X(variables_that_are_not_there) \
	X(the_kernels_copy_is_wiped)    \
	X(random_secrets_differ)        \
	X(texts_are_decoded)            \
	X(malformed_texts_are_refused)  \
	X(a_text_may_be_a_secret)       \
	X(arguments_of_taking_are_checked)

#define INPUT_DECLARE(name) void name(void);
INPUT_READ_CASES(INPUT_DECLARE)
INPUT_FILE_CASES(INPUT_DECLARE)
INPUT_TAKE_CASES(INPUT_DECLARE)
#undef INPUT_DECLARE

#define INPUT_CHILDREN(X)    \
	X(input_waits)       \
	X(input_waits_open)  \
	X(input_after_wipe)  \
	X(input_environment) \
	X(input_getenv)

#define INPUT_DECLARE_CHILD(name) int child_##name(void);
INPUT_CHILDREN(INPUT_DECLARE_CHILD)
#undef INPUT_DECLARE_CHILD

#endif
