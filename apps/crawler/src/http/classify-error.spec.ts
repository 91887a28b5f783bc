import { classifyError } from './classify-error';
import { AddressRefusedError } from './connector';

const withCode = (code: string, cause?: Error) =>
  Object.assign(new Error(`it failed`, cause === undefined ? {} : { cause }), { code });

describe('classifyError', () => {
  it.each([
    [withCode('CERT_HAS_EXPIRED'), false, 'tls_error'],
    [withCode('ERR_TLS_CERT_ALTNAME_INVALID'), false, 'tls_error'],
    [withCode('DEPTH_ZERO_SELF_SIGNED_CERT'), false, 'tls_error'],
    [withCode('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), false, 'tls_error'],
    [withCode('UND_ERR_CONNECT_TIMEOUT'), false, 'timeout'],
    [withCode('ETIMEDOUT'), false, 'timeout'],
    [withCode('ECONNREFUSED'), false, 'network_error'],
    [withCode('ENOTFOUND'), false, 'network_error'],
    [withCode('ECONNRESET'), true, 'truncated'],
    [withCode('X', new AddressRefusedError('10.0.0.1 is a private address')), false, 'address_refused'],
    ['not even an error', false, 'network_error'],
  ])('%s (after the headers: %p) is %s', (error, afterHeaders, outcome) =>
    expect(classifyError(error, afterHeaders).outcome).toBe(outcome),
  );
});
