import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.gate.dates import find_dates
from rag.gate.quantities import find_quantities, same_amount


def only(text):
    (quantity,) = find_quantities(text)
    return quantity


@pytest.mark.parametrize(
    ("text", "kind", "low", "high"),
    [
        ("12 weeks", "time", 84, 84),
        ("twelve weeks", "time", 84, 84),
        ("a 12-week course", "time", 84, 84),
        ("10–12 weeks", "time", 70, 84),
        ("between ten and twelve weeks", "time", 70, 84),
        ("10 weeks to 12 weeks", "time", 70, 84),
        ("two and a half days", "time", 2.5, 2.5),
        ("1.5 million", "count", 1_500_000, 1_500_000),
        ("1,500,000", "count", 1_500_000, 1_500_000),
        ("two hundred and fifty thousand people", "count", 250_000, 250_000),
        ("twenty-five", "count", 25, 25),
        ("$1.5 million", "money USD", 1_500_000, 1_500_000),
        ("£5bn", "money GBP", 5e9, 5e9),
        ("$40–50", "money USD", 40, 50),
        ("55 euros", "money EUR", 55, 55),
        ("12.5%", "percent", 12.5, 12.5),
        ("12 per cent", "percent", 12, 12),
        ("two thirds of them", "part", 2 / 3, 2 / 3),
        ("half a million people", "count", 500_000, 500_000),
        ("500 mg", "mass", 0.5, 0.5),
        ("12,5 kg", "mass", 12_500, 12_500),
        ("40 °C", "temperature", 40, 40),
        ("16 GB", "data", 16e9, 16e9),
        ("the 19th", "ordinal", 19, 19),
        ("in 2021", "year", 2021, 2021),
        ("1914–1918", "year", 1914, 1918),
        ("1500 people", "count", 1500, 1500),
    ],
)
def test_values(text, kind, low, high):
    quantity = only(text)
    assert quantity.kind == kind
    assert (quantity.low, quantity.high) == (pytest.approx(low), pytest.approx(high))
    assert text[quantity.start : quantity.end] == quantity.text


@pytest.mark.parametrize("text", ["COVID-19", "Python 3.11.2", "3 May 2021", "at 7:30", "no number"])
def test_no_quantities(text):
    assert find_quantities(text) == []


def test_bounds_rates_and_nouns():
    assert (only("at least 18 years").bound, only("18 years or more").bound, only("no more than 5").bound) == ("least", "least", "most")
    assert (only("40 euros a year").per, only("40 euros per month").per) == ("year", "month")
    assert only("40 full-time employees in Berlin").nouns == ("full", "time", "employees")
    assert only("about 5 km").about


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("90 minutes", "1.5 hours", True),
        ("12 weeks", "three months", True),
        ("10 weeks", "three months", False),
        ("two years", "24 months", True),
        ("half of them", "50%", True),
        ("5 mg", "5 g", False),
        ("5 days", "5%", False),
        ("about 1,000 people", "1,023 people", True),
    ],
)
def test_same_amounts(one, other, same):
    assert same_amount(only(one), only(other)) == same_amount(only(other), only(one)) == same


def date(text):
    (found,) = find_dates(text)
    return found


@pytest.mark.parametrize(
    "text", ["3 May 2021", "3rd of May 2021", "May 3, 2021", "May 3rd, 2021", "2021-05-03", "03/05/2021", "05/03/2021"]
)
def test_forms_of_one_date(text):
    assert date(text).says(date("3 May 2021"))


def test_what_a_date_says():
    assert date("3 May 2021").says(date("May 2021")) and not date("May 2021").says(date("3 May 2021"))
    assert not date("3 May 2021").says(date("4 May 2021")) and not date("3 May 2021").says(date("3 May 2020"))
    assert date("seven in the morning").says(date("7 a.m.")) and not date("7 p.m.").says(date("7 a.m."))
    assert date("19:00").says(date("7 pm")) and date("noon").says(date("12 p.m."))
    assert [found.day for found in find_dates("5–7 June 2020")] == [5, 7]
    assert find_dates("You may go. They march on.") == []


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read(text):
    for found in (*find_quantities(text), *find_dates(text)):
        assert text[found.start : found.end] == found.text
