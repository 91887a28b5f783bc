import { useSignal } from '../parts/signal';
import { Dialog } from './dialog';
import { KeyCap } from './key-cap';
import type { KeyLayer } from './key-layers';
import { keyLayers, keysOf } from './key-layers';
import styles from './keys-overlay.module.css';

/** `?`: what the keys do here, the topmost layer first. */
export function KeysOverlay({ onClose }: { readonly onClose: () => void }): React.JSX.Element {
  const layers = useSignal(keyLayers).filter(({ isModal }) => isModal !== true);
  return (
    <Dialog title="Keys" onClose={onClose}>
      <div className={styles.layers}>
        {[...layers].reverse().map((layer) => (
          <LayerKeys key={layer.title} layer={layer} />
        ))}
      </div>
    </Dialog>
  );
}

function LayerKeys({ layer: { title, bindings } }: { readonly layer: KeyLayer }): React.JSX.Element {
  return (
    <section>
      <h3>{title}</h3>
      <dl className={styles.list}>
        {bindings.map((binding) => (
          <div key={binding.id}>
            <dt>
              {keysOf(binding).map((name) => (
                <KeyCap key={name} name={name} />
              ))}
            </dt>
            <dd>{binding.says}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
