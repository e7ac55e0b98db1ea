'use strict';

// rhea with TLS against a running broker:  node secure.js PORT CA [CERTIFICATE KEY]
// Sends a message to the queue "secure" and takes it back; with a certificate the login is SASL
// EXTERNAL, otherwise guest's password. Exits with 0 and prints nothing if that worked.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const rhea = require('rhea');

const [port, ca, certificate, key] = process.argv.slice(2);
const limit = setTimeout(() => fail('nothing came'), 20000);

function fail(why) {
  console.error(why);
  process.exit(1);
}

const options = {
  host: 'localhost', servername: 'localhost', port: Number(port), transport: 'tls',
  ca: [fs.readFileSync(ca)], rejectUnauthorized: true, reconnect: false,
};
if (certificate) {
  Object.assign(options, {
    cert: fs.readFileSync(certificate), key: fs.readFileSync(key), enable_sasl_external: true,
  });
} else {
  Object.assign(options, { username: 'guest', password: 'guest' });
}

const container = rhea.create_container();
container.on('connection_error', (context) => fail('refused: ' + context.connection.get_error()));
container.on('disconnected', (context) => context.error && fail('cut off: ' + context.error));
container.once('sendable', (context) => context.sender.send({ durable: true, body: 'secret' }));
container.once('accepted', (context) => context.connection.open_receiver('/queues/secure'));
container.once('message', (context) => {
  assert.equal(context.message.body, 'secret');
  clearTimeout(limit);
  context.delivery.accept();
  context.connection.close();
});
container.connect(options).open_sender('/queues/secure');
