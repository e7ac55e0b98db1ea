'use strict';

// rhea against a running broker:  node interop.js HOST PORT SCENARIO [websocket]
// With the last word PORT is that of HTTP, and AMQP goes over a WebSocket.
// Prints nothing and exits with 0 when the broker did what the scenario expects, otherwise says
// what differed and exits with 1. The topology is interop.yaml, beside the Java tests.

const assert = require('node:assert/strict');
const rhea = require('rhea');
const WebSocket = require('ws');

const LIMIT_MS = 20000;
const [host, port, scenario, transport] = process.argv.slice(2);

/** Resolves with the arguments of the first of several events; rejects after the limit. */
function first(emitter, ...names) {
  return new Promise((resolve, reject) => {
    const listeners = new Map();
    const forget = () => {
      clearTimeout(timer);
      listeners.forEach((listener, name) => emitter.removeListener(name, listener));
    };
    const timer = setTimeout(() => {
      forget();
      reject(new Error('nothing came: ' + names.join(', ')));
    }, LIMIT_MS);
    names.forEach((name) => {
      const listener = (context) => {
        forget();
        resolve({ name, context });
      };
      listeners.set(name, listener);
      emitter.on(name, listener);
    });
  });
}

async function connect() {
  const container = rhea.create_container();
  const options = {
    host, port: Number(port), username: 'guest', password: 'guest', reconnect: false,
  };
  if (transport === 'websocket') {
    const dial = container.websocket_connect(WebSocket);
    options.connection_details = dial('ws://' + host + ':' + port + '/ws', ['amqp']);
  }
  const connection = container.connect(options);
  const { name, context } = await first(connection, 'connection_open', 'connection_error', 'disconnected');
  assert.equal(name, 'connection_open', String(context.error || name));
  return connection;
}

/** Sends one message and returns the broker's outcome: accepted, released, rejected or modified. */
async function publish(connection, address, message) {
  const sender = connection.open_sender({ target: address === null ? {} : { address } });
  const ready = await first(sender, 'sendable', 'sender_error', 'sender_close');
  assert.equal(ready.name, 'sendable', 'refused: ' + sender.error);
  sender.send({ durable: true, ...message });
  const { name } = await first(sender, 'accepted', 'released', 'rejected', 'modified');
  sender.close();
  return name;
}

/** A receiver without credit that settles nothing by itself. */
function receiverOf(connection, queue) {
  return connection.open_receiver({
    source: '/queues/' + queue, credit_window: 0, autoaccept: false, autosettle: false,
  });
}

async function next(receiver) {
  const arrival = first(receiver, 'message');
  receiver.add_credit(1);
  return (await arrival).context;
}

/** Accepts everything that is ready; the drained link says when that is all. */
async function takeAll(connection, queue) {
  const bodies = [];
  const receiver = receiverOf(connection, queue);
  receiver.on('message', (context) => {
    bodies.push(context.message.body);
    context.delivery.accept();
  });
  await first(receiver, 'receiver_open');
  const drained = first(receiver, 'receiver_drained');
  receiver.drain_credit();
  receiver.add_credit(100);
  await drained;
  const closed = first(receiver, 'receiver_close');
  receiver.close();
  await closed;
  return bodies;
}

function assertAttempt(message, firstAcquirer, deliveryCount) {
  assert.equal(Boolean(message.first_acquirer), firstAcquirer, 'first-acquirer');
  assert.equal(message.delivery_count || 0, deliveryCount, 'delivery-count');
}

async function expectRouted(connection, address, message, red, blue) {
  const body = { body: address };
  const outcome = await publish(connection, address, { ...body, ...message });
  assert.equal(outcome, red || blue ? 'accepted' : 'released', address);
  assert.equal((await takeAll(connection, 'interop.red')).length, red ? 1 : 0, address + ' in red');
  assert.equal((await takeAll(connection, 'interop.blue')).length, blue ? 1 : 0, address + ' in blue');
}

async function work(connection) {
  assert.equal(await publish(connection, '/queues/interop.work', { body: 'job' }), 'accepted');
  return receiverOf(connection, 'interop.work');
}

/** A value with a symbol as descriptor, as filters are. */
function described(descriptor, value) {
  return rhea.types.wrap_described(value, rhea.types.wrap_symbol(descriptor));
}

/** A receiver with filters, and what the broker's answer says of them. */
async function filtered(connection, queue, filter) {
  const receiver = connection.open_receiver({
    source: { address: '/queues/' + queue, filter },
    credit_window: 0, autoaccept: false, autosettle: false,
  });
  await first(receiver, 'receiver_open');
  return { receiver, inForce: Object.keys(receiver.remote.attach.source.filter || {}) };
}

/** With this filter exactly the red one of two messages is delivered; the other one stays. */
async function expectRed(connection, filter) {
  for (const colour of ['blue', 'red']) {
    const message = { body: colour, subject: colour, application_properties: { colour } };
    assert.equal(await publish(connection, '/queues/interop.work', message), 'accepted');
  }
  const { receiver, inForce } = await filtered(connection, 'interop.work', filter);
  assert.deepEqual(inForce, Object.keys(filter));
  const context = await next(receiver);
  assert.equal(context.message.body, 'red');
  context.delivery.accept();
  receiver.close();
  assert.deepEqual(await takeAll(connection, 'interop.work'), ['blue']);
}

