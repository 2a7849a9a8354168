from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from codingahead.lookup.v1 import lookup_pb2 as pb

from services.lookup.codes.history import Action, Change, Conversion, Conversions, Event, events
from services.lookup.codes.model import System
from services.lookup.facts.kinds import Answers, Found, Want
from services.lookup.facts.registry import FactChoice, FactLoad
from services.lookup.facts.source import Source
from services.lookup.index.history import (
    ADDENDA,
    CONVERSION,
    addenda_documents,
    conversion_documents,
    read_changes,
    read_conversions,
    wants,
)
from services.lookup.messages.history import history

OCTOBER_2024, OCTOBER_2025 = date(2024, 10, 1), date(2025, 10, 1)


def change(action: Action, *, valid: bool = True, day: date = OCTOBER_2025, title: str = "Mite bite") -> Change:
    return Change(action, day, valid, title, "Mite")


def revision(title: str, earlier: str, short_title: str = "Mite", earlier_short_title: str = "Mite") -> Change:
    return Change(Action.REVISED, OCTOBER_2025, True, title, short_title, earlier, earlier_short_title)


def of_changes(*changes: Change) -> list[Event]:
    return events([("Addenda FY2026", changes)], [])


def of_table(table: Conversions) -> list[Event]:
    return events([], [("Table FY2026", table)])


class TestAddenda:
    def test_additions_and_deletions_are_events(self) -> None:
        assert of_changes(change(Action.ADDED)) == [Event(Action.ADDED, OCTOBER_2025, "Addenda FY2026")]
        assert of_changes(change(Action.ADDED, valid=False))[0].text == "Heads more specific codes."
        assert of_changes(change(Action.DELETED)) == [
            Event(Action.DELETED, OCTOBER_2025, "Addenda FY2026", "Mite bite"),
        ]

    def test_a_revision_shows_the_text_before_and_after(self) -> None:
        (long,) = of_changes(revision("Boil of back or flank", "Boil of back"))
        (short,) = of_changes(revision("Boil", "Boil", "Boil", "Bl"))
        (spacing,) = of_changes(revision("Boil", "Boil"))

        assert long.text == "From \u201cBoil of back\u201d to \u201cBoil of back or flank\u201d."
        assert short.text == "Short title from \u201cBl\u201d to \u201cBoil\u201d."
        assert spacing.text == "The spacing of the title alone."

    def test_a_valid_code_that_becomes_a_header_is_deleted_as_such(self) -> None:
        (event,) = of_changes(change(Action.DELETED), change(Action.ADDED, valid=False))

        assert event.action is Action.DELETED
        assert event.text == "No longer valid for submission: it heads more specific codes now."

    def test_a_header_that_becomes_a_valid_code_is_added_as_such(self) -> None:
        (event,) = of_changes(change(Action.DELETED, valid=False), change(Action.ADDED))

        assert event.action is Action.ADDED
        assert event.text == "Valid for submission now; before, it headed more specific codes."

    def test_the_newest_edition_comes_first_whatever_the_order_of_the_editions(self) -> None:
        older = ("Addenda FY2025", (change(Action.ADDED, day=OCTOBER_2024),))
        newer = ("Addenda FY2026", (change(Action.DELETED),))

        for addenda in ([older, newer], [newer, older]):
            assert [(event.effective_from, event.source) for event in events(addenda, [])] == [
                (OCTOBER_2025, "Addenda FY2026"),
                (OCTOBER_2024, "Addenda FY2025"),
            ]


class TestConversionTable:
    def test_a_new_code_replaces_the_one_assigned_before(self) -> None:
        came = Conversion("G35.A", OCTOBER_2025, ("G35",), "G35")

        assert of_table(Conversions(came=(came,))) == [
            Event(Action.REPLACED, OCTOBER_2025, "Table FY2026", replaces=("G35",)),
        ]

    def test_the_wording_is_shown_where_it_says_more_than_a_code(self) -> None:
        came = Conversion("I63.013", OCTOBER_2024, ("I63.011", "I63.012"), "I63.011 AND I63.012")

        (event,) = of_table(Conversions(came=(came,)))

        assert event.text == "Assigned before: I63.011 AND I63.012."
        assert event.replaces == ("I63.011", "I63.012")

    def test_a_code_that_came_in_place_of_none_was_added(self) -> None:
        (event,) = of_table(Conversions(came=(Conversion("Z17.21", OCTOBER_2024, (), "None"),)))

        assert (event.action, event.text, event.replaces) == (Action.ADDED, "No code was assigned before.", ())

    def test_the_codes_of_a_day_that_follow_are_one_event(self) -> None:
        table = Conversions(
            followed_by=tuple(
                Conversion(code, day, ("G35",), "G35")
                for code, day in (("G35.A", OCTOBER_2025), ("G35.D", OCTOBER_2025), ("G36.1", OCTOBER_2024))
            )
        )

        assert [(event.effective_from, event.replaced_by) for event in of_table(table)] == [
            (OCTOBER_2025, ("G35.A", "G35.D")),
            (OCTOBER_2024, ("G36.1",)),
        ]

    def test_a_code_that_is_not_known_to_be_deleted_may_stay_valid(self) -> None:
        table = Conversions(followed_by=(Conversion("G35.A", OCTOBER_2025, ("G35",), "G35"),))

        deleted, followed = events([("Addenda", (change(Action.DELETED),))], [("Table", table)])

        assert (deleted.action, followed.text) == (Action.DELETED, "")
        assert "may stay valid" in of_table(table)[0].text


