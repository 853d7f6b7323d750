import pytest

from .checklist import rows_by_file


@pytest.fixture(scope="session")
def files():
    """Every shipped row of the catalogue, by file and slug; no database."""
    return rows_by_file()
