import base64
import time
from email.message import EmailMessage

import pytest

from index import DocumentError
from index.readers.checking import checked
from index.readers.mail import read_mail


def message(subject="Tea", body="The kettle boils.\n"):
    mail = EmailMessage()
    mail["From"] = "Ann Smith <ann@example.org>"
    mail["To"] = "Bob <bob@example.org>, cy@example.org"
    mail["Date"] = "Mon, 03 Feb 2025 10:00:00 +0100"
    mail["Subject"] = subject
    mail["X-Spam"] = "no"
    if body is not None:
        mail.set_content(body)
    return mail


FIELDS = (
    "From: Ann Smith <ann@example.org>\nTo: Bob <bob@example.org>, cy@example.org\n"
    "Date: Mon, 03 Feb 2025 10:00:00 +0100\nSubject: {}"
)


def read(mail):
    return checked(read_mail(mail if isinstance(mail, bytes) else bytes(mail)))


def test_a_message_is_who_wrote_when_to_whom_and_what():
    content = read(message(body="Dear Bob,\n\nthe kettle\nboils.\n\n-- \nAnn\n"))
    assert content.title == "Tea"
    assert content.media_type == "message/rfc822"
    assert content.text == FIELDS.format("Tea") + "\n\nDear Bob,\n\nthe kettle\nboils.\n\n--\nAnn"
    assert content.sections == ()


@pytest.mark.parametrize("encoding", ["quoted-printable", "base64", "8bit"])
@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1"])
def test_encodings_of_the_body(encoding, charset):
    mail = message(body=None)
    mail.set_content("Grüße aus Köln = schön\n", charset=charset, cte=encoding)
    assert read(mail).text.endswith("\n\nGrüße aus Köln = schön")


@pytest.mark.parametrize(
    ("written", "title"),
    [
        (b"=?utf-8?q?Gr=C3=BC=C3=9Fe?= aus =?iso-8859-1?b?S/ZsbiE=?=", "Grüße aus Köln!"),
        (b"a long\n one", "a long one"),
        ("Grüße".encode(), "Grüße"),
        ("Grüße für die größten Mädchen".encode("cp1252"), "Grüße für die größten Mädchen"),
        (b"=?x-what?q?plain?=", "plain"),
        (b"=?utf-8?b?!!!?=", ""),
        (b"=?rot13?q?abc?=", "abc"),
        (b"", None),
    ],
)
def test_encodings_of_the_subject(written, title):
    content = read(b"From: ann@example.org\nSubject: " + written + b"\n\nText.\n")
    assert (content.title or "") == (title or "")
    assert content.text.endswith("\n\nText.")


def test_of_alternatives_the_plain_one_is_read():
    mail = message(body="Plain.\n")
    mail.add_alternative("<p>Rich.</p>", subtype="html")
    assert read(mail).text == FIELDS.format("Tea") + "\n\nPlain."


def test_or_else_the_page():
    mail = message(body=" \n")
    mail.add_alternative(
        "<html><h1>Sale</h1><p style='display:none'>no</p><p>All&nbsp;tea.</p></html>",
        subtype="html",
    )
    content = read(mail)
    assert content.text == FIELDS.format("Tea") + "\n\nSale\n\nAll tea."
    assert [item.title for item in content.sections] == ["Sale"]


def test_a_page_alone():
    mail = message(body=None)
    mail.set_content("<p>Größe</p>", subtype="html", charset="iso-8859-1")
    assert read(mail).text == FIELDS.format("Tea") + "\n\nGröße"


def test_attachments_are_named_but_not_read():
    mail = message()
    mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="Größe.pdf")
    mail.add_attachment("secret", filename="notes.txt")
    mail.add_attachment(b"x", maintype="image", subtype="png")
    assert read(mail).text == (
        FIELDS.format("Tea") + "\n\nThe kettle boils.\n\n"
        "Attachments (not read): Größe.pdf; notes.txt; unnamed (image/png)"
    )


