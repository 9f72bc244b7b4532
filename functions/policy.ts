import { app, type InvocationContext } from '@azure/functions';
import { type Placement, rehome } from '../shared/composition.ts';
import type { Scope } from '../shared/domain/scope.ts';
import { policyApi } from '../shared/wire/api/policy.ts';
import { managementDoor, registrationOf } from '../shared/wire/management-door.ts';
import { parsePolicyDraft, toPolicyLine, toPolicyView } from '../shared/wire/policy-view.ts';
import { refuse } from '../shared/wire/problem.ts';
import type { Handlers } from '../shared/wire/route-table.ts';

/** The management API's placement policy, of all scopes: as `shared/wire/api/policy.ts` says. */
type App = Placement & { readonly log: InvocationContext };
type Of = Handlers<App, undefined, typeof policyApi>;

const readNewestPolicy: Of['readNewestPolicy'] = async ({ policy }) =>
  toPolicyView(await policy.newest());

const readPolicy: Of['readPolicy'] = async ({ policy }, { params }) => {
  const version = Number(params['version']);
  const kept = Number.isInteger(version) ? await policy.read(version) : undefined;
  return kept ? toPolicyView(kept) : refuse('unknown-version', []);
};

const putPolicy: Of['putPolicy'] = async ({ policy, log }, { body, query, ifMatch, who }) => {
  const draft = parsePolicyDraft(await body(), query.get('reason') ?? '', ifMatch, who.name);
  if (draft.kind === 'refused') return draft;
  const outcome = await policy.put(draft.draft);
  switch (outcome.kind) {
    case 'slow':
      return refuse('bad-policy', outcome.errors);
    case 'superseded':
      return refuse('superseded', [], `version ${outcome.version} stands`);
    case 'put': {
      log.info(toPolicyLine(outcome.kept));
      // Every version is kept: the numbers tell what was, and what is.
      const { version } = outcome.kept.policy;
      const change = {
        because: outcome.kept.reason,
        before: { version: version - 1 },
        after: { version },
      };
      return { ...toPolicyView(outcome.kept, outcome.warnings), change };
    }
  }
};

const handlers: Of = { readNewestPolicy, readPolicy, putPolicy };

export const policyHandler = (placement: Placement, scopes: ReadonlySet<Scope>) =>
  managementDoor(
    policyApi,
    handlers,
    { scopes, audit: placement.audit },
    (log: InvocationContext) => ({ ...placement, log }),
  );

const { placement, scopes } = rehome();
if (placement) {
  app.http('policy', {
    ...registrationOf(policyApi),
    handler: policyHandler(placement, scopes),
  });
}
