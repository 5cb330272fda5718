"""`python -m mshopper` and the frozen app: hand the arguments to the commands."""

import sys


def main() -> int:
    """Run the command line; returns the exit code."""
    import io

    from mshopper.cli import run

    # A name that the terminal's encoding lacks is shown escaped, rather than ending the program.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
