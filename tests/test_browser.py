"""The page as a visitor meets it, in a real Chromium from which no other machine can be reached."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import (
    CHROMIUM,
    FINISHED,
    NAMES,
    ask,
    click,
    complaints,
    find,
    forget_logs,
    load,
    open_browser,
    ready,
    requests_elsewhere,
    served,
    sized,
    texts,
    type_question,
    until,
    wait,
)
from page_fakes import HOSTILE, QUOTE, FakeAssistant
from pdf_making import lines, make_pdf
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from eval.examples import load as load_examples
from index import DatasetError
from qa import Assistant, Settings

SEEDS = Path(__file__).parent.parent / "seeds"
LENGTH = "How long did the bombers fly over the Barents Sea?"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason=f"no Chromium here, under any of {NAMES}"),
]


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """The seed document and a PDF, followed as the page's door does."""
    folder = tmp_path_factory.mktemp("papers")
    for file in SEEDS.glob("*.txt"):
        shutil.copy(file, folder)
    page = lines(
        "The lighthouse of Alnes",
        "The lighthouse of Alnes was built in 1853 by fishermen.",
        "Its lamp burned colza oil until 1876.",
    )
    (folder / "lighthouse.pdf").write_bytes(make_pdf(lines("A cover page"), page))
    with Assistant.open(folder, Settings(home=tmp_path_factory.mktemp("home"))) as assistant:
        assistant.follow()
        yield assistant


@pytest.fixture(scope="module")
def real(papers: Assistant) -> Iterator[str]:
    with served(papers) as url:
        yield url


@pytest.fixture(scope="module")
def fake() -> Iterator[str]:
    with served(FakeAssistant()) as url:
        yield url


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    driver = open_browser(tmp_path_factory.mktemp("chromium"))
    try:
        yield driver
    finally:
        driver.quit()


@pytest.fixture
def browser(chromium: webdriver.Chrome) -> Iterator[webdriver.Chrome]:
    """The browser; whatever a test did, no request may have been meant for another machine."""
    chromium.get("about:blank")
    forget_logs(chromium)
    yield chromium
    assert requests_elsewhere(chromium) == []
    assert complaints(chromium) == []


# Asking, and checking the answer


def test_an_answer_from_the_seeds_leads_to_the_words_it_rests_on(
    browser: webdriver.Chrome, real: str, papers: Assistant
) -> None:
    load(browser, real)
    answer = ask(browser, LENGTH)
    assert "about four hours" in answer.text
    assert "Strong evidence" in texts(browser, ".cw-foot")[-1]
    answer.find_element(By.LINK_TEXT, "[1]").click()
    passage = wait(browser, "#cw-panel .cw-card.cw-lit")
    marked = passage.find_element(By.TAG_NAME, "mark").text
    assert "about four hours" in marked
    cited = papers.ask(LENGTH).citations[0]
    assert " ".join(marked.split()) == " ".join(cited.quote.split())
    assert cited.document_id in passage.text
    click(browser, ".cw-lit .cw-open")
    shown = wait(browser, "#cw-view .cw-text")
    assert shown.find_element(By.TAG_NAME, "mark").text == marked
    top = browser.execute_script(
        "const mark = document.querySelector('#cw-view mark').getBoundingClientRect();"
        "return mark.top > 0 && mark.bottom < innerHeight"
    )
    assert top
    wait(browser, "#cw-back").click()
    assert wait(browser, ".cw-card.cw-lit").is_displayed()


def test_a_pdf_opens_at_its_page_with_the_quote_outlined(
    browser: webdriver.Chrome, real: str
) -> None:
    load(browser, real)
    assert "1853" in ask(browser, "When was the lighthouse of Alnes built?").text
    assert "page 2" in wait(browser, ".cw-card").text
    click(browser, ".cw-card .cw-open")
    wait(browser, "#cw-view .cw-box")
    assert "2 of 2" in wait(browser, ".cw-pages").text
    inside = browser.execute_script(
        """
        const picture = document.querySelector("#cw-view img");
        const box = document.querySelector("#cw-view .cw-box").getBoundingClientRect();
        const frame = picture.getBoundingClientRect();
        return picture.naturalWidth > 500 && box.width > 20 && box.left >= frame.left
          && box.right <= frame.right && box.top >= frame.top && box.bottom <= frame.bottom
        """
    )
    assert inside
    click(browser, ".cw-page[data-page='1']")
    until(browser, lambda: "A cover page" in "".join(texts(browser, "#cw-view .cw-text")))
    assert find(browser, "#cw-view .cw-box") == []


