import type { StudioMeasure } from '@winnow/contracts';
import { useState } from 'react';

/** The figures as sentences, for a card or a paper. */
export function CopyCard({ measure }: { readonly measure: StudioMeasure }): React.JSX.Element {
  const [isCopied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(cardText(measure));
    setCopied(true);
  };
  return (
    <button type="button" onClick={() => void copy()} onBlur={() => setCopied(false)}>
      <span aria-live="polite">{isCopied ? 'Copied' : 'Copy as text'}</span>
    </button>
  );
}

function cardText({ kinds, overall, plan }: StudioMeasure): string {
  const percent = (share: number): string => (100 * share).toFixed(1);
  const shareText = ({
    share,
    low,
    high,
  }: {
    readonly share: number;
    readonly low: number;
    readonly high: number;
  }): string => `${percent(share)} % (95 % interval ${percent(low)} to ${percent(high)})`;
  const lines = kinds.flatMap(({ kind, precision, right, looked, isComplete }) =>
    precision === null
      ? []
      : [`${kind}: ${shareText(precision)}, ${right} of ${looked} looks${isComplete ? '' : ', plan not done'}.`],
  );
  return [
    `Precision of the noise split, measured on a random sample of each kind${plan?.isBlind ? ', looked at blind' : ''}:`,
    ...lines,
    ...(overall === null ? [] : [`All kinds by their share: ${shareText(overall)}.`]),
  ].join('\n');
}
