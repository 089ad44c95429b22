import pytest

from ui.attempts import Attempts


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def attempts(clock):
    return Attempts(clock)


def waits(attempts, clock, name, address, tries):
    """The waiting time before each try, which is waited for."""
    found = []
    for _ in range(tries):
        found.append(wait := attempts.begin(name, address))
        if wait:
            clock.now += wait
            assert attempts.begin(name, address) == 0
    return found


def test_each_wrong_try_makes_the_next_wait_twice_as_long(attempts, clock):
    assert waits(attempts, clock, "alice", "10.0.0.1", 7) == [0, 0, 0, 1, 2, 4, 8]


def test_a_name_waits_half_a_minute_at_most_and_an_address_a_quarter_of_an_hour(attempts, clock):
    for number in range(30):
        clock.now += attempts.begin("alice", f"10.0.0.{number}")
        attempts.begin("alice", f"10.0.0.{number}")
    assert attempts.begin("alice", "10.0.1.1") == 30
    for number in range(30):
        clock.now += attempts.begin(f"user{number}", "10.0.0.99")
        attempts.begin(f"user{number}", "10.0.0.99")
    assert attempts.begin("carol", "10.0.0.99") == 900


def test_a_try_that_is_told_to_wait_does_not_count(attempts, clock):
    waits(attempts, clock, "alice", "10.0.0.1", 3)
    assert [attempts.begin("alice", "10.0.0.1") for _ in range(3)] == [1, 1, 1]


def test_other_names_at_other_addresses_do_not_wait(attempts, clock):
    waits(attempts, clock, "alice", "10.0.0.1", 6)
    assert attempts.begin("bob", "10.0.0.2") == 0
    assert attempts.begin("bob", "10.0.0.1") > 0
    assert attempts.begin("Alice", "10.0.0.2") > 0


def test_the_right_password_frees_the_name_but_not_the_address_of_its_other_tries(attempts, clock):
    waits(attempts, clock, "alice", "10.0.0.1", 2)
    assert attempts.begin("mallory", "10.0.0.1") == 0
    attempts.right("mallory", "10.0.0.1")
    assert attempts.begin("mallory", "10.0.0.1") == 0
    assert attempts.begin("mallory", "10.0.0.1") > 0
    assert attempts.begin("alice", "10.0.0.2") == 0


def test_an_address_of_ipv6_is_its_network(attempts, clock):
    waits(attempts, clock, "alice", "2001:db8:0:1::1", 3)
    assert attempts.begin("bob", "2001:db8:0:1:ffff::9") > 0
    assert attempts.begin("bob", "2001:db8:0:2::1") == 0


def test_after_an_hour_it_is_forgotten(attempts, clock):
    waits(attempts, clock, "alice", "10.0.0.1", 8)
    clock.now += 3601
    assert waits(attempts, clock, "alice", "10.0.0.1", 4) == [0, 0, 0, 1]


def test_the_table_is_bounded(clock):
    attempts = Attempts(clock, size=10)
    for number in range(100):
        attempts.begin(f"user{number}", f"10.0.0.{number}")
    assert len(attempts._tries) == 10
