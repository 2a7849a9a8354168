// Questions are answered without leaving the page, as the answer is made. The page is complete without this file.

const form = document.querySelector("#ask");
const turns = document.querySelector("#turns");
const trouble = document.querySelector("#trouble");
const progress = document.querySelector("#progress");
const stop = document.querySelector("#stop");
const { question, conversation_id: conversation, earlier } = form.elements;
let asking = null;

document.querySelector("#keys").hidden = false;

question.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!asking) ask();
});

stop.addEventListener("click", () => asking.abort());

async function ask() {
  asking = new AbortController();
  // The turn that is being answered; until there is one, an answer begins one.
  let turn = null;
  let ended = false;
  toggle(true);
  progress.textContent = "Asking …";
  trouble.replaceChildren();
  const told = {
    progress({ doing }) {
      progress.textContent = `Looking up ${doing} …`;
    },
    answer({ html }) {
      turn = show(html, turn);
    },
    failed({ html }) {
      ended = true;
      turn?.remove();
      fail(html);
    },
    done(done) {
      ended = true;
      goOn(turn, done);
    },
  };
  try {
    const response = await fetch("/casepilot/stream", {
      method: "POST",
      headers: { accept: "text/event-stream" },
      body: new URLSearchParams(new FormData(form)),
      signal: asking.signal,
    });
    const isPage = response.headers.get("content-type")?.startsWith("text/html");
    if (!response.ok) fail(isPage ? await response.text() : null);
    else {
      for await (const { event, data } of events(response.body)) told[event](data);
      if (!ended) told.failed({ html: null });
    }
  } catch (error) {
    if (asking.signal.aborted) progress.textContent = turn ? "Stopped: the answer is not complete." : "Stopped.";
    else told.failed({ html: null });
  } finally {
    asking = null;
    toggle(false);
  }
}

async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const whole = (text + value).split("\n\n");
    text = whole.pop();
    for (const one of whole) {
      const [, event, data] = one.match(/^event: (.*)\ndata: (.*)$/);
      yield { event, data: JSON.parse(data) };
    }
  }
}

function toggle(busy) {
  stop.hidden = !busy;
  document.querySelector("#send").disabled = busy;
}

function parsed(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

function show(html, turn) {
  const next = parsed(html).firstElementChild;
  if (turn) turn.replaceWith(next);
  else {
    document.querySelector("#latest")?.removeAttribute("id");
    document.querySelector("#examples")?.remove();
    turns.append(next);
    next.scrollIntoView();
  }
  return next;
}

function goOn(turn, { remaining, conversation_id, earlier: carried, address }) {
  progress.textContent = "";
  question.value = "";
  conversation.value = conversation_id;
  earlier.value = carried;
  document.querySelector("#remaining").textContent = remaining;
  document.querySelector("#about")?.remove();
  form.elements.code?.remove();
  form.querySelector("[for=question]").textContent = "Ask a follow-up";
  document.querySelector("#anew").hidden = false;
  history.replaceState(null, "", address);
  turn.dispatchEvent(new Event("shown", { bubbles: true }));
  if (turn.querySelector(".clarification")) question.focus();
  else turn.querySelector(".answer").focus({ preventScroll: true });
}

// Why there is no answer, as the server says it; null when it says nothing.
function fail(html) {
  progress.textContent = "";
  trouble.replaceChildren(html ? parsed(html) : document.querySelector("#lost").content.cloneNode(true));
  trouble.querySelector(".faults").focus();
}
