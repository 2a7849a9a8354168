"""The pages of CasePilot, over real connections, with a stand-in for the assistant."""

import json
import re
from collections.abc import AsyncIterator
from html import unescape
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest
from codingahead.assistant.v1 import assistant_pb2 as pb
from codingahead.lookup.v1 import lookup_pb2 as lookup
from google.protobuf import json_format

from services.gateway.identity import COOKIE
from tests.integration.gateway_assistant import BODY, PATIENT, SECTION, SOURCE, WHOLE
from tests.integration.gateway_stack import Gateway, running

PAGE, STREAM = "/casepilot", "/casepilot/stream"
QUESTION = "May 11042 and 97597 be billed together?"
HOSTILE = "</textarea><script>alert(1)</script>\"'&<img src=x onerror=alert(1)>"
HOSTILE_MARKDOWN = (
    f"{HOSTILE}\n\n[a](javascript:alert(1)) [b](data:text/html,x) ![c](https://example.org/c.png)\n\n"
    '| a | b |\n|---|--:|\n| <b onclick=x> | **11042"><script>** |\n'
)


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    async with running(register_questions=20) as gateway:
        yield gateway


class Elements(HTMLParser):
    """The elements of a page, each with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def hidden(page: str, name: str) -> str:
    """Return the value that a form carries under a name."""
    return unescape(re.findall(rf'name="{name}" value="([^"]*)"', page)[0])


def remaining(page: str) -> str:
    """Return what a page says of the questions that remain."""
    [told] = re.findall(r'<span id="remaining"[^>]*>([^<]*)</span>', page)
    return unescape(told)


def text_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


def safe(page: str) -> bool:
    """Whether a page runs nothing but its own scripts and leads nowhere that runs something."""
    return not any(
        (tag == "script" and "src" not in attributes)
        or tag in ("style", "iframe")
        or (tag == "img" and not (attributes["src"] or "").startswith("/static/"))
        or any(name.startswith("on") or name == "style" for name in attributes)
        or (attributes.get("href") or "").lower().startswith(("javascript:", "data:"))
        for tag, attributes in Elements(page).found
    )


def answered(question: str, *answers: pb.Answer) -> pb.ConversationTurn:
    return pb.ConversationTurn(question=question, answers=answers)


def an_answer(
    body: str,
    verdict: pb.Verdict.ValueType = pb.VERDICT_UNSPECIFIED,
    kind: pb.AnswerKind.ValueType = pb.ANSWER_KIND_ANSWER,
    question: str = QUESTION,
) -> pb.Answer:
    return pb.Answer(opening=pb.Opening(question=question, kind=kind, verdict=verdict), body=body)


def store(gateway: Gateway, subject: str, *turns: pb.ConversationTurn) -> str:
    """Keep a conversation of a member; return its address."""
    kept = pb.Conversation(conversation_id="c1", title=turns[0].question, turns=turns)
    kept.last_at.GetCurrentTime()
    kept.deleted_at.FromJsonString("2027-01-31T08:00:00Z")
    gateway.assistant.conversations[subject] = [kept]
    return f"{PAGE}/c1"


def events(body: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the server-sent events of an answer."""
    found = re.findall(r"event: (\w+)\ndata: (.*)\n\n", body)
    return [(name, json.loads(data)) for name, data in found]


