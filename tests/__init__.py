import os

# Tests start programs while they use gRPC: what it does at a fork can abort the new process before it is a program.
os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "false"
