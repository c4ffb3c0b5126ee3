import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** One party's certificate and key, in PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Certificates of an authority of the tests' own, in a folder that a broker reads, too. */
export interface Certificates {
  readonly ca: string;
  /** The broker's, for the name `broker.test` alone. */
  readonly broker: Certificate;
  /** A client's, in the name of the broker's user `guest`. */
  readonly client: Certificate;
}

export function certificatesIn(folder: string): Certificates {
  const run = (...args: readonly string[]): void =>
    void execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  const keyed = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'] as const;
  run('req', '-x509', ...keyed, '-days', '2', '-subj', '/CN=tests', '-keyout', 'ca.key', '-out', 'ca.pem');
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const signed = (name: string, subject: string, extension: string): Certificate => {
    writeFileSync(join(folder, `${name}.ext`), extension);
    run('req', ...keyed, '-subj', `/CN=${subject}`, '-keyout', `${name}.key`, '-out', `${name}.csr`);
    const from = ['-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'] as const;
    run('x509', '-req', ...from, '-days', '2', '-extfile', `${name}.ext`, '-out', `${name}.pem`);
    return { cert: read(`${name}.pem`), key: read(`${name}.key`) };
  };
  return {
    broker: signed('broker', 'broker.test', 'subjectAltName=DNS:broker.test'),
    client: signed('client', 'guest', 'extendedKeyUsage=clientAuth'),
    ca: read('ca.pem'),
  };
}
