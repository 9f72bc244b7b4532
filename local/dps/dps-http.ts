import { type HttpAsk, type HttpReply, isObject, type Json } from '../json.ts';
import { authorizeOperator, type Dps, enrollmentKey, type Registration } from './dps.ts';
import { dpsError, isDpsError } from './dps-error.ts';
import { type Enrollment, readEnrollment, toEnrollment } from './enrollment.ts';
import { spend } from './quota.ts';
import { proveDevice, register } from './register.ts';

/** The DPS's REST APIs, for devices (2021-06-01) and operators (2021-10-01), as far as Rehome uses them. */
export const askDps = (dps: Dps, ask: HttpAsk): HttpReply => {
  try {
    const path = new URL(ask.url, 'http://dps').pathname
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent);
    return path[1] === 'registrations'
      ? deviceRoute(dps, ask, path)
      : operatorRoute(dps, ask, path);
  } catch (error) {
    if (isDpsError(error)) return error.reply;
    if (error instanceof SyntaxError) return dpsError(400, 400001, 'Not JSON').reply;
    throw error;
  }
};

/** `/{idScope}/registrations/{id}[/register | /operations/{operationId}]` */
const deviceRoute = (dps: Dps, ask: HttpAsk, path: readonly string[]): HttpReply => {
  const [idScope = '', , id = '', verb, operationId = ''] = path;
  const sas = ask.headers['authorization'];
  if (ask.method === 'PUT' && verb === 'register')
    return toRegister(dps, idScope, id, sas, ask.body);
  if (ask.method === 'GET' && verb === 'operations')
    return toStatus(dps, idScope, id, sas, operationId);
  if (ask.method === 'POST' && verb === undefined) {
    proveDevice(dps, idScope, id, sas);
    spend(dps.registrationMeter, dps.quotas.registrations, dps.world); // a look-up counts as a registration
    return { status: 200, body: toRegistration(findRegistration(dps, id)) };
  }
  throw dpsError(404, 404000, `The local DPS has no ${ask.method} ${path.join('/')}`);
};

/** A device registers; `body` is `{ registrationId, payload? }`, or empty. */
export const toRegister = (
  dps: Dps,
  idScope: string,
  id: string,
  sas: string | undefined,
  body: string,
): HttpReply => {
  const given: unknown = body.trim() === '' ? {} : JSON.parse(body);
  const payload = isObject(given) ? given['payload'] : undefined;
  const { operationId } = register(dps, idScope, id, sas, payload as Json | undefined);
  return { status: 202, body: { operationId, status: 'assigning' }, headers: retryAfter(dps) };
};

/** A device asks how its registration goes. */
export const toStatus = (
  dps: Dps,
  idScope: string,
  id: string,
  sas: string | undefined,
  operationId: string,
): HttpReply => {
  proveDevice(dps, idScope, id, sas);
  const operation = dps.operations.get(id.toLowerCase());
  if (operation?.operationId !== operationId) throw dpsError(404, 404205, 'No such operation');
  spend(operation.polls, dps.quotas.polling, dps.world);
  const { status } = operation;
  if (status === 'assigning')
    return { status: 202, body: { operationId, status }, headers: retryAfter(dps) };
  const registrationState = toRegistration(findRegistration(dps, id));
  return { status: 200, body: { operationId, status, registrationState } };
};

const retryAfter = ({ retryAfterSeconds }: Dps) => ({ 'retry-after': String(retryAfterSeconds) });

const findRegistration = ({ registrations }: Dps, id: string): Registration => {
  const found = registrations.get(id.toLowerCase());
  if (!found) throw dpsError(404, 404204, 'Registration not found');
  return found;
};

/** Fields without a value are absent. */
const toRegistration = ({ enrollment: _ours, ...registration }: Registration) => registration;

const operatorRoute = (dps: Dps, ask: HttpAsk, path: readonly string[]): HttpReply => {
  authorizeOperator(dps, ask.headers['authorization']);
  spend(dps.operationMeter, dps.quotas.operations, dps.world);
  const [noun = '', id = '', verb] = path;
  if (ask.method === 'POST' && path.at(-1)?.toLowerCase() === 'query')
    return toPage(askedRows(dps, noun, id), ask);
  switch (noun.toLowerCase()) {
    case 'registrations':
      return registrationRoute(dps, ask.method, id);
    case 'enrollmentgroups':
      return enrollmentRoute(dps, ask, 'group', id, verb);
    case 'enrollments':
      return enrollmentRoute(dps, ask, 'individual', id, verb);
    default:
      throw dpsError(404, 404000, `The local DPS has no ${noun}`);
  }
};

