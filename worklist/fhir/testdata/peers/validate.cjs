// Holds bundles on standard input (a JSON list) against npm fhir and
// @asymmetrik/fhir-json-schema-validator, whole and resource by resource, and prints
// what they fault, one a line. Each misses what the other sees.
const { createRequire } = require('node:module');
const load = createRequire(process.env.NOCTURNE_NPM + '/x.js');
const { Fhir } = load('fhir');
const Schema = load('@asymmetrik/fhir-json-schema-validator');
const fhir = new Fhir();
const schema = new Schema();

for (const [i, b] of JSON.parse(require('node:fs').readFileSync(0, 'utf8')).entries()) {
  for (const r of [{ ...b, entry: b.entry.map((e) => ({ ...e, resource: { resourceType: 'Basic', code: { text: 'x' } } })) }, ...b.entry.map((e) => e.resource)]) {
    const at = `bundle ${i}, ${r.resourceType}`;
    for (const m of fhir.validate(r, { errorOnUnexpected: true }).messages ?? []) {
      if (m.severity === 'error' || m.severity === 'fatal') console.log(`${at}: ${m.location ?? ''} ${m.message}`);
    }
    for (const e of schema.validate(r) ?? []) console.log(`${at}: ${e.dataPath ?? ''} ${e.message}`);
  }
}
