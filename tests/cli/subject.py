# SPDX-License-Identifier: MIT
"""What is tested: the tool, and where its tests may write.

Arguments: TOOL BROKEN_TOOL FILTERED SOURCE VERSION [SANITIZERS that they are
built with]. FILTERED is built from support_filtered.c, or is "none"; SOURCE
is the project's folder.
"""

import atexit
import os
import shutil
import sys
import tempfile

BUILT, BROKEN, FILTERED, SOURCE, VERSION = sys.argv[1:6]
SANITIZED = "".join(sys.argv[6:])
NOBODY = 65534
ROOT = os.geteuid() == 0
LINUX = sys.platform.startswith("linux")
# A folder that other users can enter, which a build folder need not be.
FOLDER = tempfile.mkdtemp(prefix="memward-cli-")
atexit.register(shutil.rmtree, FOLDER)
os.chmod(FOLDER, 0o755)
TOOL = shutil.copy(BUILT, os.path.join(FOLDER, "memward"))
os.chmod(TOOL, 0o755)


def file_of(name, content):
    path = os.path.join(FOLDER, name)
    with open(path, "wb") as file:
        file.write(content)
    return path