/** What a query is over: enrollments of a kind, or a group's registrations. It has no WHERE. */
const askedRows = (dps: Dps, noun: string, group: string): readonly unknown[] => {
  const enrolled = (kind: Enrollment['kind']) =>
    [...dps.enrollments.values()].filter((enrollment) => enrollment.kind === kind);
  switch (noun.toLowerCase()) {
    case 'registrations': {
      const key = enrollmentKey('group', group);
      if (!dps.enrollments.has(key)) throw dpsError(404, 404201, 'Enrollment not found');
      const own = [...dps.registrations.values()].filter(({ enrollment }) => enrollment === key);
      return own.map(toRegistration);
    }
    case 'enrollmentgroups':
      return enrolled('group').map(toEnrollment);
    case 'enrollments':
      return enrolled('individual').map((enrollment) => {
        const state = dps.registrations.get(enrollment.id.toLowerCase());
        return { ...toEnrollment(enrollment), registrationState: state && toRegistration(state) };
      });
    default:
      throw dpsError(404, 404000, `The local DPS has no ${noun}`);
  }
};

const pageSizeMax = 1_000;

/** The token is where the page before ended. */
const toPage = (rows: readonly unknown[], { headers }: HttpAsk): HttpReply => {
  const size = Math.min(Number(headers['x-ms-max-item-count'] ?? pageSizeMax), pageSizeMax);
  const from = Number(headers['x-ms-continuation'] ?? 0);
  const next = from + size;
  return {
    status: 200,
    body: rows.slice(from, next),
    headers: next < rows.length ? { 'x-ms-continuation': String(next) } : {},
  };
};

const registrationRoute = (dps: Dps, method: string, id: string): HttpReply => {
  const registration = findRegistration(dps, id);
  if (method === 'GET') return { status: 200, body: toRegistration(registration) };
  if (method !== 'DELETE')
    throw dpsError(405, 405000, `The local DPS has no ${method} for registrations`);
  dps.registrations.delete(id.toLowerCase());
  return { status: 204 };
};

const enrollmentRoute = (
  dps: Dps,
  { method, headers, body }: HttpAsk,
  kind: Enrollment['kind'],
  id: string,
  verb: string | undefined,
): HttpReply => {
  const key = enrollmentKey(kind, id);
  const before = dps.enrollments.get(key);
  if (method === 'PUT') {
    mustMatch(headers['if-match'], before);
    const kept = dps.undocumented.keepsKeysNotSent || !before ? before : withoutKeys(before);
    const enrollment = readEnrollment(kind, id, JSON.parse(body), kept, dps.world);
    dps.enrollments.set(key, enrollment);
    return { status: 200, body: toEnrollment(enrollment) };
  }
  if (!before) throw dpsError(404, 404201, 'Enrollment not found');
  if (method === 'GET') return { status: 200, body: toEnrollment(before) };
  if (method === 'POST' && verb?.toLowerCase() === 'attestationmechanism') {
    const { primaryKey, secondaryKey } = before;
    return {
      status: 200,
      body: { type: 'symmetricKey', symmetricKey: { primaryKey, secondaryKey } },
    };
  }
  if (method !== 'DELETE')
    throw dpsError(405, 405000, `The local DPS has no ${method} for enrollments`);
  mustMatch(headers['if-match'], before);
  dps.enrollments.delete(key);
  return { status: 204 };
};

const withoutKeys = (before: Enrollment): Enrollment => ({
  ...before,
  primaryKey: '',
  secondaryKey: '',
});

const mustMatch = (ifMatch: string | undefined, before: Enrollment | undefined): void => {
  if (ifMatch === undefined || ifMatch === '*') return;
  if (ifMatch.replaceAll('"', '') !== before?.etag.replaceAll('"', '')) {
    throw dpsError(412, 412002, 'The etag does not match');
  }
};
