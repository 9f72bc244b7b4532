import { app, type HttpHandler, type InvocationContext } from '@azure/functions';
import { type Placement, rehome } from '../shared/composition.ts';
import { managementRequest } from '../shared/wire/management-request.ts';
import { parsePolicyDraft, toPolicyLine, toPolicyView } from '../shared/wire/policy-view.ts';
import { type HttpAnswer, type Refusal, refuse, toProblem } from '../shared/wire/problem.ts';
import { type Asked, answerRoute, type Route } from '../shared/wire/route-table.ts';

/**
 * The management API's placement policy, of all scopes.
 *
 *     GET    policy             Read    the version in force, with its number as ETag
 *     GET    policy/{version}   Read    any version that was ever put
 *     PUT    policy?reason=…    Admin   a policy: the next version; If-Match names the one that it was made from
 */
type App = Placement & { readonly log: InvocationContext };
type AskedOfAll = Asked<undefined>;

const newest = async ({ policy }: App): Promise<HttpAnswer | Refusal> =>
  toPolicyView(await policy.newest());

const read = async ({ policy }: App, { params }: AskedOfAll) => {
  const version = Number(params['version']);
  const kept = Number.isInteger(version) ? await policy.read(version) : undefined;
  return kept ? toPolicyView(kept) : refuse('unknown-version', []);
};

const put = async ({ policy, log }: App, { body, query, ifMatch, who }: AskedOfAll) => {
  const draft = parsePolicyDraft(await body(), query.get('reason') ?? '', ifMatch, who.name);
  if (draft.kind === 'refused') return draft;
  const outcome = await policy.put(draft.draft);
  switch (outcome.kind) {
    case 'slow':
      return refuse('bad-policy', outcome.errors);
    case 'superseded':
      return refuse('superseded', [], `version ${outcome.version} stands`);
    case 'put':
      log.info(toPolicyLine(outcome.kept));
      return toPolicyView(outcome.kept, outcome.warnings);
  }
};

const table: readonly Route<App, undefined>[] = [
  { method: 'GET', path: '', role: 'Read', handle: newest },
  { method: 'GET', path: ':version', role: 'Read', handle: read },
  { method: 'PUT', path: '', role: 'Admin', handle: put },
];

export const policyHandler =
  (placement: Placement): HttpHandler =>
  async (request, context) => {
    const asked = managementRequest(request, 'policy');
    const app = { ...placement, log: context };
    const whole = { ...asked, rest: asked.all };
    const answer = await answerRoute(table, app, () => undefined, whole);
    return 'kind' in answer ? toProblem(answer) : answer;
  };

const { placement } = rehome();
if (placement) {
  app.http('policy', {
    methods: ['GET', 'PUT'],
    authLevel: 'anonymous', // App Service authentication stands before it
    route: 'policy/{*rest}',
    handler: policyHandler(placement),
  });
}
