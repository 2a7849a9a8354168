"""`codingahead search`, `codingahead code` and `codingahead specify`: look codes up from a terminal."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from codingahead.lookup.v1 import lookup_pb2, lookup_pb2_grpc

from cli.facts import facts, print_facts
from cli.output import AsJson, emit
from services.gateway.api import plain
from services.gateway.settings import Upstreams
from services.gateway.words import CHOICE_AXIS_WORDS, MATCH_KIND_WORDS, NOTE_KIND_WORDS, SYSTEM_WORDS, system_of
from services.runtime.rpc.client import Client
from services.runtime.rpc.tls import tls_of

if TYPE_CHECKING:
    Lookup = lookup_pb2_grpc.LookupServiceAsyncStub

Answer = TypeVar("Answer")
_SECONDS = 10.0

System = Annotated[str, typer.Option(help="Code system: icd10cm, icd10pcs, hcpcs or cpt.")]
EffectiveOn = Annotated[str, typer.Option(help="Date of service, YYYY-MM-DD; empty means today.")]


def search(
    query: Annotated[str, typer.Argument(help="Words, a code, or a range of codes.")],
    system: System = "",
    effective_on: EffectiveOn = "",
    billable: Annotated[bool, typer.Option("--billable", help="Only codes valid for submission.")] = False,
    prefer_billable: Annotated[
        bool, typer.Option("--prefer-billable", help="Codes valid for submission before headers.")
    ] = False,
    by_category: Annotated[bool, typer.Option("--by-category", help="The best codes of each category.")] = False,
    limit: Annotated[int, typer.Option(help="How many codes or categories, 1 to 100.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Find codes, best first."""
    request = lookup_pb2.SearchRequest(
        query=query,
        systems=[system_of(system.lower())] if system else [],
        effective_on=effective_on,
        page_size=limit,
        billable=True if billable else None,
        prefer_billable=prefer_billable,
        by_category=by_category,
    )
    answer = ask(lambda lookup: lookup.Search(request))
    emit(list(_rows(answer.hits, by_category)), as_json, f"No code found for {query!r}.")
    if not as_json:
        for reading in answer.readings:
            print(f"\n{reading.written!r} was read as: {'; '.join(reading.meanings)}.")
        if answer.corrected_query:
            print(f"\nShowing results for {answer.corrected_query!r}.")
        for release in answer.releases:
            print(f"\n{_edition(release)}")


def code(
    code: Annotated[str, typer.Argument(help="A code, with or without its dot.")],
    system: System = "icd10cm",
    effective_on: EffectiveOn = "",
    as_json: AsJson = False,
) -> None:
    """Show one code with its description, its notes and what else is known of it; with --json all of it."""
    request = lookup_pb2.GetCodePageRequest(system=system_of(system.lower()), code=code, effective_on=effective_on)
    page = ask(lambda lookup: lookup.GetCodePage(request))
    rows = [
        {
            "from": group.entry.code,
            "note": NOTE_KIND_WORDS[note.kind],
            "text": note.text,
        }
        for group in page.notes.groups
        for note in group.notes
    ]
    description = page.common_language_description
    if as_json:
        values = {
            "code": page.entry.code,
            "title": page.entry.title,
            "billable": "" if page.entry.number_only else page.entry.billable,
            "common_language_description": {"title": description.title, "text": description.text},
            "notes": rows,
            **facts(page),
        }
        emit([values], True)
        return
    print(f"{page.entry.code}  {page.entry.title or description.title}")
    if page.entry.number_only:
        print("Known by its number alone: no official release of its system is loaded.")
    elif page.entry.billable:
        print("Valid for submission.")
    else:
        print("Not valid for submission: more characters are needed.")
    for ancestor in page.ancestors:
        print(f"  in {ancestor.code}  {ancestor.title}")
    print()
    if description.text:
        print(f"{description.text}\n\n{description.author}, {description.edition}\n")
    if page.HasField("release"):
        emit(rows, False, "No notes.")
    print_facts(page)
    if page.HasField("release"):
        print(f"\n{_edition(page.release)}")


def specify(
    code: Annotated[str, typer.Argument(help="An ICD-10-CM code, with or without its dot.")],
    effective_on: EffectiveOn = "",
    as_json: AsJson = False,
) -> None:
    """Lead from an ICD-10-CM code to those valid for submission: the choices made, and the codes to choose from."""
    request = lookup_pb2.SpecifyRequest(system=lookup_pb2.CODE_SYSTEM_ICD10CM, code=code, effective_on=effective_on)
    answer = ask(lambda lookup: lookup.Specify(request))
    if as_json:
        emit([plain.as_json(answer)], True)
        return
    print(f"{answer.entry.code}  {answer.entry.title}")
    for choice in answer.choices:
        axis = CHOICE_AXIS_WORDS[choice.axis]
        taken = next((option for option in choice.options if option.chosen), None)
        print(f"  {axis}: {taken.label} ({taken.entry.code})" if taken else f"\nchoose, by {axis}:")
        if not taken:
            emit([_option(option) for option in choice.options], False)
    if answer.entry.billable:
        print("Valid for submission.")
    print(f"\n{_edition(answer.release)}")


def _option(option: lookup_pb2.ChoiceOption) -> dict[str, Any]:
    return {"code": option.entry.code, "billable": option.entry.billable, "what": option.label}


def _rows(hits: Iterable[lookup_pb2.Hit], by_category: bool) -> Iterator[dict[str, Any]]:
    for best in hits:
        of = {"category": best.category.code, "category_hits": best.category_hits} if by_category else {}
        for hit in (best, *best.more):
            yield {
                **of,
                "code": hit.entry.code,
                "billable": "" if hit.entry.number_only else hit.entry.billable,
                "title": hit.entry.title,
                "matched_term": hit.matched_term,
                "match_kind": MATCH_KIND_WORDS[hit.match_kind],
            }


def _edition(release: lookup_pb2.Release) -> str:
    name = SYSTEM_WORDS[release.system].upper()
    warning = "" if release.in_force else ": NOT in force today, and no newer release is loaded"
    return f"{name} {release.edition}, {release.effective_from} to {release.effective_to}{warning}"


def ask(question: "Callable[[Lookup], Awaitable[Answer]]", seconds: float = _SECONDS) -> Answer:
    """Ask lookup a question; each of its calls takes at most `seconds`."""

    async def run() -> Answer:
        settings = Upstreams()
        contract = lookup_pb2.DESCRIPTOR.services_by_name["LookupService"]
        client = Client(contract, settings.lookup_target, tls_of(settings))
        try:
            return await question(client.stub(lookup_pb2_grpc.LookupServiceStub, seconds))
        finally:
            await client.close()

    return asyncio.run(run())
