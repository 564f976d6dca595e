// Holds messages on standard input (a JSON list of texts) against the segments, fields
// and message structure of npm hl7-dictionary, version 2.5.1, and prints what is wrong,
// one a line. What cardinality says is checked, too: the package only tells it.
const { createRequire } = require('node:module');
const { definitions, tables } = createRequire(process.env.NOCTURNE_NPM + '/x.js')('hl7-dictionary');
const v = definitions['2.5.1'];
const primitive = { SI: /^\d{1,4}$/, NM: /^[+-]?\d+(\.\d+)?$/, TS: /^\d{4}(\d\d(\d\d(\d\d(\d\d(\d\d(\.\d{1,4})?)?)?)?)?)?([+-]\d{4})?$/, ID: /^[A-Za-z0-9 ./-]*$/ };
const wrong = [];

function fields(line, where) {
  const parts = line.split('|');
  const name = parts[0];
  const s = v.segments[name];
  if (!s) return wrong.push(`${where}: no segment ${name}`);
  const values = name === 'MSH' ? ['|', ...parts.slice(1)] : parts.slice(1);
  if (values.length > s.fields.length) wrong.push(`${where}: ${name} has ${values.length} fields of ${s.fields.length}`);
  s.fields.forEach((f, i) => {
    const value = values[i] ?? '';
    const at = `${where}: ${name}-${i + 1}`;
    if (f.opt === 2 && value === '') wrong.push(`${at} is required`);
    if (value === '' || (name === 'MSH' && i < 2)) return;
    const reps = value.split('~');
    if (f.rep === 1 && reps.length > 1) wrong.push(`${at} repeats`);
    for (const rep of reps) {
      const sub = v.fields[f.datatype]?.subfields ?? [];
      const comps = rep.split('^');
      if (f.datatype !== 'VARIES' && sub.length > 0 && comps.length > sub.length) wrong.push(`${at} (${f.datatype}) has ${comps.length} components of ${sub.length}`);
      if (f.datatype !== 'VARIES' && sub.length === 0 && comps.length > 1) wrong.push(`${at} (${f.datatype}) has components`);
      if (primitive[f.datatype] && !primitive[f.datatype].test(comps[0])) wrong.push(`${at}: "${comps[0]}" is no ${f.datatype}`);
      if (['ST', 'ID', 'IS', 'SI', 'NM'].includes(f.datatype) && f.len && rep.length > f.len) wrong.push(`${at} is longer than ${f.len}`);
      const t = f.table && ['ID', 'IS'].includes(f.datatype) && (tables[String(f.table)] ?? tables[String(f.table).padStart(4, '0')]);
      if (t && t.values && Object.keys(t.values).length > 0 && !(comps[0] in t.values)) wrong.push(`${at}: "${comps[0]}" is not in table ${f.table}`);
    }
  });
}

// match walks the structure: each group or segment as often as it may, in order.
function match(defs, names, at) {
  for (const d of defs) {
    let n = 0;
    for (;;) {
      if (d.max > 0 && n === d.max) break;
      let next = at;
      if (d.children) next = starts(d, names[at]) ? match(d.children, names, at) : at;
      else if (names[at] === d.name) next = at + 1;
      if (next === at) break;
      at = next;
      n++;
    }
    if (n < d.min) wrong.push(`${d.name} is missing before ${names[at] ?? 'the end'}`);
  }
  return at;
}
const starts = (d, name) => d.children ? d.children.some((c, i) => starts(c, name) && d.children.slice(0, i).every((b) => b.min === 0)) : d.name === name;

for (const [i, text] of JSON.parse(require('node:fs').readFileSync(0, 'utf8')).entries()) {
  const lines = text.split('\r').filter((l) => l !== '');
  const names = lines.map((l) => l.slice(0, 3));
  const end = match(v.messages.ORU_R01.segments.segments, names, 0);
  if (end !== names.length) wrong.push(`message ${i}: ${names[end]} at ${end} is out of order`);
  lines.forEach((l, n) => fields(l, `message ${i}, line ${n + 1}`));
}
console.log(wrong.join('\n'));