async def test_a_guest_asks_without_javascript_and_asks_on(gateway: Gateway, guest: httpx.AsyncClient) -> None:
    start = await guest.get(PAGE)
    first = await guest.post(PAGE, data={"question": QUESTION, "effective_on": "2024-07-15"})
    carried = {name: hidden(first.text, name) for name in ("conversation_id", "earlier")}
    second = await guest.post(PAGE, data={**carried, "question": "And with 59?", "effective_on": "2024-07-15"})

    assert 'name="question"' in start.text
    assert "Register free account</a> to ask 20 questions a day" in start.text
    assert first.status_code == 200
    assert QUESTION in text_of(first.text)
    assert '<span class="badge stop">Fail</span>' in first.text
    assert f'<a href="/guidelines/icd10cm_guidelines/I.C.4.a?effective_on=2024-07-15">{SECTION.name}</a>' in first.text
    assert f"<li>{SOURCE}</li>" in first.text
    assert f'data-copy="{WHOLE}"' in unescape(first.text)
    assert "1 patient identifier was removed before anything was looked up or stored." in first.text
    assert "2 of 3 questions remaining today" in first.text
    assert 'value="2024-07-15"' in first.text
    assert carried["conversation_id"] == ""
    assert [turn.question for turn in gateway.assistant.asked[1].earlier] == [QUESTION]
    assert [turn.answer for turn in gateway.assistant.asked[1].earlier] == [WHOLE]
    assert gateway.assistant.asked[1].subject == ""
    assert text_of(second.text).index(QUESTION) < text_of(second.text).index("And with 59?")
    assert "1 of 3 questions remaining today" in second.text


async def test_a_guest_without_a_cookie_is_given_one_by_every_way_to_ask(gateway: Gateway) -> None:
    for path in (PAGE, STREAM):
        async with gateway.browser() as browser:
            await browser.post(path, data={"question": QUESTION})
            assert COOKIE in browser.cookies


async def test_a_member_is_led_to_the_conversation_and_goes_on_with_it(
    gateway: Gateway, member: httpx.AsyncClient, subject: str
) -> None:
    asked = await member.post(PAGE, data={"question": QUESTION, "effective_on": "2024-07-15"})
    page = await member.get(asked.headers["location"])
    on = await member.post(
        PAGE, data={"conversation_id": hidden(page.text, "conversation_id"), "question": "And with 59?"}
    )
    both = await member.get(on.headers["location"])

    assert (asked.status_code, asked.headers["location"]) == (303, "/casepilot/c1?effective_on=2024-07-15&removed=1")
    assert "1 patient identifier was removed" in page.text
    assert '<span class="badge stop">Fail</span>' in page.text
    assert 'value="2024-07-15"' in page.text
    assert gateway.assistant.asked[0].subject == subject
    assert gateway.assistant.asked[1].conversation_id == "c1"
    assert list(gateway.assistant.asked[1].earlier) == []
    assert both.text.count('<section class="turn"') == 2
    assert f'<a href="/casepilot/c1" aria-current="page">{QUESTION}</a>' in both.text


async def test_how_many_questions_remain_is_told_before_the_first_and_after_a_redirect(
    gateway: Gateway, member: httpx.AsyncClient
) -> None:
    gateway.quota.questions_a_day = 20
    before = await member.get(PAGE)
    asked = await member.post(PAGE, data={"question": QUESTION})
    after = await member.get(asked.headers["location"])

    assert remaining(before.text) == "20 of 20 questions remaining today"
    assert remaining(after.text) == "19 of 20 questions remaining today"
    assert gateway.quota.questions.total() == 1


async def test_what_is_not_limited_or_not_known_is_not_told_as_remaining(
    gateway: Gateway, guest: httpx.AsyncClient
) -> None:
    subscriber = gateway.accounts.log_in_as(gateway.accounts.add_member("s@example.org", "subscriber"))
    async with gateway.browser(subscriber) as browser:
        unlimited = await browser.get(PAGE)
    gateway.quota.away = True
    unknown = await guest.get(PAGE)

    assert (unlimited.status_code, remaining(unlimited.text)) == (200, "")
    assert (unknown.status_code, remaining(unknown.text)) == (200, "")


