'use strict';

// rhea logs in to a running broker, sends a message to a queue and takes it again:
//   node login.js JSON
// The JSON has port and perhaps: transport (tcp, tls, wss), ca, cert and key (files), servername,
// username and password, external, mechanism (XOAUTH2, OAUTHBEARER) with token.
// Prints what it saw of the server as JSON and exits with 0, or says why not and exits with 1.

const fs = require('node:fs');
const rhea = require('rhea');
const WebSocket = require('ws');

const LIMIT_MS = 30000;
const wanted = JSON.parse(process.argv[2]);
const container = rhea.create_container();

function fail(why) {
  console.log(String(why));
  process.exit(1);
}

/** RFC 7628; a broker that refuses the token says why, and wants one octet for it. */
function oauthBearer() {
  return {
    start: (done) => done(undefined, Buffer.from('n,,\u0001auth=Bearer ' + wanted.token + '\u0001\u0001')),
    step: (challenge, done) => {
      console.log(challenge.toString());
      done(undefined, Buffer.from('\u0001'));
    },
  };
}

function secrets() {
  const read = {};
  for (const name of ['ca', 'cert', 'key']) {
    if (wanted[name]) {
      read[name] = fs.readFileSync(wanted[name]);
    }
  }
  return read;
}

function options() {
  const all = {
    host: 'localhost', port: wanted.port, transport: wanted.transport || 'tcp', reconnect: false,
    username: wanted.username, password: wanted.password, ...secrets(),
  };
  if (wanted.servername) {
    all.servername = wanted.servername;
  }
  if (wanted.external) {
    all.enable_sasl_external = true;
  }
  if (wanted.mechanism === 'XOAUTH2') {
    all.token = wanted.token;
  } else if (wanted.mechanism === 'OAUTHBEARER') {
    all.sasl_mechanisms = { OAUTHBEARER: oauthBearer };
  }
  if (wanted.transport === 'wss') {
    const dial = container.websocket_connect(WebSocket);
    all.connection_details = dial('wss://localhost:' + wanted.port + '/ws', ['amqp'], secrets());
  }
  return all;
}

const limit = setTimeout(() => fail('no end after ' + LIMIT_MS + ' ms'), LIMIT_MS);
const body = 'sent by rhea ' + process.pid;
let seen = {};

container.on('connection_open', (context) => {
  const socket = context.connection.socket;
  if (socket && socket.getPeerCertificate) {
    const shown = socket.getPeerCertificate();
    seen = { protocol: socket.getProtocol(), subject: shown.subject && shown.subject.CN };
  }
  context.connection.open_receiver('/queues/work');
  context.connection.open_sender('/queues/work');
});
container.once('sendable', (context) => context.sender.send({ body }));
container.on('rejected', () => fail('the message was rejected'));
container.on('released', () => fail('the message was released'));
container.on('message', (context) => {
  if (context.message.body === body) {
    clearTimeout(limit);
    context.connection.once('connection_close', () => {
      console.log(JSON.stringify(seen));
      process.exit(0);
    });
    context.connection.close();
  }
});
for (const event of ['connection_error', 'sender_error', 'receiver_error', 'session_error']) {
  container.on(event, (context) => {
    const link = context.sender || context.receiver || context.session || context.connection;
    fail(event + ' ' + JSON.stringify(link.error || context.connection.error));
  });
}
container.on('disconnected', (context) => fail('disconnected ' + (context.error || '')));
container.on('error', (error) => fail('error ' + error));
process.on('uncaughtException', (error) => fail('uncaught ' + error));

container.connect(options());
