from hypothesis import given
from hypothesis import strategies as st

from losscompass.text.wrap import cells, fold, pad

LETTERS = st.text(alphabet=st.sampled_from("ab cd、。「」損失が(下)がる 12.3%\u3000é️👍e\u0301-"), max_size=200)


@given(LETTERS, st.integers(min_value=2, max_value=60))
def test_no_letter_is_lost_and_no_line_too_wide(text, width):
    lines = fold(text, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(cells(line) <= width for line in lines)
    assert lines


def test_japanese_breaks_between_letters_but_not_before_a_full_stop():
    assert fold("検証損失が上がり始めました。学習率を下げます。", 20) == [
        "検証損失が上がり始め",
        "ました。学習率を下げ",
        "ます。",
    ]
    assert fold("あいうえお。", 10) == ["あいうえ", "お。"]
    assert fold("あいう「えお」", 8) == ["あいう", "「えお」"]


def test_english_breaks_between_words():
    assert fold("the loss went up", 8) == ["the loss", "went up"]
    assert fold("", 8) == [""]


def test_a_word_that_is_too_long_is_folded():
    assert fold("aaaaaaaaaa", 4) == ["aaaa", "aaaa", "aa"]
    assert fold("x /very/long/path", 8) == ["x", "/very/lo", "ng/path"]


def test_cells():
    assert cells("損失 loss") == 9
    assert cells("e\u0301") == 1
    assert pad("損失", 6) == "損失  "
