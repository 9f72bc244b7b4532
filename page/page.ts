import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { StatusView } from '../shared/wire/api/status.ts';

/** What every part of the page knows. */
export type Page = {
  readonly scope: string;
  readonly status: StatusView;
  readonly may: (role: 'Operate' | 'Admin') => boolean;
};

export const PageContext = createContext<Page | undefined>(undefined);

export const usePage = (): Page => {
  const page = useContext(PageContext);
  if (!page) throw new Error('There is no page around this part.');
  return page;
};
