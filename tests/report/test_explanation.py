import pytest

from losscompass.report.explanation import explanation, overview
from losscompass.text.catalogue import LANGUAGES, catalogue
from losscompass.text.wrap import cells


@pytest.mark.parametrize("lang", LANGUAGES)
def test_everything_can_be_explained(lang):
    words = catalogue(lang)
    assert words.paths
    for id_ in words.paths:
        text = explanation(id_, words, width=80)
        assert text.startswith(words.title(id_))
        for name in words.words(id_).sections:
            assert words.heading(name) in text
        prose = [line for line in text.splitlines() if not line.startswith("    ")]
        assert max(map(cells, prose)) <= 80, id_


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_list_holds_every_id(lang):
    text = overview(catalogue(lang))
    for id_ in catalogue(lang).paths:
        assert f"  {id_}" in text


def test_an_unknown_id_is_refused():
    with pytest.raises(KeyError):
        explanation("no-such-rule", catalogue("en"))
