import shutil

import pytest

from tracker import documents

TEMPLATE = """#import "style.typ": *
#let data = json(bytes(sys.inputs.data))
#show: sheet.with(title: data.title, footer: "", date: data.date)
#data-table((1fr,), ("Heading",), ((data.title,),))
"""


@pytest.fixture
def templates(tmp_path, monkeypatch):
    shutil.copy(documents.TEMPLATES / "style.typ", tmp_path)
    (tmp_path / "one.typ").write_text(TEMPLATE)
    monkeypatch.setattr(documents, "TEMPLATES", tmp_path)


@pytest.mark.parametrize(
    "text", ['#panic("x")', '#read("style.typ")', "$", '"', "\\", "*_`<@", "\x00", "日本語"]
)
def test_what_a_person_wrote_is_text_and_never_runs(templates, text):
    document = documents.pdf("one", {"title": text, "date": "2026-11-21"})
    assert document.startswith(b"%PDF-")
    assert document == documents.pdf("one", {"title": text, "date": "2026-11-21"})
