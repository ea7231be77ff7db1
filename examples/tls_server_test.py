#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Connects to examples/tls_server.c, then searches its memory for its key.

tls_server_test.py SERVER WORK [MEMWARD]

MEMWARD is the tool whose `scan` searches; without it nothing is searched.
Prints `ok NAME`, `not ok NAME: why` or `skip NAME: reason` for each case, then
one line of totals. A server that uses libssl in the ordinary way, Python's, is
the control: there the key is found.
"""
import json
import os
import shutil
import signal
import socket
import subprocess
import sys

SERVER, WORK = sys.argv[1:3]
TOOL = sys.argv[3] if len(sys.argv) > 3 else None
KEY, CERTIFICATE, SECRET = (os.path.join(WORK, "tls_" + name)
                            for name in ("key.pem", "cert.pem", "secret"))
CASES = ("tls_server_answers", "tls_control_is_found",
         "tls_key_is_nowhere_at_rest", "tls_server_ends_of_its_signal")
ORDINARY = """
import ssl, sys, time
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
print("ready", flush=True)
time.sleep(60)
"""


class Skip(Exception):
    """A case cannot be tried here; says why."""


def need():
    """The modules and programs of the test, or why it cannot be run."""
    try:
        import ssl
    except ImportError:
        raise Skip("this Python has no ssl") from None
    if shutil.which("openssl") is None:
        raise Skip("no openssl to make a certificate with")
    return ssl


def make_key():
    """A certificate for this test, and the number that is its secret."""
    os.umask(0o077)
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
         "ec_paramgen_curve:P-256", "-nodes", "-keyout", KEY, "-out",
         CERTIFICATE, "-days", "2", "-subj", "/CN=localhost"],
        check=True, capture_output=True)
    der = subprocess.run(["openssl", "pkey", "-in", KEY, "-outform", "DER"],
                         check=True, capture_output=True).stdout
    # ECPrivateKey: version 1, then a string of 32 bytes (RFC 5915).
    at = der.index(bytes.fromhex("0201010420")) + 5
    with open(SECRET, "wb") as file:
        file.write(der[at:at + 32])


def talk(ssl, port):
    """One connection; the certificate is checked."""
    context = ssl.create_default_context(cafile=CERTIFICATE)
    context.check_hostname = False
    for word in (b"one\n", b"two\n", b"three\n"):
        with socket.create_connection(("127.0.0.1", port), 30) as plain, \
                context.wrap_socket(plain) as tls:
            tls.sendall(word)
            assert tls.recv(100) == word, "another answer"


def search(pid):
    """What a scan finds of the secret in a process, and what else."""
    if TOOL is None:
        raise Skip("without the tool, or under a sanitizer, nothing is "
                   "searched")
    done = subprocess.run(
        [TOOL, "scan", "--json", "--secret", SECRET, "--pid", str(pid)],
        capture_output=True, text=True, check=False)
    if done.returncode == 2:
        raise Skip("no scan of another process: " + done.stderr.strip())
    assert done.returncode in (0, 1), f"the scan ended with {done.returncode}"
    found = json.loads(done.stdout)
    mark = found["secret"]["fingerprint"]
    hits = found["hits"]
    return ([h for h in hits if h["fingerprint"] == mark],
            [h for h in hits if h["fingerprint"] != mark])


def control():
    """Whether the same key is found in a process that loads it as usual."""
    with subprocess.Popen([sys.executable, "-c", ORDINARY, CERTIFICATE, KEY],
                          stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout.readline() == "ready\n", "no control"
            hits, _ = search(process.pid)
        finally:
            process.kill()
    assert hits, "not even in a server that holds the key"


def search_server(process):
    """At rest nothing of the key is there, and the rest is in the ward."""
    hits, others = search(process.pid)
    assert not hits, f"found {hits}"
    # Keys of connections and tickets, on the heap that was given to libcrypto.
    outside = [h for h in others if h["dumped"]]
    assert not outside, f"found outside of the ward: {outside}"


def end(process):
    """Its handlers wipe, and its status is what it would have been."""
    process.send_signal(signal.SIGTERM)
    status = process.wait(30)
    assert status == -signal.SIGTERM, f"ended with {status}"


def run(totals, name, function, *arguments):
    """One case."""
    try:
        function(*arguments)
        print("ok", name)
        totals[0] += 1
    except Skip as skip:
        print(f"skip {name}: {skip}")
        totals[2] += 1
    except (AssertionError, OSError, ValueError,
            subprocess.CalledProcessError) as error:
        print(f"not ok {name}: {error}")
        totals[1] += 1


def main():
    totals = [0, 0, 0]
    try:
        ssl = need()
        make_key()
    except Skip as skip:
        for name in CASES:
            print(f"skip {name}: {skip}")
        totals[2] = len(CASES)
    else:
        with subprocess.Popen([SERVER, KEY, CERTIFICATE],
                              stdout=subprocess.PIPE, text=True) as process:
            try:
                word, _, port = process.stdout.readline().partition(" ")
                assert word == "port", "the server did not start"
                run(totals, CASES[0], talk, ssl, int(port))
                run(totals, CASES[1], control)
                run(totals, CASES[2], search_server, process)
                run(totals, CASES[3], end, process)
            finally:
                process.kill()
    for path in (KEY, SECRET):
        if os.path.exists(path):
            os.remove(path)
    print("tls_server: %d passed, %d failed, %d skipped" % tuple(totals))
    return 1 if totals[1] else 0


sys.exit(main())
