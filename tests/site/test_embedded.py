"""The broker of the embedded default: private, and whatever happens to it, nobody waits for it."""

import stat
import time

import pytest
from kombu.exceptions import OperationalError

from coderpath_site.celery import app
from coderpath_site.environment import BadEnvironment, broker_socket, private_directory


@pytest.fixture
def publish(valkey):
    """Publish as a web process does, on a Celery app with the settings of this one and a broker of its own."""
    own = app.__class__("test", set_as_current=False)
    own.config_from_object("django.conf:settings", namespace="CELERY")
    own.conf.task_routes  # noqa: B018  (loads the settings, which would otherwise replace the next line)
    own.conf.broker_url = valkey.url

    def timed():
        began = time.monotonic()
        try:
            own.send_task("tracker.heartbeat")
            return "sent", time.monotonic() - began
        except OperationalError:
            return "refused", time.monotonic() - began

    assert timed()[0] == "sent"
    yield timed
    own.close()


def test_it_listens_on_a_socket_and_nowhere_else(valkey):
    assert valkey.client.config_get("port") == {"port": "0"}
    assert stat.S_IMODE(valkey.socket.stat().st_mode) == 0o700


def test_it_keeps_nothing_on_disk_and_drops_nothing(valkey):
    assert valkey.client.config_get("save", "appendonly", "maxmemory-policy") == {
        "save": "",
        "appendonly": "no",
        "maxmemory-policy": "noeviction",
    }


def test_messages_wait_in_the_queue_of_their_kind(valkey, publish):
    assert publish()[0] == "sent"
    assert valkey.client.llen("sweep") == 2
    assert valkey.client.llen("evaluate") == 0


def test_a_broker_that_hangs_is_given_up_within_a_second(valkey, publish):
    valkey.hang()
    for _ in range(3):  # also when the connection that was left hanging is the one in the pool
        outcome, seconds = publish()
        assert outcome == "refused"
        assert seconds < 1
    valkey.go_on()
    assert publish()[0] == "sent", "and it is found again"


def test_a_broker_that_is_gone_is_noticed_at_once(valkey, publish):
    valkey.stop()
    outcome, seconds = publish()
    assert outcome == "refused"
    assert seconds < 0.5


def test_its_directory_is_private(tmp_path):
    private_directory(tmp_path / "broker")
    assert stat.S_IMODE((tmp_path / "broker").stat().st_mode) == 0o700
    (tmp_path / "broker").chmod(0o777)
    private_directory(tmp_path / "broker")
    assert stat.S_IMODE((tmp_path / "broker").stat().st_mode) == 0o700


def test_a_directory_that_somebody_else_put_there_is_refused(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "broker").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BadEnvironment, match="not yours"):
        private_directory(tmp_path / "broker")


def test_two_checkouts_have_two_sockets_with_short_paths(tmp_path):
    deep = tmp_path / ("a" * 120) / ("b" * 120)
    assert broker_socket(tmp_path) != broker_socket(deep)
    assert len(str(broker_socket(deep))) < 100
