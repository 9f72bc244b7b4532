/** A request path → the route's parameters, decoded; undefined where it does not match. */
export type Route = (pathname: string) => Record<string, string> | undefined;

/**
 * The route templates that Rehome uses, as ASP.NET reads them: literals, `{name}`, `{name?}` at the end and `{*name}`, without
 * case.
 * @throws Error naming a segment of another kind.
 */
export const compileRoute = (template: string): Route => {
  const segments = template.split('/').filter((segment) => segment !== '');
  const pattern = new RegExp(`^${segments.map(segmentPattern).join('')}/?$`, 'i');
  return (pathname) => {
    const found = pattern.exec(pathname);
    if (!found) return undefined;
    const entries = Object.entries(found.groups ?? {}).filter(([, value]) => value);
    return decoded(entries);
  };
};

const segmentPattern = (segment: string): string => {
  const parameter = /^\{(?<star>\*?)(?<name>[A-Za-z_]\w*)(?<optional>\??)\}$/.exec(segment)?.groups;
  if (!parameter) {
    if (/[{}]/.test(segment)) throw new Error(`The embedded host has no route segment ${segment}.`);
    return `/${RegExp.escape(segment)}`;
  }
  const { name, star, optional } = parameter;
  if (star) return `(?:/(?<${name}>.*))?`;
  return optional ? `(?:/(?<${name}>[^/]+))?` : `/(?<${name}>[^/]+)`;
};

const decoded = (entries: readonly [string, string][]): Record<string, string> | undefined => {
  try {
    return Object.fromEntries(entries.map(([name, value]) => [name, decodeURIComponent(value)]));
  } catch {
    return undefined; // a malformed escape matches no route
  }
};
