"""What a model may call: one tool for each topic, with what a question on it names as a JSON schema."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.assistant.question import Aspect, Question, Topic

_Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=12)]
_Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]


class Line(BaseModel):
    """A service line of a claim."""

    model_config = ConfigDict(extra="forbid")

    code: _Short
    modifiers: list[_Short] = Field([], max_length=4)
    units: int = Field(1, ge=1, le=9999)


class Slots(BaseModel):
    """What any question may name."""

    model_config = ConfigDict(extra="forbid")

    codes: list[_Short] = Field([], max_length=25, description="Codes as the user wrote them")
    lines: list[Line] = Field([], max_length=25, description="Service lines of a claim")
    diagnoses: list[_Short] = Field([], max_length=25, description="Diagnosis codes of a claim")
    modifiers: list[_Short] = Field([], max_length=4, description="Modifiers as the user wrote them")
    units: int | None = Field(None, ge=1, le=9999, description="Units of service")
    date_of_service: date | None = Field(None, description="YYYY-MM-DD; only a day that the user named")
    setting: Literal["practitioner", "hospital", "dme"] | None = Field(None, description="Under which edits")
    care: Literal["inpatient", "outpatient"] | None = Field(None, description="Where the patient is cared for")
    place_of_service: str = Field("", pattern=r"^(\d\d)?$", description="Two digits that the user wrote")
    locality: _Text = Field("", description="State or locality in the user's words")
    section: _Text = Field("", description="Path of a section that the user named, such as I.C.9.a.2")
    phrase: _Text = Field("", description="What to search for, in clinical or coding terms")
    aspects: list[Aspect] = Field([], description="What of it is asked; empty means all")


@dataclass(slots=True)
class Call:
    """A tool that a model calls, with its arguments in JSON, as it wrote them."""

    id: str
    name: str = ""
    arguments: str = ""


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: the slots that it needs, and those that it takes besides."""

    name: str
    topic: Topic
    description: str
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    least_codes: int = 1
    aspects: tuple[Aspect, ...] = ()

    @property
    def slots(self) -> tuple[str, ...]:
        """All slots."""
        return (*self.needs, *self.takes, *(("aspects",) if self.aspects else ()))


