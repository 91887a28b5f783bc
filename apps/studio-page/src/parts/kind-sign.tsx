import type { NoiseKind } from '@winnow/contracts';
import { KIND_SIGNS } from '../grid/tile-element';
import styles from './kind-sign.module.css';

/** Letter and shape of a kind, in its colour; nothing for what is none. Readers hear the word beside it. */
export function KindSign({ kind }: { readonly kind: string }): React.JSX.Element | null {
  if (!Object.hasOwn(KIND_SIGNS, kind)) return null;
  const { letter, shape } = KIND_SIGNS[kind as NoiseKind];
  return (
    <span className={styles.sign} data-kind={kind} aria-hidden="true">
      {letter} {shape}
    </span>
  );
}
