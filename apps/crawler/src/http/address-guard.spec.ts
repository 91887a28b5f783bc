import fc from 'fast-check';
import { addressRefusal } from './address-guard';

describe('addressRefusal', () => {
  it.each([
    '127.0.0.1',
    '127.9.9.9',
    '0.0.0.0',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '100.100.100.200',
    '192.0.2.1',
    '198.18.0.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '[::1]',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '::127.0.0.1',
    '::7f00:1',
    '::a9fe:a9fe',
    '4000::1',
    '8000::1',
    '1fff::1',
    'fec0::1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001:0:7f00:1::',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1%eth0',
    'ff02::1',
    '2001:db8::1',
    'localhost',
    '',
  ])('refuses %s', (address) => expect(addressRefusal(address)).toBeDefined());

  it.each(['8.8.8.8', '93.184.216.34', '2606:4700::1111', '2a00:1450:4001::1'])('lets %s pass', (address) =>
    expect(addressRefusal(address)).toBeUndefined(),
  );

  it('refuses every IPv4 address in an IPv6 wrapping', () => {
    for (const prefix of ['::ffff:', '::', '64:ff9b::']) {
      fc.assert(
        fc.property(fc.ipV4(), (address) => addressRefusal(`${prefix}${address}`) !== undefined),
        { numRuns: 100, seed: 1 },
      );
    }
  });
});
