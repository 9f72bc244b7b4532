import { createHmac } from 'node:crypto';

/** A device's shared access signature for a resource: `{idScope}/registrations/{id}`, or `{host}/devices/{id}`. */
export const deviceToken = (resource: string, key: string, expiresMs: number): string => {
  const encoded = encodeURIComponent(resource);
  const expiry = Math.floor(expiresMs / 1000);
  const signature = createHmac('sha256', Buffer.from(key, 'base64'))
    .update(`${encoded}\n${expiry}`)
    .digest('base64');
  return `SharedAccessSignature sr=${encoded}&sig=${encodeURIComponent(signature)}&se=${expiry}&skn=registration`;
};
