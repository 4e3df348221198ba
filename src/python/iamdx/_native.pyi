"""The native half: runs the commands of the program."""

from typing import Optional

__version__: str

def run(
    arguments: list[str], texts: dict[str, bytes]
) -> tuple[
    Optional[tuple[str, list[str], int]],
    Optional[tuple[str, str, Optional[str], Optional[int], Optional[int], Optional[str], str]],
]: ...
def main(arguments: list[str]) -> int: ...
