import 'reflect-metadata';
import { randomUUID, webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** All in PEM. */
export type Certificates = {
  readonly authority: string;
  readonly certificate: string;
  readonly privateKey: string;
};

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const dayMs = 86_400_000;

/** A certificate authority made for this start alone, and one certificate of it for all the host names: `*.azure-devices.net`. */
export const makeCertificates = async (hostNames: readonly string[]): Promise<Certificates> => {
  const [authorityKeys, keys] = await Promise.all([newKeys(), newKeys()]);
  const issuer = `CN=Rehome local authority ${randomUUID()}`; // two of one name would be taken for each other
  const authority = await X509CertificateGenerator.createSelfSigned({
    ...validity(),
    name: issuer,
    keys: authorityKeys,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });
  const extensions: Extension[] = [
    new SubjectAlternativeNameExtension(hostNames.map((value) => ({ type: 'dns', value }))),
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
  ];
  const certificate = await X509CertificateGenerator.create({
    ...validity(),
    issuer,
    subject: 'CN=Rehome local services',
    publicKey: keys.publicKey,
    signingKey: authorityKeys.privateKey,
    signingAlgorithm: algorithm,
    extensions,
  });
  return {
    authority: pem(authority),
    certificate: pem(certificate),
    privateKey: await privatePem(keys.privateKey),
  };
};

const newKeys = () => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);

const validity = () => ({
  notBefore: new Date(Date.now() - dayMs),
  notAfter: new Date(Date.now() + 30 * dayMs),
});

const pem = (certificate: X509Certificate): string => `${certificate.toString('pem')}\n`;

const privatePem = async (key: webcrypto.CryptoKey): Promise<string> => {
  const base64 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)).toString('base64');
  return `-----BEGIN PRIVATE KEY-----\n${base64.replace(/.{64}/g, '$&\n')}\n-----END PRIVATE KEY-----\n`;
};
