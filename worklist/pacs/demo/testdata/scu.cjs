// scu.cjs PORT STUDY STEP: what dcmjs-dimse, another's SCU, is answered by an archive,
// one JSON object in the last line. NOCTURNE_NPM is where its node_modules are.
const path = require('path');
const dimse = require(path.join(process.env.NOCTURNE_NPM, 'node_modules', 'dcmjs-dimse'));
const { Client, Dataset } = dimse;
const q = dimse.requests;
const { CStoreResponse, NEventReportResponse } = dimse.responses;

const [port, study, step] = process.argv.slice(2);
const push = '1.2.840.10008.5.1.4.34.6.1';
const pull = '1.2.840.10008.5.1.4.34.6.3';
const commitment = '1.2.840.10008.1.20.1';

// ask sends one request on an association of its own: the statuses in order, the last
// response's counts, and the data sets of all.
function ask(request, called = 'NOCTURNE', more = () => {}) {
  return new Promise((resolve) => {
    const out = { statuses: [], sets: [] };
    const client = new Client();
    request.on('response', (r) => {
      out.statuses.push(r.getStatus());
      out.completed = r.getCompleted?.();
      out.failed = r.getFailures?.();
      if (r.hasDataset()) out.sets.push(r.getDataset().getElements());
    });
    more(client, out);
    client.on('associationRejected', () => { out.rejected = true; });
    client.on('networkError', (e) => { out.error = String(e.message || e); resolve(out); });
    client.on('closed', () => resolve(out));
    client.addRequest(request);
    client.send('127.0.0.1', Number(port), 'TESTER', called, { associationTimeout: 10000 });
  });
}

(async () => {
  const out = {};
  out.echo = await ask(new q.CEchoRequest());
  out.stranger = await ask(new q.CEchoRequest(), 'OTHER');
  out.find = await ask(q.CFindRequest.createStudyFindRequest({ PatientID: 'P1', PatientName: '' }));
  out.worklist = await ask(q.CFindRequest.createWorklistFindRequest({ AccessionNumber: 'A1', PatientName: '' }));
  let came = 0;
  out.get = await ask(q.CGetRequest.createStudyGetRequest(study), 'NOCTURNE', (client) => {
    client.on('cStoreRequest', (request, callback) => {
      came += 1;
      const rsp = CStoreResponse.fromRequest(request);
      rsp.setStatus(0);
      callback(rsp);
    });
  });
  out.get.came = came;
  out.move = await ask(q.CMoveRequest.createStudyMoveRequest('NOBODY', study));

  const action = (kind, d) => {
    const r = new q.NActionRequest(push, step, kind, pull);
    r.setDataset(new Dataset(d));
    return r;
  };
  out.claim = await ask(action(1, { TransactionUID: '2.25.111', ProcedureStepState: 'IN PROGRESS' }));
  out.again = await ask(action(1, { TransactionUID: '2.25.111', ProcedureStepState: 'IN PROGRESS' }));
  const set = new q.NSetRequest(push, step, pull);
  set.setDataset(new Dataset({ TransactionUID: '2.25.222', ProcedureStepLabel: 'X' }));
  out.set = await ask(set);
  out.read = await ask(new q.NGetRequest(push, step, [], pull));

  const commit = new q.NActionRequest(commitment, '1.2.840.10008.1.20.1.1', 1);
  commit.setDataset(new Dataset({ TransactionUID: '2.25.333', ReferencedSOPSequence: [
    { ReferencedSOPClassUID: '1.2.840.10008.5.1.4.1.1.2', ReferencedSOPInstanceUID: study + '.1.1' }] }));
  out.commit = await ask(commit, 'NOCTURNE', (client, heard) => {
    client.on('nEventReportRequest', (request, callback) => {
      heard.sets.push({ type: request.getEventTypeId(), ...request.getDataset().getElements() });
      const rsp = NEventReportResponse.fromRequest(request);
      rsp.setStatus(0);
      callback(rsp);
    });
  });
  process.stdout.write('\n' + JSON.stringify(out) + '\n', () => process.exit(0));
})();
