"""The official Python client against a server whose address is the first argument; says on its last line that all held."""

import sys
from uuid import uuid4

from kurrentdbclient import KurrentDBClient, NewEvent, StreamState
from kurrentdbclient.exceptions import (
    AccessDeniedError,
    AlreadyExistsError,
    NotFoundError,
    WrongCurrentVersionError,
)


def ordered(index):
    return NewEvent(type="ordered", data=b'{"index":%d}' % index, id=uuid4())


def reads_what_is_recorded(client):
    events = client.get_stream("poa-1")
    assert [event.stream_position for event in events] == [0, 1, 2], events
    assert events[0].type == "poa.received.v1"
    assert b'"number":0' in events[0].metadata
    backwards = client.get_stream("poa-1", backwards=True, limit=2)
    assert [event.stream_position for event in backwards] == [2, 1]
    assert [event.type for event in client.read_all()] == ["poa.received.v1"] * 3
    try:
        client.get_stream("poa-9")
    except NotFoundError:
        return
    raise AssertionError("a stream that does not exist was read")


def appends_beside_the_business_only(client):
    events = [ordered(0), ordered(1)]
    at = client.append_to_stream("orders-1", current_version=StreamState.NO_STREAM, events=events)
    again = client.append_to_stream("orders-1", current_version=StreamState.NO_STREAM, events=events)
    assert at == again, "the same append adds nothing"
    try:
        client.append_to_stream("orders-1", current_version=7, events=ordered(2))
    except WrongCurrentVersionError:
        pass
    else:
        raise AssertionError("a wrong version was taken")
    for refused in (
        lambda: client.append_to_stream("poa-1", current_version=2, events=ordered(2)),
        lambda: client.delete_stream("orders-1", current_version=1),
        lambda: client.tombstone_stream("orders-1", current_version=1),
    ):
        try:
            refused()
        except AccessDeniedError:
            continue
        raise AssertionError("what is not allowed was done")
    assert len(client.get_stream("orders-1")) == 2
    client.set_stream_metadata("orders-1", metadata={"owner": "us"}, current_version=StreamState.ANY)
    assert client.get_stream_metadata("orders-1")[0] == {"owner": "us"}


def follows_what_comes(client):
    with client.subscribe_to_all(filter_include=["orders-.*"], filter_by_stream_name=True) as follower:
        seen = [next(follower).stream_position, next(follower).stream_position]
        client.append_to_stream("orders-1", current_version=1, events=ordered(2))
        seen.append(next(follower).stream_position)
    assert seen == [0, 1, 2], seen
    with client.subscribe_to_stream("orders-1", stream_position=1) as follower:
        assert next(follower).stream_position == 2


def shares_a_subscription(client):
    client.create_subscription_to_stream("bills", "orders-1", from_end=False)
    try:
        client.create_subscription_to_stream("bills", "orders-1")
    except AlreadyExistsError:
        pass
    else:
        raise AssertionError("two of one name were made")
    with client.read_subscription_to_stream("bills", "orders-1") as consumer:
        first = next(consumer)
        consumer.nack(first, "retry")
        second, third, again = next(consumer), next(consumer), next(consumer)
        assert again.id == first.id and again.retry_count == 1, again
        consumer.ack(second)
        consumer.ack(third)
        consumer.nack(again, "park")
        while client.get_subscription_info("bills", "orders-1").parked_message_count != 1:
            pass
        client.replay_parked_events("bills", "orders-1")
        replayed = next(consumer)
        assert replayed.id == first.id
        consumer.ack(replayed)
        while client.get_subscription_info("bills", "orders-1").parked_message_count != 0:
            pass
    assert [info.group_name for info in client.list_subscriptions()] == ["bills"]
    client.delete_subscription("bills", stream_name="orders-1")
    client.create_subscription_to_all("everybody", from_end=False)
    with client.read_subscription_to_all("everybody") as consumer:
        event = next(consumer)
        assert event.type == "poa.received.v1"
        consumer.ack(event)


with KurrentDBClient(sys.argv[1]) as client:
    reads_what_is_recorded(client)
    appends_beside_the_business_only(client)
    follows_what_comes(client)
    shares_a_subscription(client)
print("all held")
