// The official Node client against a server whose address is the first argument; says on its last line that all held.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import {
  AccessDeniedError,
  BACKWARDS,
  END,
  KurrentDBClient,
  NO_STREAM,
  PARK,
  PersistentSubscriptionExistsError,
  RETRY,
  START,
  StreamNotFoundError,
  WrongExpectedVersionError,
  jsonEvent,
  persistentSubscriptionToAllSettingsFromDefaults,
  persistentSubscriptionToStreamSettingsFromDefaults,
  streamNameFilter,
} from "@kurrent/kurrentdb-client";

const client = KurrentDBClient.connectionString(process.argv[2]);
const ordered = (index) => jsonEvent({ id: randomUUID(), type: "ordered", data: { index } });

async function all(stream) {
  const events = [];
  for await (const { event } of stream) events.push(event);
  return events;
}

/** The events of a subscription, one after the other. */
function arriving(subscription) {
  const iterator = subscription[Symbol.asyncIterator]();
  return async () => (await iterator.next()).value;
}

async function readsWhatIsRecorded() {
  const events = await all(client.readStream("poa-1"));
  assert.deepEqual(events.map((event) => event.revision), [0n, 1n, 2n]);
  assert.equal(events[0].type, "poa.received.v1");
  assert.deepEqual(events[0].data, { index: 0 });
  assert.equal(events[0].metadata.number, 0);
  const backwards = client.readStream("poa-1", { direction: BACKWARDS, fromRevision: END, maxCount: 2 });
  assert.deepEqual((await all(backwards)).map((event) => event.revision), [2n, 1n]);
  assert.equal((await all(client.readAll())).length, 3);
  await assert.rejects(all(client.readStream("poa-9")), StreamNotFoundError);
}

async function appendsBesideTheBusinessOnly() {
  const events = [ordered(0), ordered(1)];
  const first = await client.appendToStream("orders-1", events, { streamState: NO_STREAM });
  const again = await client.appendToStream("orders-1", events, { streamState: NO_STREAM });
  assert.deepEqual(first.position, again.position);
  assert.equal(again.nextExpectedRevision, 1n);
  await assert.rejects(
    client.appendToStream("orders-1", ordered(2), { streamState: 7n }),
    WrongExpectedVersionError
  );
  await assert.rejects(client.appendToStream("poa-1", ordered(2)), AccessDeniedError);
  await assert.rejects(client.deleteStream("orders-1"), AccessDeniedError);
  await assert.rejects(client.tombstoneStream("orders-1"), AccessDeniedError);
  await client.setStreamMetadata("orders-1", { maxCount: 9 });
  assert.equal((await client.getStreamMetadata("orders-1")).metadata.maxCount, 9);
}

async function followsWhatComes() {
  const subscription = client.subscribeToAll({
    fromPosition: START,
    filter: streamNameFilter({ prefixes: ["orders-"] }),
  });
  const next = arriving(subscription);
  const seen = [(await next()).event.revision, (await next()).event.revision];
  await client.appendToStream("orders-1", ordered(2), { streamState: 1n });
  seen.push((await next()).event.revision);
  assert.deepEqual(seen, [0n, 1n, 2n]);
  await subscription.unsubscribe();
  const one = client.subscribeToStream("orders-1", { fromRevision: 1n });
  assert.equal((await arriving(one)()).event.revision, 2n);
  await one.unsubscribe();
}

async function sharesASubscription() {
  const settings = persistentSubscriptionToStreamSettingsFromDefaults({ startFrom: START });
  await client.createPersistentSubscriptionToStream("orders-1", "bills", settings);
  await assert.rejects(
    client.createPersistentSubscriptionToStream("orders-1", "bills", settings),
    PersistentSubscriptionExistsError
  );
  const consumer = client.subscribeToPersistentSubscriptionToStream("orders-1", "bills");
  const next = arriving(consumer);
  const parked = async () => {
    const info = await client.getPersistentSubscriptionToStreamInfo("orders-1", "bills");
    return info.stats.parkedMessageCount;
  };
  const first = await next();
  await consumer.nack(RETRY, "once more", first);
  const second = await next();
  const third = await next();
  const again = await next();
  assert.equal(again.event.id, first.event.id);
  assert.equal(again.retryCount, 1);
  await consumer.ack(second);
  await consumer.ack(third);
  await consumer.nack(PARK, "later", again);
  while ((await parked()) !== 1n && (await parked()) !== 1);
  await client.replayParkedMessagesToStream("orders-1", "bills");
  const replayed = await next();
  assert.equal(replayed.event.id, first.event.id);
  await consumer.ack(replayed);
  while (Number(await parked()) !== 0);
  await consumer.unsubscribe();
  assert.equal((await client.listAllPersistentSubscriptions()).length, 1);
  await client.deletePersistentSubscriptionToStream("orders-1", "bills");

  const everything = persistentSubscriptionToAllSettingsFromDefaults({ startFrom: START });
  await client.createPersistentSubscriptionToAll("everybody", everything);
  const everybody = client.subscribeToPersistentSubscriptionToAll("everybody");
  const event = await arriving(everybody)();
  assert.equal(event.event.type, "poa.received.v1");
  await everybody.ack(event);
  await everybody.unsubscribe();
}

await readsWhatIsRecorded();
await appendsBesideTheBusinessOnly();
await followsWhatComes();
await sharesASubscription();
await client.dispose();
console.log("all held");