def test_hovering_over_a_marker_shows_its_passage(browser: webdriver.Chrome, fake: str) -> None:
    load(browser, fake)
    first = ask(browser, "How long did the bombers fly?")
    ask(browser, "How were they escorted?")
    assert texts(browser, "#cw-sources mark") == ["fighter jets"]
    marker = first.find_element(By.LINK_TEXT, "[1]")
    ActionChains(browser).move_to_element(marker).perform()
    until(browser, lambda: texts(browser, "#cw-sources .cw-lit mark") == [QUOTE])


def test_a_follow_up_shows_how_it_was_understood(browser: webdriver.Chrome, fake: str) -> None:
    load(browser, fake)
    ask(browser, "How long did the bombers fly?")
    ask(browser, "How were they escorted?")
    assert texts(browser, ".cw-understood") == ["Understood as: How were the bombers escorted?"]


def test_what_the_documents_do_not_hold_is_said_apart(browser: webdriver.Chrome, fake: str) -> None:
    load(browser, fake)
    refusal = ask(browser, "What is the capital of France?")
    assert "Not in your documents" in refusal.text
    assert "Nearest passages" in wait(browser, "#cw-panel").text
    assert find(browser, "#cw-panel mark") == []


def test_a_suggested_question_is_asked_by_choosing_it(browser: webdriver.Chrome, real: str) -> None:
    load(browser, real)
    suggestion = wait(browser, ".cw-example")
    question = suggestion.text
    suggestion.click()
    until(browser, lambda: find(browser, FINISHED))
    assert texts(browser, ".cw-question") == [question]
    wait(browser, ".cw-evidence")


def test_failures_and_empty_questions_are_put_kindly(browser: webdriver.Chrome, fake: str) -> None:
    load(browser, fake)
    assert ask(browser, "Is it broken?").text == "Something went wrong; the log says more."
    wait(browser, "#cw-box textarea").send_keys(Keys.ENTER)
    assert wait(browser, ".cw-nudge").text == "Type a question first."


def test_an_answer_can_be_stopped_and_its_question_comes_back(
    browser: webdriver.Chrome, fake: str
) -> None:
    load(browser, fake)
    type_question(browser, "Say it slowly")
    until(browser, lambda: "They" in "".join(texts(browser, ".cw-writing")))
    wait(browser, "#cw-stop").click()
    until(browser, lambda: not find(browser, ".cw-writing"))
    box = wait(browser, "#cw-box textarea")
    assert box.get_property("value") == "Say it slowly"
    time.sleep(1)  # what is left of the stopped answer must not write over the page
    assert find(browser, ".cw-question, .cw-answer") == []
    box.send_keys(Keys.CONTROL, "a")
    box.send_keys(Keys.DELETE)
    assert "fighter jets" in ask(browser, "How were they escorted?").text


def test_a_question_is_edited_and_asked_again(browser: webdriver.Chrome, fake: str) -> None:
    load(browser, fake)
    ask(browser, "How long did the bombers fly?")
    ask(browser, "What is the capital of France?")
    browser.execute_script("document.querySelector('.cw-act-edit').click()")
    box = wait(browser, "#cw-box textarea")
    until(browser, lambda: box.get_property("value") == "How long did the bombers fly?")
    box.send_keys(" Exactly?", Keys.ENTER)
    asked = ["How long did the bombers fly? Exactly?"]
    until(browser, lambda: texts(browser, ".cw-question") == asked and find(browser, FINISHED))
    click(browser, ".cw-act-again")
    until(browser, lambda: find(browser, ".cw-writing") or True)
    until(browser, lambda: not find(browser, ".cw-writing"))
    assert texts(browser, ".cw-question") == asked


