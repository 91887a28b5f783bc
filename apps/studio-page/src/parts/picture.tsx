import { useState } from 'react';
import styles from './picture.module.css';

interface PictureProps extends Omit<React.ImgHTMLAttributes<HTMLImageElement>, 'src' | 'alt' | 'onError'> {
  /** Address of its bytes. */
  readonly source: string;
  readonly alt: string;
  /** In its place where its bytes cannot be read. Default: that there is none. */
  readonly instead?: React.JSX.Element;
}

/** An image, or, where the server has no bytes of it, a sign: never what browsers draw then, which says nothing. */
export function Picture({ source, alt, instead, ...rest }: PictureProps): React.JSX.Element {
  // By address, which is another one once the studio was started again.
  const [failed, setFailed] = useState<string | null>(null);
  if (failed !== source) return <img {...rest} src={source} alt={alt} onError={() => setFailed(source)} />;
  if (instead !== undefined) return instead;
  return <span className={styles.none}>{alt === '' ? null : <span className="unseen">{alt}: </span>}no image</span>;
}
