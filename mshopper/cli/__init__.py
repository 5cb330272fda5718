"""The command line: everything the windows do, without a screen. Each command is a few lines over `operations`.

Exit 0 done, 1 the user's problem (a sentence on stderr), 2 wrong usage.
"""


def run(arguments: list[str]) -> int:
    """Run the command line. Returns the exit code; nothing but a sentence reaches the user.

    Without arguments it is the app, which needn't load a command to start.
    """
    from mshopper.cli.starting import guarded, start_app
    from mshopper.i18n import system_language, use_language

    use_language(system_language())
    match arguments:
        case []:
            return guarded(lambda: start_app(None))
        case ["--quit-after-ms", number] if number.isdecimal():
            return guarded(lambda: start_app(None, quit_after_ms=int(number)))
    from mshopper.cli.main import run_command

    return guarded(lambda: run_command(arguments))