class TestDocuments:
    def test_changes_are_read_as_they_were_stored(self) -> None:
        changes = [
            ("B88.0", change(Action.DELETED)),
            ("B88.0", change(Action.ADDED, valid=False)),
            ("L02.212", revision("After", "Before", "Aft", "Bef")),
        ]

        documents = dict(addenda_documents(changes))

        assert list(documents) == ["B880", "L02212"]
        assert [(code, one) for code in documents for one in read_changes(code, documents[code])] == [
            (code.replace(".", ""), one) for code, one in changes
        ]

    def test_conversions_are_read_as_they_were_stored(self) -> None:
        one = Conversion("H36.81", OCTOBER_2024, ("H35.20-H35.21", "H35.20"), "H35.20-H35.21 and H35.20")

        documents = dict(conversion_documents([one]))

        assert {code: read_conversions(code, values) for code, values in documents.items()} == {
            "H3681": Conversions(came=(one,)),
            "H3520": Conversions(followed_by=(one,)),
            "H3521": Conversions(followed_by=(one,)),
        }

    def test_each_system_is_asked_for_its_own_sources(self) -> None:
        assert [(want.kind.source, want.id) for want in wants(System.ICD10CM, "B88.0")] == [
            (Source.ADDENDA_ICD10CM, "B880"),
            (Source.CONVERSION, "B880"),
        ]
        assert [(want.kind.source, want.id) for want in wants(System.ICD10PCS, "0DTA0ZZ")] == [
            (Source.ADDENDA_ICD10PCS, "0DTA0ZZ")
        ]
        assert wants(System.CPT, "99213") == []


def load(source: Source, year: int) -> FactLoad:
    return FactLoad(
        source=source,
        edition=f"FY{year}",
        effective_from=date(year - 1, 10, 1),
        effective_to=date.max,
        rows=1,
        left_out={},
        codes=1,
        documents=1,
        loaded_at=datetime(2026, 1, 1, tzinfo=UTC),
        origin="a file",
        content="",
        index=f"{source}-{year}",
    )


def answers(code: str, facts: Mapping[Source, Sequence[tuple[int, Any]]], system: System = System.ICD10CM) -> Answers:
    """Answer with the facts of each source by fiscal year, the newest first."""
    every: dict[Want, list[Found[Any]]] = {}
    for want in wants(system, code):
        source = want.kind.source
        of_source = facts.get(source, ())
        loads = {year: load(source, year) for year, _ in of_source}
        every[want] = [
            Found(source, FactChoice(loads[year], in_force=True), tuple(loads.values()), fact)
            for year, fact in of_source
        ]
    return Answers({}, every)


class TestMessage:
    def test_a_deleted_code_says_what_replaced_it_and_who_says_so(self) -> None:
        table = Conversions(followed_by=(Conversion("G35.A", OCTOBER_2025, ("G35",), "G35"),))
        found = answers(
            "G35",
            {Source.ADDENDA_ICD10CM: [(2026, (change(Action.DELETED),))], Source.CONVERSION: [(2026, table)]},
        )

        message = history(System.ICD10CM, "G35", found)

        assert message.availability == pb.AVAILABILITY_AVAILABLE
        assert list(message.events) == [
            pb.HistoryEvent(
                action=pb.HISTORY_ACTION_DELETED,
                effective_from="2025-10-01",
                text="Mite bite",
                source="ICD-10-CM addenda FY2026",
            ),
            pb.HistoryEvent(
                action=pb.HISTORY_ACTION_REPLACED,
                effective_from="2025-10-01",
                replaced_by=["G35.A"],
                source="ICD-10-CM conversion table FY2026",
            ),
        ]

    def test_addenda_of_every_year_are_told_and_of_tables_the_newest(self) -> None:
        earlier = Conversions(came=(Conversion("B88.0", OCTOBER_2024, ("B88",), "B88"),))
        corrected = Conversions(came=(Conversion("B88.0", OCTOBER_2024, ("B87",), "B87"),))
        found = answers(
            "B88.0",
            {
                Source.ADDENDA_ICD10CM: [(2026, None), (2025, (change(Action.ADDED, day=OCTOBER_2024),))],
                Source.CONVERSION: [(2026, corrected), (2025, earlier)],
            },
        )

        message = history(System.ICD10CM, "B88.0", found)

        assert [(event.source, list(event.replaces)) for event in message.events] == [
            ("ICD-10-CM addenda FY2025", []),
            ("ICD-10-CM conversion table FY2026", ["B87"]),
        ]
        assert [(status.availability, status.release.edition) for status in message.sources] == [
            (pb.AVAILABILITY_AVAILABLE, "FY2026"),
            (pb.AVAILABILITY_AVAILABLE, "FY2026"),
        ]

    def test_nothing_loaded_is_not_nothing_happened(self) -> None:
        message = history(System.ICD10PCS, "0DTA0ZZ", answers("0DTA0ZZ", {}, System.ICD10PCS))

        assert message.availability == pb.AVAILABILITY_NOT_LOADED
        assert [status.missing for status in message.sources] == ["Not loaded: ICD-10-PCS addenda."]

    def test_a_code_to_which_nothing_happened_has_no_events(self) -> None:
        facts = {Source.ADDENDA_ICD10CM: [(2026, None)], Source.CONVERSION: [(2026, None)]}

        message = history(System.ICD10CM, "I10", answers("I10", facts))

        assert message.availability == pb.AVAILABILITY_NONE
        assert len(message.sources) == 2
        assert not message.events

    def test_a_system_without_sources_has_no_history(self) -> None:
        assert history(System.CPT, "99213", answers("99213", {}, System.CPT)) == pb.History(
            availability=pb.AVAILABILITY_NONE
        )


def test_each_kind_comes_from_its_source() -> None:
    assert {kind.source for kinds in (ADDENDA, CONVERSION) for kind in kinds.values()} == {
        Source.ADDENDA_ICD10CM,
        Source.ADDENDA_ICD10PCS,
        Source.CONVERSION,
    }
