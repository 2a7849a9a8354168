from services.quota.decisions import Viewer
from services.quota.store import SHARDS, shard_of


def test_a_guest_lives_with_its_network_and_a_member_by_itself() -> None:
    assert shard_of(Viewer("guest:1", "office")) == shard_of(Viewer("guest:2", "office"))
    assert {shard_of(Viewer(f"member:{number}")) for number in range(400)} == set(range(SHARDS))


def test_the_shard_of_a_viewer_never_changes() -> None:
    # Another answer here would lose every counter at the next release.
    assert [shard_of(Viewer("member:81c2")), shard_of(Viewer("guest:5f3a", "198.51.100.0/24"))] == [0, 6]
