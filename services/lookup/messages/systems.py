"""Code systems as numbers of the contract."""

from codingahead.lookup.v1 import lookup_pb2 as pb

from services.lookup.codes.model import System

SYSTEMS = {system: pb.CodeSystem.Value(f"CODE_SYSTEM_{system.name}") for system in System}
