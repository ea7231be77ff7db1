# SPDX-License-Identifier: MIT
"""Cases of memward scan: keys that nobody named."""

import random
import re
import subprocess

from cases import Skip, case, check, check_equal, run
from scan_util import CHUNK, have, noise, path_of, scan, shapes
from subject import file_of


def multiply(a, b):
    """In the field of AES."""
    product = 0
    while b:
        product ^= a if b & 1 else 0
        a = a << 1 ^ (0x11b if a & 0x80 else 0)
        b >>= 1
    return product


def make_sbox():
    box = [0x63] * 256
    for a in range(1, 256):
        b = next(b for b in range(1, 256) if multiply(a, b) == 1)
        box[a] = 0x63
        for shift in range(5):
            box[a] ^= (b << shift | b >> (8 - shift)) & 0xff
    return box


SBOX = make_sbox()


def schedule(key):
    """FIPS 197, section 5.2."""
    words = [key[i:i + 4] for i in range(0, len(key), 4)]
    size = len(words)
    constant = 1
    for i in range(size, 4 * (size + 7)):
        word = words[-1]
        if i % size == 0:
            word = bytes(SBOX[b] for b in word[1:] + word[:1])
            word = bytes([word[0] ^ constant]) + word[1:]
            constant = multiply(constant, 2)
        elif size > 6 and i % size == 4:
            word = bytes(SBOX[b] for b in word)
        words.append(bytes(a ^ b for a, b in zip(word, words[i - size])))
    return b"".join(words)


def keys_in(content):
    report = scan("--keys", "--file", file_of("keys", content))
    return [(h["offset"], h["what"], h["bytes"], h.get("more", ""))
            for h in report["hits"]]


def print_of(content):
    report = scan("--keys", "--file", file_of("keys", content))
    return [hit["fingerprint"] for hit in report["hits"]]


@case
def the_schedule_is_that_of_fips_197():
    """The test's own: appendix A.1's last round key."""
    key = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")
    check_equal(schedule(key)[-16:].hex(), "d014f9a8c9ee2589e13f0cc8b6630ca6",
                "schedule")


@case
def schedules_are_found():
    for size in (16, 24, 32):
        name = f"AES-{8 * size}"
        made = schedule(noise(size, size))
        turned = b"".join(made[i:i + 4][::-1] for i in range(0, len(made), 4))
        for form in (made, turned):
            for at in (0, 4, 8192, CHUNK - 100):
                hits = keys_in(noise(at, 2) + form + noise(500, 3))
                check_equal(hits, [(at, f"{name} key schedule", len(made),
                                    "")], f"{name} at {at}")
        # All of it, and only there.
        check_equal(keys_in(noise(64) + made[:-8]), [], f"{name}, cut")
        check_equal(keys_in(bytes(64) + made[8:] + bytes(64)), [],
                    f"{name}, without its beginning")


@case
def special_keys_are_found():
    for key in (bytes(16), bytes(32), b"\xff" * 16, bytes(range(32))):
        made = schedule(key)
        hits = keys_in(bytes(4096) + made + bytes(4096))
        check_equal([h[:1] + h[2:3] for h in hits], [(4096, len(made))], key)


@case
def damaged_schedules_are_found():
    chance = random.Random(3)
    for size in (16, 24, 32):
        made = schedule(noise(size, 40 + size))
        prints = set()
        for count in (1, 2, 3, 4, 5, 6):
            for _ in range(6):
                bad = bytearray(made)
                for at in chance.sample(range(len(made)), count):
                    bad[at] ^= chance.randrange(1, 256)
                content = noise(256, 4) + bytes(bad) + noise(256, 5)
                hits = keys_in(content)
                check_equal([hit[0] for hit in hits], [256],
                            f"{count} of {len(made)} bytes damaged")
                check_equal(hits[0][3], f"{count} bytes of it are damaged",
                            "remark")
        # It is the same key, whatever is damaged.
        content = made + noise(256) + bytes(bad)
        prints.update(print_of(content))
        check_equal(len(prints), 1, "fingerprints")
        bad = bytearray(made)
        for at in range(0, len(made), 4):
            bad[at] ^= 1
        check_equal(keys_in(bytes(bad)), [], "all words damaged")


@case
def what_is_no_schedule_is_not_found():
    for content in (bytes(CHUNK), b"\xff" * CHUNK, noise(2 * CHUNK),
                    bytes(range(256)) * 1024, b"\0\0\0\1" * 50000,
                    b"abcd" * 50000, b"ab\0\0\0\0\0\0" * 30000):
        check_equal(keys_in(content), [], "hits")


