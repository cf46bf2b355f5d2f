"""Runs the acceptance tests, each under the profiles that it is about, some at a time: most of their time is waiting.

    python all.py [MODULE[@PROFILE]...]
"""

import os
import pathlib
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import NamedTuple

HERE = pathlib.Path(__file__).resolve().parent
AT_ONCE = 6


class Case(NamedTuple):
    """Under which profiles a module runs, and why not under both."""

    profiles: tuple
    why: str = ""
    # The long ones begin first; those that use the machine whole come last, alone.
    place: str = ""


BOTH, V2, ADMIN = ("v2", "admin"), ("v2",), ("admin",)

# What a user can see comes out the same under both profiles: the tests are the same, too.
TABLE = {
    "test_nothing_lost": Case(BOTH, place="first"),
    "test_takeover": Case(BOTH, place="first"),
    "test_load_kill": Case(BOTH, "loads speak to no tenant: under admin only what kills `apply`", place="first"),
    "test_faults": Case(BOTH, place="first"),
    "test_webhooks": Case(BOTH, place="first"),
    "test_admin": Case(ADMIN, "what only the Admin API has", place="first"),
    "test_feeds": Case(BOTH, place="first"),
    "test_big_file": Case(BOTH),
    "test_importer_defects": Case(BOTH),
    "test_bad_input": Case(BOTH),
    "test_bad_tenant": Case(BOTH),
    "test_first_minutes": Case(BOTH),
    "test_guards": Case(BOTH),
    "test_lists": Case(BOTH),
    "test_privacy": Case(BOTH),
    "test_trail": Case(BOTH),
    "test_urgent": Case(BOTH),
    "test_parity": Case(BOTH, "under admin what is valid and outside calling code 1 is rejected, too"),
    "test_strace": Case(V2, "about the shim below the binary, whatever the tenant speaks"),
    "test_outside": Case(V2, "about the bytes of the evidence, whatever the tenant speaks"),
    "test_crash": Case(BOTH, "under admin a sample of the calls: the store does not know who speaks how", place="alone"),
    "test_power": Case(V2, "about what the disk keeps, whatever the tenant speaks", place="alone"),
}


def run(module, profile):
    began = time.monotonic()
    command = [sys.executable, "-m", "unittest", "-v", module]
    env = os.environ | {"ACCEPTANCE_PROFILE": profile}
    done = subprocess.run(command, cwd=HERE, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return f"{module} [{profile}]", done.returncode, done.stdout, time.monotonic() - began


def tell(name, status, output, seconds):
    print(f"-- {name}: {'ok' if status == 0 else 'FAILED'}, {seconds:.0f} s\n{output}", flush=True)
    return status == 0


def cases(asked):
    """(module, profile), of the whole table where nothing is asked for."""
    if not asked:
        return [(module, profile) for module, case in TABLE.items() for profile in case.profiles]
    parts = [name.partition("@") for name in asked]
    return [(module, one) for module, _, profile in parts for one in ((profile,) if profile else TABLE[module].profiles)]


def main(asked):
    missing = {path.stem for path in HERE.glob("test_*.py")} ^ TABLE.keys()
    if missing:
        sys.exit(f"not in the table, or not there: {', '.join(sorted(missing))}")
    found = cases(asked)
    alone = [case for case in found if TABLE[case[0]].place == "alone"]
    together = sorted((case for case in found if case not in alone), key=lambda case: TABLE[case[0]].place != "first")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        came = [tell(*future.result()) for future in as_completed([pool.submit(run, *case) for case in together])]
    came += [tell(*run(*case)) for case in alone]
    print(f"{sum(came)} of {len(came)} files of acceptance tests passed", flush=True)
    return 0 if all(came) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