async def test_what_is_stored_is_its_members_alone(gateway: Gateway, subject: str) -> None:
    address = store(gateway, subject, answered(QUESTION, an_answer("An answer.")))
    other = gateway.accounts.log_in_as(gateway.accounts.add_member("other@example.org"))

    async with gateway.browser(other) as browser:
        assert (await browser.get(address)).status_code == 404
        assert QUESTION not in (await browser.get(PAGE)).text
    async with gateway.browser() as browser:
        for answer in (
            await browser.get(address),
            await browser.post(f"{address}/delete"),
            await browser.post(f"{PAGE}/delete-all"),
        ):
            assert answer.status_code == 303
            assert answer.headers["location"].startswith("/login?next=%2Fcasepilot")
    assert subject in gateway.assistant.conversations


async def test_conversations_are_listed_and_deleted_one_by_one_or_all(
    gateway: Gateway, member: httpx.AsyncClient, subject: str
) -> None:
    kept = [pb.Conversation(conversation_id=f"c{number}", title=f"Question {number}") for number in range(25)]
    gateway.assistant.conversations[subject] = kept

    first = await member.get(PAGE)
    more = await member.get(re.findall(r'href="(/casepilot\?page_token=[^"]*)"', first.text)[0])
    one = await member.post(f"{PAGE}/c3/delete")
    asked = await member.get(f"{PAGE}/delete-all")
    left = len(gateway.assistant.conversations[subject])
    every = await member.post(f"{PAGE}/delete-all")
    told = await member.get(every.headers["location"])

    assert "Question 19</a>" in first.text
    assert "Question 20</a>" not in first.text
    assert "Question 20</a>" in more.text
    assert (one.status_code, one.headers["location"]) == (303, "/casepilot?notice=conversation-deleted")
    assert "for good" in asked.text
    assert left == 24
    assert subject not in gateway.assistant.conversations
    assert "Your conversations are deleted." in told.text


async def test_at_the_limit_a_guest_is_told_what_to_do_and_keeps_the_question(
    gateway: Gateway, guest: httpx.AsyncClient
) -> None:
    gateway.quota.questions_a_day = 1
    first = await guest.post(PAGE, data={"question": QUESTION})
    denied = await guest.post(PAGE, data={"question": "And now?", "earlier": hidden(first.text, "earlier")})
    streamed = await guest.post(STREAM, data={"question": "And now?"}, headers={"accept": "text/event-stream"})

    for answer in (denied, streamed):
        assert answer.status_code == 429
        assert answer.headers["retry-after"]
        assert "0 questions remaining. Guest accounts are limited to 1 question a day" in answer.text
        assert '<a href="/register">Register free account</a>' in answer.text
    assert "And now?</textarea>" in denied.text
    assert QUESTION in denied.text
    assert streamed.headers["content-type"].startswith("text/html")
    assert len(gateway.assistant.asked) == 1


async def test_at_the_limit_a_member_is_told_when_the_count_starts_again(
    gateway: Gateway, member: httpx.AsyncClient, subject: str
) -> None:
    store(gateway, subject, answered(QUESTION, an_answer("An answer.")))
    gateway.quota.questions_a_day = 0

    answer = await member.post(PAGE, data={"question": "And now?", "conversation_id": "c1"})

    assert answer.status_code == 429
    assert "The count starts again on" in answer.text
    assert "An answer." in answer.text
    assert hidden(answer.text, "conversation_id") == "c1"


async def test_while_the_assistant_is_away_the_question_stays_in_the_box(
    gateway: Gateway, member: httpx.AsyncClient
) -> None:
    await gateway.stop_assistant()

    page = await member.get(PAGE)
    answer = await member.post(PAGE, data={"question": QUESTION, "conversation_id": "c1"})

    assert page.status_code == 200
    assert "They are not available at the moment." in page.text
    assert answer.status_code == 503
    assert "CasePilot does not answer at the moment." in answer.text
    assert f"{QUESTION}</textarea>" in answer.text
    assert hidden(answer.text, "conversation_id") == "c1"
    assert remaining(page.text) == remaining(answer.text) == "3 of 3 questions remaining today"


