"""The program that runs in a Python sandbox. Small, because Python caches the compiled form of modules but not of this file."""

import sys

HERE = sys.path.pop(0)  # The folder of this file must not hide the function's modules.
sys.path.insert(0, HERE)
from _petrel import run  # noqa: E402

sys.path.remove(HERE)
if len(sys.argv) > 1:  # fork: the fork server's own program
    sys.argv = ["/var/runtime/bootstrap.py"]
    run.fork()
run.main()
