"""Every block of the page about Python is run, in order, and answers as it says."""

from __future__ import annotations

import doctest
import re

from conftest import PROJECT

PAGE = PROJECT / "docs" / "python.md"


def test_every_block_of_the_page_answers_as_it_says() -> None:
    text = PAGE.read_text()
    blocks = re.findall(r"^```pycon\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    assert len(blocks) == text.count("\n```") // 2
    test = doctest.DocTestParser().get_doctest("".join(blocks), {}, "docs/python.md", str(PAGE), 0)
    runner = doctest.DocTestRunner()
    failed: list[str] = []
    runner.run(test, out=failed.append)
    assert not failed, "".join(failed)
