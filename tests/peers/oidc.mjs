// npm oidc-provider with its own pages: whoever types a user is that user. The number is a claim that userinfo alone has.
import Provider from 'oidc-provider';

const { ISSUER, PORT, BACK, SECRET, PEOPLE } = process.env;
const people = new Map(PEOPLE.split('\n').map((line) => line.split(' ')).map(([user, , number, name]) => [user, { number, name }]));

const provider = new Provider(ISSUER, {
  clients: [{
    client_id: 'lunzhi', client_secret: SECRET, redirect_uris: [BACK], response_types: ['code'],
    grant_types: ['authorization_code'],
  }],
  claims: { openid: ['sub'], profile: ['name', 'xh'] },
  pkce: { required: () => true },
  findAccount(_ctx, user) {
    const person = people.get(user);
    return person && { accountId: user, claims: () => ({ sub: user, xh: person.number, name: person.name }) };
  },
});
provider.listen(Number(PORT), '127.0.0.1', () => console.log('listening'));