async def test_an_answer_that_breaks_off_is_none(guest: httpx.AsyncClient) -> None:
    page = await guest.post(PAGE, data={"question": "stop in the middle"})
    streamed = events((await guest.post(STREAM, data={"question": "stop in the middle"})).text)

    assert page.status_code == 503
    assert BODY[0] not in page.text
    assert streamed[-1][0] == "failed"
    assert "please try again shortly" in streamed[-1][1]["html"]
    assert "done" not in dict(streamed)


async def test_a_conversation_that_is_no_more_is_told_and_begun_anew(
    member: httpx.AsyncClient, gateway: Gateway
) -> None:
    gateway.quota.questions_a_day = 0
    answer = await member.post(PAGE, data={"question": QUESTION, "conversation_id": "gone"})

    assert hidden(answer.text, "conversation_id") == ""
    assert f"{QUESTION}</textarea>" in answer.text


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"question": "  "}, "The question: expected 1 to 4,000 characters."),
        ({"question": "x" * 4001}, "The question: expected 1 to 4,000 characters."),
        ({"question": QUESTION, "effective_on": "July"}, "The date of service: expected a date as YYYY-MM-DD."),
        ({"question": QUESTION, "code": "icd10cm:"}, "The code: expected a code with its system"),
    ],
)
async def test_what_cannot_be_asked_costs_no_question(
    gateway: Gateway, guest: httpx.AsyncClient, sent: dict[str, str], told: str
) -> None:
    page = await guest.post(PAGE, data=sent)
    streamed = await guest.post(STREAM, data=sent)

    assert (page.status_code, streamed.status_code) == (400, 400)
    assert told in page.text
    assert told in streamed.text
    assert gateway.quota.questions.total() == 0


async def test_a_code_page_leads_to_questions_about_its_code(gateway: Gateway, guest: httpx.AsyncClient) -> None:
    code_page = await guest.get("/codes/icd10cm/E11.9?effective_on=2026-01-31")
    [link] = [unescape(href) for href in re.findall(r'href="(/casepilot\?code[^"]*)"', code_page.text)]
    asking = await guest.get(link)
    await guest.post(PAGE, data={"question": "Is it billable?", "code": hidden(asking.text, "code")})

    assert link == "/casepilot?code=icd10cm%3AE11.9&effective_on=2026-01-31"
    assert "About ICD-10-CM E11.9" in asking.text
    assert '<a href="/casepilot?effective_on=2026-01-31" aria-label="Remove ICD-10-CM E11.9">' in asking.text
    assert gateway.assistant.asked[0].about == pb.CodeName(system=lookup.CODE_SYSTEM_ICD10CM, code="E11.9")
    assert (await guest.get(PAGE, params={"code": "E11.9"})).status_code == 400


async def test_an_example_fills_the_box(guest: httpx.AsyncClient) -> None:
    start = await guest.get(PAGE)
    example, text = re.findall(r'<a href="(/casepilot\?question=[^"]*)">([^<]*)</a>', start.text)[0]
    filled = await guest.get(unescape(example))

    assert f"{text}</textarea>" in filled.text


async def test_the_verdicts_the_question_back_and_the_refusal(
    gateway: Gateway, member: httpx.AsyncClient, subject: str
) -> None:
    verdicts = {
        pb.VERDICT_PASS: "Pass",
        pb.VERDICT_FAIL: "Fail",
        pb.VERDICT_BYPASSED: "Bypassed",
        pb.VERDICT_NO_DATA: "No data",
        pb.VERDICT_YES: "Yes",
        pb.VERDICT_NO: "No",
    }
    address = store(
        gateway,
        subject,
        answered("Six?", *(an_answer("So it is.", verdict, question=f"{word}?") for verdict, word in verdicts.items())),
        answered("Off", an_answer("That is no question of coding.", kind=pb.ANSWER_KIND_REFUSAL)),
        answered("Both?", an_answer("Which two codes?", kind=pb.ANSWER_KIND_CLARIFICATION)),
    )

    page = (await member.get(address)).text

    for word in verdicts.values():
        assert re.search(rf'<h3>{word}\?</h3>\s*<p><span class="unseen">Verdict: </span><span class="badge', page)
    assert page.count('<article class="answer') == 8
    assert '<article class="answer refusal" aria-label="Not answered"' in page
    assert '<article class="answer clarification" aria-label="CasePilot asks back"' in page
    focused = [tag for tag, attributes in Elements(page).found if "autofocus" in attributes]
    assert focused == ["div", "textarea"]  # the first is in a template, for a lost connection
    assert "Kept until 31 January 2027" in page


