import pytest

from briefing.inputs.audiences import audience_names, load_audience
from briefing.inputs.files import BadInput

GOOD = """
title: For treasurers
question: What is owed?
sections:
  - {heading: What is owed, why: Terms decide., exhibits: [E06, E01]}
"""


@pytest.fixture
def written(tmp_path):
    (tmp_path / "audiences").mkdir()

    def write(text):
        (tmp_path / "audiences" / "treasurer.yaml").write_text(text)
        return load_audience("treasurer", tmp_path)

    return write


def test_a_file_says_who_reads_what_in_which_order(written):
    audience = written(GOOD)
    assert audience.title == "For treasurers"
    assert audience.sections[0].exhibits == ("E06", "E01")


def test_the_shipped_audiences_are_those_of_the_table_of_contents(project):
    names = audience_names(project / "params")
    assert names == ("cfo", "enterprise", "investor", "public", "regulator")
    assert all(load_audience(name, project / "params").sections for name in names)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("What is owed?", "What of the 30bn?", "states the figure '30bn"),
        ("[E06, E01]", "[E06, E06]", "exhibit E06 is shown twice"),
        ("[E06, E01]", "[profile]", "exhibits"),
        ("[E06, E01]", "[]", "exhibits"),
        ("question", "asks", "asks"),
        ("sections:", "sections: []\nmore:", "more"),
    ],
)
def test_a_fault_is_told_with_file_entry_and_consequence(written, old, new, told):
    with pytest.raises(BadInput) as refused:
        written(GOOD.replace(old, new))
    assert any(told in each for each in refused.value.messages)
    assert all("treasurer.yaml" in each for each in refused.value.messages)
    assert all("nothing was built" in each for each in refused.value.messages)


def test_an_unknown_audience_is_named_with_the_nearest_one(project):
    with pytest.raises(BadInput, match=r"no audience 'investors'.*investor"):
        load_audience("investors", project / "params")
