"""Where vectors lie that are not this package's; absent ones skip a test, but never with CI=true."""
import json
import os
import unittest

REPOSITORY = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../.."))
SHARED = os.environ.get("STELE_SHARED") or os.path.join(REPOSITORY, "../shared")


def place(test: unittest.TestCase, path: str) -> str:
    if not os.path.exists(path):
        if os.environ.get("CI") == "true":
            test.fail(f"{path} is absent, and CI=true")
        test.skipTest(f"{path} is absent")
    return path


def transparency(test: unittest.TestCase, name: str) -> str:
    return place(test, os.path.join(SHARED, "data/transparency", name))


def vectors(test: unittest.TestCase, name: str) -> str:
    return place(test, os.path.join(REPOSITORY, "tests/vectors", name))


def read_json(path: str):
    with open(path, encoding="utf-8") as file:
        return json.load(file)
