import { answerClientFinal, credentialOf, readClientFirst, serverFirst } from './scram.ts';

// The example of RFC 7677, section 3.
const SALT = 'W22ZaJ0SNY7soEsUEjb6gQ==';
const NONCE = 'rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0';
const CLIENT_FIRST = 'n,,n=user,r=rOprNGfwEbeRWgbNEkqO';
const PROOF = 'dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=';
const SIGNATURE = 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=';
const ITERATIONS = 4096;

async function exchange(final: string, password = 'pencil') {
  const credential = await credentialOf(password, SALT, ITERATIONS);
  const first = serverFirst(NONCE, credential);
  const bare = readClientFirst(CLIENT_FIRST)?.bare ?? '';
  return answerClientFinal(final, { bare, first, nonce: NONCE }, credential);
}

test('the exchange of RFC 7677 is played', async () => {
  expect(await exchange(`c=biws,r=${NONCE},p=${PROOF}`)).toBe(SIGNATURE);
});

test.each([
  ['another password', `c=biws,r=${NONCE},p=${PROOF}`, 'pencils'],
  ['another nonce', `c=biws,r=${NONCE}x,p=${PROOF}`, 'pencil'],
  ['a channel binding', `c=eSws,r=${NONCE},p=${PROOF}`, 'pencil'],
  ['a proof that is too short', `c=biws,r=${NONCE},p=dHzb`, 'pencil'],
  ['no proof', `c=biws,r=${NONCE}`, 'pencil'],
  ['nothing', '', 'pencil'],
])('%s is refused', async (_, final, password) => {
  expect(await exchange(final, password)).toBeUndefined();
});

test('what is kept does not give the password away', async () => {
  expect(JSON.stringify(await credentialOf('pencil', SALT, ITERATIONS))).not.toContain('pencil');
});

test.each([
  ['n,,n=user,r=abc', { user: 'user', nonce: 'abc', bare: 'n=user,r=abc' }],
  ['n,,n=a=2Cb=3Dc,r=abc', { user: 'a,b=c', nonce: 'abc', bare: 'n=a=2Cb=3Dc,r=abc' }],
  ['p=tls-unique,,n=user,r=abc', undefined],
  ['n,,n=user', undefined],
  ['n,,r=abc', undefined],
  ['', undefined],
])('the first message "%s" is read', (message, expected) => {
  expect(readClientFirst(message)).toEqual(expected);
});
