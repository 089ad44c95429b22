"""What several tests of answers share."""

import pytest


@pytest.fixture
def bakery(library, write_file):
    """Four documents of one chunk each."""
    library.add(
        [
            write_file("dough.md", "# Dough\n\nThe dough rests overnight in the cellar. Rye dough is stickier.\n"),
            write_file("oven.md", "# Oven\n\nThe oven is heated by Marguerite before four. Look for the smoke.\n"),
            write_file("shop.md", "# Shop\n\nThe shop sells pretzels and focaccia. We look after the customers.\n"),
            write_file("wood.md", "# Wood\n\nBeech wood is stored in the cellar.\n"),
        ]
    )
    assert library.chunk_count() == 4
    return library
