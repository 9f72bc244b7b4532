import { usePage } from '../page.ts';

/** Until the fleet was taken in once, a plan knows a part of it. */
export const TakenIn = () => {
  const { scope, status } = usePage();
  const isTakenIn = status.scopes.find(({ name }) => name === scope)?.isTakenIn;
  return isTakenIn === false ? (
    <p class="quiet">The fleet is being taken in: plans know a part of it.</p>
  ) : null;
};