async def test_codes_in_bold_lead_to_their_pages_and_nothing_else_does(
    gateway: Gateway, member: httpx.AsyncClient, subject: str
) -> None:
    answer = an_answer("**E11.9** and **E11** are known, E11.9 and **E11.90** and **Z99.9** are not.")
    for code in ("E11", "E11.9"):
        answer.ending.codes.add(system=lookup.CODE_SYSTEM_ICD10CM, code=code)
    page = (await member.get(store(gateway, subject, answered(QUESTION, answer)))).text

    assert re.findall(r'<strong><a class="code" href="([^"]*)">([^<]*)</a></strong>', page) == [
        ("/codes/icd10cm/E11.9", "E11.9"),
        ("/codes/icd10cm/E11", "E11"),
    ]
    assert "<strong>E11.90</strong>" in page
    assert "<strong>Z99.9</strong>" in page


async def test_hostile_text_is_shown_as_text(
    gateway: Gateway, guest: httpx.AsyncClient, member: httpx.AsyncClient, subject: str
) -> None:
    turn = answered(HOSTILE, an_answer(HOSTILE_MARKDOWN, question=HOSTILE), an_answer("Second.", question=HOSTILE))
    turn.answers[0].ending.sources.add(name=HOSTILE, book=lookup.FACT_SOURCE_ICD10CM_GUIDELINES, passage='"><script>')
    turn.answers[0].ending.codes.add(system=lookup.CODE_SYSTEM_CPT, code="11042")
    stored = await member.get(store(gateway, subject, turn))
    earlier = json_format.MessageToJson(pb.Conversation(turns=[turn]))
    carried = await guest.post(PAGE, data={"question": HOSTILE, "earlier": earlier, "effective_on": "2024-07-15"})
    refused = await guest.post(PAGE, data={"question": HOSTILE, "effective_on": HOSTILE, "code": HOSTILE})
    filled = await guest.get(PAGE, params={"question": HOSTILE, "effective_on": HOSTILE})
    streamed = events((await guest.post(STREAM, data={"question": HOSTILE})).text)

    for page in (stored.text, carried.text, refused.text, filled.text, streamed[-2][1]["html"]):
        assert safe(page)
        assert HOSTILE in unescape(page)
    assert (stored.status_code, carried.status_code, refused.status_code) == (200, 200, 400)


@pytest.mark.parametrize(
    "earlier",
    [
        "no JSON",
        '{"turns": 1}',
        '{"turns": [{"question": "\\ud800"}]}',
        json.dumps({"turns": [{"question": "?"}] * 21}),
        "x" * 700_000,
    ],
)
async def test_a_page_carries_a_conversation_and_nothing_else(
    gateway: Gateway, guest: httpx.AsyncClient, earlier: str
) -> None:
    answer = await guest.post(PAGE, data={"question": QUESTION, "earlier": earlier})

    assert answer.status_code == 400
    assert gateway.assistant.asked == []


