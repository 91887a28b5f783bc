import { htmlReply } from '../reply';
import type { Behaviour } from './file-reply';

const LOGIN = '<!doctype html><html><head><title>Sign in</title></head><body><h1>Please sign in</h1></body></html>';

/** A page under the image's URL, honestly declared. */
export const html: Behaviour = () => htmlReply(200, LOGIN);

/** A page that claims to be a JPEG. */
export const htmlAsJpeg: Behaviour = () => ({ ...htmlReply(200, LOGIN), headers: { 'content-type': 'image/jpeg' } });
