import { assertOperator } from './operators-network';

const proxies = ['10.0.0.0/8', '192.0.2.7', '2001:db8::/32'];

test.each(['127.0.0.1', '::1', '::ffff:127.0.0.1', '10.20.30.40', '192.0.2.7', '2001:db8::5'])(
  '%s may look',
  (address) => {
    expect(() => assertOperator(address, proxies)).not.toThrow();
  },
);

test.each(['192.0.2.8', '::ffff:192.0.2.8', '2001:db9::5', '11.0.0.1'])('%s finds nothing', (address) => {
  expect(() => assertOperator(address, proxies)).toThrow('nothing is here');
});
