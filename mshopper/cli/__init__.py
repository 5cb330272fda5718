"""The command line: everything the windows do, without a screen. Each command is a few lines over `operations`.

Exit 0 done, 1 the user's problem (a sentence on stderr), 2 wrong usage.
"""

from mshopper.cli.main import run

__all__ = ["run"]
