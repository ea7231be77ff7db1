/* SPDX-License-Identifier: MIT */
/*
 * What systems answer on which no way into another process's memory has been
 * written: memward scan reads files and core files there.
 */
#include "cli.h"
#include "peek_scan.h"

#define NOT_HERE                                                       \
	"cannot here: no reader of another process's memory has been " \
	"written for this system; --file and --core work"

bool peek_source_process(
    struct source *source, uint64_t id, char *why, size_t size)
{
	(void)source;
	(void)id;
	return text_refuse(why, size, "%s", NOT_HERE);
}

const char *peek_program_refusal(void)
{
	return NOT_HERE;
}

int peek_signal(const char *name)
{
	/* It is refused later, with the reason. */
	return name[0] != '\0' ? 1 : 0;
}

bool peek_program_run(struct peek_program *program, char *const *arguments,
    const struct peek_moment *moment, char *why, size_t size)
{
	(void)program;
	(void)arguments;
	(void)moment;
	return text_refuse(why, size, "%s", NOT_HERE);
}

void peek_program_end(struct peek_program *program)
{
	(void)program;
}
