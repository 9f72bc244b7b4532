import { useEffect, useState } from 'preact/hooks';

/** Where the page is, by its hash: `#/main/campaigns/c-…`. */
export type Place = {
  readonly scope: string | undefined;
  readonly view: string;
  readonly id: string | undefined;
};

const parse = (hash: string): Place => {
  const [scope, view = 'fleet', id] = hash.replace(/^#\/?/, '').split('/').map(decoded);
  return { scope: scope || undefined, view, id };
};

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

export const usePlace = (): Place => {
  const [place, setPlace] = useState(parse(location.hash));
  useEffect(() => {
    const moved = (): void => setPlace(parse(location.hash));
    addEventListener('hashchange', moved);
    return () => removeEventListener('hashchange', moved);
  }, []);
  return place;
};

export const linkTo = (scope: string, view: string, id?: string): string =>
  `#/${[scope, view, ...(id === undefined ? [] : [id])].map(encodeURIComponent).join('/')}`;

export const goTo = (scope: string, view: string, id?: string): void => {
  location.hash = linkTo(scope, view, id);
};