def test_an_answer_is_copied_with_its_citations(browser: webdriver.Chrome, fake: str) -> None:
    load(browser, fake)
    ask(browser, "How long did the bombers fly?")
    browser.execute_script(
        "navigator.clipboard.writeText = (text) => { window.copied = text; return Promise.resolve() }"
    )
    click(browser, ".cw-act-copy")
    copied = until(browser, lambda: browser.execute_script("return window.copied"))
    assert copied.startswith(
        "They flew for about four hours. [1]\n\n[1] The Zapad drills, drills.txt"
    )
    assert copied.endswith(f"“{QUOTE}”")


# Who writes


def test_a_visitor_chooses_who_writes_and_the_browser_keeps_the_choice(
    browser: webdriver.Chrome,
) -> None:
    assistant = FakeAssistant()
    assistant.writers = ("ollama/llama3.2", "SmolLM2-135M")
    with served(assistant, browser) as url:
        load(browser, url)
        select = Select(wait(browser, "#cw-author"))
        names = [option.text for option in select.options]
        assert names == ["ollama/llama3.2", "SmolLM2-135M", "quotes only"]
        ask(browser, LENGTH)
        select.select_by_visible_text("quotes only")
        ask(browser, LENGTH)
        browser.refresh()
        ready(browser)
        kept = Select(wait(browser, "#cw-author")).first_selected_option
        assert kept.text == "quotes only"
    assert assistant.asked_of == ["ollama/llama3.2", "quotes"]


# Conversations


def test_a_conversation_survives_a_reload_and_a_restart_of_the_server(
    browser: webdriver.Chrome,
) -> None:
    assistant = FakeAssistant()
    with served(assistant, browser) as url:
        load(browser, url)
        ask(browser, "How long did the bombers fly?")
        shown = texts(browser, ".cw-question, .cw-answer, #cw-sources mark")
        browser.refresh()
        ready(browser)
        until(browser, lambda: find(browser, FINISHED))
        assert texts(browser, ".cw-question, .cw-answer, #cw-sources mark") == shown
        kept = browser.execute_script("return {...localStorage}")
    # Another port is another origin: what the browser kept is put there by hand.
    with served(assistant, browser) as again:
        load(browser, again)
        browser.execute_script(
            "for (const [key, value] of Object.entries(arguments[0])) localStorage.setItem(key, value)",
            kept,
        )
        browser.refresh()
        ready(browser)
        click(browser, ".cw-talk-open")
        until(browser, lambda: find(browser, FINISHED))
        assert texts(browser, ".cw-question, .cw-answer, #cw-sources mark") == shown
        ask(browser, "How were they escorted?")
        assert [turn.text for turn in assistant.heard[-1]] == [
            "How long did the bombers fly?",
            "They flew for about four hours. [1]",
        ]


def test_conversations_are_listed_renamed_and_deleted(browser: webdriver.Chrome, fake: str) -> None:
    load(browser, fake)
    ask(browser, "How long did the bombers fly?")
    click(browser, "#cw-new")
    until(browser, lambda: not find(browser, FINISHED))
    ask(browser, "What is the capital of France?")
    titles = ["What is the capital of France?", "How long did the bombers fly?"]
    assert texts(browser, ".cw-talk-open") == titles
    click(browser, ".cw-now .cw-icon-rename")
    field = wait(browser, ".cw-rename")
    field.send_keys(Keys.CONTROL, "a")
    field.send_keys("<b>Geography</b>", Keys.ENTER)
    until(browser, lambda: texts(browser, ".cw-talk-open")[0] == "<b>Geography</b>")
    click(browser, ".cw-talk-open")
    until(browser, lambda: texts(browser, ".cw-question") == titles[1:])
    click(browser, ".cw-now .cw-icon-delete")
    wait(browser, "#cw-confirm-yes").click()
    until(browser, lambda: texts(browser, ".cw-talk-open") == ["<b>Geography</b>"])
    until(browser, lambda: not find(browser, ".cw-question"))


