"""All tests of the verifier, summed up as scripts/check reads it.     python3 -m tests.run [WORD...]

Each test counts once, however many cases it holds.
"""
import os
import sys
import unittest


def main(words: list) -> int:
    here = os.path.dirname(os.path.abspath(__file__))
    loader = unittest.TestLoader()
    loader.testNamePatterns = [f"*{word}*" for word in words] or None
    tests = loader.discover(here, top_level_dir=os.path.dirname(here))
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=1).run(tests)
    bad = {case.id().split(" ")[0] for case, _ in (*result.failures, *result.errors)}
    passed = result.testsRun - len(bad) - len(result.skipped)
    for case, why in result.skipped:
        print(f"skipped: {case.id()}: {why}")
    print(f"python verifier: {passed} passed, {len(bad)} failed")
    return 1 if bad or not result.testsRun else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
