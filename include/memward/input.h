/* SPDX-License-Identifier: MIT */
/*
 * memward: secrets on their way into the process. Included by memward.h, whose
 * common rules hold here too.
 *
 * Each call makes a new packed secret of a ward (NULL: the default one) and
 * brings the bytes straight into it, without a buffer in between. Its size,
 * memward_size(), is what came: nothing is added. *secret is set on success
 * only; after an error whatever came is wiped. Free it with memward_free().
 *
 * Not in memward's hands are copies of others: of the kernel, which does not
 * wipe the buffers of pipes, sockets and terminals when it is done with them
 * (unless Linux was booted with init_on_free=1) and keeps files in its cache;
 * of whoever wrote the bytes; and those that each call names.
 *
 * A ward that is closed at rest need not be open. It is opened for writing
 * while bytes are brought in, a piece at a time, and not while a call waits for
 * them; but on Windows it is. Bytes may also come into hidden and keyed wards.
 *
 * While a secret of unknown length is read its room doubles: for a moment it
 * needs up to three times its length. That of a file is known.
 *
 * An example is examples/password_key.c.
 *
 * Common errors: ENULL and what memward_new() answers; EWINDOW: too many
 * windows; EWIPEDALL: memward_wipe_all() was called, perhaps meanwhile;
 * ETOOLONG: more than max bytes; EPERM, ENOMEM, ESYSTEM: the system refused,
 * errno says why, such as EBADF, EIO, EISDIR.
 */
#ifndef MEMWARD_INPUT_H
#define MEMWARD_INPUT_H

#include "base.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct memward_ward;

/* Where memward_read_fd() ends, if not at a byte. */
#define MEMWARD_TO_END  (-1) /* at the end of the input; max: the longest */
#define MEMWARD_EXACTLY (-2) /* after max bytes */

/*
 * Reads from a descriptor (on Windows: of the C library) to its end, exactly
 * max bytes, or up to a byte such as '\n' or '\0', which is taken and is not
 * part of the secret. It takes no byte behind that: so it reads byte by byte,
 * with two system calls for each. What is long is better read to its end.
 *
 * It waits for as long as nothing comes, also where the descriptor is
 * non-blocking, and goes on after a signal.
 *
 * Errors: EVALUE: no such way to end; EEND: the input ended before max bytes
 * had come, or before the first byte of what a delimiter would end. What ends
 * without its delimiter is a secret all the same. After ETOOLONG and other
 * errors bytes that were taken are lost.
 */
MEMWARD_API MEMWARD_MUST_CHECK int memward_read_fd(
    struct memward_ward *ward, int fd, int until, size_t max, void **secret);

/* What a file has to be, or EUNSAFE. It is asked of the file once open. */
#define MEMWARD_FILE_PRIVATE                            \
	UINT32_C(1) /* a regular file of this process's \
		       effective user or of root, of    \
		       which the mode gives group and   \
		       others nothing */
#define MEMWARD_FILE_NO_LINK                         \
	UINT32_C(2) /* not found by a symbolic link; \
		       those to folders are fine */

/*
 * Reads a whole file of at most max bytes. checks: MEMWARD_FILE_ bits or 0.
 * The file is not inherited by programs that others start meanwhile.
 *
 * Not looked at: access lists that the mode does not show (of macOS, and
 * NFSv4's), and the folders above. The file itself stays, and the kernel's
 * cache has a copy.
 *
 * Errors: ENOTFOUND; EUNSAFE: a check failed; EVALUE: unknown checks;
 * EUNSUPPORTED: Windows has no such modes, and makes no checks.
 */
MEMWARD_API MEMWARD_MUST_CHECK int memward_read_file(struct memward_ward *ward,
    const char *path, uint32_t checks, size_t max, void **secret);

/*
 * Reads a credential by its name. folder NULL: where CREDENTIALS_DIRECTORY
 * says, which systemd sets for LoadCredential= and its kin; where that is not
 * set, or the program is set-uid, /run/secrets, where containers mount theirs.
 *
 * It has to be a regular file of this process's effective user or of root, and
 * its mode must not let group or others write it, else EUNSAFE. Reading is not
 * looked at: systemd shows an access list as group's, and Docker's secrets are
 * for all in the container.
 *
 * Errors: as memward_read_file(); EVALUE: a name that is empty, "." or "..",
 * or has a slash, or a path that is too long.
 */
