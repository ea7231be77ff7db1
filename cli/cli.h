/* SPDX-License-Identifier: MIT */
/* What the files of the command-line tool share. */
#ifndef MEMWARD_CLI_H
#define MEMWARD_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* What the tool's exit status means; printed by --help. */
enum cli_exit {
	CLI_HELD = 0,   /* done; for prove: all that is promised held */
	CLI_LEAKED = 1, /* something that is promised leaked */
	CLI_UNABLE = 2  /* wrong usage, or it could not run at all */
};

/* Subcommands: argv[0] is the name of the subcommand. */
int prove_main(int argc, char **argv);
int doctor_main(int argc, char **argv);
int scan_main(int argc, char **argv);

/* Internal: what the prover starts this program anew as. */
#define CLI_VICTIM "internal-victim"
#define CLI_HEIR   "internal-heir"
int victim_main(int argc, char **argv);
int heir_main(int argc, char **argv);

/* Colour, or nothing where the output is not a terminal. */
enum cli_colour { PLAIN, BOLD, DIM, GREEN, RED, YELLOW, CYAN };
void text_init_colour(void);
void text_colour(enum cli_colour colour);

/* Columns of the widest line the tool prints. */
#define TEXT_WIDTH 100

/*
 * Prints text, broken between words at TEXT_WIDTH. The cursor stands in
 * column; further lines begin in indent.
 */
void text_wrap(size_t column, size_t indent, const char *text);
void text_pad(const char *text, size_t width);

/* snprintf that says whether all of it fitted. */
bool text_format(char *to, size_t size, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 3, 4)))
#endif
    ;

/* The same for the reason why something cannot be: always false. */
bool text_refuse(char *why, size_t size, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 3, 4)))
#endif
    ;

/* JSON: a quoted string, and a "key": "value" pair behind a comma. */
void json_string(const char *text);
void json_pair(const char *key, const char *value);

#endif
