# SPDX-License-Identifier: MIT
"""Runs test modules of CPython's own suite, one process each, and prints one
line a test: its id, how it ended, and why if it did not pass.

Standard input is JSON: modules (names below the package "test", each with a
list of classes, +Class to run only these, -Class to leave it out), jobs,
timeout (seconds a module).
Runs as main.py of a sandbox, and just the same outside of one.
"""
import concurrent.futures
import json
import os
import signal
import subprocess
import sys
import tempfile


# --- one module, in a process of its own ------------------------------------

def flatten(suite):
    for test in suite:
        if hasattr(test, "__iter__"):
            yield from flatten(test)
        else:
            yield test


def is_wanted(test, classes):
    name = type(test).__name__
    if any(word.startswith("+") for word in classes):
        return "+" + name in classes
    return "-" + name not in classes


def run_loaded(loaded, classes, result):
    """As the suite's own runner: some modules set themselves up in test_main,
    which hands its suites to support."""
    import unittest
    from test import support

    def run_suite(suite):
        unittest.TestSuite(
            test for test in flatten(suite)
            if is_wanted(test, classes)).run(result)

    if hasattr(loaded, "test_main"):
        support._run_suite = run_suite
        loaded.test_main()
    else:
        run_suite(unittest.defaultTestLoader.loadTestsFromModule(loaded))


def make_result(path):
    import unittest

    class Result(unittest.TestResult):
        """Each end of a test, as a line of a file: a crash keeps the rest."""

        def note(self, test, status, why=""):
            why = " ".join(str(why).strip().splitlines()[-1:])[:200]
            with open(path, "a", encoding="utf-8", errors="replace") as file:
                print(test.id(), status, why, sep="\t", file=file)

        def addSuccess(self, test):
            self.note(test, "ok")

        def addError(self, test, err):
            self.note(test, "error", self._exc_info_to_string(err, test))

        def addFailure(self, test, err):
            self.note(test, "failure", self._exc_info_to_string(err, test))

        def addSkip(self, test, reason):
            self.note(test, "skipped", reason)

        def addExpectedFailure(self, test, err):
            self.note(test, "ok")

        def addUnexpectedSuccess(self, test):
            self.note(test, "failure", "unexpected success")

        def addSubTest(self, test, subtest, err):
            if err is not None:
                self.note(test, "failure", self._exc_info_to_string(err, test))

    return Result()


def run_module(path, module, classes):
    import importlib
    import unittest
    from test import support

    # As the suite's own runner does without -u: nothing that takes ages.
    support.use_resources = ["subprocess"]
    try:
        loaded = importlib.import_module("test." + module)
        run_loaded(loaded, classes, make_result(path))
    except unittest.SkipTest as error:
        with open(path, "a", encoding="utf-8") as file:
            print(module, "skipped", error, sep="\t", file=file)


# --- all modules ------------------------------------------------------------

def run_process(module, classes, timeout):
    """The lines of a module, and one more if its process did not end well."""
    # Below the system's temporary directory, whose name is short: sockets.
    with tempfile.TemporaryDirectory(prefix="t") as place:
        path = os.path.join(place, "results")
        work = os.path.join(place, "w")
        os.mkdir(work)
        process = subprocess.Popen(
            [sys.executable, os.path.abspath(__file__), path, module, *classes],
            cwd=work, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            status = process.wait(timeout)
        except subprocess.TimeoutExpired:
            status = "timeout"
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()
        text = ""
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                text = file.read()
    if status != 0 or text == "":
        text += f"{module}\terror\tits process ended with {status}\n"
    return text


def main():
    plan = json.load(sys.stdin)
    with concurrent.futures.ThreadPoolExecutor(plan["jobs"]) as pool:
        for text in pool.map(
                lambda m: run_process(m[0], m[1], plan["timeout"]),
                plan["modules"]):
            sys.stdout.write(text)
            sys.stdout.flush()
    print("END")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        run_module(sys.argv[1], sys.argv[2], sys.argv[3:])
    else:
        main()
