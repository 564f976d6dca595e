// An OpenID provider by npm oidc-provider on a port of loopback, whose access tokens last
// as many seconds as the argument says and whose refresh tokens rotate. Writes "ready" and
// its port, then each grant that was given or refused.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const load = createRequire(process.env.NOCTURNE_NPM + '/x.js');
console.warn = console.info = () => {};
const { Provider } = await import(pathToFileURL(load.resolve('oidc-provider')));

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  const provider = new Provider(`http://127.0.0.1:${port}`, {
    clients: [{
      client_id: 'nocturne', token_endpoint_auth_method: 'none', application_type: 'native',
      grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'authorization_code', 'refresh_token'],
      response_types: ['code'], redirect_uris: ['http://127.0.0.1/callback'],
    }],
    features: { deviceFlow: { enabled: true }, revocation: { enabled: true }, devInteractions: { enabled: true } },
    ttl: { AccessToken: Number(process.argv[2]), RefreshToken: 600, DeviceCode: 600, AuthorizationCode: 60, IdToken: 600, Grant: 600, Interaction: 600, Session: 600 },
    rotateRefreshToken: true,
    pkce: { required: () => true },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    cookies: { keys: ['test'] },
  });
  provider.on('grant.success', (ctx) => console.log(ctx.oidc.params.grant_type));
  provider.on('grant.error', (ctx, err) => console.log('refused ' + err.error));
  server.on('request', provider.callback());
  console.log('ready ' + port);
});
