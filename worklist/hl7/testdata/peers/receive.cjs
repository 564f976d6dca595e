// Receivers by npm packages: each prints what it read of a message as a line of JSON,
// and acknowledges it. Argument: the package. NOCTURNE_NPM: where packages are.
const { createRequire } = require('node:module');
const load = createRequire(process.env.NOCTURNE_NPM + '/x.js');
// They listen on every interface; here on loopback only.
const { Server } = require('node:net');
const listen = Server.prototype.listen;
Server.prototype.listen = function (...args) {
  const port = typeof args[0] === 'object' ? args[0].port : args[0];
  return listen.call(this, { port, host: '127.0.0.1' }, args.find((a) => typeof a === 'function'));
};
const ready = (port) => console.log('ready ' + port);
const say = (id, text) => console.log(JSON.stringify({ id, texts: text.split(/\r\n?|\n/).filter((l) => l.startsWith('OBX|') && l.split('|')[2] === 'TX').map((l) => [l.split('|')[3].split('^')[0], l.split('|')[5]]) }));

const kinds = {
  'node-hl7-server'(port) {
    const hl7 = load('node-hl7-server');
    const inbound = new hl7.Server({ bindAddress: '127.0.0.1' }).createInbound({ port }, async (req, res) => {
      const m = req.getMessage();
      say(m.get('MSH.10').toString(), m.toString());
      await res.sendResponse('AA');
    });
    inbound.on('listen', () => ready(port));
  },
  'simple-hl7'(port) {
    const app = load('simple-hl7').tcp();
    app.use((req, res, next) => { say(req.msg.header.getField(8), req.msg.toString()); next(); });
    app.use((req, res) => res.end());
    app.start(port);
    setTimeout(() => ready(port), 200);
  },
  '@medplum/hl7'(port) {
    const { Hl7Server } = load('@medplum/hl7');
    const server = new Hl7Server((c) => c.addEventListener('message', (e) => {
      say(e.message.getSegment('MSH').getField(10).toString(), e.message.toString());
      c.send(e.message.buildAck());
    }));
    Promise.resolve(server.start(port, 'utf-8')).then(() => setTimeout(() => ready(port), 200));
  },
};
// None of them says which port it got: a free one is found first.
const probe = require('node:net').createServer().listen(0, '127.0.0.1', () => {
  const { port } = probe.address();
  probe.close(() => kinds[process.argv[2]](port));
});