def test_a_conversation_is_exported_with_its_citations(
    browser: webdriver.Chrome, fake: str, tmp_path: Path
) -> None:
    where = {"behavior": "allow", "downloadPath": str(tmp_path)}
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", where)
    load(browser, fake)
    ask(browser, "How long did the bombers fly?")
    click(browser, ".cw-now .cw-icon-export")
    (file,) = until(browser, lambda: list(tmp_path.glob("*.md")))
    assert file.name == "How long did the bombers fly.md"
    text = file.read_text("utf-8")
    assert "They flew for about four hours\\. \\[1\\]" in text
    assert f"> {QUOTE}" in text


def test_a_new_conversation_ends_the_answer_being_written(
    browser: webdriver.Chrome, fake: str
) -> None:
    load(browser, fake)
    type_question(browser, "Say it slowly")
    until(browser, lambda: "They" in "".join(texts(browser, ".cw-writing")))
    click(browser, "#cw-new")
    # At once: it must neither be lost nor mixed with what was.
    assert "Not in your documents" in ask(browser, "What is the capital of France?").text
    time.sleep(1)
    assert texts(browser, ".cw-question") == ["What is the capital of France?"]
    assert texts(browser, ".cw-talk-open") == ["What is the capital of France?"]


def test_two_visitors_at_once_see_only_their_own(
    browser: webdriver.Chrome, fake: str, tmp_path: Path
) -> None:
    other = open_browser(tmp_path / "other")
    try:
        for visitor in (browser, other):
            load(visitor, fake)
        type_question(browser, "Say it slowly, please")
        ask(other, "What is the capital of France?")
        until(browser, lambda: find(browser, FINISHED))
        assert texts(browser, ".cw-question") == ["Say it slowly, please"]
        assert texts(other, ".cw-question") == ["What is the capital of France?"]
        assert texts(browser, ".cw-talk-open") == ["Say it slowly, please"]
        assert texts(other, ".cw-talk-open") == ["What is the capital of France?"]
        assert requests_elsewhere(other) == complaints(other) == []
    finally:
        other.quit()


# Documents