MEMWARD_API MEMWARD_MUST_CHECK int memward_read_credential(
    struct memward_ward *ward, const char *folder, const char *name, size_t max,
    void **secret);

/* The longest line that a terminal is asked for. */
#define MEMWARD_TTY_MAX ((size_t)4094)

/*
 * Writes a prompt to a terminal and reads a line, which is not shown. fd is
 * open for reading and writing; -1: the process's controlling terminal. What
 * was typed before the prompt is thrown away, as it may have been seen, and so
 * is what is typed right behind the line. The line end is not part of the
 * secret, which is at most max bytes, or MEMWARD_TTY_MAX if that is less:
 * longer lines are cut by the terminal, on Linux at 4095 bytes, on others
 * sooner, without telling.
 *
 * Before the call returns the terminal is as it was, also where a signal comes.
 * Those that usually end or stop a process (SIGINT, SIGTERM, SIGHUP, SIGQUIT,
 * SIGTSTP, SIGALRM, ...) are taken for the time of the call unless they are
 * ignored; of SIGUSR1, SIGXCPU, SIGSEGV, SIGABRT and others of which programs
 * make other uses, those without a handler. When one comes the terminal is set
 * back, then the signal is raised again for whatever was to be done at it. If
 * the process is stopped and goes on, the prompt is written again and what was
 * typed before is wiped.
 *
 * Signals are the process's, so one call is made at a time, and others wait. A
 * child that another thread forked meanwhile must not call it before exec.
 * The terminal stays without echo where the process meanwhile ends by exit() in
 * another thread or by SIGKILL, or if the thread is cancelled; and where a
 * handler of the program's takes a fault and does not return. On Windows the
 * console stays so but for Ctrl-C and Ctrl-Break.
 *
 * Errors: ENOTERMINAL: there is none; EEND: it was hung up, or end of file was
 * typed, before the line ended; EINTERRUPTED: a signal came, and its handler
 * returned; ETOOLONG: the whole line was taken. After hang-up also ESYSTEM.
 */
MEMWARD_API MEMWARD_MUST_CHECK int memward_read_tty(struct memward_ward *ward,
    int fd, const char *prompt, size_t max, void **secret);

/*
 * Takes the value of an environment variable: copies it, overwrites it in the
 * environment itself, where /proc/PID/environ shows it, and removes the
 * variable. After an error the environment is unchanged.
 *
 * No other thread may use the environment meanwhile, getenv() included. What
 * putenv() was given must be writable. Copies stay with the process that set
 * the variable, with children started before, and where the program or its
 * run-time kept some: a shell, an interpreter.
 *
 * Errors: EVALUE: a name that is empty or has a "="; ENOTFOUND; EUNSUPPORTED:
 * Windows, whose copies are out of reach.
 */
MEMWARD_API MEMWARD_MUST_CHECK int memward_take_environment(
    struct memward_ward *ward, const char *name, void **secret);

/*
 * Takes len bytes of the caller's memory: copies them and wipes them there.
 * The memory may be a secret itself. After an error it is unchanged. No copy
 * that was made on the way there is known to memward.
 */
MEMWARD_API MEMWARD_MUST_CHECK int memward_take(
    struct memward_ward *ward, void *mem, size_t len, void **secret);

/* Makes a secret of len random bytes of the system. */
MEMWARD_API MEMWARD_MUST_CHECK int memward_new_random(
    struct memward_ward *ward, size_t len, void **secret);

typedef enum memward_encoding {
	MEMWARD_HEX = 1,   /* either case */
	MEMWARD_BASE64,    /* with + and / */
	MEMWARD_BASE64_URL /* with - and _ */
} memward_encoding;

/*
 * Decodes a text, which may be a secret if it is open. Line ends between
 * encoded bytes are skipped; base64 may end without its padding, but with all
 * of it or none. By libsodium, in a time that depends on the text's length and
 * the places of line ends alone. The text stays as it is: wipe it.
 *
 * Errors: EMALFORMED: the text is not so encoded; EVALUE: no such encoding;
 * EUNSUPPORTED: this memward was built without libsodium.
 */
MEMWARD_API MEMWARD_MUST_CHECK int memward_decode(struct memward_ward *ward,
    memward_encoding encoding, const void *text, size_t len, void **secret);

#ifdef __cplusplus
}
#endif

#endif
