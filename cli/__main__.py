"""The process of the `codingahead` command."""

import os
import signal
import sys


def main() -> None:
    """Run the command line. SIGTERM ends it as Ctrl-C does, also where it is the first process of a container."""
    # gRPC reads it when it is imported: what it does at a fork can abort the services that `up` starts.
    os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "false")
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        # What takes time to import comes after that: until then SIGTERM is lost on the first process.
        from cli.main import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