async def test_of_a_long_conversation_a_page_carries_the_last_turns(guest: httpx.AsyncClient) -> None:
    turns = [{"question": f"{number} {'é' * 16_800}"} for number in range(6)]
    first = await guest.post(
        PAGE, data={"question": QUESTION, "earlier": json.dumps({"turns": turns}, ensure_ascii=False)}
    )
    carried = hidden(first.text, "earlier")
    second = await guest.post(PAGE, data={"question": QUESTION, "earlier": carried})

    assert [turn["question"][:1] for turn in json.loads(carried)["turns"]] == [*"12345", QUESTION[0]]
    assert second.status_code == 200


async def test_a_carried_conversation_of_another_version_is_shown(guest: httpx.AsyncClient) -> None:
    turn = {
        "question": "Old?",
        "answers": [
            {
                "opening": {"kind": 99, "verdict": 99},
                "body": "So it **A1** is.",
                "ending": {
                    "codes": [{"system": 99, "code": "A1"}],
                    "sources": [{"name": "S", "book": 99, "passage": "x"}],
                },
            }
        ],
    }
    answer = await guest.post(PAGE, data={"question": QUESTION, "earlier": json.dumps({"turns": [turn]})})

    assert answer.status_code == 200
    assert "So it <strong>A1</strong> is." in answer.text


async def test_a_stream_tells_what_is_done_the_answer_so_far_and_how_to_go_on(
    gateway: Gateway, guest: httpx.AsyncClient
) -> None:
    answer = await guest.post(STREAM, data={"question": QUESTION}, headers={"accept": "text/event-stream"})
    found = events(answer.text)
    so_far = [data["html"] for name, data in found if name == "answer"]

    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-store"
    assert found[0] == ("progress", {"doing": "NCCI edits of 11042"})
    assert "Fail" in so_far[0]
    assert BODY[1].strip() not in so_far[0]
    assert "11042 and 97597 are not paid together without a modifier." in text_of(so_far[-1])
    assert "data-copy" in so_far[-1]
    assert not any("data-copy" in html for html in so_far[:-1])
    name, done = found[-1]
    assert (name, done["remaining"], done["conversation_id"]) == ("done", "2 of 3 questions remaining today", "")
    assert done["address"] == PAGE

    await guest.post(STREAM, data={"question": "And with 59?", "earlier": done["earlier"]})
    assert [turn.answer for turn in gateway.assistant.asked[1].earlier] == [WHOLE]


async def test_an_identifier_of_a_patient_is_not_shown_again(guest: httpx.AsyncClient) -> None:
    data = {"question": f"{QUESTION} pt {PATIENT}"}

    page = await guest.post(PAGE, data=data)
    streamed = await guest.post(STREAM, data=data)

    for answer in (page, streamed):
        assert PATIENT not in answer.text
        assert "pt [name]" in answer.text


async def test_a_stream_leads_a_member_to_the_conversation(member: httpx.AsyncClient) -> None:
    found = events((await member.post(STREAM, data={"question": QUESTION, "effective_on": "2024-07-15"})).text)

    assert found[-1][1]["conversation_id"] == "c1"
    assert found[-1][1]["address"] == "/casepilot/c1?effective_on=2024-07-15"
    assert found[-1][1]["earlier"] == ""


async def test_who_stops_reading_ends_the_work(gateway: Gateway, guest: httpx.AsyncClient) -> None:
    async with guest.stream("POST", STREAM, data={"question": "wait for it"}) as answer:
        first = await anext(answer.aiter_lines())
    await gateway.assistant.ended.wait()

    assert first == "event: progress"


async def test_pages_and_streams_keep_the_rules_of_the_site(gateway: Gateway, guest: httpx.AsyncClient) -> None:
    page = await guest.get(PAGE)
    stream = await guest.post(STREAM, data={"question": QUESTION})
    foreign = await guest.post(STREAM, data={"question": QUESTION}, headers={"sec-fetch-site": "cross-site"})

    for answer in (page, stream):
        assert answer.headers["content-security-policy"].startswith("default-src 'self';")
        assert "unsafe" not in answer.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    assert safe(page.text)
    assert foreign.status_code == 403
    assert len(gateway.assistant.asked) == 1
