"""What the events of an answer come to."""

from codingahead.assistant.v1 import assistant_pb2 as pb


class Answered:
    """Adds up the events of an answer: the answers to each question, and how it ended."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self.answers: list[pb.Answer] = []
        self.done = pb.Done()

    @property
    def text(self) -> str:
        """The whole answer in Markdown."""
        return "".join(self._pieces)

    def add(self, event: pb.AskResponse) -> None:
        """Add the next event."""
        match event.WhichOneof("event"):
            case "opening":
                self.answers.append(pb.Answer(opening=event.opening))
            case "text":
                self._pieces.append(event.text.text)
                if not event.text.framing:
                    self.answers[-1].body += event.text.text
            case "ending":
                self.answers[-1].ending.CopyFrom(event.ending)
            case "done":
                self.done.CopyFrom(event.done)