const scenarios = {
  async direct(connection) {
    await expectRouted(connection, '/exchanges/interop.direct/red', {}, true, false);
    await expectRouted(connection, '/exchanges/interop.direct/blue', {}, false, true);
    await expectRouted(connection, '/exchanges/interop.direct/green', {}, false, false);
  },

  async topic(connection) {
    await expectRouted(connection, '/exchanges/interop.topic/a.red.b', {}, true, false);
    await expectRouted(connection, '/exchanges/interop.topic/a.red.blue', {}, true, true);
    await expectRouted(connection, '/exchanges/interop.topic/red', {}, false, false);
  },

  async fanout(connection) {
    await expectRouted(connection, '/exchanges/interop.fanout', {}, true, true);
    await expectRouted(connection, '/exchanges/interop.fanout/any', {}, true, true);
  },

  async headers(connection) {
    const address = '/exchanges/interop.headers';
    const of = (properties) => ({ application_properties: properties });
    await expectRouted(connection, address, of({ colour: 'red', size: 1 }), true, false);
    await expectRouted(connection, address, of({ sky: true, size: 1 }), false, true);
    await expectRouted(connection, address, of({ colour: 'red', size: '1' }), false, false);
  },

  async anonymous(connection) {
    const red = { to: '/exchanges/interop.direct/red', body: 'to red' };
    assert.equal(await publish(connection, null, red), 'accepted');
    assert.deepEqual(await takeAll(connection, 'interop.red'), ['to red']);
    const nobody = { to: '/exchanges/interop.direct/nobody', body: 'to nobody' };
    assert.equal(await publish(connection, null, nobody), 'released');
  },

  async accept(connection) {
    const context = await next(await work(connection));
    assertAttempt(context.message, true, 0);
    context.delivery.accept();
    assert.deepEqual(await takeAll(connection, 'interop.work'), []);
  },

  async release(connection) {
    const receiver = await work(connection);
    (await next(receiver)).delivery.release();
    const again = await next(receiver);
    assertAttempt(again.message, false, 0);
    again.delivery.accept();
  },

  async modify(connection) {
    const receiver = await work(connection);
    (await next(receiver)).delivery.modified({ delivery_failed: true, undeliverable_here: false });
    const again = await next(receiver);
    assertAttempt(again.message, false, 1);
    again.delivery.accept();
  },

  async undeliverable(connection) {
    const receiver = await work(connection);
    (await next(receiver)).delivery.modified({ delivery_failed: true, undeliverable_here: true });
    const dead = await next(receiverOf(connection, 'interop.rejected'));
    assertAttempt(dead.message, false, 1);
    dead.delivery.accept();
    assert.deepEqual(await takeAll(connection, 'interop.work'), []);
  },

  async reject(connection) {
    const receiver = await work(connection);
    (await next(receiver)).delivery.reject({ condition: 'test:broken', description: 'no good' });
    const dead = await next(receiverOf(connection, 'interop.rejected'));
    assert.equal(dead.message.body, 'job');
    assertAttempt(dead.message, false, 1);
    assert.equal(dead.message.message_annotations['x-first-death-queue'], 'interop.work');
    assert.equal(dead.message.message_annotations['x-first-death-reason'], 'rejected');
    dead.delivery.accept();
    assert.deepEqual(await takeAll(connection, 'interop.work'), []);
  },

  async selector(connection) {
    await expectRed(connection, rhea.filter.selector("colour = 'red'"));
  },

  async sqlFilter(connection) {
    await expectRed(connection, { mine: described('amqp:sql-filter', "p.subject LIKE 'r%'") });
  },

  async propertyFilter(connection) {
    await expectRed(connection, {
      mine: described('amqp:application-properties-filter', { colour: '&p:re' }),
    });
  },

  async malformedFilter(connection) {
    const { receiver, inForce } = await filtered(
      connection, 'interop.work', { mine: described('amqp:sql-filter', 'colour = = 1') });
    assert.deepEqual(inForce, []);
    const errors = receiver.remote.attach.properties['warren:filter-errors'];
    assert.match(errors.mine, /line 1, column 10 .*found =/);
  },

  async lost(connection) {
    const doomed = await connect();
    await next(await work(doomed));
    doomed.socket.destroy();
    const again = await next(receiverOf(connection, 'interop.work'));
    assertAttempt(again.message, false, 1);
    again.delivery.accept();
  },
};

async function main() {
  assert.ok(scenarios[scenario], 'no such scenario: ' + scenario);
  const connection = await connect();
  for (const queue of ['interop.red', 'interop.blue', 'interop.work', 'interop.rejected']) {
    await takeAll(connection, queue);
  }
  await scenarios[scenario](connection);
  connection.close();
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(error.message || error);
    process.exit(1);
  });
