"""`make check`: the locks name exact files by their digests, and what is in them may be used."""

from tests.supply import licences, locks


def main() -> None:
    """Print what is wrong, and end with 1 if anything is."""
    if faults := [*locks.faults(), *licences.faults()]:
        raise SystemExit("\n".join(faults))


if __name__ == "__main__":
    main()