_TOOLS = (
    Tool("code_info", Topic.CODE, "What a code is.", ("codes",), ("date_of_service",)),
    Tool("code_billable", Topic.BILLABLE, "Whether a code is valid for submission.", ("codes",), ("date_of_service",)),
    Tool("code_valid_on", Topic.VALIDITY, "Whether a code is valid on a date.", ("codes",), ("date_of_service",)),
    Tool(
        "code_hierarchy",
        Topic.HIERARCHY,
        "What is above, below and beside a code.",
        ("codes",),
        ("date_of_service",),
        aspects=(Aspect.PARENT, Aspect.CHILDREN, Aspect.SIBLINGS, Aspect.CHAPTER, Aspect.SECTION),
    ),
    Tool(
        "code_notes",
        Topic.NOTES,
        "The instructional notes of a code.",
        ("codes",),
        ("date_of_service",),
        aspects=(
            Aspect.INCLUDES,
            Aspect.EXCLUDES1,
            Aspect.EXCLUDES2,
            Aspect.CODE_FIRST,
            Aspect.USE_ADDITIONAL_CODE,
        ),
    ),
    Tool(
        "diagnoses_together",
        Topic.DIAGNOSES_TOGETHER,
        "Whether diagnoses may be reported together.",
        ("codes",),
        ("date_of_service",),
        least_codes=2,
    ),
    Tool("seventh_character", Topic.SEVENTH_CHARACTER, "The seventh character of a code.", ("codes",)),
    Tool("laterality", Topic.LATERALITY, "The side of a code, or the code of the other side.", ("codes",)),
    Tool("code_history", Topic.HISTORY, "When a code was added, revised, deleted or replaced.", ("codes",)),
    Tool("compare_codes", Topic.COMPARE, "What sets codes apart.", ("codes",), ("date_of_service",), least_codes=2),
    Tool("find_code", Topic.FIND, "Which code is meant by a clinical phrase.", ("phrase",), ("care",)),
    Tool("modifier", Topic.MODIFIER, "What a modifier means, or which a code takes.", (), ("codes", "modifiers")),
    Tool(
        "check_pair",
        Topic.PAIR,
        "Whether two services may be billed together (NCCI edits).",
        ("codes",),
        ("modifiers", "date_of_service", "setting"),
        least_codes=2,
        aspects=(Aspect.RATIONALE, Aspect.MODIFIER_INDICATOR),
    ),
    Tool(
        "check_units",
        Topic.MUE,
        "How many units are paid (MUE).",
        ("codes",),
        ("units", "date_of_service", "setting"),
        aspects=(Aspect.RATIONALE, Aspect.ADJUDICATION_INDICATOR),
    ),
    Tool(
        "add_on",
        Topic.ADD_ON,
        "Add-on codes and their primary codes.",
        ("codes",),
        ("date_of_service",),
        aspects=(Aspect.PRIMARY_CODES, Aspect.ADD_ON_CODES),
    ),
    Tool(
        "fee",
        Topic.FEE,
        "What Medicare pays under the physician fee schedule, its relative value units and payment indicators.",
        ("codes",),
        ("modifiers", "units", "date_of_service", "place_of_service", "locality"),
        aspects=(
            Aspect.RELATIVE_VALUES,
            Aspect.PAYMENT,
            Aspect.FACILITY,
            Aspect.NON_FACILITY,
            Aspect.GLOBAL_DAYS,
            Aspect.STATUS,
            Aspect.BILATERAL,
            Aspect.MULTIPLE,
            Aspect.ASSISTANT,
            Aspect.COSURGEON,
            Aspect.TEAM,
            Aspect.COMPONENTS,
            Aspect.SHARES,
            Aspect.ENDOSCOPIC_BASE,
            Aspect.SUPERVISION,
            Aspect.INDICATORS,
        ),
    ),
    Tool(
        "crosswalk",
        Topic.CROSSWALK,
        "What a code is in another classification.",
        ("codes",),
        aspects=(Aspect.TO_ICD9CM, Aspect.TO_ICD10CM, Aspect.CCSR),
    ),
    Tool("hcc", Topic.HCC, "The hierarchical condition categories of a diagnosis.", ("codes",)),
    Tool("coverage", Topic.COVERAGE, "What Medicare covers.", ("codes",), ("locality", "date_of_service")),
    Tool("place_of_service", Topic.PLACE_OF_SERVICE, "Place of service codes.", (), ("place_of_service", "phrase")),
    Tool(
        "guideline",
        Topic.GUIDELINE,
        "What the official guidelines or the NCCI policy manual say.",
        (),
        ("phrase", "section", "codes", "care"),
    ),
    Tool("releases", Topic.RELEASES, "Which editions are loaded."),
    Tool(
        "check_claim",
        Topic.CLAIM,
        "A claim: several services and diagnoses at once.",
        ("lines",),
        ("diagnoses", "date_of_service", "setting"),
    ),
    Tool("not_medical_coding", Topic.OUT_OF_SCOPE, "The question is not one of medical coding."),
)
BY_NAME = {tool.name: tool for tool in _TOOLS}
_BY_TOPIC = {tool.topic: tool for tool in _TOOLS}


def schemas() -> list[dict[str, Any]]:
    """Return the tools as the API takes them."""
    return [
        {
            "type": "function",
            "function": {"name": tool.name, "description": tool.description, "parameters": _parameters(tool)},
        }
        for tool in _TOOLS
    ]


def call_of(question: Question) -> tuple[str, dict[str, Any]] | None:
    """Return the call that a question comes to; None for a topic without a tool."""
    tool = _BY_TOPIC.get(question.topic)
    if tool is None:
        return None
    codes = [code.text for code in question.codes]
    arguments = {"codes": codes, "phrase": question.phrase, "section": question.section, "units": question.units}
    return tool.name, {name: value for name, value in arguments.items() if value and name in tool.slots}


def _parameters(tool: Tool) -> dict[str, Any]:
    whole = Slots.model_json_schema(ref_template="{model}")
    properties = {name: _plain(whole["properties"][name], whole["$defs"]) for name in tool.slots}
    if "codes" in tool.needs:
        properties["codes"]["minItems"] = tool.least_codes
    if tool.aspects:
        properties["aspects"]["items"] = {"type": "string", "enum": list(tool.aspects)}
    return {"type": "object", "properties": properties, "required": list(tool.needs), "additionalProperties": False}


def _plain(schema: Any, definitions: Mapping[str, Any]) -> Any:
    """Return a schema without references, defaults and null: the plainest form, which every server understands."""
    if isinstance(schema, list):
        return [_plain(one, definitions) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _plain(definitions[schema["$ref"]], definitions)
    if "anyOf" in schema:
        schema = {**schema["anyOf"][0], **{key: value for key, value in schema.items() if key != "anyOf"}}
    return {key: _plain(value, definitions) for key, value in schema.items() if key not in ("default", "title")}
