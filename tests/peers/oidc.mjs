// npm oidc-provider with its own pages: whoever types a user is that user. The number is a claim that userinfo alone has. With
// BY=session it names the session that ends, else the user alone.
import Provider from 'oidc-provider';

const { ISSUER, PORT, BACK, SECRET, PEOPLE, BY } = process.env;
const people = new Map(PEOPLE.split('\n').map((line) => line.split(' ')).map(([user, , number, name]) => [user, { number, name }]));

const provider = new Provider(ISSUER, {
  clients: [{
    client_id: 'lunzhi', client_secret: SECRET, redirect_uris: [BACK], response_types: ['code'],
    grant_types: ['authorization_code'], backchannel_logout_uri: BACK,
    backchannel_logout_session_required: BY === 'session',
  }],
  features: { backchannelLogout: { enabled: true } },
  // By itself it connects to no address of this machine, where the portal is.
  fetch: (url, { dispatcher: _refuses, ...options }) => fetch(url, options),
  claims: { openid: ['sub'], profile: ['name', 'xh'] },
  pkce: { required: () => true },
  findAccount(_ctx, user) {
    const person = people.get(user);
    return person && { accountId: user, claims: () => ({ sub: user, xh: person.number, name: person.name }) };
  },
});
provider.on('backchannel.success', () => console.log('logout taken'));
provider.on('backchannel.error', (_ctx, error) => console.log('logout refused', error));
provider.listen(Number(PORT), '127.0.0.1', () => console.log('listening'));
