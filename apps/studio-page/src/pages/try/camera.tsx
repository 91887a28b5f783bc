import { useEffect, useRef, useState } from 'react';
import { Waiting } from '../../parts/waiting';
import { Dialog } from '../../keys/dialog';
import styles from './try.module.css';

/** One image of the camera, which is off again when this is closed. */
export function Camera({
  onImage,
  onClose,
}: {
  readonly onImage: (file: Blob) => void;
  readonly onClose: () => void;
}): React.JSX.Element {
  const video = useRef<HTMLVideoElement>(null);
  const [stream, setStream] = useState<MediaStream | null>(null);
  const [error, setError] = useState<string | null>(null);
  useEffect(() => {
    let isOpen = true;
    openCamera().then(
      (opened) => {
        if (isOpen) setStream(opened);
        else stop(opened);
      },
      (failure: unknown) => setError(reasonOf(failure)),
    );
    return () => {
      isOpen = false;
    };
  }, []);
  useEffect(() => {
    if (stream === null) return undefined;
    if (video.current !== null) video.current.srcObject = stream;
    return () => stop(stream);
  }, [stream]);
  const takeImage = async (): Promise<void> => {
    if (video.current === null) return;
    const { videoWidth: width, videoHeight: height } = video.current;
    const canvas = new OffscreenCanvas(Math.max(1, width), Math.max(1, height));
    canvas.getContext('2d')?.drawImage(video.current, 0, 0);
    onImage(await canvas.convertToBlob({ type: 'image/png' }));
  };
  return (
    <Dialog title="Camera" onClose={onClose}>
      {error === null ? (
        <>
          <video ref={video} className={styles.video} autoPlay muted playsInline aria-label="What the camera sees" />
          <p className={styles.buttons}>
            <button type="button" disabled={stream === null} onClick={() => void takeImage()}>
              Take it
            </button>
          </p>
          {stream === null ? <Waiting says="Waiting for the camera …" /> : null}
        </>
      ) : (
        <p role="alert">{error}</p>
      )}
    </Dialog>
  );
}

async function openCamera(): Promise<MediaStream> {
  const devices = (navigator as Partial<Navigator>).mediaDevices;
  if (devices === undefined) throw new DOMException('', 'NotFoundError');
  return devices.getUserMedia({ video: { facingMode: 'environment' }, audio: false });
}

function reasonOf(failure: unknown): string {
  const name = failure instanceof DOMException ? failure.name : '';
  if (name === 'NotFoundError' || name === 'OverconstrainedError')
    return 'There is no camera here. Choose a file instead.';
  if (name === 'NotAllowedError') return 'The browser does not let this page use the camera. Choose a file instead.';
  return 'The camera does not start: another program may use it. Choose a file instead.';
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
