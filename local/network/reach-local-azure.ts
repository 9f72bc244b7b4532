import { Socket } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';

/**
 * A preload (`node --import`) for processes that speak to Azure by its real host names: connections to those names end on this machine,
 * and the local authority is trusted. TLS still asks for, and checks, the real name; SDKs and production code stay as they are. Every
 * transport passes through `Socket.prototype.connect`, so that is the one place.
 */

export type LocalAzure = {
  readonly redirects: Redirects;
  /** PEM. */
  readonly authority: string;
};

/** Host name endings → port asked for → port here. A port that is not listed is refused, so that nothing reaches Azure. */
export type Redirects = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Where a process is told of it, as JSON. */
export const localAzureVariable = 'REHOME_LOCAL_AZURE';

/** The environment of a process that is to reach it, with the preload. */
export const reaching = ({
  redirects,
  authority,
}: LocalAzure): Readonly<Record<string, string>> => ({
  [localAzureVariable]: JSON.stringify({ redirects, authority }),
  NODE_OPTIONS: `--import ${import.meta.url}`,
});

type ConnectOptions = { readonly host?: unknown; readonly port?: unknown };
type Connect = (this: Socket, ...given: unknown[]) => Socket;

export const reachLocalAzure = ({ redirects, authority }: LocalAzure): void => {
  setDefaultCACertificates([...getCACertificates('default'), authority]);
  const prototype = Socket.prototype as unknown as { connect: Connect };
  const original = prototype.connect;
  prototype.connect = function (...given) {
    // net.connect hands its options on in an array that it has normalized before
    const normalized = Array.isArray(given[0]) ? (given[0] as unknown[]) : undefined;
    const options = (normalized?.[0] ?? given[0]) as ConnectOptions | undefined;
    const ports = typeof options?.host === 'string' ? portsFor(redirects, options.host) : undefined;
    if (!ports || !options) return original.apply(this, given);
    const port = ports[String(options.port)];
    if (port === undefined) {
      const refused = Object.assign(
        new Error(`Nothing stands here for ${options.host}:${options.port}`),
        { code: 'ECONNREFUSED' },
      );
      process.nextTick(() => this.destroy(refused));
      return this;
    }
    const here = { ...options, host: '127.0.0.1', port };
    if (!normalized) return original.call(this, here, ...given.slice(1));
    normalized[0] = here;
    return original.apply(this, given);
  };
};

const portsFor = (redirects: Redirects, host: string): Redirects[string] | undefined =>
  Object.entries(redirects).find(([ending]) => host.toLowerCase().endsWith(ending))?.[1];

const told = process.env[localAzureVariable];
if (told) reachLocalAzure(JSON.parse(told));
