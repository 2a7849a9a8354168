"""Messages of the contracts as JSON, and what that JSON looks like, both made from the contracts themselves.

Fields have their own names, enums are words, a moment is text (RFC 3339), a message that is not set is null.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, ForwardRef

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.descriptor_pb2 import DescriptorProto, FileDescriptorProto, FileDescriptorSet
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from pydantic import BaseModel, Field, GetCoreSchemaHandler, create_model
from pydantic_core import CoreSchema

from services.gateway.words import words_of

_TYPES: dict[int, type] = {
    FieldDescriptor.CPPTYPE_BOOL: bool,
    FieldDescriptor.CPPTYPE_STRING: str,
    FieldDescriptor.CPPTYPE_INT32: int,
    FieldDescriptor.CPPTYPE_INT64: int,
    FieldDescriptor.CPPTYPE_UINT32: int,
    FieldDescriptor.CPPTYPE_UINT64: int,
    FieldDescriptor.CPPTYPE_FLOAT: float,
    FieldDescriptor.CPPTYPE_DOUBLE: float,
}


def as_json(message: Message) -> dict[str, Any]:
    """Return a message as JSON values, every field of it: what is not set is null, or the zero of its type."""
    return {
        name: None if optional and not message.HasField(name) else convert(getattr(message, name))
        for name, optional, convert in _fields(message.DESCRIPTOR)
    }


def as_json_if_set(message: Message, field: str) -> dict[str, Any] | None:
    """Return the message that a field of a message holds as JSON values, None when it is not set."""
    return as_json(getattr(message, field)) if message.HasField(field) else None


@cache
def model(message: Descriptor) -> type[BaseModel]:
    """Return the model of a message as `as_json` writes it, for the answers of the OpenAPI document."""
    fields: dict[str, Any] = {
        field.name: Annotated[_type(field), Field(description=_comments()[field.full_name])] for field in message.fields
    }
    return create_model(message.name, __doc__=_comments()[message.full_name], **fields)


@dataclass(frozen=True, slots=True)
class Of:
    """Annotates JSON values as those that `as_json` makes of a message, in a type that is written by hand."""

    message: Descriptor

    def __get_pydantic_core_schema__(self, _: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return handler.generate_schema(model(self.message))


@cache
def _fields(message: Descriptor) -> list[tuple[str, bool, Callable[[Any], Any]]]:
    """Return of each field its name, whether it may be unset, and what makes JSON of its value."""
    return [(field.name, field.has_presence, _converter(field)) for field in message.fields]


def _converter(field: FieldDescriptor) -> Callable[[Any], Any]:
    value = _map_value(field)
    if value is not None:
        convert = _single_converter(value)
        return lambda found: {key: convert(each) for key, each in found.items()}
    convert = _single_converter(field)
    return (lambda found: [convert(each) for each in found]) if field.is_repeated else convert


def _single_converter(field: FieldDescriptor) -> Callable[[Any], Any]:
    if field.message_type is Timestamp.DESCRIPTOR:
        return Timestamp.ToJsonString
    if field.message_type is not None:
        return as_json
    if field.enum_type is not None:
        return words_of(field.enum_type).__getitem__
    return _TYPES[field.cpp_type]


def _type(field: FieldDescriptor) -> Any:
    value = _map_value(field)
    if value is not None:
        return dict[str, _single_type(value)]  # type: ignore[misc]
    if field.is_repeated:
        return list[_single_type(field)]  # type: ignore[misc]
    return _single_type(field) | None if field.has_presence else _single_type(field)


def _single_type(field: FieldDescriptor) -> Any:
    if field.message_type is Timestamp.DESCRIPTOR:
        return Annotated[str, Field(json_schema_extra={"format": "date-time"})]
    if field.message_type is not None:
        # A message may hold others of its kind.
        itself = field.message_type is field.containing_type
        return ForwardRef(field.message_type.name) if itself else model(field.message_type)
    if field.enum_type is not None:
        return Annotated[str, Field(json_schema_extra={"enum": list(words_of(field.enum_type).values())})]
    return _TYPES[field.cpp_type]


def _map_value(field: FieldDescriptor) -> FieldDescriptor | None:
    """Return the field of the values of a map with texts as keys; None for what is no map."""
    entry = field.message_type
    if entry is None or not entry.GetOptions().map_entry:
        return None
    value: FieldDescriptor = entry.fields_by_name["value"]
    return value


@cache
def _comments() -> dict[str, str]:
    """Return what the contracts say of each message and each field, by their full names."""
    contracts = FileDescriptorSet.FromString((files("codingahead") / "contracts.binpb").read_bytes())
    found = {}
    for file in contracts.file:
        # How places are numbered: SourceCodeInfo in descriptor.proto.
        said = {tuple(place.path): " ".join(place.leading_comments.split()) for place in file.source_code_info.location}
        for i, message in enumerate(file.message_type):
            path = (FileDescriptorProto.MESSAGE_TYPE_FIELD_NUMBER, i)
            name = f"{file.package}.{message.name}"
            found[name] = said[path]
            for j, field in enumerate(message.field):
                found[f"{name}.{field.name}"] = said[*path, DescriptorProto.FIELD_FIELD_NUMBER, j]
    return found
