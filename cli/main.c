/* SPDX-License-Identifier: MIT */
/* memward: the command-line tool. */
#include "cli.h"
#include "memward/base.h"
#include "peek.h"

#include <string.h>

static int version_main(int argc, char **argv);
static int help_main(int argc, char **argv);

struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary; /* NULL: internal, not for people */
};

static const struct command commands[] = {
    {"prove", prove_main, "attacks memward on this machine, with a table"},
    {"doctor", doctor_main, "tells what this process can have, and remedies"},
    {"scan", scan_main,
	"finds copies of a secret, and keys, in memory or files"},
    {"version", version_main, "prints the version"},
    {"help", help_main, "prints this"},
    {CLI_VICTIM, victim_main, NULL},
    {CLI_HEIR, heir_main, NULL},
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static void print_usage(FILE *to)
{
	(void)fprintf(to,
	    "memward keeps secrets safe in the memory of a running program.\n"
	    "\nusage: memward COMMAND [OPTION...]\n\n");
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		if (commands[i].summary != NULL)
			(void)fprintf(to, "  %-9s %s\n", commands[i].name,
			    commands[i].summary);
	}
	(void)fprintf(to,
	    "\nmemward COMMAND --help tells more. Exit status: 0 all held, "
	    "1 something\npromised leaked, 2 wrong usage or could not run. "
	    "NO_COLOR=1 turns colour off.\n");
}

/* These take nothing but --help; true: there is something to be done. */
static bool take_nothing(int argc, char **argv, int *status)
{
	*status = CLI_HELD;
	if (argc < 2)
		return true;
	if (strcmp(argv[1], "--help") == 0) {
		printf("usage: memward %s\n", argv[0]);
		return false;
	}
	(void)fprintf(
	    stderr, "memward %s: unknown option: %s\n", argv[0], argv[1]);
	*status = CLI_UNABLE;
	return false;
}

static int version_main(int argc, char **argv)
{
	int status;

	if (take_nothing(argc, argv, &status))
		printf("memward %s\n", memward_version());
	return status;
}

static int help_main(int argc, char **argv)
{
	int status;

	if (take_nothing(argc, argv, &status))
		print_usage(stdout);
	return status;
}

static const struct command *find_command(const char *name)
{
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
		name = "help";
	if (strcmp(name, "--version") == 0)
		name = "version";
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	}
	return NULL;
}

/* A report that could not be written must not look like one that was. */
static int flushed(int status)
{
	if (fflush(stdout) == 0 && ferror(stdout) == 0)
		return status;
	/* A reader that has had enough changes nothing. */
	if (peek_reader_gone())
		return status;
	(void)fprintf(stderr, "memward: cannot write: %s\n", peek_error());
	return CLI_UNABLE;
}

int main(int argc, char **argv)
{
	const struct command *command;

	if (argc < 2) {
		print_usage(stderr);
		return CLI_UNABLE;
	}
	command = find_command(argv[1]);
	if (command == NULL) {
		(void)fprintf(stderr,
		    "memward: unknown command: %s\nTry: memward help\n",
		    argv[1]);
		return CLI_UNABLE;
	}
	peek_init(argv[0]);
	text_init_colour();
	return flushed(command->run(argc - 1, argv + 1));
}