def openssl(*arguments, data=None):
    have("openssl")
    done = subprocess.run(["openssl", *arguments], input=data, check=False,
                          capture_output=True, timeout=120)
    if done.returncode != 0:
        raise Skip(f"openssl {arguments[0]}: {done.stderr[:100]!r}")
    return done.stdout


KINDS = {
    "RSA": (["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
            "RSA private key, PKCS#8"),
    "EC": (["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
           "EC private key, PKCS#8"),
    "Ed25519": (["-algorithm", "ED25519"], "Ed25519 private key, PKCS#8"),
    "X25519": (["-algorithm", "X25519"], "X25519 private key, PKCS#8"),
    "Ed448": (["-algorithm", "ED448"], "Ed448 private key, PKCS#8"),
}


def check_found(content, what):
    """Wherever it stands; and not when its middle is gone."""
    for before in (0, 1, 5000, CHUNK - len(content) // 2):
        hits = keys_in(noise(before, 2) + content + noise(100, 3))
        check_equal([hit[:3] for hit in hits],
                    [(before, what, len(content))], what)


@case
def keys_of_openssl_are_found():
    for name, (options, what) in KINDS.items():
        pem = openssl("genpkey", *options)
        check_found(pem.rstrip(b"\n"), "private key, PEM PKCS#8")
        der = openssl("pkcs8", "-topk8", "-nocrypt", "-outform", "DER",
                      data=pem)
        check_found(der, what)
        check_equal(keys_in(der[:-1]), [], f"{name}, cut")
        public = openssl("pkey", "-pubout", "-outform", "DER", data=pem)
        check_equal(keys_in(public), [], f"{name}, public")


@case
def older_keys_of_openssl_are_found():
    rsa = openssl("genrsa", "-traditional", "2048")
    check_found(rsa.rstrip(b"\n"), "RSA private key, PEM")
    check_found(openssl("rsa", "-traditional", "-outform", "DER", data=rsa),
                "RSA private key, PKCS#1")
    ec = openssl("ecparam", "-name", "secp384r1", "-genkey", "-noout")
    check_found(ec.rstrip(b"\n"), "EC private key, PEM")
    check_found(openssl("ec", "-outform", "DER", data=ec),
                "EC private key, SEC 1")


@case
def keys_of_openssh_are_found():
    have("ssh-keygen")
    import base64

    for kind in ("ed25519", "rsa", "ecdsa"):
        path = path_of(f"ssh-{kind}")
        made = run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-f", path])
        check_equal(made.code, 0, made.complaint)
        with open(path, "rb") as file:
            pem = file.read().rstrip(b"\n")
        check_found(pem, "OpenSSH private key, PEM")
        raw = base64.b64decode(re.sub(rb"-----[^-]*-----", b"", pem))
        check_found(raw, "OpenSSH private key")
        check(kind in keys_in(raw)[0][3], "its kind is not told")
        check_equal(keys_in(raw[:-8]), [], "cut")


@case
def pem_that_is_no_private_key_is_not_found():
    pem = openssl("genpkey", "-algorithm", "ED25519")
    public = openssl("pkey", "-pubout", data=pem)
    for content in (public, b"-----BEGIN PRIVATE KEY-----\0\0\0",
                    b"-----BEGIN PRIVATE KEY-----\nMIIB\n",
                    b"-----BEGIN CERTIFICATE-----\n" + b"A" * 64,
                    b"-----BEGIN -----\n" + b"A" * 64,
                    b"-----BEGIN %s PRIVATE KEY-----\n" + b"A" * 64):
        check_equal(keys_in(content), [], content[:40])
    cut = keys_in(pem.rstrip(b"\n")[:-10])
    check_equal([hit[3] for hit in cut], ["its end is missing"], "cut")
    old = b"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n" \
          b"DEK-Info: AES-128-CBC,00112233\n\n" + b"Ab+/" * 16 + \
          b"\n-----END RSA PRIVATE KEY-----"
    check_equal(keys_in(old),
                [(0, "RSA private key, PEM", len(old), "")], "with headers")


@case
def keys_can_be_left_out():
    content = schedule(noise(16)) + openssl("genpkey", "-algorithm",
                                            "ED25519")
    path = file_of("keys", content)
    check_equal(scan("--keys", "--file", path)["found"], 2, "keys")
    secret = noise(20, 8)
    check_equal(scan("--file", path, secret=secret)["found"], 2, "both")
    check_equal(scan("--file", path, "--no-keys", secret=secret)["found"], 0,
                "no keys")
    check("the secret, raw" in shapes(secret), "control")
