import pytest
from pydantic import ValidationError

from services.quota.redis_url import Location, parse
from services.quota.settings import QuotaSettings
from services.runtime.settings import explain

TLS = {"ssl": True, "ssl_check_hostname": True}


@pytest.mark.parametrize(
    ("url", "location"),
    [
        ("redis://one", Location("", [("one", 6379)])),
        ("redis://:p%40ss%2F@one:1/2", Location("", [("one", 1)], options={"password": "p@ss/", "db": 2})),
        (
            "rediss://quota:p@[::1]:1?ssl_ca_certs=/run/ca.crt",
            Location(
                "",
                [("::1", 1)],
                options=TLS | {"ssl_ca_certs": "/run/ca.crt", "username": "quota", "password": "p"},
                sentinel_options=TLS | {"ssl_ca_certs": "/run/ca.crt"},
            ),
        ),
        ("redis+cluster://one,two:7000", Location("cluster", [("one", 6379), ("two", 7000)])),
        (
            "rediss+cluster://:p@one?ssl_check_hostname=false",
            Location(
                "cluster",
                [("one", 6379)],
                options={"ssl": True, "ssl_check_hostname": False, "password": "p"},
                sentinel_options={"ssl": True, "ssl_check_hostname": False},
            ),
        ),
        (
            "redis+sentinel://:p@one,two:1/counters/3?sentinel_username=s&sentinel_password=%2Fq",
            Location(
                "sentinel",
                [("one", 26379), ("two", 1)],
                "counters",
                options={"password": "p", "db": 3},
                sentinel_options={"username": "s", "password": "/q"},
            ),
        ),
    ],
)
def test_a_url_says_where_redis_is(url: str, location: Location) -> None:
    assert parse(url) == location


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://:hunter2@one", "redis://, redis+cluster:// or redis+sentinel://"),
        ("redis+ring://:hunter2@one", "redis://, redis+cluster:// or redis+sentinel://"),
        ("hunter2", "redis://, redis+cluster:// or redis+sentinel://"),
        ("redis://[hunter2@one", "a URL"),
        ("redis://:hunter2/@one", "host:port"),
        ("redis://:hunter2@", "host:port"),
        ("redis+cluster://:hunter2@one,", "host:port"),
        ("redis://:hunter2@one:hunter2", "host:port"),
        ("redis://:hunter2@one,two", "one address"),
        ("redis://:p@one/hunter2", "a database that is a number"),
        ("redis+cluster://:hunter2@one/1", "no database"),
        ("redis+sentinel://:hunter2@one", "the name of the service"),
        ("redis://:hunter2@one?ssl_ca_certs=ca.crt", "no options"),
        ("rediss://:p@one?password=hunter2", "no options but ssl_ca_certs"),
        ("rediss://:p@one?hunter2", "a URL"),
        ("rediss://:p@one?ssl_check_hostname=hunter2", "ssl_check_hostname=true or false"),
    ],
)
def test_a_url_that_is_wrong_is_refused_with_what_was_expected_and_without_a_word_of_it(
    url: str, expected: str
) -> None:
    with pytest.raises(ValidationError) as error:
        QuotaSettings(redis_url=url)

    told = explain(error.value)
    assert told.startswith("CODINGAHEAD_REDIS_URL: ")
    assert expected in told
    assert "hunter2" not in told


def test_the_password_is_not_shown_with_the_settings() -> None:
    assert "hunter2" not in repr(QuotaSettings(redis_url="redis://:hunter2@one"))
