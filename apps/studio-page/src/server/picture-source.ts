import type { PictureSize } from '@winnow/contracts';
import { useCallback } from 'react';
import { useAddress } from '../address/use-address';
import { useProject } from './project';

/** Addresses of the bytes of images of the data set that is shown. */
export function usePictureSource(): (sha256: string, size: PictureSize) => string {
  const { capability } = useProject();
  const { b } = useAddress().search;
  return useCallback(
    (sha256, size) => `/pic/${capability}/${size}/${sha256}${b === undefined ? '' : `?b=${encodeURIComponent(b)}`}`,
    [capability, b],
  );
}
