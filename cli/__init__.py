"""The `codingahead` command."""

import os

# No process of ours forks while grpc runs: its bookkeeping for that would only cost every call. grpc reads it early.
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")
