import hashlib

import pytest

from index import UsageError
from qa import passwords
from qa.passwords import Hash, Passwords, checked_password, checked_user

IDA = "correct horse battery"


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(passwords, "_N", 16)


@pytest.fixture
def file(tmp_path):
    def write(*lines, mode=0o600):
        path = tmp_path / "users"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        path.chmod(mode)
        return path

    return write


def test_a_hash_is_scrypt_of_the_password_with_what_is_written_in_it():
    one, other = Hash.of(IDA), Hash.of(IDA)
    assert one.salt != other.salt
    name, n, r, p, _, _ = str(one).split("$")
    assert (name, n, r, p) == ("scrypt", "16", "8", "5")
    assert one.digest == hashlib.scrypt(IDA.encode(), salt=one.salt, n=16, r=8, p=5, dklen=32)
    assert Hash.parse(str(one)) == one
    assert one.fits(IDA)
    assert not one.fits(IDA + " ")


def test_a_known_answer():
    """The second of RFC 7914's test vectors."""
    digest = hashlib.scrypt(b"password", salt=b"NaCl", n=1024, r=8, p=16, dklen=64)
    assert Hash(1024, 8, 16, b"NaCl", digest).fits("password")
    assert digest.hex().startswith(
        "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
    )


def test_the_same_word_in_other_code_points_is_the_same_password():
    assert Hash.of("caf\u00e9 au lait").fits("cafe\u0301 au lait")


def test_users_of_a_file(file):
    path = file(
        "# who may ask", "", f"ida:{Hash.of(IDA)}", f"olé berg:{Hash.of('four words and more')}"
    )
    users = Passwords.load(path)
    assert users.warning == ""
    assert users.check("ida", IDA)
    assert users.check("olé berg", "four words and more")
    for user, password in (
        ("ida", "four words and more"),
        ("ida", ""),
        ("ida", IDA.upper()),
        ("Ida", IDA),
        ("", IDA),
        ("# who may ask", IDA),
        ("nobody", "\ud800"),
    ):
        assert not users.check(user, password)


def test_an_unknown_user_costs_a_hash_as_well(file, monkeypatch):
    users = Passwords.load(file(f"ida:{Hash.of(IDA)}"))
    costs = []
    scrypt = hashlib.scrypt

    def counted(*arguments, **options):
        costs.append({key: options[key] for key in ("n", "r", "p")})
        return scrypt(*arguments, **options)

    monkeypatch.setattr(hashlib, "scrypt", counted)
    users.check("ida", "wrong")
    users.check("nobody", "wrong")
    assert costs == [{"n": 16, "r": 8, "p": 5}] * 2


GOOD = "scrypt$16$8$5$MTIzNDU2Nzg5MDEyMzQ1Ng==$MTIzNDU2Nzg5MDEyMzQ1Ng=="


@pytest.mark.parametrize(
    "line",
    [
        "ida",
        "ida:",
        ":" + GOOD,
        "ida:" + IDA,
        "ida:" + GOOD.replace("scrypt", "md5"),
        "ida:" + GOOD.replace("$16$", "$15$"),
        "ida:" + GOOD.replace("$16$", "$1$"),
        "ida:" + GOOD.replace("$16$", f"${1 << 30}$"),
        "ida:" + GOOD.replace("$8$", "$0$"),
        "ida:" + GOOD.replace("$5$", "$-5$"),
        "ida:" + GOOD.replace("$MTIz", "$!TIz", 1),
        "ida:" + GOOD.replace("MTIzNDU2Nzg5MDEyMzQ1Ng==", ""),
        "ida:" + GOOD + "$",
    ],
)
def test_a_malformed_line_is_named(file, line):
    Passwords.load(file(f"ole:{GOOD}"))
    with pytest.raises(UsageError, match=r"users, line 2: ") as caught:
        Passwords.load(file(f"ole:{GOOD}", line))
    assert "\n" not in str(caught.value)


def test_files_that_let_nobody_in_are_named(file, tmp_path):
    with pytest.raises(UsageError, match="holds no user; make a line with `citewise password"):
        Passwords.load(file("# nobody"))
    with pytest.raises(UsageError, match="line 2: 'ida' is there twice"):
        Passwords.load(file(f"ida:{GOOD}", f"ida:{GOOD}"))
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        Passwords.load(tmp_path / "none")
    (tmp_path / "latin").write_bytes(b"\xe9:x")
    with pytest.raises(UsageError, match="are no UTF-8"):
        Passwords.load(tmp_path / "latin")


def test_a_file_that_everybody_can_read_is_warned_of(file):
    assert "chmod 600" in Passwords.load(file(f"ida:{GOOD}", mode=0o644)).warning
    assert Passwords.load(file(f"ida:{GOOD}", mode=0o640)).warning == ""


@pytest.mark.parametrize("user", ["", " ida", "ida ", "i:da", "#ida", "i\nda", "i\x1bda"])
def test_a_name_that_cannot_be_one(user):
    with pytest.raises(UsageError, match="cannot be a user's name"):
        checked_user(user)


def test_a_password_that_is_too_short():
    assert checked_password("12345678") == "12345678"
    with pytest.raises(UsageError, match="has 7 characters: take at least 8"):
        checked_password("1234567")
