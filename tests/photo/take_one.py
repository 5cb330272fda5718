"""Takes the photo in argv[1] in a process of its own; prints what became of it and the megabytes that it took at most."""

import sys
from pathlib import Path


def peak_megabytes() -> int:
    """The most memory that this process ever held, by the system's own count."""
    status = Path("/proc/self/status")
    if status.exists():  # Linux hands ru_maxrss down from the process that started this one
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024 // 1_000_000
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1_000_000  # macOS counts bytes


if __name__ == "__main__":
    from mshopper.errors import PhotoRefusedError
    from mshopper.photo import take_photo

    try:
        take_photo(Path(sys.argv[1]))
        outcome = "taken"
    except PhotoRefusedError as refused:
        outcome = f"refused: {refused}"
    print(peak_megabytes(), outcome)
