"""Runs all acceptance tests, some files at a time: most of their time is waiting.

    python all.py [MODULE...]
"""

import pathlib
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed

HERE = pathlib.Path(__file__).resolve().parent
AT_ONCE = 3
# The long ones begin first; these two use the machine whole, and come last, alone.
LONGEST = ["test_nothing_lost", "test_load_kill", "test_takeover", "test_webhooks", "test_faults", "test_feeds"]
ALONE = ["test_crash", "test_power"]


def run(module):
    began = time.monotonic()
    command = [sys.executable, "-m", "unittest", "-v", module]
    done = subprocess.run(command, cwd=HERE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return module, done.returncode, done.stdout, time.monotonic() - began


def tell(module, status, output, seconds):
    print(f"-- {module}: {'ok' if status == 0 else 'FAILED'}, {seconds:.0f} s\n{output}", flush=True)
    return status == 0


def main(asked):
    found = asked or sorted(path.stem for path in HERE.glob("test_*.py"))
    alone = [module for module in found if module in ALONE]
    together = sorted((module for module in found if module not in ALONE), key=lambda module: module not in LONGEST)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        came = [tell(*future.result()) for future in as_completed([pool.submit(run, module) for module in together])]
    came += [tell(*run(module)) for module in alone]
    print(f"{sum(came)} of {len(came)} files of acceptance tests passed", flush=True)
    return 0 if all(came) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