def test_documents_are_added_read_and_removed(
    browser: webdriver.Chrome, real: str, papers: Assistant, tmp_path: Path
) -> None:
    files = {
        "bridge.txt": b"The bridge of Storseisundet was opened in 1989 by the king.",
        "ferry.md": b"# Ferry\n\nThe ferry to Runde sails on Thursdays.",
        "museum.html": b"<p>The museum of Fosnavag shows forty lamps from lighthouses.</p>",
        "broken.pdf": b"%PDF-1.7 and nothing that follows",
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    load(browser, real)
    click(browser, "[data-view='documents']")
    until(browser, lambda: len(find(browser, "#cw-table tbody tr")) == 2)
    browser.execute_script(
        """
        window.seen = [];
        const bar = document.querySelector("#cw-upload-bar");
        new MutationObserver(() => window.seen.push(bar.value)).observe(
          document.querySelector("#cw-upload"), {subtree: true, attributes: true, childList: true});
        """
    )
    paths = "\n".join(str(tmp_path / name) for name in files)
    browser.find_element(By.ID, "cw-files").send_keys(paths)
    until(browser, lambda: len(texts(browser, ".cw-placed li")) == 4)
    outcomes = dict(zip(files, texts(browser, ".cw-placed li"), strict=True))
    assert outcomes["bridge.txt"].endswith("Added")
    assert outcomes["museum.html"].endswith("Added")
    assert "Not added: it is damaged or cut off, or no PDF" in outcomes["broken.pdf"]
    assert max(browser.execute_script("return window.seen")) == 1
    until(browser, lambda: len(find(browser, "#cw-table tbody tr")) == 5)
    assert not (papers.folder / "broken.pdf").exists()

    wait(browser, "#cw-query").send_keys("lamps", Keys.ENTER)
    until(
        browser, lambda: any("forty lamps" in text for text in texts(browser, "#cw-found .cw-card"))
    )
    click(browser, "[data-view='ask']")
    assert "1989" in ask(browser, "When was the bridge of Storseisundet opened?").text

    click(browser, "[data-view='documents']")
    wait(browser, "#cw-filter").send_keys("bridge")
    until(browser, lambda: len(find(browser, "#cw-table tbody tr")) == 1)
    click(browser, ".cw-remove")
    assert "bridge.txt" in wait(browser, "#cw-confirm-text").text
    wait(browser, "#cw-confirm [value='']").click()
    assert (papers.folder / "bridge.txt").exists()
    click(browser, ".cw-remove")
    wait(browser, "#cw-confirm-yes").click()
    until(browser, lambda: "No document has such a name" in wait(browser, "#cw-table").text)
    assert not (papers.folder / "bridge.txt").exists()
    click(browser, "[data-view='ask']")
    ask(browser, "When was the bridge of Storseisundet opened exactly?")
    assert all("1989" not in text for text in texts(browser, "#cw-sources .cw-card"))


def test_files_that_are_dropped_are_added_and_asking_goes_on_meanwhile(
    browser: webdriver.Chrome,
) -> None:
    assistant = FakeAssistant()
    assistant.adding_takes = 2.0
    with served(assistant, browser) as url:
        load(browser, url)
        click(browser, "[data-view='documents']")
        wait(browser, "#cw-table tbody tr")
        browser.execute_script(
            """
            const carried = new DataTransfer();
            carried.items.add(new File(["Some text."], "dropped <b>.txt"));
            carried.items.add(new File([""], "empty.txt"));
            const drop = new DragEvent("drop", {bubbles: true, cancelable: true, dataTransfer: carried});
            document.querySelector("#cw-drop").dispatchEvent(drop);
            """
        )
        assert (
            "Reading what was added"
            in until(
                browser, lambda: [t for t in texts(browser, "#cw-upload-text") if "Reading" in t]
            )[0]
        )
        click(browser, "[data-view='ask']")
        assert "about four hours" in ask(browser, "How long did the bombers fly?").text
        assert assistant.added == []
        click(browser, "[data-view='documents']")
        said = until(browser, lambda: texts(browser, ".cw-placed li"))
        assert said == ["dropped <b>.txtAdded", "empty.txtNot added: it holds no text"]
        assert [name for name, _ in assistant.added] == ["dropped <b>.txt", "empty.txt"]


def test_a_file_that_is_too_large_is_said_to_be(browser: webdriver.Chrome, tmp_path: Path) -> None:
    (tmp_path / "large.txt").write_bytes(b"x" * 1_200_000)
    assistant = FakeAssistant(Settings(upload_megabytes=1))
    with served(assistant, browser) as url:
        load(browser, url)
        click(browser, "[data-view='documents']")
        browser.find_element(By.ID, "cw-files").send_keys(str(tmp_path / "large.txt"))
        said = "Not sent: large.txt: it is too large."
        until(browser, lambda: wait(browser, "#cw-toast").text == said)
        forget_logs(browser)  # the browser itself calls the refusal severe
        browser.get(url)
    assert assistant.added == []


def test_who_has_to_wait_sees_the_line(browser: webdriver.Chrome, tmp_path: Path) -> None:
    other = open_browser(tmp_path / "other")
    try:
        with served(FakeAssistant(Settings(answers_at_once=1)), browser, other) as url:
            for visitor in (browser, other):
                load(visitor, url)
            type_question(other, "Say it slowly")
            until(other, lambda: "They" in "".join(texts(other, ".cw-writing")))
            type_question(browser, "What is the capital of France?")
            waiting = "Waiting in line: yours is next"
            until(browser, lambda: texts(browser, ".cw-writing .cw-reading") == [waiting])
            until(browser, lambda: "Not in your documents" in "".join(texts(browser, FINISHED)))
    finally:
        other.quit()


def test_a_file_put_into_the_folder_turns_up_by_itself(
    browser: webdriver.Chrome, real: str, papers: Assistant
) -> None:
    load(browser, real)
    click(browser, "[data-view='documents']")
    until(browser, lambda: find(browser, "#cw-table tbody tr"))
    (papers.folder / "note.txt").write_text("The harbour of Aalesund was rebuilt in 1904.")
    until(browser, lambda: any("note.txt" in text for text in texts(browser, "#cw-table tr")))


def test_an_empty_folder_says_how_to_fill_it(browser: webdriver.Chrome, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    settings = Settings(home=tmp_path / "home")
    with Assistant.open(tmp_path / "empty", settings, wait=False) as assistant:
        assistant.follow()
        with served(assistant, browser) as url:
            load(browser, url)
            until(browser, lambda: "nothing to read yet" in "".join(texts(browser, "#cw-hello")))
            wait(browser, ".cw-goto").click()
            assert "no document yet" in wait(browser, "#cw-table").text
            (tmp_path / "empty" / "a.txt").write_text("The ferry to Runde sails on Thursdays.")
            until(browser, lambda: find(browser, "#cw-table tbody tr"))
            click(browser, "[data-view='ask']")
            until(browser, lambda: "What would you like" in "".join(texts(browser, "#cw-hello")))


def test_feedback_becomes_a_row_that_is_asked_once_it_is_reviewed(
    browser: webdriver.Chrome, real: str, papers: Assistant
) -> None:
    load(browser, real)
    ask(browser, LENGTH)
    click(browser, ".cw-act-wrong")
    wait(browser, "#cw-note-text").send_keys("It was five.")
    wait(browser, "#cw-note [value='yes']").click()
    file = papers.settings.home / "feedback.jsonl"
    until(browser, file.exists)
    row = json.loads(file.read_text())
    assert (row["question"], row["review"]["note"]) == (LENGTH, "It was five.")
    with pytest.raises(DatasetError, match="review"):
        load_examples(file)
    del row["review"]
    row |= {"answers": ["about four hours"], "evidence": ["for about four hours"]}
    file.write_text(json.dumps(row))
    (example,) = load_examples(file)
    assert example.question == LENGTH


# Hostile text


def test_hostile_text_is_shown_and_does_nothing(browser: webdriver.Chrome, fake: str) -> None:
    load(browser, fake)
    line = HOSTILE.replace("\n", " ")
    ask(browser, f"hostile {line}")
    shown = " ".join(line.split())
    for selector in (".cw-answer", ".cw-question", ".cw-card", ".cw-talk-open"):
        said = " ".join(" ".join(texts(browser, selector)).split())
        assert shown in said or (selector == ".cw-talk-open" and said[8:60] in shown)
    click(browser, ".cw-card .cw-open")
    assert shown in " ".join(wait(browser, "#cw-view .cw-text").text.split())
    click(browser, "[data-view='documents']")
    until(browser, lambda: len(find(browser, "#cw-table tbody tr")) == 3)
    assert "\u202e" not in "".join(texts(browser, "#cw-table tr"))
    inside = (
        "#cw-chat .message-wrap {0}, #cw-panel {0}, #cw-top {0}, #cw-documents {0}, #cw-side {0}"
    )
    for element_name in ("img", "script", "code", ".katex", "a:not(.cw-cite)", "i", "iframe"):
        assert find(browser, inside.format(element_name)) == []
    # An alert would have made every call since then fail.
    assert "<b>papers" in wait(browser, "#cw-folder").text


# Looks, and who cannot use a mouse


@pytest.mark.parametrize("width", [390, 1024, 1440])
def test_nothing_sticks_out_at_any_width(browser: webdriver.Chrome, fake: str, width: int) -> None:
    with sized(browser, width):
        load(browser, fake)
        ask(browser, f"hostile {'x' * 200}")
        for view in ("ask", "documents"):
            click(browser, f"[data-view='{view}']")
            assert browser.execute_script("return document.documentElement.scrollWidth") == width


def test_on_a_telephone_the_passage_comes_up_over_the_conversation(
    browser: webdriver.Chrome, fake: str
) -> None:
    with sized(browser, 390):
        load(browser, fake)
        answer = ask(browser, "How long did the bombers fly?")
        assert find(browser, "#cw-sources mark")[0].get_property("textContent") == QUOTE
        assert not find(browser, "#cw-sources mark")[0].is_displayed()
        answer.find_element(By.LINK_TEXT, "[1]").click()
        wait(browser, ".cw-card.cw-lit mark")
        wait(browser, "#cw-close").click()
        until(browser, lambda: not find(browser, "#cw-sources mark")[0].is_displayed())
        wait(browser, "#cw-side-toggle").click()
        assert wait(browser, ".cw-talk-open").text == "How long did the bombers fly?"


def test_everything_can_be_reached_and_done_with_the_keyboard(
    browser: webdriver.Chrome, fake: str
) -> None:
    load(browser, fake)
    ask(browser, "How long did the bombers fly?")

    def tab_to(selector: str) -> Any:
        for _ in range(60):
            ActionChains(browser).send_keys(Keys.TAB).perform()
            element = browser.switch_to.active_element
            if browser.execute_script(
                "return arguments[0].matches(arguments[1])", element, selector
            ):
                outline = element.value_of_css_property("outline-style")
                assert outline != "none", f"nobody sees that {selector} has the focus"
                return element
        raise AssertionError(f"{selector} is not reached")

    browser.execute_script("document.activeElement.blur()")
    tab_to("a.cw-cite").send_keys(Keys.ENTER)
    assert browser.switch_to.active_element == wait(browser, ".cw-card.cw-lit")
    tab_to(".cw-open").send_keys(Keys.ENTER)
    wait(browser, "#cw-view .cw-text mark")
    ActionChains(browser).send_keys(Keys.ESCAPE).perform()
    until(browser, lambda: not find(browser, "#cw-viewer:not([hidden])"))
    assert "cw-open" in str(browser.switch_to.active_element.get_attribute("class"))
    browser.execute_script("document.activeElement.blur(); document.body.focus()")
    for selector in (
        "#cw-new",
        ".cw-icon-export",
        ".cw-act-edit",
        ".cw-act-wrong",
        ".cw-how summary",
    ):
        tab_to(selector)
    tab_to("[data-view='documents']").send_keys(Keys.ENTER)
    wait(browser, "#cw-table tbody tr")
    tab_to(".cw-read").send_keys(Keys.ENTER)
    wait(browser, "#cw-view .cw-text")


def test_dark_is_dark_and_stays_so(browser: webdriver.Chrome, fake: str) -> None:
    load(browser, fake)

    def lightness() -> float:
        colour = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
        return sum(map(int, colour[4:-1].split(",")[:3])) / 3

    before = lightness()
    click(browser, "#cw-theme")
    assert (before > 128) != (lightness() > 128)
    browser.refresh()
    ready(browser)
    assert (before > 128) != (lightness() > 128)


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_no_serious_violation(browser: webdriver.Chrome, fake: str, dark: bool) -> None:
    import axe_core_python

    axe = Path(axe_core_python.__file__).with_name("axe.min.js").read_text("utf-8")
    load(browser, fake)
    theme = "dark" if dark else "light"
    browser.execute_script("localStorage.setItem('citewise/theme', arguments[0])", theme)
    browser.refresh()
    ready(browser)
    browser.execute_script(axe)
    found = [*violations(browser, "the welcome")]
    ask(browser, "How long did the bombers fly?")
    ask(browser, "What is the capital of France?")
    click(browser, "a.cw-cite")
    found += violations(browser, "the conversation")
    click(browser, ".cw-lit .cw-open")
    wait(browser, "#cw-view .cw-text")
    found += violations(browser, "the document")
    click(browser, "[data-view='documents']")
    wait(browser, "#cw-table tbody tr")
    found += violations(browser, "the documents")
    assert found == [], "\n".join(found)


def violations(browser: webdriver.Chrome, where: str) -> list[str]:
    results = browser.execute_async_script(
        "axe.run(document, {resultTypes: ['violations']}).then(arguments[0])"
    )
    return [
        f"{where}: {item['id']}: {node['html'][:200]}: {node['any'] and node['any'][0]['message']}"
        for item in results["violations"]
        if item["impact"] in ("serious", "critical")
        for node in item["nodes"]
    ]


def test_nothing_moves_while_an_answer_is_written(browser: webdriver.Chrome, fake: str) -> None:
    load(browser, fake)
    ask(browser, "How long did the bombers fly?")
    browser.execute_script(
        """
        window.shift = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) window.shift += entry.value;
        }).observe({type: "layout-shift", buffered: false});
        """
    )
    type_question(browser, "Say it slowly")
    until(browser, lambda: find(browser, ".cw-writing"))
    until(browser, lambda: not find(browser, ".cw-writing"))
    assert browser.execute_script("return window.shift") < 0.02
