import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** As PEM: an authority of our own, and what it signed for a server on this machine (`localhost`, 127.0.0.1). */
export type Authority = Readonly<{ ca: string; certificate: string; key: string }>;

/** A certificate authority that no system knows. @throws Error without openssl */
export function newAuthority(): Authority {
  const folder = mkdtempSync(join(tmpdir(), 'gts-authority-'));
  const file = (name: string) => join(folder, name);
  const read = (name: string) => readFileSync(file(name), 'utf8');
  const issue = (name: string, ...more: string[]) => {
    const fresh = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
    const out = ['-keyout', file(`${name}.key`), '-out', file(`${name}.pem`)];
    execFileSync('openssl', ['req', '-x509', ...fresh, ...out, ...more], { stdio: 'pipe' });
  };
  try {
    issue('ca', '-subj', '/CN=authority of a test');
    const names = ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-addext', 'basicConstraints=CA:FALSE'];
    issue('server', '-subj', '/CN=localhost', '-CA', file('ca.pem'), '-CAkey', file('ca.key'), ...names);
    return { ca: read('ca.pem'), certificate: read('server.pem'), key: read('server.key') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** For `startNats`: a broker that talks TLS only, by this certificate. */
export const withTls = ({ certificate, key }: Authority) =>
  [
    'tls { cert_file: "./server.pem", key_file: "./server.key" }\n',
    { 'server.pem': certificate, 'server.key': key },
  ] as const;
