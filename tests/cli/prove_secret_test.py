# SPDX-License-Identifier: MIT
"""The proof with a secret of the user's own: whole ones, which take long."""

import json
import os
import shutil
import sys

from cases import Skip, case, check, check_equal, run, run_cases
from proof import ASKED, check_rows, prove_json
from subject import FOLDER, SANITIZED, TOOL, file_of


@case
def prove_with_a_private_key():
    if shutil.which("openssl") is None:
        raise Skip("no openssl to make a key")
    path = os.path.join(FOLDER, "key.pem")
    made = run(["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt",
                "rsa_keygen_bits:2048", "-out", path])
    check_equal(made.code, 0, made.complaint)
    check_no_secret_shown(path)


@case
def prove_with_secrets_of_all_sizes():
    # A whole proof each, for which a sanitizer needs a quarter of a minute.
    for size in (8, 65536) if SANITIZED else (8, 15, 16, 17, 4096, 65536):
        proof = prove_json("--secret",
                           file_of("secret", os.urandom(size)))
        check_rows(proof)
        check_equal(proof["secret"], f"{size} bytes of your file", "secret")
        kept = [row for row in proof["attacks"] if row["name"] in ASKED]
        check_equal([row["result"] for row in kept], ["leaked"] * len(ASKED),
                    "the search")


def check_no_secret_shown(path):
    """Every run of 8 bytes of the secret is looked for in all output."""
    with open(path, "rb") as file:
        secret = file.read()
    for options in ([], ["--json"]):
        ran = run([TOOL, "prove", "--secret", path, *options])
        check_equal(ran.code, 0, ran.complaint)
        shown = ran.out + ran.err
        for at in range(0, len(secret) - 8):
            check(secret[at:at + 8] not in shown, "part of the secret shown")
    check_rows(json.loads(ran.text))


@case
def no_part_of_a_secret_is_shown():
    check_no_secret_shown(file_of("text", b"correct horse battery staple\n"))


if __name__ == "__main__":
    sys.exit(run_cases("prove_secret"))
