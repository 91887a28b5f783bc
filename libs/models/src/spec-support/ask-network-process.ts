import { isWinnowError } from '@winnow/contracts';
import { startEngine, tf } from '@winnow/tensor';
import { readExternalSource } from '../external/external-source';
import { TINY_SIZE, tinyContract } from './external-networks-under-test';

/** `ask-network-process.ts MODEL.onnx`: opens it, says so to its parent, and asks it about images that are not dark. */
async function main(file: string): Promise<void> {
  const onSignal = (): void => undefined;
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  await startEngine('cpu', { cacheDir: '', log: () => undefined });
  const source = await readExternalSource(file);
  const network = await source.open(tinyContract('onnx', { features: null, featureMap: null }), TINY_SIZE);
  // Written at once: from here on the main thread sleeps only while it waits for the network.
  process.send?.('opened');
  tf.tidy(() => void network.forward(tf.ones([1, TINY_SIZE, TINY_SIZE, 3])));
}

main(process.argv[2] as string).catch((error: unknown) => {
  process.exitCode = isWinnowError(error) ? error.exitCode : 70;
  process.disconnect();
});