def test_forwarded_messages_are_sections():
    inner = message("Inner", "From within.\n")
    inner.add_attachment(message("Innermost", "Deep.\n"))
    outer = message("Outer", "See below.\n")
    outer.add_attachment(inner)
    outer.add_attachment(b"x", maintype="image", subtype="png", filename="a.png")
    content = read(outer)
    assert content.text == (
        FIELDS.format("Outer") + "\n\nSee below.\n\nAttachments (not read): a.png\n\n"
        "Inner\n\n" + FIELDS.format("Inner") + "\n\nFrom within.\n\n"
        "Innermost\n\n" + FIELDS.format("Innermost") + "\n\nDeep."
    )
    assert [item.title for item in content.sections] == ["Inner", "Innermost"]
    assert all(content.text.startswith(item.title, item.start) for item in content.sections)


def test_quoted_lines_stay():
    body = "Yes.\n\nOn Monday Bob wrote:\n> Is it hot?\n> > Who asks?\n"
    assert read(message(body=body)).text.endswith(body.strip())


def test_a_mailbox_line_before_the_headers_is_none_of_them():
    data = b"From ann@example.org Mon Feb  3 10:00:00 2025\nSubject: A\n\nText."
    assert read(data).text == "Subject: A\n\nText."


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"Subject: A\nContent-Type: multipart/mixed; boundary=x\n\nNo parts.", "No parts."),
        (b"Subject: A\nContent-Type: multipart/mixed\n\nNo boundary.", "No boundary."),
        (
            b"Subject: A\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nNever closed.",
            "Never closed.",
        ),
        (b"Subject: A\nContent-Type: nonsense\n\nText.", "Text."),
        (
            b"Subject: A\nContent-Type: text/plain; charset=what\n\nGr\xfc\xdfe f\xfcr alle.",
            "Grüße für alle.",
        ),
        (b"Subject: A\nContent-Transfer-Encoding: base64\n\nVGV4dC4", "Text."),
        (b"Subject: A\r\n\r\nOne\r\nTwo\r\n", "One\nTwo"),
    ],
)
def test_a_malformed_message_is_read_as_far_as_it_goes(data, text):
    assert read(data).text == f"Subject: A\n\n{text}"


@pytest.mark.parametrize("data", [b"", b"Just text.\n", b"<html>", b"\x89PNG\r\n", b"{}"])
def test_what_is_no_message_is_refused(data):
    with pytest.raises(DocumentError, match="it is no e-mail"):
        read_mail(data)


def multiparts(depth):
    head = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i) for i in range(depth)
    )
    return b"Subject: A\n" + head + b"\nText."


def test_parts_within_parts_have_an_end():
    assert read(multiparts(20)).text == "Subject: A\n\nText."
    for depth in (21, 300):
        with pytest.raises(DocumentError, match="nested more than 20 deep"):
            read_mail(multiparts(depth))


def test_so_have_messages_within_messages():
    assert read(b"Content-Type: message/rfc822\n\n" * 20 + b"Subject: A\n\nText.").text.endswith(
        "Text."
    )
    for depth in (22, 3000):
        with pytest.raises(DocumentError, match="nested more than 20 deep"):
            read_mail(b"Content-Type: message/rfc822\n\n" * depth + b"Subject: A\n\nText.")


@pytest.mark.parametrize(
    "field", [b"=?utf-8?q?a?= " * 20_000, b"a@b.c, " * 20_000, b"(" * 100_000, b'"' * 100_000]
)
def test_long_headers_take_no_longer_than_their_length(field):
    started = time.process_time()
    assert read(b"To: " + field + b"\nSubject: A\n\nText.").text.endswith("Text.")
    assert time.process_time() - started < 5


def test_a_binary_body_is_refused():
    body = base64.b64encode(bytes(range(256)) * 9)
    with pytest.raises(DocumentError, match="looks like a binary file"):
        read_mail(b"Subject: A\nContent-Transfer-Encoding: base64\n\n" + body)
