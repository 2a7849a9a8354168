"""The choices around a code as messages."""

from codingahead.lookup.v1 import lookup_pb2 as pb

from services.lookup.answers import SpecifyAnswer
from services.lookup.codes.model import System
from services.lookup.messages import codes
from services.lookup.specificity import Axis, Choice

_AXES = {axis: pb.ChoiceAxis.Value(f"CHOICE_AXIS_{axis.name}") for axis in Axis}


def specified(answer: SpecifyAnswer) -> pb.SpecifyResponse:
    """Return the choices around a code."""
    system = answer.release.release.system
    return pb.SpecifyResponse(
        entry=codes.entry(system, answer.entry),
        choices=[_choice(system, choice) for choice in answer.choices],
        release=codes.chosen(answer.release),
    )


def _choice(system: System, choice: Choice) -> pb.Choice:
    return pb.Choice(
        axis=_AXES[choice.axis],
        above=codes.entry(system, choice.above),
        options=[
            pb.ChoiceOption(
                entry=codes.entry(system, option.line),
                label=option.label,
                chosen=option.chosen,
                unspecified=option.unspecified,
            )
            for option in choice.options
        ],
    )
