"""`python -m mshopper` and the frozen app: hand the arguments to the commands."""

import sys


def main() -> int:
    """Run the command line; returns the exit code."""
    from mshopper.cli import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
