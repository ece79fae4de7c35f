import { BlockList, isIPv4 } from 'node:net';
import { http } from './errors';

const LOOPBACK = ['127.0.0.0/8', '::1'];

function networkOf(addresses: readonly string[]): BlockList {
  const list = new BlockList();
  for (const each of addresses) {
    const [address = '', bits] = each.split('/');
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}

/** Lets this machine and the proxies in front of us through; to anybody else there is nothing here. @throws HTTP.NOT_FOUND */
export function assertOperator(address: string, trustedProxies: readonly string[]): void {
  const plain = address.replace(/^::ffff:(?=\d+\.)/, '');
  const operators = networkOf([...LOOPBACK, ...trustedProxies]);
  if (!operators.check(plain, isIPv4(plain) ? 'ipv4' : 'ipv6')) throw http.NOT_FOUND();
}
