import pytest

from losscompass.text.language import choose


@pytest.mark.parametrize(
    ("explicit", "configured", "environ", "language"),
    [
        ("ja", "en", {"LANG": "en_US.UTF-8"}, "ja"),
        (None, "ja", {"LANG": "en_US.UTF-8"}, "ja"),
        (None, None, {"LANG": "ja_JP.UTF-8"}, "ja"),
        (None, None, {"LC_ALL": "en_US.UTF-8", "LANG": "ja_JP.UTF-8"}, "en"),
        (None, None, {"LC_ALL": "", "LC_MESSAGES": "ja_JP", "LANG": "en_US.UTF-8"}, "ja"),
        (None, None, {"LANG": "fr_FR.UTF-8"}, "en"),
        (None, None, {"LANG": "C"}, "en"),
        (None, None, {"LANG": "ja"}, "ja"),
        (None, None, {"LANG": "Japanese_Japan.932"}, "ja"),
        ("xx", None, {"LANG": "ja_JP.UTF-8"}, "ja"),
    ],
)
def test_the_first_that_says_something_decides(explicit, configured, environ, language):
    assert choose(explicit, configured, environ) == language


def test_without_any_variable_the_system_is_asked(monkeypatch):
    monkeypatch.setattr("locale.getlocale", lambda: ("ja_JP", "UTF-8"))
    assert choose(None, None, {}) == "ja"
    monkeypatch.setattr("locale.getlocale", lambda: (None, None))
    assert choose(None, None, {}) == "en"


def test_a_locale_that_python_does_not_know_is_no_error(monkeypatch):
    def unknown():
        raise ValueError("unknown locale: UTF-8")

    monkeypatch.setattr("locale.getlocale", unknown)
    assert choose(None, None, {}) == "en"
