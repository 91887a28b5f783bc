import { useLocation, useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import type { Parameters, ValuesOf } from './codec';
import { readValues, writeValues } from './codec';

/** Search parameters that every page takes: which data set and split it shows. */
const FRAME_PARAMETERS = ['b', 's'];

export interface Address {
  readonly path: string;
  readonly search: Readonly<Record<string, string>>;
}

export function useAddress(): Address {
  const { pathname, search } = useLocation();
  return { path: pathname, search: search as Record<string, string> };
}

/** Of an address, what goes along to another page. */
export function frameSearch(search: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(search).filter(([name]) => FRAME_PARAMETERS.includes(name)));
}

export interface AddressValues<Spec extends Parameters> {
  readonly values: ValuesOf<Spec>;
  /** Names of the address that mean nothing here. */
  readonly ignored: readonly string[];
  /** `isTyping` replaces the entry of the history; else Back undoes the change. */
  change(changes: Partial<ValuesOf<Spec>>, options?: { readonly isTyping?: boolean }): void;
}

/** The state of a page is its address. */
export function useAddressValues<Spec extends Parameters>(spec: Spec): AddressValues<Spec> {
  const { search } = useAddress();
  const navigate = useNavigate();
  const { values, ignored } = useMemo(() => readValues(spec, search), [spec, search]);
  const change = useCallback(
    (changes: Partial<ValuesOf<Spec>>, { isTyping = false } = {}) => {
      const next = (before: Record<string, string>): Record<string, string> => ({
        ...frameSearch(before),
        ...writeValues(spec, { ...readValues(spec, before).values, ...changes }),
      });
      void navigate({ to: '.', search: next as never, replace: isTyping });
    },
    [navigate, spec],
  );
  return { values, ignored: ignored.filter((name) => !FRAME_PARAMETERS.includes(name)), change };
}
